//! What frames tell: the facts of each, from which the description of the live connection is made, too.

use contracts::delivery::Eta;
use contracts::order::Window;
use contracts::vocabulary::word;
use kernel::{DeliveryId, Money, OfferId, OrderId, Position, Timestamp};
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The data of a frame: what is told, and by which event and of which order.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Data<F: ToSchema> {
    /// The order.
    pub order_id: OrderId,
    /// The event that tells it: a frame that comes twice has the same.
    #[schema(example = "ord_01jd8v4q6nf2x9m3k7p0zr5t1c/6")]
    pub event_id: String,
    /// What is told.
    #[serde(flatten)]
    pub facts: F,
}

macro_rules! constants {
    ($($name:ident = $text:literal;)*) => {$(
        #[doc = concat!("Always `", $text, "`.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $name;

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str($text)
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let shape = ObjectBuilder::new().schema_type(Type::String);
                shape.enum_values(Some([$text])).into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

constants! {
    Preparing = "preparing";
    Rejected = "rejected";
    Ready = "ready";
    OutForDelivery = "out_for_delivery";
    Delivered = "delivered";
    Cancelled = "cancelled";
    Undeliverable = "undeliverable";
    Declined = "declined";
    ActionRequired = "action_required";
    Captured = "captured";
    Voided = "voided";
    Stalled = "stalled";
    FailureReported = "failure_reported";
    Assigned = "assigned";
    Released = "released";
    Arrived = "arrived";
    Escalated = "escalated";
}

/// The state of an order whose payment is authorised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedState {
    /// The restaurant is asked later.
    Scheduled,
    /// The restaurant is asked now.
    AwaitingRestaurant,
}

macro_rules! facts {
    ($($(#[doc = $doc:literal])* $name:ident = $kind:literal on $($topic:ident),+ {
        $($(#[$field_doc:meta])* $field:ident: $type:ty,)*
    })*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl From<$name> for Facts {
                fn from(facts: $name) -> Self {
                    Self::$name(facts)
                }
            }
        )*

        /// The facts of any frame.
        #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
        #[serde(untagged)]
        pub enum Facts {
            $($(#[doc = $doc])* $name($name),)*
        }

        impl Facts {
            /// The type of the frame that tells them.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $kind,)*
                }
            }
        }

        /// Every frame that tells what has happened, as the document describes it.
        #[cfg(test)]
        pub const NEWS: &[News] = &[$(News {
            kind: $kind,
            about: concat!($($doc),*),
            topics: &[$(crate::domain::TopicKind::$topic),+],
            schema: data_schemas::<$name>,
        },)*];
    };
}

facts! {
    /// The payment is authorised: the restaurant is asked, or will be.
    OrderConfirmed = "order.confirmed" on Order, Restaurant {
        /// The order's state.
        state: ConfirmedState,
        /// What was promised.
        promised: Window,
        /// The most that may ever be charged.
        total: Money,
    }
    /// The restaurant cooks.
    OrderAccepted = "order.accepted" on Order, Restaurant {
        /// The order's state.
        state: Preparing,
        /// When the kitchen means to be done.
        ready_at: Timestamp,
        /// What was promised.
        promised: Window,
    }
    /// The restaurant does not take the order, or did not answer in time.
    OrderRejected = "order.rejected" on Order, Restaurant {
        /// The order's state.
        state: Rejected,
        /// Why.
        reason: word::RejectReason,
    }
    /// The kitchen needs longer.
    OrderDelayed = "order.delayed" on Order, Restaurant {
        /// When the kitchen now means to be done.
        ready_at: Timestamp,
        /// Why.
        reason: word::KitchenReason,
    }
    /// The food can be fetched.
    OrderReady = "order.ready" on Order, Restaurant {
        /// The order's state.
        state: Ready,
        /// Since when.
        ready_at: Timestamp,
    }
    /// A courier has the food.
    OrderPickedUp = "order.picked_up" on Order, Restaurant {
        /// The order's state.
        state: OutForDelivery,
        /// Since when.
        picked_up_at: Timestamp,
    }
    /// The customer has the food.
    OrderDelivered = "order.delivered" on Order, Restaurant {
        /// The order's state.
        state: Delivered,
        /// Since when.
        delivered_at: Timestamp,
    }
    /// The order ended before the food left. The restaurant hears of it if it had heard of the order.
    OrderCancelled = "order.cancelled" on Order, Restaurant {
        /// The order's state.
        state: Cancelled,
        /// Who ended it.
        by: word::CancelledBy,
        /// Why.
        reason: word::CancelReason,
        /// What is still charged.
        fee: Money,
    }
    /// The courier could not hand the food over.
    OrderUndeliverable = "order.undeliverable" on Order, Restaurant {
        /// The order's state.
        state: Undeliverable,
        /// Why.
        reason: word::UndeliverableReason,
        /// What is still charged.
        fee: Money,
    }
    /// The bank said no. For the order's customer and operators alone.
    PaymentDeclined = "payment.declined" on Order {
        /// How the payment stands.
        payment: Declined,
    }
    /// The customer must approve the payment at the bank (3-D Secure). For the order's customer and operators alone.
    PaymentActionRequired = "payment.action_required" on Order {
        /// How the payment stands.
        payment: ActionRequired,
    }
    /// The customer was charged. For the order's customer and operators alone.
    PaymentCaptured = "payment.captured" on Order {
        /// How the payment stands.
        payment: Captured,
        /// How much.
        captured: Money,
    }
    /// The reserved money was released. For the order's customer and operators alone.
    PaymentVoided = "payment.voided" on Order {
        /// How the payment stands.
        payment: Voided,
    }
    /// Money that should have been taken or released long ago still is not: an operator should look.
    PaymentStalled = "payment.stalled" on Operators {
        /// How the payment stands.
        payment: Stalled,
        /// What does not succeed.
        operation: word::Settlement,
        /// How much is to be taken or released.
        amount: Money,
        /// Since when it is tried.
        since: Timestamp,
    }
    /// The courier says that the food cannot be handed over: an operator decides. For the order's customer and operators alone.
    DeliveryFailureReported = "delivery.failure_reported" on Order, Operators {
        /// How the delivery stands.
        delivery: FailureReported,
        /// Why.
        reason: word::FailureReason,
        /// Until when an operator may decide.
        review_by: Timestamp,
    }
    /// A courier comes for the food.
    DeliveryAssigned = "delivery.assigned" on Order, Restaurant {
        /// How the delivery stands.
        delivery: Assigned,
    }
    /// The courier who was to come does not any more: another one is looked for.
    DeliveryReleased = "delivery.released" on Order, Restaurant, Courier {
        /// How the delivery stands.
        delivery: Released,
    }
    /// The courier stands at the restaurant or at the door.
    DeliveryCourierArrived = "delivery.courier_arrived" on Order, Restaurant {
        /// How the delivery stands.
        delivery: Arrived,
        /// Where the courier stands.
        place: word::Place,
    }
    /// The estimate moved by more than three minutes.
    DeliveryEtaChanged = "delivery.eta_changed" on Order {
        /// The new estimate.
        eta: Eta,
    }
    /// An operator should look: no courier takes the delivery, or the food is long overdue.
    DeliveryEscalated = "delivery.escalated" on Operators {
        /// How the delivery stands.
        delivery: Escalated,
        /// How many couriers were asked.
        offers: u32,
        /// Why; nothing in what was published before there were two reasons.
        #[schema(required)]
        reason: Option<word::EscalationReason>,
    }
    /// A courier is asked to take a delivery. An offer of several deliveries is told once for each of them.
    DeliveryOffered = "delivery.offered" on Courier {
        /// By which offer.
        offer_id: OfferId,
        /// The delivery.
        delivery_id: DeliveryId,
        /// Until when the courier may answer.
        expires_at: Timestamp,
    }
    /// An offer was not taken.
    DeliveryOfferEnded = "delivery.offer_ended" on Courier {
        /// The offer.
        offer_id: OfferId,
        /// The delivery.
        delivery_id: DeliveryId,
        /// How it ended.
        ending: word::OfferEnding,
    }
    /// The courier of an order moved. At most one frame in five seconds; some may be lost.
    CourierMoved = "courier.moved" on Order {
        /// Where the courier is.
        position: Position,
        /// When the courier was seen there.
        position_at: Timestamp,
        /// True before the pick-up: the position is the middle of a square that the courier is in.
        position_approximate: bool,
    }
}

/// A frame that tells what has happened.
#[cfg(test)]
#[derive(Debug, Clone, Copy)]
pub struct News {
    /// The frame's type.
    pub kind: &'static str,
    /// What it tells.
    pub about: &'static str,
    /// Whose followers may be told.
    pub topics: &'static [crate::domain::TopicKind],
    /// The schema of its data.
    pub schema: fn() -> contracts::Schemas,
}

/// The schema of the data of frames that tell these facts, and of the types that it refers to.
#[cfg(test)]
fn data_schemas<F: ToSchema>() -> contracts::Schemas {
    let mut referred = Vec::new();
    Data::<F>::schemas(&mut referred);
    referred.push((F::name().into_owned(), F::schema()));
    (Data::<F>::schema(), referred)
}
