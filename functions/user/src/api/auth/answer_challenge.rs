//! `POST /v1/auth/challenge`.

use ::store::Budget;
use axum::extract::State;
use kernel::SignedDuration;
use runtime::{ClientAddress, Json, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::Tokens;
use crate::api::problems::{self, Step};
use crate::api::shapes;
use crate::app::App;
use crate::identity::{Challenged, IdentityError};
use crate::usecase::registration;

/// Tries of a one-time password from one network address; the user pool ends a session after a few of its own.
const ADDRESS_BUDGET: Budget = Budget::new("challenge_by_address", 60, SignedDuration::from_mins(15));

/// Wrong one-time passwords for one account, whose password is known then: a thief has millions to try.
const FAILURE_BUDGET: Budget = Budget::new("challenge_failures_by_account", 10, SignedDuration::from_mins(15));

/// The second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeAnswer {
    /// From the sign-in.
    #[schema(value_type = shapes::Session)]
    session: String,
    /// The one-time password.
    #[schema(value_type = shapes::SixDigits)]
    code: String,
}

/// Complete a sign-in by one-time password
#[utoipa::path(post, path = "/v1/auth/challenge", operation_id = "answer_challenge", tag = "auth", request_body = ChallengeAnswer, responses(
    (status = 200, description = "In", body = Tokens),
    (status = 401, description = "`invalid_session`: sign in again", body = Problem),
    (status = 422, description = "`invalid_code`", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn answer_challenge(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    address: ClientAddress,
    Json(body): Json<ChallengeAnswer>,
) -> Result<Json<Tokens>, Problem> {
    address.spend(&app.edge, &ADDRESS_BUDGET, cause.now).await?;
    let refused = |error: IdentityError| problems::identity(Step::Challenge, &error);
    let challenged = Challenged::unpack(&body.session).ok_or_else(|| refused(IdentityError::NotAuthorized))?;
    // The text came from the client, and the pool reads a name in any case: each spelling would be counted by itself.
    let account = &challenged.username.to_lowercase();
    if !app.table.has_room(&FAILURE_BUDGET, account, cause.now).await? {
        return Err(problems::too_many_failures(FAILURE_BUDGET, cause.now));
    }
    let tokens = app.identity.answer_totp(&challenged, &body.code).await;
    if tokens == Err(IdentityError::WrongCode) {
        app.table.spend(&FAILURE_BUDGET, account, cause.now).await?;
    }
    let tokens = tokens.map_err(refused)?;
    let tokens = registration::settle(&app, &cause, tokens).await?;
    Ok(Json(Tokens::new(tokens, String::new())))
}
