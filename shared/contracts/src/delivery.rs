//! What the delivery service publishes.

use kernel::{CourierId, DeliveryId, Money, OfferId, OrderId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vocabulary::word;

/// When the food should arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Eta {
    /// Nine of ten arrive later.
    pub earliest: Timestamp,
    /// The median.
    pub likely: Timestamp,
    /// Nine of ten arrive earlier.
    pub latest: Timestamp,
}

/// What a courier earned with a delivery: the parts in minor units of the total's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Earned {
    /// For any delivery.
    pub base: i64,
    /// For the way from the restaurant to the customer.
    pub distance: i64,
    /// For waiting at the restaurant and at the door.
    pub waiting: i64,
    /// For lunch and dinner.
    pub peak: i64,
    /// From the customer.
    pub tip: i64,
    /// All of it.
    pub total: Money,
}

macro_rules! delivery_events {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        pub struct $name {
            /// The delivery.
            pub delivery_id: DeliveryId,
            /// Its order.
            pub order_id: OrderId,
            /// Who waits for it.
            pub customer_id: UserId,
            $($(#[$field_doc])* pub $field: $kind,)*
        }
    )*};
}

delivery_events! {
    /// A courier is being looked for.
    Scheduled {
        /// The first estimate.
        eta: Eta,
    }
    /// A courier took it.
    Assigned {
        /// Who.
        courier_id: CourierId,
    }
    /// The courier stands at the restaurant or at the door.
    CourierArrived {
        /// Who.
        courier_id: CourierId,
        /// `restaurant` or `customer`.
        place: word::Place,
    }
    /// The courier has the food.
    PickedUp {
        /// Who.
        courier_id: CourierId,
        /// Since when.
        picked_up_at: Timestamp,
    }
    /// The customer has the food.
    Delivered {
        /// Who brought it.
        courier_id: CourierId,
        /// Since when.
        delivered_at: Timestamp,
        /// What proved it: `pin` or `photo`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<word::Proof>,
        /// What the courier earned with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earned: Option<Earned>,
    }
    /// The courier says that the food cannot be handed over, and the circumstances do not prove it: an operator decides
    /// who is at fault before anybody is charged. [`Failed`] follows.
    FailureReported {
        /// Who says so.
        courier_id: CourierId,
        /// `customer_absent`, `wrong_address`, `unsafe`, `damaged` or `other`.
        reason: word::FailureReason,
        /// Until when an operator may decide; afterwards nobody is charged.
        review_by: Timestamp,
    }
    /// The courier could not hand it over.
    Failed {
        /// Who tried.
        courier_id: CourierId,
        /// `customer_absent`, `wrong_address`, `unsafe`, `damaged` or `other`.
        reason: word::FailureReason,
        /// Who bears the price: `customer`, `courier`, `restaurant` or `platform`. Only `customer` is charged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fault: Option<word::Fault>,
        /// What becomes of the food: `returning` to the restaurant, or `disposed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        food: Option<word::FoodLeft>,
        /// What the courier earned with it, in minor units: without a tip.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earned: Option<Earned>,
    }
    /// Food that could not be handed over is no longer with its courier.
    Returned {
        /// Who had it.
        courier_id: CourierId,
        /// `handed_back` to the restaurant, or `disposed`.
        outcome: word::ReturnOutcome,
        /// What the courier earned with the way back, in minor units.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earned: Option<Earned>,
    }
    /// The estimate moved by more than three minutes.
    EtaChanged {
        /// The new estimate.
        eta: Eta,
    }
    /// An operator should look.
    Escalated {
        /// How many couriers were asked.
        offers: u32,
        /// Why: `no_courier` can be found, or the food is long `overdue` with the courier who took it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<word::EscalationReason>,
    }
    /// A courier is asked to take it.
    Offered {
        /// Who.
        courier_id: CourierId,
        /// By which offer.
        offer_id: OfferId,
        /// Until when the courier may answer.
        expires_at: Timestamp,
    }
    /// The courier who was asked did not take it: the next one is looked for.
    OfferEnded {
        /// Who.
        courier_id: CourierId,
        /// The offer.
        offer_id: OfferId,
        /// `declined`, `expired` or `shift_ended`.
        ending: word::OfferEnding,
        /// Why it was declined: `too_far`, `break`, `vehicle_problem` or `other`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<word::DeclineReason>,
    }
    /// Nobody is free nearby.
    Unmatched {
        /// When the search goes on; nothing: it is given up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_at: Option<Timestamp>,
    }
    /// The courier who had taken it is free of it again before the pick-up: another one is looked for.
    Released {
        /// Who.
        courier_id: CourierId,
        /// Why: `shift_ended`, `silent`, `kitchen_late` or `operator`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<word::ReleaseReason>,
        /// What the operator said: `courier_unreachable`, `courier_problem`, `restaurant_problem` or `other`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<word::ReleaseDetail>,
    }
    /// The kitchen is done.
    FoodReady {
        /// Since when.
        ready_at: Timestamp,
        /// Who comes for it, if somebody does already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        courier_id: Option<CourierId>,
    }
    /// The courier said a wrong PIN at the door.
    PinRefused {
        /// Who.
        courier_id: CourierId,
        /// How often it may be tried again.
        attempts_left: u32,
    }
    /// The order ended before the food arrived.
    Withdrawn {
        /// Who was asked or on the way.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        courier_id: Option<CourierId>,
        /// What the courier earned with the way and the waiting until then, in minor units; nothing if it was little.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earned: Option<Earned>,
    }
}
