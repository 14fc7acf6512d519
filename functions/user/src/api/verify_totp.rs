//! `POST /v1/users/me/mfa/totp/verify`.

use axum::extract::State;
use http::StatusCode;
use runtime::{Json, Principal, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::bearer::Bearer;
use super::problems::{self, Step};
use crate::app::App;

/// What the authenticator app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// The one-time password.
    #[schema(pattern = "^[0-9]{6}$")]
    code: String,
}

/// Finish setting up a one-time password
///
/// From now on every sign-in is challenged for one.
#[utoipa::path(post, path = "/v1/users/me/mfa/totp/verify", operation_id = "verify_totp", tag = "users",
    security(("token" = [])), request_body = TotpCode, responses(
    (status = 204, description = "Demanded from now on"),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_code`, or none was set up", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn verify_totp(
    State(app): State<App>,
    _: Principal,
    Bearer(access_token): Bearer,
    Json(body): Json<TotpCode>,
) -> Result<StatusCode, Problem> {
    let refuse = |fault| problems::fault(Step::Totp, &fault);
    app.identity
        .verify_totp(&access_token, &body.code)
        .await
        .map_err(refuse)?;
    app.identity.demand_totp(&access_token, true).await.map_err(refuse)?;
    Ok(StatusCode::NO_CONTENT)
}
