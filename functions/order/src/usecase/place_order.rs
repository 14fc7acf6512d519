//! An order is placed.
//!
//! Two round trips: one read of everything that decides, one transaction. Nobody else is asked: that the restaurant is
//! still as it was quoted is a condition of the transaction. Only when it is not, the quote is held against what changed.

use ::store::{
    Answer, Attempts, Commit, CommitError, Freshness, Item, Precedent, RequestKey, StoreError, Stored, read,
};
use aws_sdk_dynamodb::types::AttributeValue;
use contracts::Cause;
use kernel::{OrderId, PaymentMethodId, QuoteId, Timestamp, TypedId as _, UserId};

use crate::app::App;
use crate::domain::kitchen::{has_room, slot_of};
use crate::domain::place::UNPAID_MAX;
use crate::domain::quote::{Fixed, still_holds};
use crate::domain::{PlaceRejection, Placed, Placing, Refusal, StateName, Waiting, place};
use crate::publish;
use crate::store::{
    KITCHEN_FULL, PlacedRecord, QuoteRecord, RESTAURANT_CHANGED, Slot, WaitingRecord, begin, customer_list, gate_key,
    join, known, load, loads, placed_key, quote_key, take_slot, waiting_key,
};

/// What a customer asks for.
pub struct PlaceRequest {
    /// Who orders.
    pub customer_id: UserId,
    /// The quote, whose UUID becomes the order's.
    pub quote_id: QuoteId,
    /// How the customer pays.
    pub payment_method_id: PaymentMethodId,
    /// For the restaurant.
    pub note: Option<String>,
    /// The request as its idempotency key identifies it.
    pub key: RequestKey,
}

/// An order that was just placed.
pub struct PlacedOrder {
    /// The order, its first event, and until when it may be paid.
    pub placed: Placed,
    /// The quote that it was.
    pub quote_id: QuoteId,
    /// When the customer wants it; `None`: soon.
    pub scheduled_for: Option<Timestamp>,
}

/// What became of the request.
pub enum Outcome {
    /// The order was placed.
    Placed(Box<PlacedOrder>),
    /// The request's key is known: nothing was done. [`Precedent::None`] means that the first request is still under way.
    Known(Precedent),
}

/// Why no order was placed.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The customer has no such quote.
    #[error("there is no such quote")]
    QuoteMissing,
    /// The quote is an order already.
    #[error("the quote was ordered before, as {0}")]
    QuoteUsed(OrderId),
    /// The rules of placing say no.
    #[error(transparent)]
    Rejected(#[from] PlaceRejection),
    /// The kitchen has no room any more.
    #[error("the kitchen is full")]
    KitchenFull,
    /// The quote does not fit what the restaurant changed since.
    #[error("the quote is outdated")]
    Outdated(Refusal),
    /// The commit was refused for another reason than a lost race, or the table did not answer.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl From<StoreError> for PlaceError {
    fn from(error: StoreError) -> Self {
        Self::Commit(error.into())
    }
}

/// Places an order. `answer` writes the answer that the commit keeps for the request's repetition.
///
/// # Errors
/// See [`PlaceError`]; then nothing was written.
pub async fn place_order(
    app: &App,
    request: &PlaceRequest,
    cause: &Cause,
    answer: impl Fn(&PlacedOrder) -> Result<Answer, serde_json::Error>,
) -> Result<Outcome, PlaceError> {
    let order_id = OrderId::from_uuid(request.quote_id.uuid());
    let cause = cause.clone().about(&order_id);
    let mut renewed = None;
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let (quote, list) = match read_all(app, request, order_id, cause.now).await? {
            Found::Known(precedent) => return Ok(Outcome::Known(precedent)),
            Found::Quote(quote, list) => (renewed.take().unwrap_or(quote), list),
        };
        let waiting = still_waiting(app, list.as_ref(), cause.now).await?;
        let record = placed_record(request, order_id, &quote, cause.now);
        let placing = Placing {
            order_id,
            facts: record.facts()?,
            payment_method_id: request.payment_method_id,
            valid_until: quote.valid_until,
            takes_slot: quote.slot.is_some(),
        };
        let placed = match place(placing, &waiting, app.deadlines) {
            Ok(placed) => placed,
            // A full kitchen is the reason that paying would not change.
            Err(PlaceRejection::TooManyUnpaid(_)) if is_full(app, &quote).await? => {
                return Err(PlaceError::KitchenFull);
            }
            Err(rejection) => return Err(rejection.into()),
        };
        let placed = PlacedOrder {
            placed,
            quote_id: request.quote_id,
            scheduled_for: quote.contents.wish,
        };
        let answer = answer(&placed).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let commit = Commit::new(&cause).answer(&request.key, &answer);
        let commit = written(
            commit,
            &quote,
            &record,
            &placed.placed,
            (list.as_ref(), &waiting),
            &cause,
        )?;
        match app.table.commit(commit).await {
            Ok(()) => return Ok(Outcome::Placed(Box::new(placed))),
            Err(CommitError::KeyTaken(marker)) => {
                return Ok(Outcome::Known(request.key.judge(marker.as_ref(), cause.now)));
            }
            Err(CommitError::Refused(RESTAURANT_CHANGED)) => renewed = Some(renew(app, *quote, cause.now).await?),
            Err(CommitError::Refused(KITCHEN_FULL)) => return Err(PlaceError::KitchenFull),
            Err(CommitError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

enum Found {
    Known(Precedent),
    Quote(Box<QuoteRecord>, Option<Stored<WaitingRecord>>),
}

/// Reads everything that decides in one round trip.
async fn read_all(app: &App, request: &PlaceRequest, order_id: OrderId, now: Timestamp) -> Result<Found, PlaceError> {
    let keys = [
        request.key.key(),
        quote_key(request.quote_id),
        placed_key(order_id),
        waiting_key(request.customer_id),
    ];
    let mut items = app.table.get_all(&keys).await?.into_iter();
    let mut next = || items.next().flatten();
    let (marker, quote, order, list) = (next(), next(), next(), next());
    match request.key.judge(marker.as_ref(), now) {
        Precedent::None => {}
        precedent @ (Precedent::Answered(_) | Precedent::OtherRequest) => return Ok(Found::Known(precedent)),
    }
    if let Some(order) = order {
        return Err(used(&order, request.customer_id, order_id));
    }
    let quote: QuoteRecord = read(quote.ok_or(PlaceError::QuoteMissing)?)?.value;
    if quote.customer_id != request.customer_id {
        return Err(PlaceError::QuoteMissing);
    }
    Ok(Found::Quote(Box::new(quote), list.map(read).transpose()?))
}

/// The quote is an order already: the caller's own, or for the caller it does not exist.
fn used(order: &Item, caller: UserId, order_id: OrderId) -> PlaceError {
    let customer = order.get("gsi1pk").map(AttributeValue::as_s).and_then(Result::ok);
    if customer.and_then(|list| customer_list::read(list)) == Some(caller) {
        PlaceError::QuoteUsed(order_id)
    } else {
        PlaceError::QuoteMissing
    }
}

/// The customer's orders that wait for their payment. Only a list that is full is held against the orders themselves: most
/// have been paid for long before their time is over.
async fn still_waiting(
    app: &App,
    list: Option<&Stored<WaitingRecord>>,
    now: Timestamp,
) -> Result<Vec<Waiting>, StoreError> {
    let unexpired = list.map_or(Vec::new(), |list| list.value.unexpired(now));
    if unexpired.len() < UNPAID_MAX {
        return Ok(unexpired);
    }
    let mut waiting = Vec::new();
    for order in unexpired {
        let loaded = load(&app.table, order.order_id, Freshness::Latest).await?;
        if loaded.is_some_and(|loaded| loaded.order.state.name() == StateName::AwaitingPayment) {
            waiting.push(order);
        }
    }
    Ok(waiting)
}

async fn is_full(app: &App, quote: &QuoteRecord) -> Result<bool, StoreError> {
    let (Some(start), Some(capacity)) = (quote.slot, &quote.capacity) else {
        return Ok(false);
    };
    let loads = loads(&app.table, quote.restaurant_id, &[start]).await?;
    let subtotal = quote.contents.priced().subtotal;
    Ok(loads.iter().any(|(_, load)| !has_room(capacity, *load, subtotal)))
}

fn placed_record(request: &PlaceRequest, order_id: OrderId, quote: &QuoteRecord, now: Timestamp) -> PlacedRecord {
    let mut record = PlacedRecord::new(
        order_id,
        quote.customer_id,
        quote.restaurant_id,
        request.payment_method_id,
        now,
        quote.contents.clone(),
    );
    record.slot = quote.slot;
    record.note.clone_from(&request.note);
    record
}

/// Adds the order, its first event, the customer's list of unpaid orders, the kitchen's slot, and the condition that the
/// restaurant is as it was quoted.
fn written(
    commit: Commit,
    quote: &QuoteRecord,
    record: &PlacedRecord,
    placed: &Placed,
    (list, waiting): (Option<&Stored<WaitingRecord>>, &[Waiting]),
    cause: &Cause,
) -> Result<Commit, StoreError> {
    let order = &placed.order;
    let published = publish::published(order, &placed.event, 1, None, &order.state, cause)?;
    let commit = commit.also_create(&placed_key(order.id), record).also_check(
        &gate_key(quote.restaurant_id),
        "version = :version",
        [(":version", AttributeValue::N(quote.gate.to_string()))],
        RESTAURANT_CHANGED,
    );
    let commit = join(commit, quote.customer_id, list, waiting, placed.waiting());
    let commit = begin(commit, order.id, published, &order.state);
    Ok(match (quote.slot, &quote.capacity) {
        (Some(start), Some(capacity)) => {
            let slot = Slot {
                restaurant_id: quote.restaurant_id,
                start,
            };
            take_slot(commit, slot, capacity, quote.contents.priced().subtotal)
        }
        _ => commit,
    })
}

/// Holds the quote against what the restaurant changed since. If it still holds, it is as good as made now.
async fn renew(app: &App, quote: QuoteRecord, now: Timestamp) -> Result<Box<QuoteRecord>, PlaceError> {
    let outdated = || PlaceError::Outdated(Refusal::Outdated);
    let known = known(&app.table, &app.menus, quote.restaurant_id).await?;
    let known = known.ok_or_else(outdated)?;
    let menu = known.menu.ok_or_else(outdated)?;
    let priced = quote.contents.priced();
    let fixed = Fixed {
        lines: &priced.lines,
        tax: priced.tax,
        tax_included: priced.tax_included,
        place: quote.contents.to.position,
        scheduled_for: quote.contents.wish,
        cook_at: quote.cook_at,
        ready_at: quote.ready_at,
    };
    still_holds(fixed, &known.restaurant, &menu, &known.overrides, now).map_err(PlaceError::Outdated)?;
    let capacity = known.restaurant.capacity;
    let slot = capacity.map(|capacity| match quote.slot {
        Some(slot) if quote.capacity.map(|before| before.slot_minutes) == Some(capacity.slot_minutes) => slot,
        Some(_) | None => slot_of(&capacity, quote.ready_at),
    });
    Ok(Box::new(QuoteRecord {
        gate: known.gate,
        capacity,
        slot,
        ..quote
    }))
}
