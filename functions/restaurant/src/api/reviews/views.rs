//! Reviews as their readers see them.

use kernel::{ReviewId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{EntryId, ReviewComment};
use crate::domain::review::Opinion;

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
