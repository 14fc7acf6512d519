//! `DELETE /v1/users/me/mfa/totp`.

use axum::extract::State;
use http::StatusCode;
use runtime::{Principal, Problem};

use super::bearer::Bearer;
use super::problems::{self, Step};
use crate::app::App;
use crate::identity::Fault;

/// Do without a one-time password
#[utoipa::path(delete, path = "/v1/users/me/mfa/totp", operation_id = "remove_totp", tag = "users",
    security(("token" = [])), responses(
    (status = 204, description = "Not demanded any longer"),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn remove_totp(
    State(app): State<App>,
    _: Principal,
    Bearer(access_token): Bearer,
) -> Result<StatusCode, Problem> {
    match app.identity.demand_totp(&access_token, false).await {
        // There was none, which is what was asked for.
        Ok(()) | Err(Fault::Invalid) => Ok(StatusCode::NO_CONTENT),
        Err(fault) => Err(problems::fault(Step::Totp, &fault)),
    }
}
