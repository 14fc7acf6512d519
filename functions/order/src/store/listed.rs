//! Orders as lists show them.
//!
//! The indexes hold keys only, because an index that held the state would cost a write unit at each step of each order. So
//! each order of a page is one query of its own partition, all of them at once, and as it was a moment ago: half a read unit
//! for each. An order that has ended never changes, so a process that has read it once does not ask again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::store::{Freshness, StoreError, Table};
use contracts::order::Window;
use kernel::{Money, OrderId, RestaurantId, Timestamp};
use tokio::task::JoinSet;

use super::order::{Loaded, load};
use crate::domain::State;

/// Ended orders kept between invocations: about half a kilobyte each.
const ENDED_ORDERS_MAX: usize = 1_000;

/// An order as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub order_id: OrderId,
    /// Where it stands.
    pub state: State,
    /// Its last event.
    pub sequence: u32,
    /// The restaurant.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name when it was placed.
    pub restaurant_name: String,
    /// How many pieces of food.
    pub pieces: u32,
    /// What the customer pays.
    pub total: Money,
    /// When it should arrive.
    pub promised: Window,
    /// When it was placed.
    pub placed_at: Timestamp,
}

impl From<Loaded> for Listed {
    fn from(loaded: Loaded) -> Self {
        let facts = loaded.order.facts;
        Self {
            order_id: loaded.order.id,
            state: loaded.order.state,
            sequence: loaded.sequence,
            restaurant_id: facts.restaurant_id,
            restaurant_name: facts.restaurant_name,
            pieces: loaded.placed.contents.pieces(),
            total: facts.total,
            promised: facts.promised,
            placed_at: facts.placed_at,
        }
    }
}

/// Orders that had ended when a list read them. Neither they nor their copies change any more.
#[derive(Debug, Clone, Default)]
pub struct EndedOrders(Arc<Mutex<HashMap<OrderId, Listed>>>);

impl EndedOrders {
    /// Those of some orders that are known.
    fn known(&self, ids: &[OrderId]) -> HashMap<OrderId, Listed> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = ids.iter().filter_map(|id| known.get(id));
        listed.map(|listed| (listed.order_id, listed.clone())).collect()
    }

    /// Keeps an order if it has ended.
    fn keep(&self, listed: &Listed) {
        if !listed.state.is_over() {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= ENDED_ORDERS_MAX {
            known.clear();
        }
        known.insert(listed.order_id, listed.clone());
    }
}

/// Reads the orders of a page, in the order of their ids; one that is gone is left out.
///
/// # Errors
/// When the table does not answer.
pub async fn load_listed(table: &Table, ended: &EndedOrders, ids: &[OrderId]) -> Result<Vec<Listed>, StoreError> {
    let mut found = ended.known(ids);
    let mut reads = JoinSet::new();
    for id in ids.iter().copied().filter(|id| !found.contains_key(id)) {
        let table = table.clone();
        reads.spawn(async move {
            // What an index has shown already may be missing from a read that lags further behind.
            match load(&table, id, Freshness::Recent).await? {
                Some(loaded) => Ok(Some(loaded)),
                None => load(&table, id, Freshness::Latest).await,
            }
        });
    }
    while let Some(read) = reads.join_next().await {
        let read: Result<Option<Loaded>, StoreError> =
            read.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        if let Some(listed) = read?.map(Listed::from) {
            ended.keep(&listed);
            found.insert(listed.order_id, listed);
        }
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StateName;
    use crate::domain::cast::{eur, id, in_state};

    fn listed(number: u128, name: StateName) -> Listed {
        let order = in_state(name);
        Listed {
            order_id: id(number),
            state: order.state,
            sequence: 6,
            restaurant_id: order.facts.restaurant_id,
            restaurant_name: order.facts.restaurant_name,
            pieces: 2,
            total: eur(3120),
            promised: order.facts.promised,
            placed_at: order.facts.placed_at,
        }
    }

    #[test]
    fn an_order_that_has_ended_is_not_read_again_and_any_other_is() {
        let ended = EndedOrders::default();
        let (delivered, ready) = (listed(1, StateName::Delivered), listed(2, StateName::Ready));
        ended.keep(&delivered);
        ended.keep(&ready);
        let known = ended.known(&[id(1), id(2), id(3)]);
        assert_eq!(known, HashMap::from([(id(1), delivered)]));
    }

    #[test]
    fn no_more_orders_are_kept_than_fit() {
        let ended = EndedOrders::default();
        for number in 0..=ENDED_ORDERS_MAX {
            ended.keep(&listed(number.try_into().unwrap(), StateName::Cancelled));
        }
        assert_eq!(ended.0.lock().unwrap().len(), 1);
    }
}
