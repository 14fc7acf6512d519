//! Lists the restaurants at which a person works, or is invited to.

use ::store::{Query, StoreError};
use kernel::{RestaurantId, Timestamp};

use crate::app::App;
use crate::domain::Restaurant;
use crate::store::{MembershipRecord, load_restaurants};

/// A page of memberships with their restaurants.
pub struct MyRestaurants {
    /// Each restaurant with the membership; expired invitations are left out.
    pub items: Vec<(MembershipRecord, Restaurant)>,
    /// The cursor of the next page, if there is one.
    pub next_cursor: Option<String>,
}

/// Reads a page of the memberships that `query` selects, then their restaurants, as they were a moment ago, in one round trip.
///
/// # Errors
/// When the table does not answer.
pub async fn list_my_restaurants(app: &App, query: &Query, now: Timestamp) -> Result<MyRestaurants, StoreError> {
    let page = app.table.query::<MembershipRecord>(query).await?;
    let next_cursor = query.cursor(&app.cursor_key, &page);
    let memberships = page.items.into_iter().map(|read| read.value);
    let memberships: Vec<MembershipRecord> = memberships.filter(|membership| membership.is_valid(now)).collect();
    let ids: Vec<RestaurantId> = memberships.iter().map(|membership| membership.restaurant_id).collect();
    let restaurants = load_restaurants(&app.table, &ids).await?;
    let items = memberships.into_iter().zip(restaurants);
    Ok(MyRestaurants {
        items: items
            .filter_map(|(membership, restaurant)| Some((membership, restaurant?)))
            .collect(),
        next_cursor,
    })
}
