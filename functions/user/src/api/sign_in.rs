//! `POST /v1/auth/sign-in`.

use axum::extract::State;
use runtime::{Json, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problems::{self, Step};
use super::tokens::Tokens;
use crate::app::App;
use crate::domain::{Email, PASSWORD_CHARACTERS_MAX};
use crate::identity;
use crate::registration;

/// Who comes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account.
    email: Email,
    /// The password.
    #[schema(max_length = 256, format = Password)]
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
    /// Always `totp`.
    challenge: &'static str,
    /// Send it with the code to `/v1/auth/challenge` within three minutes.
    session: String,
}

/// Sign in
///
/// An account with a one-time password gets a challenge instead of tokens.
#[utoipa::path(post, path = "/v1/auth/sign-in", operation_id = "sign_in", tag = "auth", request_body = Credentials, responses(
    (status = 200, description = "Tokens, or a challenge", body = SignedIn),
    (status = 401, description = "`invalid_credentials`; the same for an unknown address", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`user_unconfirmed` or `password_reset_required`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn sign_in(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Json(body): Json<Credentials>,
) -> Result<Json<SignedIn>, Problem> {
    // The user pool refuses these as malformed, which would tell that it looked.
    if body.password.is_empty() || body.password.len() > PASSWORD_CHARACTERS_MAX {
        return Err(problems::invalid_credentials());
    }
    let answer = app.identity.sign_in(&body.email, &body.password).await;
    match answer.map_err(|fault| problems::fault(Step::SignIn, &fault))? {
        identity::SignIn::Done(tokens) => {
            let tokens = registration::settle(&app, &cause, tokens)
                .await
                .map_err(problems::incomplete)?;
            Ok(Json(SignedIn::Done(Tokens::new(tokens, String::new()))))
        }
        identity::SignIn::Totp(session) => Ok(Json(SignedIn::Challenged(Challenge {
            challenge: "totp",
            session,
        }))),
        identity::SignIn::TemporaryPassword => Err(problems::password_reset_required()),
    }
}
