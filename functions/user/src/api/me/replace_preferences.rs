//! `PUT /v1/users/me/preferences`.

use axum::extract::State;
use runtime::{Json, Principal, Problem, RequestCause};

use super::preferences::Preferences;
use crate::app::App;
use crate::domain::Command;
use crate::usecase::own_user;

/// Replace my preferences
///
/// What is left out goes back to its default.
#[utoipa::path(put, path = "/v1/users/me/preferences", operation_id = "replace_preferences", tag = "users",
    security(("token" = [])), request_body = Preferences, responses(
    (status = 200, description = "As they are now", body = Preferences),
    (status = 422, description = "`invalid_body`. In _errors_: `too_many`, `no_length`", body = Problem),
))]
pub async fn replace_preferences(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(body): Json<Preferences>,
) -> Result<Json<Preferences>, Problem> {
    let command = Command::ReplacePreferences(body.try_into()?);
    let changed = own_user::execute(&app, &cause, principal.user_id, None, command).await?;
    Ok(Json(changed.user.preferences.into()))
}
