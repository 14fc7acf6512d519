//! `POST /v1/restaurants/{restaurant_id}/reviews`

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use kernel::{OrderId, RestaurantId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::ReviewView;
use crate::api::shapes::{EntryId, ReviewComment};
use crate::app::App;
use crate::domain::review::{Comment, ITEMS_MAX, ItemRating, Opinion, RATING_MAX, review_of};
use crate::usecase;

/// What a customer thinks of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    /// The delivered order.
    order_id: OrderId,
    #[schema(minimum = 1, maximum = 5, example = 5)]
    rating: u8,
    #[serde(default)]
    #[schema(value_type = Option<ReviewComment>)]
    comment: Option<Comment>,
    /// Item by item, each once.
    #[serde(default)]
    #[schema(max_items = 100)]
    items: Vec<NewItemRating>,
}

/// What a customer thinks of one item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItemRating {
    /// Its id on the menu.
    #[schema(value_type = EntryId)]
    item_id: String,
    #[schema(minimum = 1, maximum = 5, example = 4)]
    rating: u8,
}

const _: () = assert!(RATING_MAX == 5 && ITEMS_MAX == 100, "the schemas above say so");

/// Reviews a delivered order, once. The same review again gets the same answer, so no key is needed.
#[utoipa::path(
    post,
    path = "/v1/restaurants/{restaurant_id}/reviews",
    tag = "reviews",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    request_body = NewReview,
    responses(
        (status = 201, description = "Written", body = ReviewView),
        (status = 404, description = "No delivered order of the caller's from this restaurant", body = Problem),
        (status = 409, description = "`already_reviewed`, `review_too_late`", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `duplicate_id`, `not_ordered`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn write_review(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(restaurant_id): Path<RestaurantId>,
    Json(body): Json<NewReview>,
) -> Result<Response, Problem> {
    let order_id = body.order_id;
    let opinion = body.opinion();
    let at = usecase::write_review(&app, restaurant_id, order_id, principal.user_id, &cause, &opinion).await?;
    let view = ReviewView::new(review_of(order_id), &opinion, at);
    Ok((StatusCode::CREATED, Json(view)).into_response())
}

impl NewReview {
    fn opinion(self) -> Opinion {
        let items = self.items.into_iter().map(|item| ItemRating {
            item_id: item.item_id,
            rating: item.rating,
        });
        Opinion {
            rating: self.rating,
            comment: self.comment,
            items: items.collect(),
        }
    }
}
