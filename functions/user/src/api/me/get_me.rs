//! `GET /v1/users/me`.

use axum::extract::State;
use runtime::{Principal, Problem, RequestCause};

use crate::api::views::Profile;
use crate::app::App;
use crate::usecase::own_user;

/// My profile
#[utoipa::path(get, path = "/v1/users/me", operation_id = "get_me", tag = "users", security(("token" = [])), responses(
    (status = 200, description = "The signed-in person", body = Profile),
))]
pub async fn get_me(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Profile, Problem> {
    Ok(own_user::find(&app, &cause, principal.user_id).await?.into())
}
