//! `PUT /v1/users/{user_id}/roles`.

use std::collections::BTreeSet;

use axum::extract::State;
use kernel::{Role, UserId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems::{self, Step};
use super::profile::Profile;
use crate::app::App;
use crate::domain::{Command, decide};
use crate::{registration, users};

/// What a user may be from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// All roles; at least one.
    #[schema(min_items = 1)]
    roles: BTreeSet<Role>,
}

/// Replace a user's roles
///
/// The person's next tokens carry them; an access token that is out keeps the old ones for at most an hour.
#[utoipa::path(put, path = "/v1/users/{user_id}/roles", operation_id = "replace_roles", tag = "operators",
    security(("token" = [])), request_body = Roles, params(("user_id" = UserId, Path, description = "The user")), responses(
    (status = 200, description = "The user as it is now", body = Profile),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not an operator", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`own_operator_role`: ask another operator", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`", body = Problem, content_type = "application/problem+json"),
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
    // The groups come first: they are what counts. After a crash in between, the same request or the person's next
    // sign-in brings the record up to them.
    let assigned = registration::assign_roles(&app, user_id, &body.roles).await;
    assigned.map_err(|fault| problems::fault(Step::Manage, &fault))?;
    let changed = users::execute(&app.table, &cause, user_id, None, command).await?;
    Ok(changed.into())
}
