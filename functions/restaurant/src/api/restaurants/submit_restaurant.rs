//! `POST /v1/restaurants/{restaurant_id}/submit`

use axum::extract::State;
use axum::response::Response;
use kernel::RestaurantId;
use runtime::{Path, Problem, RequestCause};

use super::views::{ManagementView, managed};
use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// Asks the operators to let a draft onto the platform.
#[utoipa::path(
    post,
    path = "/v1/restaurants/{restaurant_id}/submit",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    responses(
        (status = 200, description = "Done, or so already", body = ManagementView),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 409, description = "`wrong_status`: not from where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn submit_restaurant(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
) -> Result<Response, Problem> {
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::Submit).await?;
    Ok(managed(&restaurant, cause.now))
}
