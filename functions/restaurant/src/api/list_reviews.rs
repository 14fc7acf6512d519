//! `GET /v1/restaurants/{restaurant_id}/reviews`

use axum::extract::State;
use kernel::{RestaurantId, ReviewId, Timestamp};
use runtime::{Json, Listing, Paging, Path, Problem, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{EntryId, ReviewComment};
use crate::app::App;
use crate::domain::review::{Opinion, Review, review_of};
use crate::store::{ReviewRecord, reviews_of};

/// A review as everybody sees it: without its order and its customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewView {
    review_id: ReviewId,
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ReviewComment>)]
    comment: Option<String>,
    /// Item by item.
    items: Vec<ItemRatingView>,
    created_at: Timestamp,
}

/// What a customer thinks of one item.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemRatingView {
    /// Its id on the menu.
    #[schema(value_type = EntryId)]
    item_id: String,
    /// 1 to 5.
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
}

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
    app.public_restaurant(id).await?;
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

impl ReviewView {
    /// A review.
    pub fn new(review_id: ReviewId, opinion: &Opinion, created_at: Timestamp) -> Self {
        let items = opinion.items.iter().map(|item| ItemRatingView {
            item_id: item.item_id.clone(),
            rating: item.rating,
        });
        Self {
            review_id,
            rating: opinion.rating,
            comment: opinion.comment.clone().map(String::from),
            items: items.collect(),
            created_at,
        }
    }
}
