//! Records, keys and queries.
//!
//! A delivery is its events: each event item also carries the state that the event led to, and the first one the facts
//! that never change. Writing event `n + 1`, which can be done once, is the whole optimistic lock, so a step of a
//! delivery that touches nothing else is one conditional put of one item instead of a transaction over two.

mod conduct;
mod couriers;
mod facts;
mod incidents;
mod learned_model;
mod records;
mod roster;
mod zones;

use std::collections::HashMap;

use ::store::{Commit, EventLog, Freshness, Index, Key, Published, Query, StoreError, Stored, Table};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OrderId, Position, RestaurantId, Timestamp, TypedId as _, UserId};

use crate::domain::cell::Zone;
use crate::domain::courier::Courier;
use crate::domain::epoch::Seen;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::{Delivery, Progress};

pub use conduct::{CASES_MAX, Cases, ReviewRecord, cases, note as note_conduct, reviews, unjudged};
pub use couriers::{CourierRecord, DocumentRecord, Documents, OnShift, PositionRecord, TrailRecord, WorkRecord};
pub use incidents::{Happened, Incident, IncidentItem, history, incident_key, incidents};
pub use learned_model::{KitchenRecord, ZoneModelRecord, kitchen_key, learned, teach, zone_model_key};
pub use records::StaffRecord;
use records::{StepRecord, step_item};
pub use roster::{RosterFound, put_roster, roster};
pub use zones::{
    Figures, Listed, OpenRecord, ZoneRecord, is_open, last_figures, list_zone, listed, open_key, open_of, zone_key,
};

/// The sort key of a stretch of a trail begins with it.
const TRAIL_PREFIX: &str = "TRAIL#";
/// Couriers, or open deliveries, read of one zone: more than one ever has. The rest would wait for those before to end.
pub const ZONE_READ_MAX: usize = 5_000;

/// A delivery as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The delivery.
    pub delivery: Delivery,
    /// Its last event.
    pub sequence: u32,
}

/// What is known of a delivery.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// The order ended before the delivery began: it will never begin.
    CalledOff,
    /// The delivery.
    Delivery(Box<Loaded>),
}

/// A courier's key.
#[must_use]
pub fn courier_key(courier_id: CourierId) -> Key {
    Key::new(format!("COURIER#{courier_id}"), "STATE")
}

/// The key of a courier's papers.
#[must_use]
pub fn documents_key(courier_id: CourierId) -> Key {
    Key::new(format!("COURIER#{courier_id}"), "DOCUMENTS")
}

/// Reads the papers that a courier has handed in.
///
/// # Errors
/// When the table does not answer.
pub async fn documents(table: &Table, courier_id: CourierId) -> Result<Option<Documents>, StoreError> {
    let stored: Option<Stored<Documents>> = table.get(&documents_key(courier_id)).await?;
    Ok(stored.map(|stored| stored.value))
}

/// The key of where a courier was last seen.
#[must_use]
pub fn position_key(courier_id: CourierId) -> Key {
    Key::new(format!("COURIER#{courier_id}"), "POSITION")
}

/// Those whom an operator has to look at, the longest waiting first.
#[must_use]
pub fn applicants(limit: usize) -> Query {
    Query::new(Index::Gsi2, couriers::APPLICANTS, limit)
}

/// Adds to a commit that nobody has to look at a courier's application any more.
#[must_use]
pub fn looked_at(commit: Commit, courier_id: CourierId) -> Commit {
    commit.also_update(&documents_key(courier_id), "REMOVE gsi2pk, gsi2sk", "", [], "looked_at")
}

/// The key of when a courier worked.
#[must_use]
pub fn work_key(courier_id: CourierId) -> Key {
    Key::new(format!("COURIER#{courier_id}"), "WORK")
}

/// Lists of those on shift: several, so that no partition takes every shift's beginning.
pub const SHIFT_LISTS: u128 = 32;
/// Couriers of a list read at a time.
const ON_SHIFT_PAGE: usize = 500;

fn shift_list(number: u128) -> String {
    format!("SHIFTS#{number}")
}

/// The key of a courier in the list of all on shift.
#[must_use]
pub fn on_shift_key(courier_id: CourierId) -> Key {
    Key::new(
        shift_list(courier_id.uuid().as_u128() % SHIFT_LISTS),
        courier_id.to_string(),
    )
}

/// Everybody in one list of those on shift.
///
/// # Errors
/// When the table does not answer.
pub async fn on_shift(table: &Table, list: u128) -> Result<Vec<CourierId>, StoreError> {
    let mut couriers = Vec::new();
    let mut query = Query::new(Index::Table, shift_list(list), ON_SHIFT_PAGE).freshness(Freshness::Recent);
    loop {
        let page = table.query::<OnShift>(&query).await?;
        couriers.extend(page.items.into_iter().map(|stored| stored.value.courier_id));
        if page.next.is_none() {
            return Ok(couriers);
        }
        query = query.after(page.next);
    }
}

/// When couriers were last heard of, those who were.
///
/// # Errors
/// When the table does not answer.
pub async fn heard_at(table: &Table, couriers: &[CourierId]) -> Result<HashMap<CourierId, Timestamp>, StoreError> {
    let keys: Vec<Key> = couriers.iter().map(|id| position_key(*id)).collect();
    let items = table.get_all_fresh(&keys, Freshness::Recent).await?;
    let found = couriers.iter().zip(items).filter_map(|(id, item)| Some((*id, item?)));
    found
        .map(|(id, item)| {
            let stored: Stored<PositionRecord> = ::store::read(item)?;
            Ok((id, stored.value.heard_at()))
        })
        .collect()
}

/// When a courier worked; nothing before the first shift's end.
///
/// # Errors
/// When the table does not answer.
pub async fn work(table: &Table, courier_id: CourierId) -> Result<WorkRecord, StoreError> {
    let stored: Option<Stored<WorkRecord>> = table.get(&work_key(courier_id)).await?;
    Ok(stored.map(|stored| stored.value).unwrap_or_default())
}

/// The key of a stretch of a courier's trail, by its first point.
#[must_use]
pub fn trail_key(courier_id: CourierId, from: Timestamp) -> Key {
    Key::new(
        format!("COURIER#{courier_id}"),
        format!("{TRAIL_PREFIX}{:010}", from.as_second()),
    )
}

/// A courier's trail, the latest stretch first. What is too old may still be in it.
#[must_use]
pub fn trail(courier_id: CourierId, limit: usize) -> Query {
    Query::new(Index::Table, format!("COURIER#{courier_id}"), limit)
        .prefix(TRAIL_PREFIX)
        .newest_first()
        .freshness(Freshness::Recent)
}

/// The key of who works at a restaurant.
#[must_use]
pub fn staff_key(restaurant_id: RestaurantId) -> Key {
    Key::new(format!("RESTAURANT#{restaurant_id}"), "STAFF")
}

/// True if a person works at a restaurant.
///
/// # Errors
/// When the table does not answer.
pub async fn works_at(table: &Table, user_id: UserId, restaurant_id: RestaurantId) -> Result<bool, StoreError> {
    let staff: Option<Stored<StaffRecord>> = table.get_fresh(&staff_key(restaurant_id), Freshness::Recent).await?;
    Ok(staff.is_some_and(|stored| stored.value.staff.contains(&user_id)))
}

/// The delivery of an order.
#[must_use]
pub fn delivery_of(order_id: OrderId) -> DeliveryId {
    DeliveryId::from_uuid(order_id.uuid())
}

fn partition(delivery_id: DeliveryId) -> String {
    format!("DELIVERY#{delivery_id}")
}

fn log(delivery_id: DeliveryId) -> EventLog {
    EventLog::new(partition(delivery_id))
}

/// Reads a delivery: its first event for the facts and its last for the state. The first never changes, so it need not be
/// read as the last commit left it, unless it was written a moment ago.
///
/// # Errors
/// When the table does not answer.
pub async fn load(table: &Table, delivery_id: DeliveryId) -> Result<Found, StoreError> {
    load_fresh(table, delivery_id, Freshness::Latest).await
}

/// Reads a delivery as fresh as it must be.
///
/// # Errors
/// When the table does not answer.
pub async fn load_fresh(table: &Table, delivery_id: DeliveryId, freshness: Freshness) -> Result<Found, StoreError> {
    let log = log(delivery_id);
    let first_key = log.key(1);
    let (facts, last) = if let Some(facts) = facts::KNOWN.held(delivery_id) {
        (Some(facts), log.last::<StepRecord>(table, freshness).await?)
    } else {
        let first = table.get_fresh::<StepRecord>(&first_key, Freshness::Recent);
        let (first, last) = tokio::try_join!(first, log.last::<StepRecord>(table, freshness))?;
        (first.map(|first| first.value.facts()).transpose()?.flatten(), last)
    };
    let Some(last) = last else {
        return Ok(Found::Nothing);
    };
    let facts = if let Some(facts) = facts {
        facts
    } else {
        let first = table.get::<StepRecord>(&first_key).await?;
        let Some(facts) = first.map(|first| first.value.facts()).transpose()?.flatten() else {
            return Ok(Found::CalledOff);
        };
        facts
    };
    facts::KNOWN.hold(delivery_id, &facts);
    Ok(Found::Delivery(Box::new(Loaded {
        delivery: Delivery {
            facts,
            progress: last.state.progress()?,
        },
        sequence: last.sequence,
    })))
}

/// A commit that begins a delivery. It is a conflict if the delivery has begun or was called off.
///
/// # Errors
/// When it cannot be written: a defect.
pub fn begin(
    cause: &Cause,
    delivery_id: DeliveryId,
    delivery: &Delivery,
    published: Published,
) -> Result<Commit, StoreError> {
    let step = step_item(1, Some(published), &delivery.progress, Some(&delivery.facts))?;
    Ok(log(delivery_id).append(Commit::new(cause), &step))
}

/// A commit that calls off a delivery before it began, so that it never will.
///
/// # Errors
/// When it cannot be written: a defect.
pub fn call_off(cause: &Cause, delivery_id: DeliveryId, published: Published) -> Result<Commit, StoreError> {
    let step = step_item(1, Some(published), &Progress::called_off(cause.now), None)?;
    Ok(log(delivery_id).append(Commit::new(cause), &step))
}

/// Adds a delivery's next event to a commit: what it publishes, and the state that it led to.
///
/// # Errors
/// When it cannot be written: a defect.
pub fn append(
    commit: Commit,
    delivery_id: DeliveryId,
    sequence: u32,
    published: Option<Published>,
    progress: &Progress,
) -> Result<Commit, StoreError> {
    Ok(log(delivery_id).append(commit, &step_item(sequence, published, progress, None)?))
}

/// Reads a courier.
///
/// # Errors
/// When the table does not answer.
pub async fn courier(
    table: &Table,
    courier_id: CourierId,
) -> Result<Option<(Stored<CourierRecord>, Courier)>, StoreError> {
    courier_fresh(table, courier_id, Freshness::Latest).await
}

/// Reads a courier as fresh as it must be.
///
/// # Errors
/// When the table does not answer.
pub async fn courier_fresh(
    table: &Table,
    courier_id: CourierId,
    freshness: Freshness,
) -> Result<Option<(Stored<CourierRecord>, Courier)>, StoreError> {
    let stored: Option<Stored<CourierRecord>> = table.get_fresh(&courier_key(courier_id), freshness).await?;
    Ok(stored.map(|stored| {
        let courier = Courier::from(&stored.value);
        (stored, courier)
    }))
}

/// Reads couriers in one round trip, those that there are.
///
/// # Errors
/// When the table does not answer.
pub async fn couriers(
    table: &Table,
    ids: &[CourierId],
    freshness: Freshness,
) -> Result<Vec<(CourierId, Stored<CourierRecord>, Courier)>, StoreError> {
    let keys: Vec<Key> = ids.iter().map(|id| courier_key(*id)).collect();
    let items = table.get_all_fresh(&keys, freshness).await?;
    let found = ids
        .iter()
        .zip(items)
        .filter_map(|(id, item)| item.map(|item| (*id, item)));
    found
        .map(|(id, item)| {
            let stored: Stored<CourierRecord> = ::store::read(item)?;
            let courier = Courier::from(&stored.value);
            Ok((id, stored, courier))
        })
        .collect()
}

/// Adds a courier's change to a commit.
#[must_use]
pub fn replace_courier(
    commit: Commit,
    courier_id: CourierId,
    read: &Stored<CourierRecord>,
    courier: &Courier,
) -> Commit {
    let record = CourierRecord::from(courier);
    commit.also_replace(&courier_key(courier_id), read, &record)
}

/// Reads where a courier was last seen; `None` off shift.
///
/// # Errors
/// When the table does not answer.
pub async fn position(table: &Table, courier_id: CourierId) -> Result<Option<Stored<PositionRecord>>, StoreError> {
    table.get(&position_key(courier_id)).await
}

/// Reads where a courier was last seen, as fresh as it must be; `None` off shift.
///
/// # Errors
/// When the table does not answer.
pub async fn whereabouts(
    table: &Table,
    courier_id: CourierId,
    freshness: Freshness,
) -> Result<Option<Whereabouts>, StoreError> {
    let stored: Option<Stored<PositionRecord>> = table.get_fresh(&position_key(courier_id), freshness).await?;
    Ok(stored.map(|stored| stored.value.whereabouts()))
}

/// Reads where a courier was a moment ago, at half the price: enough to estimate by.
///
/// # Errors
/// When the table does not answer.
pub async fn last_seen(table: &Table, courier_id: CourierId) -> Result<Option<Position>, StoreError> {
    let stored: Option<Stored<PositionRecord>> = table.get_fresh(&position_key(courier_id), Freshness::Recent).await?;
    Ok(stored.map(|stored| stored.value.position))
}

/// Where some couriers were a moment ago, those who are on shift.
///
/// # Errors
/// When the table does not answer.
pub async fn seen(table: &Table, ids: &[CourierId]) -> Result<Vec<Seen>, StoreError> {
    let keys: Vec<Key> = ids.iter().map(|id| position_key(*id)).collect();
    let items = table
        .get_all_fresh(&keys, Freshness::Recent)
        .await?
        .into_iter()
        .flatten();
    items
        .map(|item| {
            let stored: Stored<PositionRecord> = ::store::read(item)?;
            Ok(stored.value.seen())
        })
        .collect()
}

/// The couriers on shift who were last seen in some zones. What the index does not show yet, a later epoch finds.
///
/// # Errors
/// When the table does not answer.
pub async fn seen_in(table: &Table, zones: &[Zone]) -> Result<Vec<Seen>, StoreError> {
    let mut seen = Vec::new();
    for zone in zones {
        let query = Query::new(Index::Gsi1, couriers::seen_partition(*zone), ZONE_READ_MAX);
        let page = table.query::<PositionRecord>(&query).await?;
        seen.extend(page.items.iter().map(|stored| stored.value.seen()));
    }
    Ok(seen)
}
