//! `GET /v1/restaurants/{restaurant_id}`

use axum::extract::State;
use axum::response::Response;
use kernel::RestaurantId;
use runtime::{Path, Problem, RequestCause};

use super::views::{PublicView, tagged};
use crate::app::App;
use crate::usecase;

/// A restaurant as everybody sees it. Those who run it see more at `management`, and their drafts only there.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    responses(
        (status = 200, description = "The restaurant", body = PublicView),
        (status = 404, description = "There is none, or it is not public", body = Problem),
    )
)]
pub async fn get_restaurant(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
) -> Result<Response, Problem> {
    let (restaurant, rating) = usecase::read_rated_restaurant(&app, id).await?;
    Ok(tagged(&restaurant, PublicView::new(&restaurant, rating, cause.now)))
}
