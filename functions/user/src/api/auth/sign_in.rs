//! `POST /v1/auth/sign-in`.

use ::store::Budget;
use axum::extract::State;
use kernel::{Role, SignedDuration};
use runtime::{Cause, ClientAddress, Json, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::Tokens;
use crate::api::problems::{self, Step};
use crate::api::shapes;
use crate::app::App;
use crate::domain::{Email, PASSWORD_BYTES_MAX};
use crate::identity::{self, Claims, IdentityError};
use crate::usecase::registration;

/// Wrong passwords for one account: a person mistypes, a program guesses. Right ones are not counted.
const FAILURE_BUDGET: Budget = Budget::new("sign_in_failures_by_email", 10, SignedDuration::from_mins(15));
/// Sign-ins from one network address: passwords that leaked elsewhere are tried one account after the other.
const ADDRESS_BUDGET: Budget = Budget::new("sign_in_by_address", 100, SignedDuration::from_mins(15));

/// Who comes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account.
    email: Email,
    /// The password.
    #[schema(value_type = shapes::Password)]
    password: String,
}

/// In, or one more step.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum SignedIn {
    /// In.
    Done(Tokens),
    /// A one-time password is needed too.
    Challenged(Challenge),
}

/// What else is needed.
#[derive(Serialize, ToSchema)]
pub struct Challenge {
    /// What must be shown besides the password.
    challenge: ChallengeKind,
    /// Send it with the code to `/v1/auth/challenge` within three minutes.
    #[schema(value_type = shapes::Session)]
    session: String,
}

/// What may be asked for besides a password.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeKind {
    /// A one-time password.
    Totp,
}

/// Sign in
///
/// An account with a one-time password gets a challenge instead of tokens.
#[utoipa::path(post, path = "/v1/auth/sign-in", operation_id = "sign_in", tag = "auth", request_body = Credentials, responses(
    (status = 200, description = "Tokens, or a challenge", body = SignedIn),
    (status = 401, description = "`invalid_credentials`; the same for an unknown address", body = Problem),
    (status = 403, description = "`user_unconfirmed`, `password_reset_required`, `suspended`, or `second_factor_required`: an operator without a one-time password", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn sign_in(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    address: ClientAddress,
    Json(body): Json<Credentials>,
) -> Result<Json<SignedIn>, Problem> {
    // The user pool refuses these as malformed, which would tell that it looked.
    if body.password.is_empty() || body.password.len() > PASSWORD_BYTES_MAX {
        return Err(problems::invalid_credentials());
    }
    address.spend(&app.edge, &ADDRESS_BUDGET, cause.now).await?;
    if !app
        .table
        .has_room(&FAILURE_BUDGET, body.email.as_str(), cause.now)
        .await?
    {
        return Err(problems::too_many_failures(FAILURE_BUDGET, cause.now));
    }
    let answer = match app.identity.sign_in(&body.email, &body.password).await {
        Ok(answer) => answer,
        Err(error) => return Err(refused(&app, &cause, &body.email, &error).await),
    };
    match answer {
        identity::SignIn::Done(tokens) => {
            // With a one-time password the pool would have asked for it.
            let roles = Claims::of(&tokens.id_token).map(|claims| claims.roles);
            let is_operator = roles.is_ok_and(|roles| roles.contains(&Role::Operator));
            if is_operator && !app.may_do_without_second_factor(&body.email) {
                return Err(problems::second_factor_required());
            }
            let tokens = registration::settle(&app, &cause, tokens).await?;
            Ok(Json(SignedIn::Done(Tokens::new(tokens, String::new()))))
        }
        identity::SignIn::Totp(challenged) => Ok(Json(SignedIn::Challenged(Challenge {
            challenge: ChallengeKind::Totp,
            session: challenged.pack(),
        }))),
        identity::SignIn::TemporaryPassword => Err(problems::password_reset_required()),
    }
}

/// Counts a failure, and tells what it means.
async fn refused(app: &App, cause: &Cause, email: &Email, error: &IdentityError) -> Problem {
    if matches!(
        error,
        IdentityError::NotAuthorized | IdentityError::Unknown | IdentityError::Exhausted
    ) && let Err(error) = app.table.spend(&FAILURE_BUDGET, email.as_str(), cause.now).await
    {
        return error.into();
    }
    problems::identity(Step::SignIn, error)
}
