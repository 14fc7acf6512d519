//! `POST /v1/users/me/mfa/totp/verify`.

use axum::extract::State;
use http::StatusCode;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::bearer::Bearer;
use super::fresh_sign_in::{self, TOTP_BUDGET};
use crate::api::problems::{self, Step};
use crate::api::shapes;
use crate::app::App;

/// What the authenticator app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TotpCode {
    /// The one-time password.
    #[schema(value_type = shapes::SixDigits)]
    code: String,
}

/// Finish setting up a one-time password
///
/// From now on every sign-in is challenged for one.
#[utoipa::path(post, path = "/v1/users/me/mfa/totp/verify", operation_id = "verify_totp", tag = "users",
    security(("token" = [])), request_body = TotpCode, responses(
    (status = 204, description = "Demanded from now on"),
    (status = 403, description = "`fresh_sign_in_required`: sign in again first", body = Problem),
    (status = 422, description = "`invalid_code`, or none was set up", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn verify_totp(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    token: Bearer,
    Json(body): Json<TotpCode>,
) -> Result<StatusCode, Problem> {
    fresh_sign_in::require(&token, cause.now)?;
    app.table
        .spend(&TOTP_BUDGET, &principal.user_id.to_string(), cause.now)
        .await?;
    let refuse = |error| problems::identity(Step::Totp, &error);
    app.identity.verify_totp(&token.0, &body.code).await.map_err(refuse)?;
    app.identity.demand_totp(&token.0, true).await.map_err(refuse)?;
    Ok(StatusCode::NO_CONTENT)
}
