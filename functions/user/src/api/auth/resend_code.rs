//! `POST /v1/auth/resend-code`.

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

/// Codes that one address may ask for: each is a mail.
const EMAIL_BUDGET: Budget = Budget::new("resend_code_by_email", 5, SignedDuration::from_hours(1));

/// Who needs another code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResendCode {
    /// The account.
    email: Email,
}

/// Mail another confirmation code
///
/// Accepted always: whether there is such an account is not told.
#[utoipa::path(post, path = "/v1/auth/resend-code", operation_id = "resend_code", tag = "auth", request_body = ResendCode, responses(
    (status = 202, description = "If an account waits for a code, another one is under way"),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn resend_code(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Json(body): Json<ResendCode>,
) -> Result<StatusCode, Problem> {
    app.table.spend(&EMAIL_BUDGET, body.email.as_str(), cause.now).await?;
    problems::accepted(app.identity.resend_code(&body.email).await)?;
    Ok(StatusCode::ACCEPTED)
}
