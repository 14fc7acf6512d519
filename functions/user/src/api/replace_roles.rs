//! `PUT /v1/users/{user_id}/roles`.

use std::collections::BTreeSet;

use axum::extract::State;
use kernel::{Role, TypedId as _, UserId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems::{self, Step};
use super::profile::Profile;
use crate::app::App;
use crate::domain::{Command, decide};
use crate::identity::Fault;
use crate::{registration, users};

/// What a user may be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// All roles; at least one.
    #[schema(min_items = 1, value_type = Vec<Role>, example = json!(["customer", "courier"]))]
    roles: BTreeSet<Role>,
}

/// Replace a user's roles
///
/// The person's next tokens carry them. A role that is taken away ends within seconds where it gives power over others:
/// on routes for operators, on shifts, and on the live channel; elsewhere with the access token, within the hour.
#[utoipa::path(put, path = "/v1/users/{user_id}/roles", operation_id = "replace_roles", tag = "operators",
    security(("token" = [])), request_body = Roles, params(("user_id" = UserId, Path, description = "The user")), responses(
    (status = 200, description = "The user as it is now", body = Profile),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`own_operator_role`: ask another operator; `last_operator`: somebody must stay; `second_factor_required`: an operator needs a one-time password; `suspended`: reinstate first", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `too_few`", body = Problem),
))]
pub async fn replace_roles(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(user_id): Path<UserId>,
    Json(body): Json<Roles>,
) -> Result<Profile, Problem> {
    principal.require(Role::Operator)?;
    let found = users::find(&app.table, user_id).await?.ok_or_else(Problem::not_found)?;
    let command = Command::ReplaceRoles {
        roles: body.roles.clone(),
        by: principal.user_id,
    };
    // Asked before anything is done, and again when it is committed.
    decide(&found.user, command.clone())?;
    let becomes_operator = body.roles.contains(&Role::Operator) && !found.user.roles.contains(&Role::Operator);
    if becomes_operator && !app.may_do_without_second_factor(&found.user.profile.email) {
        let account = app.identity.account(&user_id.uuid().to_string()).await;
        let account = account.map_err(|fault| problems::fault(Step::Manage, &fault))?;
        if !account.has_totp {
            let detail = "An operator needs a one-time password: the person must set one up first.";
            return Err(Problem::conflict("second_factor_required", detail));
        }
    }
    // Groups that are added come before the commit and those that go after it, so that a role that may not go stays. After
    // a crash in between, the same request or the person's next sign-in brings record and groups together.
    let manage = |fault: Fault| problems::fault(Step::Manage, &fault);
    let with_old = body.roles.union(&found.user.roles).copied().collect();
    registration::assign_roles(&app, user_id, &with_old)
        .await
        .map_err(manage)?;
    let changed = users::execute(&app.table, &cause, user_id, None, command).await;
    let changed = changed.map_err(problems::roles_unchanged)?;
    registration::assign_roles(&app, user_id, &changed.user.roles)
        .await
        .map_err(manage)?;
    Ok(changed.into())
}
