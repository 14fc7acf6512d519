//! What the delivery service publishes.

use kernel::{CourierId, DeliveryId, OrderId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
        place: String,
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
    }
    /// The courier could not hand it over.
    Failed {
        /// Who tried.
        courier_id: CourierId,
        /// `customer_absent`, `wrong_address`, `unsafe`, `damaged` or `other`.
        reason: String,
    }
    /// The estimate moved by more than three minutes.
    EtaChanged {
        /// The new estimate.
        eta: Eta,
    }
    /// No courier can be found: an operator should look.
    Escalated {
        /// How many couriers were asked.
        offers: u32,
    }
}
