//! `DELETE /v1/users/me/mfa/totp`.

use axum::extract::State;
use http::StatusCode;
use kernel::Role;
use runtime::{Principal, Problem, RequestCause};

use super::bearer::Bearer;
use super::fresh_sign_in::{self, TOTP_BUDGET};
use crate::api::problems::{self, Step};
use crate::app::App;
use crate::identity::IdentityError;

/// Do without a one-time password
#[utoipa::path(delete, path = "/v1/users/me/mfa/totp", operation_id = "remove_totp", tag = "users",
    security(("token" = [])), responses(
    (status = 204, description = "Not demanded any longer"),
    (status = 403, description = "`fresh_sign_in_required`: sign in again first", body = Problem),
    (status = 409, description = "`second_factor_required`: operators need one", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn remove_totp(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    token: Bearer,
) -> Result<StatusCode, Problem> {
    fresh_sign_in::require(&token, cause.now)?;
    app.table
        .spend(&TOTP_BUDGET, &principal.user_id.to_string(), cause.now)
        .await?;
    if principal.has(Role::Operator) {
        let detail = "Operators need a one-time password: have another operator take the role first.";
        return Err(Problem::conflict("second_factor_required", detail));
    }
    match app.identity.demand_totp(&token.0, false).await {
        // There was none, which is what was asked for.
        Ok(()) | Err(IdentityError::Invalid) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(problems::identity(Step::Totp, &error)),
    }
}
