//! `GET /v1/users/me/preferences`.

use axum::extract::State;
use runtime::{Json, Principal, Problem, RequestCause};

use super::me;
use super::preferences::Preferences;
use crate::app::App;

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
    let found = me::find(&app, &cause, &principal).await?;
    Ok(Json(found.user.preferences.into()))
}
