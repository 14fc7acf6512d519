//! `POST /v1/users/{user_id}/suspend`.

use axum::extract::State;
use kernel::{Role, UserId};
use runtime::{Path, Principal, Problem, RequestCause};

use crate::api::views::Profile;
use crate::app::App;
use crate::usecase::change_roles;

/// Bar a user from the platform
///
/// Live connections, shifts, the rights of an operator and getting new tokens end within seconds; what else a token allows ends
/// with it, within the hour. The same again changes nothing.
#[utoipa::path(post, path = "/v1/users/{user_id}/suspend", operation_id = "suspend_user", tag = "operators",
    security(("token" = [])), params(("user_id" = UserId, Path, description = "The user")), responses(
    (status = 200, description = "The user as it is now", body = Profile),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`own_account`: ask another operator; `last_operator`: somebody must stay", body = Problem),
))]
pub async fn suspend_user(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(user_id): Path<UserId>,
) -> Result<Profile, Problem> {
    principal.require(Role::Operator)?;
    let changed = change_roles::suspend(&app, &cause, user_id, principal.user_id).await?;
    Ok(changed.into())
}
