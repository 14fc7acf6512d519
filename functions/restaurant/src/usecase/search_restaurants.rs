//! Finds restaurants around a position.

use ::store::StoreError;
use kernel::Timestamp;
use tokio::task::JoinSet;

use crate::app::App;
use crate::domain::cells::{Cell, NearbyCell};
use crate::domain::search::{Card, Criteria, Hit, Rank, Rating, Sort};
use crate::store::find_in_cell;

/// Cells that are read at once: what one connection to the table carries without queueing.
const CELLS_AT_ONCE: usize = 8;
/// Restaurants that one search reads before it goes by what it has: sorting by anything but the distance must see all of
/// them, and a search of a metropolis at the widest radius must not run out of time.
const SEEN_MAX: usize = 3000;

/// Reads the cells of the circle, the nearest first, until what is farther away cannot be on the page of `limit` that begins
/// after a rank. Returns what meets the criteria, in no order.
///
/// # Errors
/// When the table does not answer.
pub async fn search_restaurants(
    app: &App,
    criteria: &Criteria,
    after: Option<&Rank>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Hit>, StoreError> {
    let mut hits = Vec::new();
    let mut seen = 0;
    for cells in Cell::around(criteria.near, criteria.radius_m).chunks(CELLS_AT_ONCE) {
        let nearest = cells.first().map_or(0.0, |cell| cell.distance_min);
        let enough = criteria.sort != Sort::Distance && seen >= SEEN_MAX;
        if enough || criteria.is_settled(&hits, after, limit, nearest) {
            break;
        }
        for (card, rating) in read(app, cells).await? {
            seen += 1;
            hits.extend(criteria.evaluate(card, rating, now));
        }
    }
    Ok(hits)
}

async fn read(app: &App, cells: &[NearbyCell]) -> Result<Vec<(Card, Rating)>, StoreError> {
    let mut reads = JoinSet::new();
    for nearby in cells {
        reads.spawn(find_in_cell(app.table.clone(), nearby.cell));
    }
    let mut found = Vec::new();
    while let Some(read) = reads.join_next().await {
        found.extend(read.map_err(|error| StoreError::Unavailable(error.to_string()))??);
    }
    Ok(found)
}
