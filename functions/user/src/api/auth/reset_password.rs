//! `POST /v1/auth/reset-password`.

use ::store::Budget;
use axum::extract::State;
use http::StatusCode;
use kernel::SignedDuration;
use runtime::{Json, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::problems::{self, Step};
use crate::api::shapes;
use crate::app::App;
use crate::domain::{Email, NewPassword};

/// A code has a million values: this many tries an hour are enough to mistype, and too few to guess.
const EMAIL_BUDGET: Budget = Budget::new("reset_password_by_email", 10, SignedDuration::from_hours(1));

/// The code from the mail and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// The account.
    email: Email,
    /// Six digits.
    #[schema(value_type = shapes::SixDigits)]
    code: String,
    /// At least 10 characters: not one of the most common, not a few again and again, without the address.
    #[schema(value_type = shapes::NewPassword)]
    password: String,
}

/// Set another password
///
/// Whoever was signed in with the old one is signed out.
#[utoipa::path(post, path = "/v1/auth/reset-password", operation_id = "reset_password", tag = "auth", request_body = ResetPassword, responses(
    (status = 204, description = "Sign in with the new password"),
    (status = 422, description = "`invalid_code` (wrong, used or expired; the same for an unknown address), `invalid_body` or `password_too_weak`. In _errors_: `password_too_short`, `password_too_long`, `password_repetitive`, `password_personal`, `password_invisible_characters`, `password_common`", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn reset_password(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Json(body): Json<ResetPassword>,
) -> Result<StatusCode, Problem> {
    let password = NewPassword::new(body.password, &body.email, None).map_err(problems::invalid_password)?;
    app.table.spend(&EMAIL_BUDGET, body.email.as_str(), cause.now).await?;
    let reset = app.identity.reset_password(&body.email, &body.code, &password).await;
    reset.map_err(|error| problems::identity(Step::Code, &error))?;
    // The password is set: an answer that says otherwise would be wrong. Whoever fears a thief can sign out once more.
    if let Err(error) = app.identity.sign_out(body.email.as_str()).await {
        tracing::error!(reason = %error, "a password was reset without ending the old sign-ins");
    }
    Ok(StatusCode::NO_CONTENT)
}
