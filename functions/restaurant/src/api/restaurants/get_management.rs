//! `GET /v1/restaurants/{restaurant_id}/management`

use axum::extract::State;
use axum::response::Response;
use kernel::RestaurantId;
use runtime::{Path, Problem, RequestCause};

use super::views::{ManagementView, managed};
use crate::app::App;
use crate::domain::{Authority, Caller};
use crate::usecase;

/// A restaurant as those who run it see it, at any status: its staff, and operators.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}/management",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    responses(
        (status = 200, description = "The restaurant", body = ManagementView),
        (status = 403, description = "Not at this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn get_management(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
) -> Result<Response, Problem> {
    let restaurant = usecase::read_permitted_restaurant(&app, id, &caller, Authority::Insider).await?;
    Ok(managed(&restaurant, cause.now))
}
