//! Orders as the table holds them.

use ::store::{
    Commit, EVENT_PREFIX, EventLog, Freshness, Index, Key, Page, Published, Query, StepItem, StoreError, Table,
};
use contracts::Envelope;
use kernel::{CourierId, OrderId, PaymentMethodId, RestaurantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::lists::{customer_list, restaurant_list, shard_of, shard_partition};
use super::quote::Contents;
use crate::domain::quote::food_with_tax;
use crate::domain::{Facts, Order, State};

/// The refusal of an end for want of a courier: somebody has come forward.
pub const COURIER_COMES: &str = "courier_comes";
/// The sort key of what was placed.
const PLACED: &str = "PLACED";
/// The sort key of the courier assigned to an order. It lies between the events and what was placed.
const COURIER: &str = "LINK#COURIER";
/// What an order's partition ends with: what was placed, the courier if there is one, and the last event.
const TAIL_ITEMS: usize = 3;

fn partition(order_id: OrderId) -> String {
    format!("ORDER#{order_id}")
}

/// The key of what was placed. It exists exactly if the order does.
#[must_use]
pub fn placed_key(order_id: OrderId) -> Key {
    Key::new(partition(order_id), PLACED)
}

fn courier_key(order_id: OrderId) -> Key {
    Key::new(partition(order_id), COURIER)
}

fn log(order_id: OrderId) -> EventLog {
    EventLog::new(partition(order_id))
}

/// An order, as it was placed. Written once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PlacedRecord {
    /// Who ordered.
    #[serde(rename = "gsi1pk", with = "customer_list")]
    pub customer_id: UserId,
    #[serde(rename = "gsi2pk", with = "restaurant_list")]
    pub restaurant_id: RestaurantId,
    /// How the customer pays.
    pub payment_method_id: PaymentMethodId,
    pub placed_at: Timestamp,
    /// The kitchen's slot that it took, if the kitchen has slots.
    #[serde(default)]
    pub slot: Option<Timestamp>,
    /// For the restaurant.
    #[serde(default)]
    pub note: Option<String>,
    /// What was agreed.
    #[serde(with = "::store::json")]
    pub contents: Contents,
    /// The order, in its customer's list.
    gsi1sk: OrderId,
    /// The order, in its restaurant's list.
    gsi2sk: OrderId,
}

/// The state after an event, as the event's item has it; the first event also stands in the operators' list.
#[derive(Debug, Clone, Serialize)]
struct StateRecord<'a> {
    #[serde(with = "::store::json")]
    state: &'a State,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<OrderId>,
}

/// Who comes for an order's food. Its sequence is that of the delivery's event that said so.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct CourierRecord {
    /// `None` when nobody comes any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    courier_id: Option<CourierId>,
}

/// An order as it was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The order.
    pub order: Order,
    /// Its last event.
    pub sequence: u32,
    /// What was placed.
    pub placed: PlacedRecord,
    /// How fresh all this is.
    pub freshness: Freshness,
}

/// What is read of any item of an order: one kind has this, another that.
#[derive(Debug, Deserialize)]
struct TailItem {
    sk: String,
    state: Option<String>,
    sequence: Option<u32>,
    courier_id: Option<CourierId>,
    contents: Option<String>,
    gsi1pk: Option<String>,
    gsi2pk: Option<String>,
    payment_method_id: Option<PaymentMethodId>,
    placed_at: Option<Timestamp>,
    slot: Option<Timestamp>,
    note: Option<String>,
}

impl TailItem {
    fn placed(self, order_id: OrderId) -> Option<PlacedRecord> {
        Some(PlacedRecord {
            customer_id: customer_list::read(&self.gsi1pk?)?,
            restaurant_id: restaurant_list::read(&self.gsi2pk?)?,
            payment_method_id: self.payment_method_id?,
            placed_at: self.placed_at?,
            slot: self.slot,
            note: self.note,
            contents: serde_json::from_str(&self.contents?).ok()?,
            gsi1sk: order_id,
            gsi2sk: order_id,
        })
    }
}

impl PlacedRecord {
    /// A record of an order without a slot or a note.
    #[must_use]
    pub fn new(
        order_id: OrderId,
        customer_id: UserId,
        restaurant_id: RestaurantId,
        payment_method_id: PaymentMethodId,
        placed_at: Timestamp,
        contents: Contents,
    ) -> Self {
        Self {
            customer_id,
            restaurant_id,
            payment_method_id,
            placed_at,
            slot: None,
            note: None,
            contents,
            gsi1sk: order_id,
            gsi2sk: order_id,
        }
    }

    /// What the rules need of it.
    ///
    /// # Errors
    /// When its amounts do not add up: a defect.
    pub fn facts(&self) -> Result<Facts, StoreError> {
        let priced = self.contents.priced();
        Ok(Facts {
            customer_id: self.customer_id,
            restaurant_id: self.restaurant_id,
            restaurant_name: self.contents.name.clone(),
            total: priced.total,
            food: food_with_tax(&priced).map_err(|error| StoreError::Corrupt(error.to_string()))?,
            delivery_fee: priced.delivery_fee,
            tip: priced.tip,
            promised: self.contents.promised,
            release_at: self.contents.release_at,
            prep_minutes: self.contents.prep,
            placed_at: self.placed_at,
            pickup: self.contents.pickup.clone(),
            drop_off: self.contents.drop_off(),
            item_ids: self.contents.item_ids(),
        })
    }
}

/// Reads an order in one round trip.
///
/// # Errors
/// When the table does not answer.
pub async fn load(table: &Table, order_id: OrderId, freshness: Freshness) -> Result<Option<Loaded>, StoreError> {
    let tail = Query::new(Index::Table, partition(order_id), TAIL_ITEMS);
    let query = tail.newest_first().freshness(freshness);
    let tail: Page<TailItem> = table.query(&query).await?;
    let (placed, rest): (Vec<_>, Vec<_>) = tail
        .items
        .into_iter()
        .map(|stored| stored.value)
        .partition(|item| item.sk == PLACED);
    let Some(placed) = placed.into_iter().next() else {
        return Ok(None);
    };
    let defect = || StoreError::Corrupt(format!("{order_id} is incomplete"));
    let placed = placed.placed(order_id).ok_or_else(defect)?;
    let last = rest
        .iter()
        .find(|item| item.sk.starts_with(EVENT_PREFIX))
        .ok_or_else(defect)?;
    let state = last.state.as_deref().ok_or_else(defect)?;
    let state = serde_json::from_str(state).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let courier = rest.iter().find(|item| item.sk == COURIER);
    let order = Order {
        id: order_id,
        facts: placed.facts()?,
        state,
        assigned: courier.and_then(|item| item.courier_id),
        courier_since: courier.and_then(|item| item.sequence).unwrap_or_default(),
    };
    let sequence = last.sequence.ok_or_else(defect)?;
    Ok(Some(Loaded {
        order,
        sequence,
        placed,
        freshness,
    }))
}

/// Reads what happened to an order, oldest first.
///
/// # Errors
/// When the table does not answer.
pub async fn history(table: &Table, order_id: OrderId) -> Result<Vec<Envelope>, StoreError> {
    log(order_id).history(table).await
}

/// Adds the first event of an order, with which the operators' list begins to show it.
#[must_use]
pub fn begin(commit: Commit, order_id: OrderId, published: Published, state: &State) -> Commit {
    let record = StateRecord {
        state,
        gsi1pk: Some(shard_partition(shard_of(order_id))),
        gsi1sk: Some(order_id),
    };
    log(order_id).append(commit, &StepItem::new(1, Some(published), record))
}

/// Adds an order's next event, if nobody else has.
#[must_use]
pub fn append(commit: Commit, order_id: OrderId, published: Published, state: &State) -> Commit {
    let record = StateRecord {
        state,
        gsi1pk: None,
        gsi1sk: None,
    };
    let sequence = published.envelope.sequence;
    log(order_id).append(commit, &StepItem::new(sequence, Some(published), record))
}

/// Adds the delivery's word on who comes for an order's food. The latest word holds, by the delivery's count of its
/// events: if there is a later one already, or this one, the commit is [`CommitError::Duplicate`].
///
/// [`CommitError::Duplicate`]: ::store::CommitError::Duplicate
#[must_use]
pub fn note_courier(commit: Commit, order_id: OrderId, courier_id: Option<CourierId>, since: u32) -> Commit {
    commit.put_newer(&courier_key(order_id), &CourierRecord { courier_id }, since)
}

/// Demands that nobody comes for an order's food.
#[must_use]
pub fn nobody_comes(commit: Commit, order_id: OrderId) -> Commit {
    let condition = "attribute_not_exists(courier_id)";
    commit.also_check(&courier_key(order_id), condition, [], COURIER_COMES)
}
