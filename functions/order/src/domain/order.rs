//! What an order is at any moment.

use contracts::order::{Stop, Window};
use kernel::{CourierId, Money, OrderId, PaymentId, RestaurantId, SignedDuration, Timestamp, TypedId as _, UserId};
use serde::{Deserialize, Serialize};

use super::{CancelReason, Party, RejectReason, StateName, UndeliverableReason};

/// How long each side has. Configured, so that a test need not wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From placing to the authorised payment.
    pub payment: SignedDuration,
    /// From asking the restaurant to its answer.
    pub restaurant: SignedDuration,
    /// From ready food to a courier who comes for it.
    pub courier: SignedDuration,
}

impl Deadlines {
    /// From ready food to its pick-up, whoever was to come: nobody eats food that stood three times as long as a courier
    /// may be looked for.
    #[must_use]
    pub fn pick_up(self) -> SignedDuration {
        self.courier * 3
    }
}

/// What placing fixed for good.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Who ordered.
    pub customer_id: UserId,
    pub restaurant_id: RestaurantId,
    /// The restaurant's name then.
    pub restaurant_name: String,
    /// The most that may ever be charged: what was shown.
    pub total: Money,
    /// The food with its tax: what is lost once the kitchen cooks.
    pub food: Money,
    /// What the customer pays for the delivery.
    pub delivery_fee: Money,
    /// What the customer gives the courier.
    pub tip: Money,
    /// What was promised.
    pub promised: Window,
    /// When the restaurant is asked; `None` means at once.
    pub release_at: Option<Timestamp>,
    /// How long the kitchen was thought to need, in minutes.
    pub prep_minutes: u32,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Where a courier fetches it.
    pub pickup: Stop,
    /// Where a courier brings it.
    pub drop_off: Stop,
    /// What was ordered, each item once.
    pub item_ids: Vec<String>,
}

/// An order.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// What never changes.
    pub facts: Facts,
    /// What does.
    pub state: State,
    /// Who was last said to come for the food.
    pub assigned: Option<CourierId>,
    /// The delivery's event that said so, or that nobody comes any more; 0 before the first.
    pub courier_since: u32,
}

/// Where an order stands, with what is true only there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// The payment is being authorised.
    AwaitingPayment {
        /// Until when it may.
        pay_by: Timestamp,
    },
    /// Paid for, and kept until it is time to cook.
    Scheduled {
        /// When the restaurant is asked.
        release_at: Timestamp,
    },
    /// The restaurant is asked.
    AwaitingRestaurant {
        /// Until when it may answer.
        answer_by: Timestamp,
    },
    /// The kitchen cooks.
    Preparing {
        /// Since when.
        accepted_at: Timestamp,
        /// How long it said it needs, in minutes.
        prep_minutes: u32,
        /// When it means to be done.
        ready_at: Timestamp,
    },
    /// The food waits.
    Ready {
        /// Since when.
        ready_at: Timestamp,
        /// Until when a courier must be found.
        courier_by: Timestamp,
        /// Until when it must be fetched.
        pick_up_by: Timestamp,
    },
    /// A courier has the food.
    OutForDelivery {
        courier: CourierId,
        /// Since when.
        picked_up_at: Timestamp,
    },
    /// The customer has the food.
    Delivered {
        /// Who brought it.
        courier: CourierId,
        /// Since when.
        delivered_at: Timestamp,
    },
    /// Ended before the food arrived.
    Cancelled {
        /// Who ended it.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// What is still charged.
        fee: Money,
        at: Timestamp,
    },
    /// The restaurant did not take it.
    Rejected {
        /// Why.
        reason: RejectReason,
        at: Timestamp,
    },
    /// The courier could not hand it over.
    Undeliverable {
        /// Who tried.
        courier: CourierId,
        /// Why.
        reason: UndeliverableReason,
        /// What is still charged.
        fee: Money,
        at: Timestamp,
    },
}

impl State {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> StateName {
        match self {
            Self::AwaitingPayment { .. } => StateName::AwaitingPayment,
            Self::Scheduled { .. } => StateName::Scheduled,
            Self::AwaitingRestaurant { .. } => StateName::AwaitingRestaurant,
            Self::Preparing { .. } => StateName::Preparing,
            Self::Ready { .. } => StateName::Ready,
            Self::OutForDelivery { .. } => StateName::OutForDelivery,
            Self::Delivered { .. } => StateName::Delivered,
            Self::Cancelled { .. } => StateName::Cancelled,
            Self::Rejected { .. } => StateName::Rejected,
            Self::Undeliverable { .. } => StateName::Undeliverable,
        }
    }

    /// True once nothing more happens to the food.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        match self {
            Self::Delivered { .. } | Self::Cancelled { .. } | Self::Rejected { .. } | Self::Undeliverable { .. } => {
                true
            }
            Self::AwaitingPayment { .. }
            | Self::Scheduled { .. }
            | Self::AwaitingRestaurant { .. }
            | Self::Preparing { .. }
            | Self::Ready { .. }
            | Self::OutForDelivery { .. } => false,
        }
    }

    /// The courier who has or had the food.
    #[must_use]
    pub const fn carrier(&self) -> Option<CourierId> {
        match self {
            Self::OutForDelivery { courier, .. }
            | Self::Delivered { courier, .. }
            | Self::Undeliverable { courier, .. } => Some(*courier),
            Self::AwaitingPayment { .. }
            | Self::Scheduled { .. }
            | Self::AwaitingRestaurant { .. }
            | Self::Preparing { .. }
            | Self::Ready { .. }
            | Self::Cancelled { .. }
            | Self::Rejected { .. } => None,
        }
    }

    /// When the food is, or is meant to be, ready.
    #[must_use]
    pub const fn ready_at(&self) -> Option<Timestamp> {
        match self {
            Self::Preparing { ready_at, .. } | Self::Ready { ready_at, .. } => Some(*ready_at),
            Self::AwaitingPayment { .. }
            | Self::Scheduled { .. }
            | Self::AwaitingRestaurant { .. }
            | Self::OutForDelivery { .. }
            | Self::Delivered { .. }
            | Self::Cancelled { .. }
            | Self::Rejected { .. }
            | Self::Undeliverable { .. } => None,
        }
    }

    /// What is still charged, once the order has ended without food.
    #[must_use]
    pub const fn fee(&self) -> Option<Money> {
        match self {
            Self::Cancelled { fee, .. } | Self::Undeliverable { fee, .. } => Some(*fee),
            Self::AwaitingPayment { .. }
            | Self::Scheduled { .. }
            | Self::AwaitingRestaurant { .. }
            | Self::Preparing { .. }
            | Self::Ready { .. }
            | Self::OutForDelivery { .. }
            | Self::Delivered { .. }
            | Self::Rejected { .. } => None,
        }
    }
}

impl Order {
    /// The one payment of the order: its id is the order's, so that no second one can be mistaken for it.
    #[must_use]
    pub fn payment_id(&self) -> PaymentId {
        PaymentId::from_uuid(self.id.uuid())
    }

    /// The courier who has the food, or who is to come for it.
    #[must_use]
    pub fn courier(&self) -> Option<CourierId> {
        self.state.carrier().or(self.assigned)
    }
}
