//! `POST /v1/auth/forgot-password`.

use ::store::Budget;
use axum::extract::State;
use http::StatusCode;
use kernel::SignedDuration;
use runtime::{Json, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::problems;
use crate::app::App;
use crate::domain::Email;

/// Codes that one address may ask for: each is a mail. The same for an address without an account.
const EMAIL_BUDGET: Budget = Budget::new("forgot_password_by_email", 5, SignedDuration::from_hours(1));

/// Who forgot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgotPassword {
    /// The account.
    email: Email,
}

/// Mail a code to reset the password with
///
/// Accepted always: whether there is such an account is not told.
#[utoipa::path(post, path = "/v1/auth/forgot-password", operation_id = "request_password_reset", tag = "auth", request_body = ForgotPassword, responses(
    (status = 202, description = "If there is such an account, a code is under way"),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn request_password_reset(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Json(body): Json<ForgotPassword>,
) -> Result<StatusCode, Problem> {
    app.table.spend(&EMAIL_BUDGET, body.email.as_str(), cause.now).await?;
    problems::accepted(app.identity.forgot_password(&body.email).await)?;
    Ok(StatusCode::ACCEPTED)
}
