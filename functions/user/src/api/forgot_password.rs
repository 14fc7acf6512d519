//! `POST /v1/auth/forgot-password`.

use axum::extract::State;
use http::StatusCode;
use runtime::{Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems;
use crate::app::App;
use crate::domain::Email;

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
#[utoipa::path(post, path = "/v1/auth/forgot-password", operation_id = "forgot_password", tag = "auth", request_body = ForgotPassword, responses(
    (status = 202, description = "If there is such an account, a code is under way"),
    (status = 422, description = "`invalid_body`", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn forgot_password(State(app): State<App>, Json(body): Json<ForgotPassword>) -> Result<StatusCode, Problem> {
    problems::accepted(app.identity.forgot_password(&body.email).await)?;
    Ok(StatusCode::ACCEPTED)
}
