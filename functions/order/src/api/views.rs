//! Orders as the API shows them.

use contracts::internal::Address;
use contracts::order::Window;
use kernel::{CourierId, Money, OrderId, PaymentMethodId, RestaurantId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::Seen;
use super::shapes;
use crate::domain::decide::{Costs, costs};
use crate::domain::price::{PricedChoice, PricedLine};
use crate::domain::reasons::rejected_by;
use crate::domain::{Order, Party, Priced, State, StateName};
use crate::store::Listed;

/// A line of the food.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    #[schema(value_type = shapes::ItemId)]
    item_id: String,
    #[schema(value_type = shapes::ItemName)]
    name: String,
    #[schema(minimum = 1, example = 2)]
    quantity: u32,
    /// One of them, options included.
    unit_price: Money,
    options: Vec<ChoiceView>,
    /// All of them.
    total: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<shapes::KitchenNote>)]
    note: Option<String>,
}

/// What was chosen with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceView {
    #[schema(value_type = shapes::GroupId)]
    group_id: String,
    #[schema(value_type = shapes::OptionId)]
    option_id: String,
    #[schema(value_type = shapes::OptionName)]
    name: String,
    #[schema(minimum = 1, example = 1)]
    quantity: u32,
    /// What these add to one piece of the line; free ones add nothing.
    price: Money,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    options: Vec<ChoiceView>,
}

/// What an order costs. The total is the sum of the parts: food, fees and tip, less the discount, and the tax only where
/// prices do not include it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceView {
    lines: Vec<LineView>,
    subtotal: Money,
    delivery_fee: Money,
    service_fee: Money,
    small_order_fee: Money,
    discount: Money,
    /// The tax on the food.
    tax: Money,
    /// Whether the prices include the tax.
    tax_included: bool,
    tip: Money,
    total: Money,
}

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    order_id: OrderId,
    state: StateName,
    /// Counts the order's events.
    #[schema(minimum = 1)]
    version: u32,
    customer_id: UserId,
    restaurant_id: RestaurantId,
    #[schema(value_type = shapes::RestaurantName)]
    restaurant_name: String,
    #[serde(flatten)]
    price: PriceView,
    /// When it should arrive.
    promised: Window,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<Timestamp>,
    placed_at: Timestamp,
    /// Until when the payment may be authorised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pay_by: Option<Timestamp>,
    /// When a scheduled order is shown to the restaurant.
    #[serde(skip_serializing_if = "Option::is_none")]
    release_at: Option<Timestamp>,
    /// Until when the restaurant may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_by: Option<Timestamp>,
    /// When the food is, or is meant to be, ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Timestamp>,
    /// Since when a courier has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    picked_up_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
    /// Who comes for the food, or has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    courier_id: Option<CourierId>,
    /// How an order without food ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<EndView>,
    /// Where to bring it. Not shown to the restaurant, which does not go there, and to the courier only until it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    deliver_to: Option<Address>,
    /// Shown to the customer and to operators.
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method_id: Option<PaymentMethodId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<shapes::OrderNote>)]
    note: Option<String>,
}

/// How an order without food ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndView {
    /// Who ended it.
    by: Party,
    /// Why.
    #[schema(value_type = shapes::EndReason)]
    reason: String,
    at: Timestamp,
    #[serde(flatten)]
    costs: CostsView,
}

/// What ending an order costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct CostsView {
    /// What is still charged.
    fee: Money,
    /// What is given back: the rest of what was authorised.
    refund: Money,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderSummary {
    order_id: OrderId,
    state: StateName,
    version: u32,
    restaurant_id: RestaurantId,
    #[schema(value_type = shapes::RestaurantName)]
    restaurant_name: String,
    /// How many pieces of food.
    pieces: u32,
    total: Money,
    promised: Window,
    #[serde(skip_serializing_if = "Option::is_none")]
    ready_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_by: Option<Timestamp>,
    placed_at: Timestamp,
}

impl From<PricedChoice> for ChoiceView {
    fn from(choice: PricedChoice) -> Self {
        Self {
            group_id: choice.group_id,
            option_id: choice.option_id,
            name: choice.name,
            quantity: choice.quantity,
            price: choice.price,
            options: choice.options.into_iter().map(Self::from).collect(),
        }
    }
}

impl From<PricedLine> for LineView {
    fn from(line: PricedLine) -> Self {
        Self {
            item_id: line.item_id,
            name: line.name,
            quantity: line.quantity,
            unit_price: line.unit_price,
            options: line.options.into_iter().map(ChoiceView::from).collect(),
            total: line.total,
            note: line.note,
        }
    }
}

impl From<Priced> for PriceView {
    fn from(priced: Priced) -> Self {
        Self {
            lines: priced.lines.into_iter().map(LineView::from).collect(),
            subtotal: priced.subtotal,
            delivery_fee: priced.delivery_fee,
            service_fee: priced.service_fee,
            small_order_fee: priced.small_order_fee,
            discount: priced.discount,
            tax: priced.tax,
            tax_included: priced.tax_included,
            tip: priced.tip,
            total: priced.total,
        }
    }
}

impl From<Costs> for CostsView {
    fn from(costs: Costs) -> Self {
        Self {
            fee: costs.fee,
            refund: costs.refund,
        }
    }
}

impl EndView {
    fn of(order: &Order) -> Option<Self> {
        let nothing = Money::zero(order.facts.total.currency());
        let (by, reason, at) = match &order.state {
            State::Cancelled { by, reason, at, .. } => (*by, reason.as_str(), *at),
            State::Rejected { reason, at } => (rejected_by(*reason), reason.as_str(), *at),
            State::Undeliverable { reason, at, .. } => (Party::Courier, reason.as_str(), *at),
            State::AwaitingPayment { .. }
            | State::Scheduled { .. }
            | State::AwaitingRestaurant { .. }
            | State::Preparing { .. }
            | State::Ready { .. }
            | State::OutForDelivery { .. }
            | State::Delivered { .. } => return None,
        };
        let costs = costs(order, order.state.fee().unwrap_or(nothing));
        Some(Self {
            by,
            reason: reason.to_owned(),
            at,
            costs: costs.into(),
        })
    }
}

/// The moments that belong to states.
#[derive(Default)]
struct Moments {
    pay_by: Option<Timestamp>,
    release_at: Option<Timestamp>,
    answer_by: Option<Timestamp>,
    picked_up_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
}

impl Moments {
    fn of(state: &State) -> Self {
        let mut moments = Self::default();
        match state {
            State::AwaitingPayment { pay_by } => moments.pay_by = Some(*pay_by),
            State::Scheduled { release_at } => moments.release_at = Some(*release_at),
            State::AwaitingRestaurant { answer_by } => moments.answer_by = Some(*answer_by),
            State::OutForDelivery { picked_up_at, .. } => moments.picked_up_at = Some(*picked_up_at),
            State::Delivered { delivered_at, .. } => moments.delivered_at = Some(*delivered_at),
            State::Preparing { .. }
            | State::Ready { .. }
            | State::Cancelled { .. }
            | State::Rejected { .. }
            | State::Undeliverable { .. } => {}
        }
        moments
    }
}

impl From<Seen> for OrderView {
    fn from(seen: Seen) -> Self {
        let order = &seen.loaded.order;
        let is = |party: Party| seen.parties.contains(&party);
        let still_goes_there = is(Party::Courier) && !order.state.is_over();
        let knows_where = is(Party::Customer) || is(Party::Operator) || still_goes_there;
        let pays = is(Party::Customer) || is(Party::Operator);
        let placed = &seen.loaded.placed;
        let moments = Moments::of(&order.state);
        Self {
            order_id: order.id,
            state: order.state.name(),
            version: seen.loaded.sequence,
            customer_id: order.facts.customer_id,
            restaurant_id: order.facts.restaurant_id,
            restaurant_name: order.facts.restaurant_name.clone(),
            price: placed.contents.priced().into(),
            promised: order.facts.promised,
            scheduled_for: placed.contents.wish,
            placed_at: order.facts.placed_at,
            pay_by: moments.pay_by,
            release_at: moments.release_at,
            answer_by: moments.answer_by,
            ready_at: order.state.ready_at(),
            picked_up_at: moments.picked_up_at,
            delivered_at: moments.delivered_at,
            courier_id: order.courier(),
            ended: EndView::of(order),
            deliver_to: knows_where.then(|| placed.contents.to.clone()),
            payment_method_id: pays.then_some(placed.payment_method_id),
            note: placed.note.clone(),
        }
    }
}

impl From<Listed> for OrderSummary {
    fn from(listed: Listed) -> Self {
        Self {
            order_id: listed.order_id,
            state: listed.state.name(),
            version: listed.sequence,
            restaurant_id: listed.restaurant_id,
            restaurant_name: listed.restaurant_name,
            pieces: listed.pieces,
            total: listed.total,
            promised: listed.promised,
            ready_at: listed.state.ready_at(),
            answer_by: Moments::of(&listed.state).answer_by,
            placed_at: listed.placed_at,
        }
    }
}
