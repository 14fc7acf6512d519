//! What this service knows of restaurants: replicas fed by their events, and what their kitchens have taken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::store::{Commit, Item, Key, StoreError, Table};
use aws_sdk_dynamodb::types::AttributeValue;
use contracts::menu::Menu;
use contracts::restaurant::{Capacity, Snapshot};
use kernel::{Money, RestaurantId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::Overrides;
use crate::domain::kitchen::{Load, room};

/// The refusal of an order whose restaurant changed since the quote.
pub const RESTAURANT_CHANGED: &str = "restaurant_changed";
/// The refusal of an order that the kitchen has no room for.
pub const KITCHEN_FULL: &str = "kitchen_full";
/// A slot is counted for this long after it began: longer than anybody cancels.
const SLOT_KEPT: SignedDuration = SignedDuration::from_hours(24);
/// Menus kept between invocations.
const CACHED_MENUS_MAX: usize = 32;
/// How often replicas are read again when an event is just being applied to them.
const READS_MAX: u32 = 3;

fn partition(restaurant_id: RestaurantId) -> String {
    format!("RESTAURANT#{restaurant_id}")
}

/// The key of a restaurant's replica.
#[must_use]
pub fn replica_key(restaurant_id: RestaurantId) -> Key {
    Key::new(partition(restaurant_id), "REPLICA")
}

/// The key of a published menu's replica.
#[must_use]
pub fn menu_key(restaurant_id: RestaurantId, version: u32) -> Key {
    Key::new(partition(restaurant_id), format!("MENU#{version}"))
}

/// The key of what sold out.
#[must_use]
pub fn overrides_key(restaurant_id: RestaurantId) -> Key {
    Key::new(partition(restaurant_id), "OVERRIDES")
}

/// The key of a restaurant's gate.
#[must_use]
pub fn gate_key(restaurant_id: RestaurantId) -> Key {
    Key::new(partition(restaurant_id), "GATE")
}

/// A restaurant as its last event described it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplicaRecord {
    /// The event's sequence.
    pub snapshot_sequence: u32,
    /// The restaurant.
    #[serde(with = "::store::json")]
    pub snapshot: Snapshot,
}

/// A published menu. It never changes: another one has another version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MenuRecord {
    /// The menu.
    #[serde(with = "::store::json")]
    pub menu: Menu,
}

/// What sold out or came back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct OverridesRecord {
    /// Counts its changes.
    pub revision: u32,
    /// The latest word on each entry.
    #[serde(with = "::store::json")]
    pub overrides: Overrides,
}

/// The one small item that every change of a restaurant's replicas also writes: that its version is still the quote's is
/// the condition under which a quote becomes an order. So an order and, say, a pause exclude each other, and placing
/// reads none of the large items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GateRecord {
    /// The sequence of the replica beside it; 0 before the first.
    #[serde(default)]
    pub snapshot_sequence: u32,
    /// The menu that counts; 0 before the first.
    #[serde(default)]
    pub menu_version: u32,
    /// The revision of the overrides beside it.
    #[serde(default)]
    pub overrides_revision: u32,
}

/// Everything about a restaurant that a quote is made of.
#[derive(Debug, Clone)]
pub struct Known {
    /// The restaurant.
    pub restaurant: Snapshot,
    /// The version of its gate.
    pub gate: u64,
    /// What sold out.
    pub overrides: Overrides,
    /// The menu that counts; nothing before the first.
    pub menu: Option<Arc<Menu>>,
}

/// Menus that were read before. They never change, so a copy is as good as the original.
#[derive(Debug, Clone, Default)]
pub struct MenuCache(Arc<Mutex<Menus>>);

type Menus = HashMap<(RestaurantId, u32), Arc<Menu>>;

impl MenuCache {
    async fn menu(&self, table: &Table, id: RestaurantId, version: u32) -> Result<Option<Arc<Menu>>, StoreError> {
        let cached = |cache: &Self| {
            cache
                .0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get(&(id, version))
                .cloned()
        };
        if let Some(menu) = cached(self) {
            return Ok(Some(menu));
        }
        let Some(stored) = table.get::<MenuRecord>(&menu_key(id, version)).await? else {
            return Ok(None);
        };
        let menu = Arc::new(stored.value.menu);
        let mut menus = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if menus.len() >= CACHED_MENUS_MAX {
            menus.clear();
        }
        menus.insert((id, version), Arc::clone(&menu));
        Ok(Some(menu))
    }
}

/// Reads what is known of a restaurant; `None` if it was never approved.
///
/// # Errors
/// When the table does not answer, or the replicas change faster than they can be read.
pub async fn known(table: &Table, cache: &MenuCache, id: RestaurantId) -> Result<Option<Known>, StoreError> {
    for _ in 0..READS_MAX {
        let keys = [replica_key(id), gate_key(id), overrides_key(id)];
        let mut items = table.get_all(&keys).await?.into_iter();
        let mut next = || items.next().flatten();
        let (Some(replica), Some(gate)) = (next(), next()) else {
            return Ok(None);
        };
        let overrides = next().map(::store::read::<OverridesRecord>).transpose()?;
        let overrides = overrides.map(|stored| stored.value).unwrap_or_default();
        let replica = ::store::read::<ReplicaRecord>(replica)?.value;
        let gate = ::store::read::<GateRecord>(gate)?;
        // The three are read together but not at one moment: the gate tells whether they belong together.
        let belong = replica.snapshot_sequence == gate.value.snapshot_sequence
            && overrides.revision == gate.value.overrides_revision;
        if !belong {
            continue;
        }
        let menu = match gate.value.menu_version {
            0 => None,
            version => cache.menu(table, id, version).await?,
        };
        return Ok(Some(Known {
            restaurant: replica.snapshot,
            gate: gate.version,
            overrides: overrides.overrides,
            menu,
        }));
    }
    Err(StoreError::Contended(READS_MAX))
}

/// A kitchen's slot, and its limits.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    pub restaurant_id: RestaurantId,
    /// When it begins.
    pub start: Timestamp,
}

impl Slot {
    fn key(self) -> Key {
        Key::new(
            format!("SLOT#{}#{}", self.restaurant_id, self.start.as_second()),
            "SLOT",
        )
    }
}

#[derive(Deserialize)]
struct SlotRecord {
    taken_orders: u32,
    taken_value: i64,
}

/// Reads what slots hold.
///
/// # Errors
/// When the table does not answer.
pub async fn loads(
    table: &Table,
    restaurant_id: RestaurantId,
    starts: &[Timestamp],
) -> Result<Vec<(Timestamp, Load)>, StoreError> {
    let keys: Vec<_> = starts
        .iter()
        .map(|start| {
            Slot {
                restaurant_id,
                start: *start,
            }
            .key()
        })
        .collect();
    let items = table.get_all(&keys).await?;
    let load = |item: Option<Item>| -> Result<Load, StoreError> {
        let Some(item) = item else { return Ok(Load::default()) };
        let SlotRecord {
            taken_orders,
            taken_value,
        } = ::store::read(item)?.value;
        Ok(Load {
            orders: taken_orders,
            value: taken_value,
        })
    };
    starts
        .iter()
        .zip(items)
        .map(|(start, item)| Ok((*start, load(item)?)))
        .collect()
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Takes a place in a slot, if there still is one.
#[must_use]
pub fn take_slot(commit: Commit, slot: Slot, capacity: &Capacity, value: Money) -> Commit {
    let expires_at = (slot.start + SLOT_KEPT).as_second();
    let most_orders = capacity.max_orders.unwrap_or(u32::MAX);
    let most_value = capacity.max_value.map_or(i64::MAX, |most| room(most, value));
    commit.also_update(
        &slot.key(),
        "SET taken_orders = if_not_exists(taken_orders, :zero) + :one, \
         taken_value = if_not_exists(taken_value, :zero) + :value, expires_at = :expires_at",
        "attribute_not_exists(pk) OR taken_orders = :zero OR (taken_orders < :most_orders AND taken_value <= :most_value)",
        [
            (":zero", number(0)),
            (":one", number(1)),
            (":value", number(value.amount())),
            (":expires_at", number(expires_at)),
            (":most_orders", number(most_orders.into())),
            (":most_value", number(most_value)),
        ],
        KITCHEN_FULL,
    )
}

/// Gives a place in a slot back, while the slot is still counted. A slot that the table has forgotten stays forgotten.
#[must_use]
pub fn release_slot(commit: Commit, slot: Slot, value: Money, now: Timestamp) -> Commit {
    if now >= slot.start + SLOT_KEPT {
        return commit;
    }
    commit.also_update(
        &slot.key(),
        "SET taken_orders = taken_orders - :one, taken_value = taken_value - :value",
        "taken_orders >= :one",
        [(":one", number(1)), (":value", number(value.amount()))],
        "slot_forgotten",
    )
}
