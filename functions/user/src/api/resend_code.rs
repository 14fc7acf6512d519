//! `POST /v1/auth/resend-code`.

use axum::extract::State;
use http::StatusCode;
use runtime::{Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems;
use crate::app::App;
use crate::domain::Email;

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
    (status = 422, description = "`invalid_body`", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn resend_code(State(app): State<App>, Json(body): Json<ResendCode>) -> Result<StatusCode, Problem> {
    problems::accepted(app.identity.resend_code(&body.email).await)?;
    Ok(StatusCode::ACCEPTED)
}
