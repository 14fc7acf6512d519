//! `GET /v1/users/me/preferences`.

use axum::extract::State;
use runtime::{Json, Principal, Problem, RequestCause};

use super::preferences::Preferences;
use crate::app::App;
use crate::usecase::own_user;

/// My preferences
#[utoipa::path(get, path = "/v1/users/me/preferences", operation_id = "get_preferences", tag = "users",
    security(("token" = [])), responses(
    (status = 200, description = "All of them", body = Preferences),
))]
pub async fn get_preferences(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<Preferences>, Problem> {
    let found = own_user::find(&app, &cause, principal.user_id).await?;
    Ok(Json(found.user.preferences.into()))
}
