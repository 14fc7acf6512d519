//! The vocabularies of events: which words a field may have, each named once.
//!
//! A vocabulary is a closed enum: whoever decides by it, or writes a text about it, matches all of its words, and a word that is
//! added here fails to compile where a decision or a text for it is missing. A field of an event is a [`Word`], which a newer
//! publisher may have added to: consumers say what becomes of a word that they do not know.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A closed set of words, as [`vocabulary!`](crate::vocabulary!) declares it.
pub trait Vocabulary: Copy + 'static {
    /// The vocabulary's name in documents.
    const NAME: &'static str;
    /// What its words say, in documents.
    const DESCRIPTION: &'static str;
    /// Every word, in the order of documents.
    const WORDS: &'static [Self];

    /// The word on the wire.
    fn word(self) -> &'static str;
}

/// A text that is no word of the vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a word of this vocabulary")]
pub struct UnknownWord;

/// Reads a word of a vocabulary.
///
/// # Errors
/// When the vocabulary does not have it.
pub fn parse<W: Vocabulary>(text: &str) -> Result<W, UnknownWord> {
    let mut words = W::WORDS.iter().copied();
    words.find(|word| word.word() == text).ok_or(UnknownWord)
}

/// The schema, without a description, of a text that is one of the vocabulary's words and nothing else.
#[must_use]
pub fn closed_schema<W: Vocabulary>() -> ObjectBuilder {
    let words = W::WORDS.iter().map(|word| word.word());
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words))
}

/// A word in an event: one of the vocabulary, or one that a newer publisher has added, which is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word<W> {
    /// A word of the vocabulary.
    Known(W),
    /// A word that this version does not have.
    Unknown(String),
}

impl<W: Vocabulary> Word<W> {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Known(word) => word.word(),
            Self::Unknown(word) => word,
        }
    }
}

impl<W> From<W> for Word<W> {
    fn from(word: W) -> Self {
        Self::Known(word)
    }
}

impl<W: Vocabulary> fmt::Display for Word<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<W: Vocabulary> Serialize for Word<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, W: Vocabulary> Deserialize<'de> for Word<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(parse(&text).map_or_else(|_| Self::Unknown(text), Self::Known))
    }
}

impl<W: Vocabulary> PartialSchema for Word<W> {
    fn schema() -> RefOr<Schema> {
        let words: Vec<_> = W::WORDS.iter().map(|word| word.word()).collect();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(W::DESCRIPTION))
            .extensions(Some(Extensions::builder().add("x-extensible-enum", words).build()))
            .into()
    }
}

impl<W: Vocabulary> ToSchema for Word<W> {
    fn name() -> std::borrow::Cow<'static, str> {
        W::NAME.into()
    }
}

/// Declares vocabularies: `vocabulary! { /// Why. pub enum Reason { /// Nobody opened. CustomerAbsent = "customer_absent", } }`.
///
/// Each is an enum with `ALL`, `as_str`, `Display` and `FromStr`, which serde reads and writes as the word, and whose schema is
/// closed. The comment is the schema's description. Whoever uses it depends on `serde` and `utoipa`.
#[macro_export]
macro_rules! vocabulary {
    ($($(#[doc = $doc:literal])* pub enum $name:ident {
        $($(#[doc = $about:literal])* $variant:ident = $word:literal,)*
    })*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name {
            $($(#[doc = $about])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in JSON, in events and in tables.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl $crate::vocabulary::Vocabulary for $name {
            const NAME: &'static str = ::core::stringify!($name);
            const DESCRIPTION: &'static str = ::core::concat!($($doc),*).trim_ascii();
            const WORDS: &'static [Self] = Self::ALL;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for $name {
            type Err = $crate::vocabulary::UnknownWord;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                $crate::vocabulary::parse(text)
            }
        }

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                let description = <Self as $crate::vocabulary::Vocabulary>::DESCRIPTION;
                $crate::vocabulary::closed_schema::<Self>().description(Some(description)).into()
            }
        }

        impl ::utoipa::ToSchema for $name {}
    )*};
}

/// Declares the vocabularies of events, and names the [`Word`] of each for their fields.
macro_rules! of_events {
    ($($(#[doc = $doc:literal])* pub enum $name:ident { $($words:tt)* })*) => {
        vocabulary! { $($(#[doc = $doc])* pub enum $name { $($words)* })* }

        /// The words of the vocabularies as fields of events have them. They are named, because the schema of a generic type
        /// would have another name than the vocabulary's.
        pub mod word {
            $(
                $(#[doc = $doc])*
                pub type $name = super::Word<super::$name>;
            )*
        }

        /// Every vocabulary of events: its name and its words.
        #[cfg(test)]
        pub(crate) const VOCABULARIES: &[tests::Vocabulary] = &[$(tests::Vocabulary::of::<$name>(),)*];
    };
}

of_events! {
    /// What a kitchen may say when it does not take an order or needs longer.
    pub enum KitchenReason {
        /// The kitchen cannot keep up.
        TooBusy = "too_busy",
        /// Something is sold out.
        OutOfStock = "out_of_stock",
        /// The kitchen closes.
        Closing = "closing",
        /// None of the others.
        Other = "other",
    }

    /// Why a restaurant does not take an order.
    pub enum RejectReason {
        /// The kitchen cannot keep up.
        TooBusy = "too_busy",
        /// Something in it is sold out.
        OutOfStock = "out_of_stock",
        /// The kitchen closes.
        Closing = "closing",
        /// None of the others.
        Other = "other",
        /// The restaurant did not answer in time.
        NoAnswer = "no_answer",
    }

    /// Who ended an order.
    pub enum CancelledBy {
        /// Who ordered.
        Customer = "customer",
        /// Somebody who works at the restaurant.
        Restaurant = "restaurant",
        /// Who runs the platform.
        Operator = "operator",
        /// The platform itself.
        Platform = "platform",
    }

    /// Why an order was cancelled.
    pub enum CancelReason {
        /// The customer does not want it any more.
        ChangedMyMind = "changed_my_mind",
        /// The customer never wanted it.
        OrderedByMistake = "ordered_by_mistake",
        /// It would go to the wrong place.
        WrongAddress = "wrong_address",
        /// It takes too long.
        TooSlow = "too_slow",
        /// The kitchen cannot keep up.
        TooBusy = "too_busy",
        /// Something in it is sold out.
        OutOfStock = "out_of_stock",
        /// The kitchen closes.
        Closing = "closing",
        /// None of the others.
        Other = "other",
        /// The bank said no.
        PaymentDeclined = "payment_declined",
        /// The payment was not authorised in time.
        PaymentTimeout = "payment_timeout",
        /// The bank releases the money before the food can arrive.
        AuthorizationExpired = "authorization_expired",
        /// Nobody came for the food.
        NoCourier = "no_courier",
        /// The reserved money was released at the payment provider, by somebody else than this platform.
        PaymentReleased = "payment_released",
        /// The kitchen accepted and was never heard of again.
        KitchenSilent = "kitchen_silent",
    }

    /// Why an order's food was not handed over.
    pub enum UndeliverableReason {
        /// Nobody opened.
        CustomerAbsent = "customer_absent",
        /// The address is wrong.
        WrongAddress = "wrong_address",
        /// It was not safe.
        Unsafe = "unsafe",
        /// The food is spoilt.
        Damaged = "damaged",
        /// None of the others.
        Other = "other",
        /// Nobody ever said what became of it.
        Overdue = "overdue",
    }

    /// Why reserved money was released.
    pub enum VoidReason {
        /// The order ended without a charge.
        OrderEnded = "order_ended",
        /// The bank would have released it soon.
        AuthorizationExpired = "authorization_expired",
        /// Somebody released it at the provider, and not because the payment service asked for it.
        ReleasedElsewhere = "released_elsewhere",
    }

    /// What is done with reserved money.
    pub enum Settlement {
        /// It is taken.
        Capture = "capture",
        /// It is given back.
        Release = "release",
    }

    /// Where a courier stands.
    pub enum Place {
        /// Where the food is fetched.
        Restaurant = "restaurant",
        /// Where it is brought.
        Customer = "customer",
    }

    /// What proves that the customer has the food.
    pub enum Proof {
        /// The customer's PIN.
        Pin = "pin",
        /// A photo.
        Photo = "photo",
    }

    /// Why a courier could not hand the food over.
    pub enum FailureReason {
        /// Nobody opens.
        CustomerAbsent = "customer_absent",
        /// The address does not exist or is another.
        WrongAddress = "wrong_address",
        /// The courier is in danger.
        Unsafe = "unsafe",
        /// The food is spoilt.
        Damaged = "damaged",
        /// Anything else.
        Other = "other",
    }

    /// Who bears the price of food that was not handed over.
    pub enum Fault {
        /// Who ordered it: charged in full.
        Customer = "customer",
        /// Who had it: earns nothing.
        Courier = "courier",
        /// Who cooked it.
        Restaurant = "restaurant",
        /// Nobody of them.
        Platform = "platform",
    }

    /// What becomes of food that was not handed over.
    pub enum FoodLeft {
        /// It is brought back to the restaurant.
        Returning = "returning",
        /// Nothing of it is left to bring back.
        Disposed = "disposed",
    }

    /// What became of food that was to be brought back.
    pub enum ReturnOutcome {
        /// The restaurant has it again.
        HandedBack = "handed_back",
        /// The restaurant was closed or did not want it.
        Disposed = "disposed",
    }

    /// Why an operator should look at a delivery.
    pub enum EscalationReason {
        /// Nobody takes it.
        NoCourier = "no_courier",
        /// It is long overdue with the courier who took it.
        Overdue = "overdue",
    }

    /// How an offer that was not taken ended.
    pub enum OfferEnding {
        /// The courier does not want it.
        Declined = "declined",
        /// The courier did not answer in time.
        Expired = "expired",
        /// The courier stopped working.
        ShiftEnded = "shift_ended",
    }

    /// Why a courier does not take a delivery.
    pub enum DeclineReason {
        /// The restaurant or the customer is too far.
        TooFar = "too_far",
        /// The courier takes a break.
        Break = "break",
        /// The vehicle does not work.
        VehicleProblem = "vehicle_problem",
        /// Anything else.
        Other = "other",
    }

    /// Why a courier is free of a delivery again.
    pub enum ReleaseReason {
        /// The courier stopped working.
        ShiftEnded = "shift_ended",
        /// The courier was not seen for too long.
        Silent = "silent",
        /// The kitchen is late, and the courier is needed elsewhere.
        KitchenLate = "kitchen_late",
        /// An operator decided so.
        Operator = "operator",
    }

    /// Why an operator took a courier off a delivery.
    pub enum ReleaseDetail {
        /// Nobody reaches the courier.
        CourierUnreachable = "courier_unreachable",
        /// The courier cannot go on.
        CourierProblem = "courier_problem",
        /// Something at the restaurant.
        RestaurantProblem = "restaurant_problem",
        /// Anything else.
        Other = "other",
    }

    /// What a message is about: the unit of a person's preferences.
    pub enum MessageCategory {
        /// The order and the kitchen.
        OrderUpdates = "order_updates",
        /// The way of the food to the door.
        DeliveryUpdates = "delivery_updates",
        /// Charges and their problems.
        Payments = "payments",
        /// The account and its safety.
        Account = "account",
        /// A courier's work.
        Work = "work",
        /// What an operator must look at.
        Operations = "operations",
        /// Advertising: only for those who asked for it.
        Marketing = "marketing",
    }
}

/// A kitchen may say the same when it does not take an order.
impl From<KitchenReason> for RejectReason {
    fn from(reason: KitchenReason) -> Self {
        match reason {
            KitchenReason::TooBusy => Self::TooBusy,
            KitchenReason::OutOfStock => Self::OutOfStock,
            KitchenReason::Closing => Self::Closing,
            KitchenReason::Other => Self::Other,
        }
    }
}

/// A failed delivery makes its order undeliverable, for the same reason.
impl From<FailureReason> for UndeliverableReason {
    fn from(reason: FailureReason) -> Self {
        match reason {
            FailureReason::CustomerAbsent => Self::CustomerAbsent,
            FailureReason::WrongAddress => Self::WrongAddress,
            FailureReason::Unsafe => Self::Unsafe,
            FailureReason::Damaged => Self::Damaged,
            FailureReason::Other => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests;
