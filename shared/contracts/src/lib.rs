//! What services tell each other: the events they publish and the bodies of their internal calls.
//!
//! Wire types only: no rules, no storage. A contract changes by adding optional fields; anything else is a new version
//! beside the old one. `golden/` holds one example of each event, and a test reads and writes every one of them.

pub mod asyncapi;
pub mod courier;
pub mod delivery;
pub mod envelope;
pub mod internal;
pub mod menu;
pub mod notification;
pub mod order;
pub mod payment;
pub mod restaurant;
pub mod timer;
pub mod user;
pub mod vocabulary;

pub use envelope::{Cause, Envelope, MalformedEnvelope};
pub use timer::Timer;

/// An event that a service publishes.
pub trait Contract: serde::Serialize + serde::de::DeserializeOwned + utoipa::ToSchema {
    /// The type in the envelope, such as `order.placed.v1`.
    const TYPE: &'static str;
    /// The publishing service, such as `/order`.
    const SOURCE: &'static str;
}

/// One published event, as the registry describes it.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// The type in the envelope.
    pub event_type: &'static str,
    /// The publishing service.
    pub source: &'static str,
    /// The topic that carries it: the service's, which has its name, or that of a stream beside it.
    pub topic: &'static str,
    /// Reads `data` as this event and writes it again: what survives is what the contract knows.
    pub round_trip: fn(serde_json::Value) -> Result<serde_json::Value, serde_json::Error>,
    /// Its golden file: the envelope of one such event, as JSON.
    pub example: &'static str,
    /// The JSON Schema of `data`, and of every schema it refers to, by name.
    pub schema: fn() -> Schemas,
}

/// A schema and the named schemas it refers to.
pub type Schemas = (
    utoipa::openapi::RefOr<utoipa::openapi::Schema>,
    Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>,
);

fn schemas<C: Contract>() -> Schemas {
    let mut referred = Vec::new();
    C::schemas(&mut referred);
    (C::schema(), referred)
}

fn round_trip<C: Contract>(data: serde_json::Value) -> Result<serde_json::Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<C>(data)?)
}

/// The topic of a source's events: one of its own, or the service's, which has the service's name.
const fn topic(source: &'static str, own: &[&'static str]) -> &'static str {
    match own {
        [topic, ..] => topic,
        [] => source.split_at(1).1,
    }
}

macro_rules! published {
    ($($payload:path = $event_type:literal from $source:literal $(at $topic:literal)?;)*) => {
        $(impl Contract for $payload {
            const TYPE: &'static str = $event_type;
            const SOURCE: &'static str = $source;
        })*

        /// Every event that any service publishes.
        pub const PUBLISHED: &[Published] = &[$(Published {
            event_type: $event_type,
            source: $source,
            topic: topic($source, &[$($topic)?]),
            round_trip: round_trip::<$payload>,
            example: include_str!(concat!("../golden/", $event_type, ".json")),
            schema: schemas::<$payload>,
        },)*];
    };
}

published! {
    user::Registered = "user.registered.v1" from "/user";
    user::ProfileChanged = "user.profile_changed.v1" from "/user";
    user::PreferencesChanged = "user.preferences_changed.v1" from "/user";
    user::SignUpRepeated = "user.sign_up_repeated.v1" from "/user";
    user::RolesChanged = "user.roles_changed.v1" from "/user";

    restaurant::Approved = "restaurant.approved.v1" from "/restaurant";
    restaurant::Changed = "restaurant.changed.v1" from "/restaurant";
    restaurant::Paused = "restaurant.paused.v1" from "/restaurant";
    restaurant::Resumed = "restaurant.resumed.v1" from "/restaurant";
    restaurant::MenuPublished = "restaurant.menu_published.v1" from "/restaurant";
    restaurant::ItemAvailabilityChanged = "restaurant.item_availability_changed.v1" from "/restaurant";
    restaurant::Reviewed = "restaurant.reviewed.v1" from "/restaurant";

    order::Placed = "order.placed.v1" from "/order";
    order::Confirmed = "order.confirmed.v1" from "/order";
    order::Released = "order.released.v1" from "/order";
    order::Accepted = "order.accepted.v1" from "/order";
    order::Rejected = "order.rejected.v1" from "/order";
    order::Delayed = "order.delayed.v1" from "/order";
    order::Ready = "order.ready.v1" from "/order";
    order::CourierLost = "order.courier_lost.v1" from "/order";
    order::PickedUp = "order.picked_up.v1" from "/order";
    order::Delivered = "order.delivered.v1" from "/order";
    order::Cancelled = "order.cancelled.v1" from "/order";
    order::Undeliverable = "order.undeliverable.v1" from "/order";

    payment::Authorized = "payment.authorized.v1" from "/payment";
    payment::Declined = "payment.declined.v1" from "/payment";
    payment::ActionRequired = "payment.action_required.v1" from "/payment";
    payment::Captured = "payment.captured.v1" from "/payment";
    payment::Voided = "payment.voided.v1" from "/payment";
    payment::Settling = "payment.settling.v1" from "/payment";
    payment::Stalled = "payment.stalled.v1" from "/payment";

    delivery::Scheduled = "delivery.scheduled.v1" from "/delivery";
    delivery::Assigned = "delivery.assigned.v1" from "/delivery";
    delivery::CourierArrived = "delivery.courier_arrived.v1" from "/delivery";
    delivery::PickedUp = "delivery.picked_up.v1" from "/delivery";
    delivery::Delivered = "delivery.delivered.v1" from "/delivery";
    delivery::FailureReported = "delivery.failure_reported.v1" from "/delivery";
    delivery::Failed = "delivery.failed.v1" from "/delivery";
    delivery::Returned = "delivery.returned.v1" from "/delivery";
    delivery::EtaChanged = "delivery.eta_changed.v1" from "/delivery";
    delivery::Escalated = "delivery.escalated.v1" from "/delivery";
    delivery::Offered = "delivery.offered.v1" from "/delivery";
    delivery::OfferEnded = "delivery.offer_ended.v1" from "/delivery";
    delivery::Unmatched = "delivery.unmatched.v1" from "/delivery";
    delivery::Released = "delivery.released.v1" from "/delivery";
    delivery::FoodReady = "delivery.food_ready.v1" from "/delivery";
    delivery::PinRefused = "delivery.pin_refused.v1" from "/delivery";
    delivery::Withdrawn = "delivery.withdrawn.v1" from "/delivery";

    courier::Moved = "courier.moved.v1" from "/delivery" at "courier";

    notification::Sent = "notification.sent.v1" from "/notification";
    notification::Failed = "notification.failed.v1" from "/notification";
}

#[cfg(test)]
mod tests;
