//! `PUT /v1/restaurants/{restaurant_id}/hours`

use axum::extract::State;
use axum::response::Response;
use kernel::{OpeningHours, RestaurantId};
use runtime::{Json, Path, Problem, RequestCause};

use crate::api::restaurants::views::{ManagementView, managed};
use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// Sets when a restaurant is open, in its own time zone. An interval may run over midnight; a date with an exception
/// has its intervals only.
#[utoipa::path(
    put,
    path = "/v1/restaurants/{restaurant_id}/hours",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    request_body = OpeningHours,
    responses(
        (status = 200, description = "Replaced", body = ManagementView),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `duplicate_date`, `hours_overlap`, `too_many`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn replace_hours(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Json(body): Json<OpeningHours>,
) -> Result<Response, Problem> {
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::ReplaceHours(body)).await?;
    Ok(managed(&restaurant, cause.now))
}
