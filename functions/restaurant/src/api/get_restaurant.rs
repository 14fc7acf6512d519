//! `GET /v1/restaurants/{restaurant_id}`

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::ETAG;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};

use super::view::PublicView;
use crate::app::App;

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
    let (restaurant, rating) = app.rated(id).await?;
    if !restaurant.stage.is_public() {
        return Err(Problem::not_found());
    }
    let tag = format!("\"{}\"", restaurant.revision);
    let view = PublicView::new(&restaurant, rating, cause.now);
    Ok(([(ETAG, tag)], Json(view)).into_response())
}
