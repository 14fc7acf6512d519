//! What the order service publishes.

use kernel::{CourierId, Money, OrderId, PaymentMethodId, Position, RestaurantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vocabulary::word;

/// A customer placed an order: the payment may be authorised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Placed {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// How the customer pays.
    pub payment_method_id: PaymentMethodId,
    /// The most that may ever be charged.
    pub total: Money,
    /// When the payment must be authorised by; afterwards the order is cancelled.
    pub pay_by: Timestamp,
}

/// The payment is authorised: the restaurant is asked, or will be at `release_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Confirmed {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// What was authorised.
    pub total: Money,
    /// When a scheduled order is shown to the restaurant; nothing: it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_at: Option<Timestamp>,
    /// What was promised.
    pub promised: Window,
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Window {
    /// Not before.
    pub from: Timestamp,
    /// Not after.
    pub to: Timestamp,
}

/// A scheduled order's time has come: the restaurant is asked now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Released {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// Until when the restaurant may answer.
    pub answer_by: Timestamp,
}

/// The restaurant cooks: a courier may be found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Accepted {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages and the courier.
    pub restaurant_name: String,
    /// When the kitchen means to be done.
    pub ready_at: Timestamp,
    /// Where to fetch it.
    pub pickup: Stop,
    /// Where to bring it. Personal: redacted when the customer is erased.
    pub drop_off: Stop,
    /// What was promised to the customer.
    pub promised: Window,
    /// What the customer pays for the delivery.
    pub delivery_fee: Money,
    /// What the customer gives the courier.
    pub tip: Money,
}

/// A place to go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stop {
    /// Where it is.
    pub position: Position,
    /// One line: street, house number, city.
    pub address: String,
    /// Such as the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// True where the customer wants the food to be left at the door.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leave_at_door: bool,
}

/// The restaurant does not take the order, or did not answer in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rejected {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// `too_busy`, `out_of_stock`, `closing`, `other`, or `no_answer`.
    pub reason: word::RejectReason,
}

/// The kitchen needs longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delayed {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// When the kitchen now means to be done.
    pub ready_at: Timestamp,
    /// Why.
    pub reason: word::KitchenReason,
}

/// The food can be fetched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ready {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// Since when.
    pub ready_at: Timestamp,
}

/// The courier who was to come for the food does not any more: another one is looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CourierLost {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Who does not come.
    pub courier_id: CourierId,
    /// Until when another one must be found, if the food waits already; afterwards the order is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier_by: Option<Timestamp>,
}

/// A courier has the food.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PickedUp {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// Who has it.
    pub courier_id: CourierId,
    /// Since when.
    pub picked_up_at: Timestamp,
}

/// The customer has the food: the payment is captured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Delivered {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// What is charged.
    pub total: Money,
    /// What was ordered, by menu item: who may be asked for a review of what.
    pub item_ids: Vec<String>,
    /// Since when.
    pub delivered_at: Timestamp,
}

/// The order ended before the food left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Cancelled {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// `customer`, `restaurant`, `operator` or `platform`.
    pub by: word::CancelledBy,
    /// Such as `changed_my_mind`, `payment_declined`, `payment_timeout`, `no_courier`.
    pub reason: word::CancelReason,
    /// What is still charged.
    pub fee: Money,
}

/// The courier could not hand the food over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Undeliverable {
    /// The order.
    pub order_id: OrderId,
    /// Who ordered.
    pub customer_id: UserId,
    /// Where.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// Such as `customer_absent`.
    pub reason: word::UndeliverableReason,
    /// What is still charged.
    pub fee: Money,
}
