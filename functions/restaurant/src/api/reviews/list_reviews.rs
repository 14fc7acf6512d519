//! `GET /v1/restaurants/{restaurant_id}/reviews`

use axum::extract::State;
use kernel::RestaurantId;
use runtime::{Json, Listing, Paging, Path, Problem, Query};

use super::views::ReviewView;
use crate::app::App;
use crate::domain::review::{Review, review_of};
use crate::store::{ReviewRecord, reviews_of};
use crate::usecase;

/// A restaurant's reviews, the newest first.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}/reviews",
    tag = "reviews",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant"), Paging),
    responses(
        (status = 200, description = "The reviews", body = Listing<ReviewView>),
        (status = 400, description = "`invalid_query`, `invalid_cursor`", body = Problem),
        (status = 404, description = "There is no such restaurant, or it is not public", body = Problem),
    )
)]
pub async fn list_reviews(
    State(app): State<App>,
    Path(id): Path<RestaurantId>,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<ReviewView>>, Problem> {
    let query = reviews_of(id, paging.limit()?).after_cursor(&app.cursor_key, paging.cursor.as_deref())?;
    usecase::read_public_restaurant(&app, id).await?;
    let page = app.table.query::<ReviewRecord>(&query).await?;
    let next_cursor = query.cursor(&app.cursor_key, &page);
    let mut items = Vec::with_capacity(page.items.len());
    for read in page.items {
        if let Review::Written {
            invitation,
            opinion,
            at,
        } = read.value.review()?
        {
            items.push(ReviewView::new(review_of(invitation.order_id), &opinion, at));
        }
    }
    Ok(Json(Listing { items, next_cursor }))
}
