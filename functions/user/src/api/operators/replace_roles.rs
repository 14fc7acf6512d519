//! `PUT /v1/users/{user_id}/roles`.

use std::collections::BTreeSet;

use axum::extract::State;
use kernel::{Role, UserId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::views::Profile;
use crate::app::App;
use crate::usecase::change_roles;

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
    let changed = change_roles::replace_roles(&app, &cause, user_id, body.roles, principal.user_id).await?;
    Ok(changed.into())
}
