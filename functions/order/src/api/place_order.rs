//! `POST /v1/orders`
//!
//! Two round trips: one read of everything that decides, one transaction. Nobody else is asked: that the restaurant is
//! still as it was quoted is a condition of the transaction. Only when it is not, the quote is held against what changed.

use ::store::{Answer, Attempts, Commit, CommitError, Item, Published, RequestKey, StoreError, Stored};
use aws_sdk_dynamodb::types::AttributeValue;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contracts::Cause;
use contracts::order::Window;
use http::StatusCode;
use kernel::{
    Money, OrderId, PaymentMethodId, QuoteId, RestaurantId, Role, SignedDuration, Text, Timestamp, TypedId as _,
};
use runtime::{IdempotencyKey, Json, Principal, Problem, RequestCause, replay};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problems::no_longer;
use super::shapes;
use crate::app::App;
use crate::domain::kitchen::{has_room, slot_of};
use crate::domain::quote::{Fixed, still_holds};
use crate::domain::{Order, Refusal, State as OrderState, StateName};
use crate::publish;
use crate::store::{
    KITCHEN_FULL, PlacedRecord, QuoteRecord, RESTAURANT_CHANGED, Slot, UNPAID_MAX, Waiting, WaitingRecord, begin,
    customer_list, gate_key, join, known, load_all, loads, placed_key, quote_key, take_slot, waiting_key,
};

/// How long an unpaid order keeps its place in a kitchen that has places.
const SLOT_HOLD: SignedDuration = SignedDuration::from_mins(5);
/// Characters of a note to the restaurant about the whole order, at most.
pub const NOTE_CHARACTERS_MAX: usize = 500;
/// A note to the restaurant about the whole order.
type Note = Text<NOTE_CHARACTERS_MAX>;

/// Which quote to order, and how to pay.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    quote_id: QuoteId,
    payment_method_id: PaymentMethodId,
    /// For the restaurant.
    #[serde(default)]
    #[schema(value_type = Option<shapes::OrderNote>)]
    note: Option<Note>,
}

/// An order that was just placed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedView {
    order_id: OrderId,
    quote_id: QuoteId,
    state: StateName,
    restaurant_id: RestaurantId,
    #[schema(value_type = shapes::RestaurantName)]
    restaurant_name: String,
    /// What the quote showed, and what is authorised.
    total: Money,
    promised: Window,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<Timestamp>,
    placed_at: Timestamp,
    /// Until when the payment may be authorised.
    pay_by: Timestamp,
}

/// Orders a quote.
///
/// A quote becomes at most one order. Refused with 409 when it cannot be ordered any more: `quote_expired`, `quote_used`,
/// `too_many_unpaid_orders` (two of the customer's wait for their payment), `quote_outdated`, `item_unavailable`, `kitchen_full`, `restaurant_paused`, `restaurant_closed`, `restaurant_suspended`.
#[utoipa::path(
    post,
    path = "/v1/orders",
    tag = "orders",
    params(("Idempotency-Key" = String, Header, description = "New for each order; the same again gives the same answer")),
    request_body = PlaceBody,
    responses(
        (status = 201, description = "The order", body = PlacedView),
        (status = 403, description = "Not a customer", body = Problem),
        (status = 404, description = "`quote_not_found`", body = Problem),
        (status = 409, description = "`too_many_unpaid_orders` with _order_ids_, or the quote cannot be ordered any more: `quote_expired`, `quote_used`, `quote_outdated`, `item_unavailable`, `restaurant_suspended`, `restaurant_paused`, `restaurant_closed`, `kitchen_full`, `delivery_too_slow` or `currency_not_served`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn place_order(
    State(app): State<App>,
    principal: Principal,
    key: IdempotencyKey,
    RequestCause(cause): RequestCause,
    Json(body): Json<PlaceBody>,
) -> Result<Response, Problem> {
    principal.require(Role::Customer)?;
    let request = key.request(&principal, "place_order", &body);
    let order_id = OrderId::from_uuid(body.quote_id.uuid());
    let placing = Placing {
        app,
        principal,
        request,
        cause: cause.about(&order_id),
        order_id,
        body,
    };
    let mut renewed = None;
    let mut unpaid;
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let quote = match placing.read().await? {
            Found::Answered(response) => return Ok(response),
            Found::Quote(quote, waiting) => {
                unpaid = placing.unpaid(&quote, waiting).await?;
                renewed.take().unwrap_or(quote)
            }
        };
        match placing.commit(&quote, &unpaid).await {
            Ok(answer) => return Ok((StatusCode::CREATED, Json(answer)).into_response()),
            Err(CommitError::KeyTaken(marker)) => {
                let precedent = placing.request.judge(marker.as_ref(), placing.cause.now);
                return replay(precedent)?.ok_or_else(Problem::in_progress);
            }
            Err(CommitError::Refused(RESTAURANT_CHANGED)) => renewed = Some(placing.renew(*quote).await?),
            Err(CommitError::Refused(KITCHEN_FULL)) => return Err(Refusal::KitchenFull.into()),
            Err(CommitError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

struct Placing {
    app: App,
    principal: Principal,
    request: RequestKey,
    cause: Cause,
    order_id: OrderId,
    body: PlaceBody,
}

enum Found {
    Answered(Response),
    Quote(Box<QuoteRecord>, Option<Stored<WaitingRecord>>),
}

/// The customer's orders that wait for their payment.
struct Unpaid {
    read: Option<Stored<WaitingRecord>>,
    orders: Vec<Waiting>,
}

impl Placing {
    /// Reads everything that decides in one round trip.
    async fn read(&self) -> Result<Found, Problem> {
        let keys = [
            self.request.key(),
            quote_key(self.body.quote_id),
            placed_key(self.order_id),
            waiting_key(self.principal.user_id),
        ];
        let mut items = self.app.table.get_all(&keys).await?.into_iter();
        let mut next = || items.next().flatten();
        let (marker, quote, order, waiting) = (next(), next(), next(), next());
        if let Some(response) = replay(self.request.judge(marker.as_ref(), self.cause.now))? {
            return Ok(Found::Answered(response));
        }
        if let Some(order) = order {
            return Err(self.used(&order));
        }
        let not_found = || Problem::new(StatusCode::NOT_FOUND, "quote_not_found", "There is no such quote.");
        let quote: QuoteRecord = ::store::read(quote.ok_or_else(not_found)?)?.value;
        if quote.customer_id != self.principal.user_id {
            return Err(not_found());
        }
        if quote.valid_until <= self.cause.now {
            let detail = "The quote has expired: make a new one.";
            return Err(Problem::conflict("quote_expired", detail));
        }
        let waiting = waiting.map(::store::read).transpose()?;
        Ok(Found::Quote(Box::new(quote), waiting))
    }

    /// Which orders of the customer wait for their payment. Only a list that is full is held against the orders themselves:
    /// most have been paid for long before their time is over.
    async fn unpaid(&self, quote: &QuoteRecord, read: Option<Stored<WaitingRecord>>) -> Result<Unpaid, Problem> {
        let mut orders = read
            .as_ref()
            .map_or(Vec::new(), |read| read.value.unexpired(self.cause.now));
        if orders.len() >= UNPAID_MAX {
            let ids: Vec<_> = orders.iter().map(|order| order.order_id).collect();
            let loaded = load_all(&self.app.table, &ids).await?;
            let waits = |order: &Waiting| {
                let found = loaded.iter().find(|loaded| loaded.order.id == order.order_id);
                found.is_some_and(|loaded| loaded.order.state.name() == StateName::AwaitingPayment)
            };
            orders.retain(waits);
        }
        if orders.len() >= UNPAID_MAX {
            // A full kitchen is the reason that paying would not change.
            if self.is_full(quote).await? {
                return Err(Refusal::KitchenFull.into());
            }
            let detail = "Two of your orders wait for their payment: pay for them or cancel them first.";
            let ids: Vec<_> = orders.iter().map(|order| order.order_id.to_string()).collect();
            return Err(Problem::conflict("too_many_unpaid_orders", detail).with("order_ids", ids));
        }
        Ok(Unpaid { read, orders })
    }

    async fn is_full(&self, quote: &QuoteRecord) -> Result<bool, Problem> {
        let (Some(start), Some(capacity)) = (quote.slot, &quote.capacity) else {
            return Ok(false);
        };
        let loads = loads(&self.app.table, quote.restaurant_id, &[start]).await?;
        let subtotal = quote.contents.priced().subtotal;
        Ok(loads.iter().any(|(_, load)| !has_room(capacity, *load, subtotal)))
    }

    /// The quote is an order already: the caller's own, or it names nothing.
    fn used(&self, order: &Item) -> Problem {
        let customer = order.get("gsi1pk").map(AttributeValue::as_s).and_then(Result::ok);
        if customer.and_then(|list| customer_list::read(list)) != Some(self.principal.user_id) {
            return Problem::new(StatusCode::NOT_FOUND, "quote_not_found", "There is no such quote.");
        }
        Problem::conflict("quote_used", "The quote was ordered before.").with("order_id", self.order_id.to_string())
    }

    /// One transaction: the order, its first event, the answer, the kitchen's slot, and the restaurant as it was quoted.
    async fn commit(&self, quote: &QuoteRecord, unpaid: &Unpaid) -> Result<PlacedView, CommitError> {
        let now = self.cause.now;
        let corrupt = |error: &dyn std::fmt::Display| StoreError::Corrupt(error.to_string());
        // A place in a kitchen is not kept for as long as somebody may think about paying.
        let longest = if quote.slot.is_some() {
            SLOT_HOLD
        } else {
            self.app.deadlines.payment
        };
        let pay_by = now + longest.min(self.app.deadlines.payment);
        let placed = self.placed(quote);
        let order = Order {
            id: self.order_id,
            facts: placed.facts()?,
            state: OrderState::AwaitingPayment { pay_by },
            assigned: None,
            courier_since: 0,
        };
        let view = self.view(&order, quote, pay_by);
        let answer = Answer {
            status: StatusCode::CREATED.as_u16(),
            body: serde_json::to_string(&view).map_err(|error| corrupt(&error))?,
        };
        let envelope = publish::placed(&order, &placed, pay_by, &self.cause).map_err(|error| corrupt(&error))?;
        let timers = publish::timers(None, &order.state, &envelope);
        let commit = Commit::new(&self.cause)
            .answer(&self.request, &answer)
            .also_create(&placed_key(self.order_id), &placed)
            .also_check(
                &gate_key(quote.restaurant_id),
                "version = :version",
                [(":version", AttributeValue::N(quote.gate.to_string()))],
                RESTAURANT_CHANGED,
            );
        let waiting = Waiting {
            order_id: self.order_id,
            pay_by,
        };
        let commit = join(
            commit,
            self.principal.user_id,
            unpaid.read.as_ref(),
            &unpaid.orders,
            waiting,
        );
        let commit = begin(commit, self.order_id, Published { envelope, timers }, &order.state);
        let commit = match (quote.slot, &quote.capacity) {
            (Some(start), Some(capacity)) => {
                let slot = Slot {
                    restaurant_id: quote.restaurant_id,
                    start,
                };
                take_slot(commit, slot, capacity, quote.contents.priced().subtotal)
            }
            _ => commit,
        };
        self.app.table.commit(commit).await?;
        Ok(view)
    }

    fn placed(&self, quote: &QuoteRecord) -> PlacedRecord {
        let mut record = PlacedRecord::new(
            self.order_id,
            quote.customer_id,
            quote.restaurant_id,
            self.body.payment_method_id,
            self.cause.now,
            quote.contents.clone(),
        );
        record.slot = quote.slot;
        record.note = self.body.note.clone().map(String::from);
        record
    }

    fn view(&self, order: &Order, quote: &QuoteRecord, pay_by: Timestamp) -> PlacedView {
        PlacedView {
            order_id: order.id,
            quote_id: self.body.quote_id,
            state: order.state.name(),
            restaurant_id: order.facts.restaurant_id,
            restaurant_name: order.facts.restaurant_name.clone(),
            total: order.facts.total,
            promised: order.facts.promised,
            scheduled_for: quote.contents.wish,
            placed_at: order.facts.placed_at,
            pay_by,
        }
    }

    /// Holds the quote against what the restaurant changed since. If it still holds, it is as good as made now.
    async fn renew(&self, quote: QuoteRecord) -> Result<Box<QuoteRecord>, Problem> {
        let known = known(&self.app.table, &self.app.menus, quote.restaurant_id).await?;
        let known = known.ok_or_else(|| no_longer(Refusal::Outdated))?;
        let menu = known.menu.ok_or_else(|| no_longer(Refusal::Outdated))?;
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
        still_holds(fixed, &known.restaurant, &menu, &known.overrides, self.cause.now).map_err(no_longer)?;
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
}
