//! The words of events: what a text may be, as the AsyncAPI document tells. Consumers read them as text, so that a word may be
//! added.

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[doc = $doc:literal])* $name:ident { $($word:literal)* })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(concat!($($doc),*).trim()))
                    .extensions(Some(Extensions::builder().add("x-extensible-enum", [$($word),*]).build()))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

words! {
    /// Why a restaurant does not take an order.
    RejectReason { "too_busy" "out_of_stock" "closing" "other" "no_answer" }
    /// Why a kitchen needs longer.
    DelayReason { "too_busy" "out_of_stock" "closing" "other" }
    /// Who ended an order.
    CancelledBy { "customer" "restaurant" "operator" "platform" }
    /// Why an order ended before the food left.
    CancelReason {
        "changed_my_mind" "ordered_by_mistake" "wrong_address" "too_slow" "too_busy" "out_of_stock" "closing" "other"
        "payment_declined" "payment_timeout" "authorization_expired" "no_courier" "payment_released" "kitchen_silent"
    }
    /// Why an order's food was not handed over.
    UndeliverableReason { "customer_absent" "wrong_address" "unsafe" "damaged" "other" "overdue" }

    /// Why reserved money was released.
    VoidReason { "order_ended" "authorization_expired" "released_elsewhere" }
    /// What is done with reserved money.
    Settlement { "capture" "release" }

    /// Where a courier stands.
    Place { "restaurant" "customer" }
    /// What proves that the customer has the food.
    Proof { "pin" "photo" }
    /// Why a courier could not hand the food over.
    FailureReason { "customer_absent" "wrong_address" "unsafe" "damaged" "other" }
    /// Who bears the price of food that was not handed over.
    Fault { "customer" "courier" "restaurant" "platform" }
    /// What becomes of food that was not handed over.
    FoodLeft { "returning" "disposed" }
    /// What became of food that was to be brought back.
    ReturnOutcome { "handed_back" "disposed" }
    /// Why an operator should look at a delivery.
    EscalationReason { "no_courier" "overdue" }
    /// How an offer that was not taken ended.
    OfferEnding { "declined" "expired" "shift_ended" }
    /// Why a courier does not take a delivery.
    DeclineReason { "too_far" "break" "vehicle_problem" "other" }
    /// Why a courier is free of a delivery again.
    ReleaseReason { "shift_ended" "silent" "kitchen_late" "operator" }
    /// Why an operator took a courier off a delivery.
    ReleaseDetail { "courier_unreachable" "courier_problem" "restaurant_problem" "other" }

    /// What a message is about: the unit of a person's preferences.
    MessageCategory { "order_updates" "delivery_updates" "payments" "account" "work" "operations" "marketing" }
}
