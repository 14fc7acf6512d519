//! From refusals to problem answers.

use http::StatusCode;
use runtime::Problem;

use crate::domain::{CommandName, PlaceRejection, Refusal, Rejection};
use crate::usecase::create_quote::QuoteError;
use crate::usecase::place_order::PlaceError;

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let detail = format!("Not possible: {rejection}.");
        match rejection {
            Rejection::WrongState { state, command } | Rejection::TooEarly { state, command } => {
                let code = if command == CommandName::Cancel {
                    "order_not_cancellable"
                } else {
                    "wrong_state"
                };
                Self::conflict(code, detail)
                    .with("state", state.as_str())
                    .with("command", command.as_str())
            }
            Rejection::TermsChanged { costs } => {
                let detail = "Cancelling costs this by now: send it as `fee` if you agree.";
                let money = |money: kernel::Money| serde_json::json!({"amount": money.amount(), "currency": money.currency().code()});
                Self::conflict("terms_changed", detail)
                    .with("fee", money(costs.fee))
                    .with("refund", money(costs.refund))
            }
            Rejection::DelayTooLong => Self::invalid("/minutes", "out_of_range", rejection.to_string()),
            Rejection::NotDue { .. } | Rejection::Contradiction { .. } | Rejection::AmountDiffers { .. } => {
                Self::conflict("contradiction", detail)
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let time = |at: Option<kernel::Timestamp>| at.map(|at| at.to_string());
        match refusal {
            Refusal::Unknown => Self::not_found(),
            Refusal::Suspended => Self::conflict(
                "restaurant_suspended",
                "The restaurant does not take orders at present.",
            ),
            Refusal::Paused { until } => {
                let detail = "The restaurant has paused taking orders.";
                Self::conflict("restaurant_paused", detail).with("until", time(until))
            }
            Refusal::Closed { opens_at } => {
                let detail = "The restaurant is closed when it would have to cook.";
                Self::conflict("restaurant_closed", detail).with("opens_at", time(opens_at))
            }
            Refusal::OutOfReach => {
                Self::invalid("/deliver_to", "out_of_reach", "The restaurant does not deliver there.")
            }
            Refusal::TooSlow => {
                let detail = "The food would come later than the restaurant promises there at the longest.";
                Self::conflict("delivery_too_slow", detail)
            }
            Refusal::TooSoon { earliest } => {
                let message = format!("The earliest is {earliest}.");
                Self::invalid("/scheduled_for", "too_soon", message).with("earliest", earliest.to_string())
            }
            Refusal::TooFarAhead => Self::invalid("/scheduled_for", "too_far_ahead", "Order at most five days ahead."),
            Refusal::BelowMinimum { minimum } => {
                let message = format!("The restaurant delivers from {minimum} on.");
                let amount = serde_json::json!({"amount": minimum.amount(), "currency": minimum.currency().code()});
                Self::invalid("/items", "below_minimum_order", message).with("minimum_order", amount)
            }
            Refusal::KitchenFull => Self::conflict("kitchen_full", "The kitchen has no room at that time."),
            Refusal::Invalid(errors) => Problem::invalid_fields(&errors),
            Refusal::Outdated => {
                let detail = "The restaurant changed prices or tax since the quote: make a new one.";
                Self::conflict("quote_outdated", detail)
            }
            Refusal::CurrencyNotServed(refused) => {
                let detail = format!("Nobody can order from the restaurant: {refused}.");
                Self::conflict("currency_not_served", detail)
            }
        }
    }
}

impl From<QuoteError> for Problem {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::RestaurantMissing => Self::not_found(),
            QuoteError::MenuMissing => Self::conflict("menu_missing", "The restaurant has not published a menu yet."),
            QuoteError::Refused(refusal) => refusal.into(),
            QuoteError::AddressMissing => {
                Self::invalid("/deliver_to/address_id", "unknown_address", "You have no such address.")
            }
            QuoteError::AddressUnavailable => Self::unavailable(),
            QuoteError::Commit(error) => error.into(),
        }
    }
}

impl From<PlaceError> for Problem {
    fn from(error: PlaceError) -> Self {
        match error {
            PlaceError::QuoteMissing => Self::new(StatusCode::NOT_FOUND, "quote_not_found", "There is no such quote."),
            PlaceError::QuoteUsed(order_id) => {
                Self::conflict("quote_used", "The quote was ordered before.").with("order_id", order_id.to_string())
            }
            PlaceError::Rejected(PlaceRejection::QuoteExpired) => {
                Self::conflict("quote_expired", "The quote has expired: make a new one.")
            }
            PlaceError::Rejected(PlaceRejection::TooManyUnpaid(orders)) => {
                let detail = "Two of your orders wait for their payment: pay for them or cancel them first.";
                let ids: Vec<_> = orders.iter().map(ToString::to_string).collect();
                Self::conflict("too_many_unpaid_orders", detail).with("order_ids", ids)
            }
            PlaceError::KitchenFull => Refusal::KitchenFull.into(),
            PlaceError::Outdated(refusal) => no_longer(refusal),
            PlaceError::Commit(error) => error.into(),
        }
    }
}

/// What stops a quote from becoming an order. The basket was fine when it was quoted, so it is the menu that changed.
fn no_longer(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Invalid(errors) => {
            let detail = "Something in the basket cannot be ordered any more: make a new quote.";
            let problem = Problem::conflict("item_unavailable", detail);
            problem.fields(&errors)
        }
        Refusal::OutOfReach => Problem::conflict("quote_outdated", "The restaurant does not deliver there any more."),
        refusal @ (Refusal::Unknown
        | Refusal::Suspended
        | Refusal::Paused { .. }
        | Refusal::Closed { .. }
        | Refusal::TooSlow
        | Refusal::TooSoon { .. }
        | Refusal::TooFarAhead
        | Refusal::BelowMinimum { .. }
        | Refusal::KitchenFull
        | Refusal::Outdated
        | Refusal::CurrencyNotServed(_)) => refusal.into(),
    }
}
