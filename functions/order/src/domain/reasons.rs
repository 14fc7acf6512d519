//! Why orders are refused, delayed or ended. Each reason has one name, in JSON, in events and in the table.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

reasons! {
    /// Why an order was cancelled.
    CancelReason {
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

    /// What a kitchen may say when it does not take an order or needs longer.
    KitchenReason {
        /// The kitchen cannot keep up.
        TooBusy = "too_busy",
        /// Something is sold out.
        OutOfStock = "out_of_stock",
        /// The kitchen closes.
        Closing = "closing",
        /// None of the others.
        Other = "other",
    }

    /// Why an order was rejected.
    RejectReason {
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

    /// Why a courier could not hand the food over.
    FailReason {
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
}

impl CancelReason {
    /// What a customer may say.
    pub const OF_CUSTOMER: &[Self] = &[
        Self::ChangedMyMind,
        Self::OrderedByMistake,
        Self::WrongAddress,
        Self::TooSlow,
        Self::Other,
    ];
    /// What a restaurant may say.
    pub const OF_RESTAURANT: &[Self] = &[Self::TooBusy, Self::OutOfStock, Self::Closing, Self::Other];
    /// What an operator may say.
    pub const OF_OPERATOR: &[Self] = &[
        Self::ChangedMyMind,
        Self::OrderedByMistake,
        Self::WrongAddress,
        Self::TooSlow,
        Self::TooBusy,
        Self::OutOfStock,
        Self::Closing,
        Self::Other,
        Self::NoCourier,
    ];
}

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

impl FailReason {
    /// Reads what the delivery service says; a reason it adds later is one of the others here.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let named = [Self::CustomerAbsent, Self::WrongAddress, Self::Unsafe, Self::Damaged];
        let known = named.into_iter().find(|reason| reason.as_str() == text);
        known.unwrap_or(Self::Other)
    }

    /// Whether the customer could have prevented it, and so pays.
    #[must_use]
    pub const fn is_the_customers(self) -> bool {
        match self {
            Self::CustomerAbsent | Self::WrongAddress => true,
            Self::Unsafe | Self::Damaged | Self::Other | Self::Overdue => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The one name is what serde writes, too.
    #[test]
    fn every_reason_is_written_as_it_is_called() {
        fn check<T: Serialize>(all: &[T], name: impl Fn(&T) -> &'static str) {
            for reason in all {
                assert_eq!(serde_json::to_value(reason).unwrap(), name(reason));
            }
        }
        check(CancelReason::ALL, |reason| reason.as_str());
        check(KitchenReason::ALL, |reason| reason.as_str());
        check(RejectReason::ALL, |reason| reason.as_str());
        check(FailReason::ALL, |reason| reason.as_str());
        check(super::super::StateName::ALL, |name| name.as_str());
        check(super::super::CommandName::ALL, |name| name.as_str());
        check(super::super::Party::ALL, |name| name.as_str());
    }
}
