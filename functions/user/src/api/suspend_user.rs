//! `POST /v1/users/{user_id}/suspend`.

use axum::extract::State;
use kernel::{Role, TypedId as _, UserId};
use runtime::{Path, Principal, Problem, RequestCause};

use super::problems::{self, Step};
use super::profile::Profile;
use crate::app::App;
use crate::domain::Command;
use crate::identity::Fault;
use crate::{registration, users};

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
    let command = Command::Suspend { by: principal.user_id };
    let changed = users::execute(&app.table, &cause, user_id, None, command).await;
    let changed = changed.map_err(problems::roles_unchanged)?;
    // The record decides, and the groups follow it: after a crash in between, the same request goes on.
    let manage = |fault: Fault| problems::fault(Step::Manage, &fault);
    registration::assign_roles(&app, user_id, &changed.user.roles)
        .await
        .map_err(manage)?;
    app.identity
        .sign_out(&user_id.uuid().to_string())
        .await
        .map_err(manage)?;
    Ok(changed.into())
}
