//! The lists: a customer's orders, a restaurant's, and all of them for operators.

use std::collections::HashMap;

use ::store::{Index, Query, StoreError, Table};
use kernel::{OrderId, RestaurantId, Timestamp, TypedId as _, UserId};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;
use uuid::Uuid;

/// The operators' list is spread over so many partitions: 10,000 orders a minute are 21 a second for each, far from the
/// thousand that one partition takes.
pub const SHARDS: u8 = 8;

/// An entry of a list: where the order's item is.
#[derive(Debug, Clone, Deserialize)]
pub struct Pointer {
    pk: String,
    sk: String,
    gsi1pk: Option<String>,
    gsi1sk: Option<OrderId>,
    gsi2pk: Option<String>,
    gsi2sk: Option<OrderId>,
}

impl Pointer {
    /// Which order it points to.
    #[must_use]
    pub fn order_id(&self) -> Option<OrderId> {
        self.pk.strip_prefix("ORDER#").and_then(|id| id.parse().ok())
    }

    /// Where a list goes on after this entry.
    #[must_use]
    pub fn position(&self, index: Index) -> HashMap<String, String> {
        let mut position = HashMap::from([("pk".to_owned(), self.pk.clone()), ("sk".to_owned(), self.sk.clone())]);
        let keys = match index {
            Index::Table => None,
            Index::Gsi1 => Some(("gsi1pk", &self.gsi1pk, "gsi1sk", self.gsi1sk)),
            Index::Gsi2 => Some(("gsi2pk", &self.gsi2pk, "gsi2sk", self.gsi2sk)),
        };
        if let Some((partition, Some(value), sort, Some(id))) = keys {
            position.insert(partition.to_owned(), value.clone());
            position.insert(sort.to_owned(), id.to_string());
        }
        position
    }
}

macro_rules! lists_of {
    ($($(#[$doc:meta])* $module:ident, $id:ty, $prefix:literal;)*) => {$(
        $(#[$doc])*
        pub mod $module {
            use serde::de::Error as _;
            use serde::{Deserialize as _, Deserializer, Serializer};

            /// The partition of the list.
            pub fn partition(id: $id) -> String {
                format!(concat!($prefix, "{}"), id)
            }

            /// Whose list a partition is.
            pub fn read(partition: &str) -> Option<$id> {
                partition.strip_prefix($prefix)?.parse().ok()
            }

            pub fn serialize<S: Serializer>(id: &$id, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&partition(*id))
            }

            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<$id, D::Error> {
                let text = String::deserialize(deserializer)?;
                read(&text).ok_or_else(|| D::Error::custom("not a list's partition"))
            }
        }
    )*};
}

lists_of! {
    /// A customer, as the partition of the list of their orders.
    customer_list, kernel::UserId, "CUSTOMER#";
    /// A restaurant, as the partition of the list of its orders.
    restaurant_list, kernel::RestaurantId, "RESTAURANT#";
}

pub(super) fn shard_partition(shard: u8) -> String {
    format!("ORDERS#{shard}")
}

/// The shard of the operators' list that an order is in: its last bits, which are random.
pub(super) fn shard_of(order_id: OrderId) -> u8 {
    order_id.uuid().as_bytes()[15] % SHARDS
}

/// A customer's orders, the newest first.
#[must_use]
pub fn customers_orders(customer_id: UserId, limit: usize) -> Query {
    Query::new(Index::Gsi1, customer_list::partition(customer_id), limit).newest_first()
}

/// A restaurant's orders, the newest first.
#[must_use]
pub fn restaurants_orders(restaurant_id: RestaurantId, limit: usize) -> Query {
    Query::new(Index::Gsi2, restaurant_list::partition(restaurant_id), limit).newest_first()
}

/// One shard of all orders, the newest first.
fn shard_orders(shard: u8, limit: usize) -> Query {
    Query::new(Index::Gsi1, shard_partition(shard), limit).newest_first()
}

/// One shard of the orders that were placed in a span of time: an order's id begins with when its quote was made, which is at
/// most a quarter of an hour before.
#[must_use]
pub fn shard_orders_placed(shard: u8, from: Timestamp, until: Timestamp, limit: usize) -> Query {
    let id = |at: Timestamp| OrderId::from_uuid(first_uuid_of(at)).to_string();
    Query::new(Index::Gsi1, shard_partition(shard), limit).between(id(from), id(until))
}

/// The smallest `UUIDv7` of a moment (RFC 9562, section 5.7): its first 48 bits are milliseconds.
fn first_uuid_of(at: Timestamp) -> Uuid {
    let milliseconds = u128::try_from(at.as_millisecond()).unwrap_or_default();
    Uuid::from_u128(milliseconds << 80)
}

/// Where a shard goes on after an order.
fn shard_position(order_id: OrderId) -> HashMap<String, String> {
    let text = |name: &str, value: String| (name.to_owned(), value);
    HashMap::from([
        text("pk", format!("ORDER#{order_id}")),
        text("sk", format!("{}{:08}", ::store::EVENT_PREFIX, 1)),
        text("gsi1pk", shard_partition(shard_of(order_id))),
        text("gsi1sk", order_id.to_string()),
    ])
}

/// How far each shard of the operators' list has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress(Vec<Shard>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Shard {
    #[serde(rename = "b")]
    Beginning,
    #[serde(rename = "a")]
    After(OrderId),
    #[serde(rename = "e")]
    End,
}

impl Default for Progress {
    fn default() -> Self {
        Self(vec![Shard::Beginning; usize::from(SHARDS)])
    }
}

impl Progress {
    /// Whether every shard was read to its end.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.iter().all(|shard| *shard == Shard::End)
    }
}

/// What one shard gives next, newest first, and whether that was the last of it.
struct Batch {
    shard: usize,
    ids: Vec<OrderId>,
    is_last: bool,
}

/// Reads the newest orders over all shards after those that were read, at most `count`, and notes how far each shard was
/// read.
///
/// # Errors
/// When the table does not answer.
pub async fn newest(table: &Table, progress: &mut Progress, count: usize) -> Result<Vec<OrderId>, StoreError> {
    let mut reads = JoinSet::new();
    for (shard, after) in (0_u8..).zip(progress.0.iter().copied()) {
        let after = match after {
            Shard::End => continue,
            Shard::Beginning => None,
            Shard::After(order_id) => Some(shard_position(order_id)),
        };
        let (table, query) = (table.clone(), shard_orders(shard, count).after(after));
        reads.spawn(async move { (usize::from(shard), table.query::<Pointer>(&query).await) });
    }
    let mut batches = Vec::new();
    while let Some(read) = reads.join_next().await {
        let (shard, page) = read.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let page = page?;
        let ids = page.items.iter().filter_map(|pointer| pointer.value.order_id());
        batches.push(Batch {
            shard,
            ids: ids.collect(),
            is_last: page.next.is_none(),
        });
    }
    Ok(merge(progress, &batches, count))
}

/// Takes the newest of all batches, and notes how far each was used.
fn merge(progress: &mut Progress, batches: &[Batch], count: usize) -> Vec<OrderId> {
    let mut newest: Vec<_> = batches.iter().flat_map(|batch| batch.ids.iter().copied()).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    newest.truncate(count);
    for batch in batches {
        let used = batch.ids.iter().take_while(|id| newest.contains(id)).count();
        if let Some(shard) = progress.0.get_mut(batch.shard) {
            *shard = match used {
                used if used == batch.ids.len() && batch.is_last => Shard::End,
                0 => *shard,
                used => Shard::After(batch.ids[used - 1]),
            };
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::id;

    #[test]
    fn a_list_goes_on_after_its_last_entry() {
        let order_id: OrderId = id(0x17);
        let pointer: Pointer = serde_json::from_value(serde_json::json!({
            "pk": format!("ORDER#{order_id}"), "sk": "EVENT#00000001", "gsi1pk": "ORDERS#7", "gsi1sk": order_id,
        }))
        .unwrap();
        assert_eq!(pointer.order_id(), Some(order_id));
        assert_eq!(pointer.position(Index::Gsi1), shard_position(order_id));
    }

    fn batch(shard: usize, numbers: &[u128], is_last: bool) -> Batch {
        Batch {
            shard,
            ids: numbers.iter().map(|number| id(*number)).collect(),
            is_last,
        }
    }

    #[test]
    fn shards_are_merged_by_time() {
        let mut progress = Progress(vec![Shard::Beginning; 3]);
        let batches = [
            batch(0, &[9, 4, 1], false),
            batch(1, &[8, 7], true),
            batch(2, &[], true),
        ];
        let newest = merge(&mut progress, &batches, 3);
        assert_eq!(newest, [9, 8, 7].map(id));
        assert_eq!(progress.0, [Shard::After(id(9)), Shard::End, Shard::End]);
        assert!(!progress.is_over());
        let newest = merge(&mut progress, &[batch(0, &[4, 1], true)], 3);
        assert_eq!(newest, [4, 1].map(id));
        assert!(progress.is_over());
    }

    #[test]
    fn an_unused_shard_begins_where_it_was() {
        let mut progress = Progress(vec![Shard::Beginning, Shard::After(id(3))]);
        let newest = merge(&mut progress, &[batch(0, &[9, 8], false), batch(1, &[2], true)], 2);
        assert_eq!(newest, [9, 8].map(id));
        assert_eq!(progress.0, [Shard::After(id(8)), Shard::After(id(3))]);
    }
}
