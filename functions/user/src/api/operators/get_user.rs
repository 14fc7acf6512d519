//! `GET /v1/users/{user_id}`.

use axum::extract::State;
use kernel::{Role, UserId};
use runtime::{Path, Principal, Problem};

use crate::api::views::Profile;
use crate::app::App;
use crate::usecase::user;

/// A user
#[utoipa::path(get, path = "/v1/users/{user_id}", operation_id = "get_user", tag = "operators",
    security(("token" = [])), params(("user_id" = UserId, Path, description = "The user")), responses(
    (status = 200, description = "The user", body = Profile),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub async fn get_user(
    State(app): State<App>,
    principal: Principal,
    Path(user_id): Path<UserId>,
) -> Result<Profile, Problem> {
    principal.require(Role::Operator)?;
    let found = user::find(&app.table, user_id).await?;
    found.map(Profile::from).ok_or_else(Problem::not_found)
}
