//! `POST /v1/restaurants/{restaurant_id}/reviews`

use ::store::Stored;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use kernel::{OrderId, RestaurantId};
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::list_reviews::ReviewView;
use super::shapes::{EntryId, ReviewComment};
use crate::app::App;
use crate::domain::review::{Comment, ITEMS_MAX, ItemRating, Opinion, RATING_MAX, Review, review_of};
use crate::store::{ReviewRecord, review_key, write_review as commit_of};

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
    let cause = cause.about(&body.order_id);
    let id = review_of(body.order_id);
    let opinion = body.opinion();
    let decide = |read: Stored<ReviewRecord>| {
        let review = read.value.review()?;
        let written = review.write(restaurant_id, principal.user_id, &opinion, cause.now)?;
        match written {
            Some(review) => {
                let commit = commit_of(&cause, &read, review.invitation(), &opinion)?;
                Ok::<_, Problem>((Some(commit), review))
            }
            None => Ok((None, review)),
        }
    };
    let review = app.table.change(&review_key(id), decide).await?;
    let at = match review {
        Review::Written { at, .. } => at,
        Review::Invited(_) => cause.now,
    };
    let view = ReviewView::new(id, &opinion, at);
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
