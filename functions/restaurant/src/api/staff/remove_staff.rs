//! `DELETE /v1/restaurants/{restaurant_id}/staff/{user_id}`

use axum::extract::State;
use http::StatusCode;
use kernel::{RestaurantId, UserId};
use runtime::{Path, Problem, RequestCause};

use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// Removes a person from a restaurant's staff, or takes an invitation back. Everybody may do so for oneself: to leave, or to
/// decline. The last owner stays.
#[utoipa::path(
    delete,
    path = "/v1/restaurants/{restaurant_id}/staff/{user_id}",
    tag = "staff",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant"), ("user_id" = UserId, Path, description = "The person")),
    responses(
        (status = 204, description = "Removed, or not there"),
        (status = 403, description = "Not an owner of this restaurant, and about somebody else", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 409, description = "`last_owner`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn remove_staff(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path((id, user_id)): Path<(RestaurantId, UserId)>,
) -> Result<StatusCode, Problem> {
    usecase::change_restaurant(&app, id, &caller, &cause, &Command::RemoveStaff(user_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
