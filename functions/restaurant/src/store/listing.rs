//! What a search knows of a restaurant, by the cell that it lies in; and its rating, which every review updates without
//! touching the restaurant itself.

use ::store::{Commit, Index, Key, Query, StoreError, Table};
use aws_sdk_dynamodb::types::AttributeValue;
use kernel::RestaurantId;
use serde::{Deserialize, Serialize};

use crate::domain::Restaurant;
use crate::domain::cells::Cell;
use crate::domain::search::{Card, Rating};

/// Listings that one read of a cell asks for.
const PAGE: usize = 200;

/// A listing as its item holds it. The card is missing while the restaurant is not public.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ListingRecord {
    #[serde(default)]
    card: Option<String>,
    #[serde(default)]
    rating_sum: u64,
    #[serde(default)]
    rating_count: u64,
}

impl ListingRecord {
    /// What customers think of it.
    pub const fn rating(&self) -> Rating {
        Rating {
            sum: self.rating_sum,
            count: self.rating_count,
        }
    }

    fn card(&self) -> Result<Option<Card>, StoreError> {
        let read = |text| serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()));
        self.card.as_deref().map(read).transpose()
    }
}

/// Where a restaurant's listing is.
pub fn listing_key(id: RestaurantId) -> Key {
    Key::new(format!("RESTAURANT#{id}"), "LISTING")
}

/// Adds to a commit the listing after a change, if the change shows in it.
pub fn update_listing(commit: Commit, before: &Restaurant, after: &Restaurant) -> Commit {
    let card = Card::of(after);
    if card == Card::of(before) {
        return commit;
    }
    let key = listing_key(after.id);
    let text = |value: String| AttributeValue::S(value);
    match card.and_then(|card| Some((Cell::of(card.position), serde_json::to_string(&card).ok()?))) {
        Some((cell, card)) => commit.also_update(
            &key,
            "SET gsi1pk = :cell, gsi1sk = :id, card = :card",
            "",
            [
                (":cell", text(format!("CELL#{cell}"))),
                (":id", text(after.id.to_string())),
                (":card", text(card)),
            ],
            "listing",
        ),
        None => commit.also_update(&key, "REMOVE gsi1pk, gsi1sk, card", "", [], "listing"),
    }
}

/// Adds a rating to a commit.
pub fn add_rating(commit: Commit, id: RestaurantId, rating: u8) -> Commit {
    let number = |value: u8| AttributeValue::N(value.to_string());
    commit.also_update(
        &listing_key(id),
        "ADD rating_sum :rating, rating_count :one",
        "",
        [(":rating", number(rating)), (":one", number(1))],
        "listing",
    )
}

/// Every public restaurant in a cell.
///
/// # Errors
/// When the table does not answer.
pub async fn find_in_cell(table: Table, cell: Cell) -> Result<Vec<(Card, Rating)>, StoreError> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let query = Query::new(Index::Gsi1, format!("CELL#{cell}"), PAGE).after(after);
        let page = table.query::<ListingRecord>(&query).await?;
        for listing in page.items {
            let rating = listing.value.rating();
            found.extend(listing.value.card()?.map(|card| (card, rating)));
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
