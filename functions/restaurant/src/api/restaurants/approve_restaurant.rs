//! `POST /v1/restaurants/{restaurant_id}/approve`

use axum::extract::State;
use axum::response::Response;
use kernel::RestaurantId;
use runtime::{Path, Problem, RequestCause};

use super::views::{ManagementView, managed};
use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// Lets a submitted restaurant onto the platform, or a suspended one back on.
#[utoipa::path(
    post,
    path = "/v1/restaurants/{restaurant_id}/approve",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    responses(
        (status = 200, description = "Done, or so already", body = ManagementView),
        (status = 403, description = "Not an operator", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 409, description = "`wrong_status`: not from where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn approve_restaurant(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
) -> Result<Response, Problem> {
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::Approve).await?;
    Ok(managed(&restaurant, cause.now))
}
