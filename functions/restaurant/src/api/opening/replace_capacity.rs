//! `PUT /v1/restaurants/{restaurant_id}/capacity`

use axum::extract::State;
use axum::response::Response;
use contracts::restaurant::Capacity;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};

use crate::api::restaurants::views::{ManagementView, managed};
use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// Sets how much a kitchen takes per slot of time. Without either limit there is none.
#[utoipa::path(
    put,
    path = "/v1/restaurants/{restaurant_id}/capacity",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    request_body = Capacity,
    responses(
        (status = 200, description = "Replaced", body = ManagementView),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `amount_too_fine`, `wrong_currency`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn replace_capacity(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Json(body): Json<Capacity>,
) -> Result<Response, Problem> {
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::ReplaceCapacity(body)).await?;
    Ok(managed(&restaurant, cause.now))
}
