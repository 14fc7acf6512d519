//! From refusals to problem answers.

use http::StatusCode;
use runtime::Problem;

use crate::domain::{CommandName, Defect, Refusal, Rejection};

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
            Refusal::Invalid(defects) => invalid(&defects),
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

/// 422 with everything that is wrong.
pub fn invalid(defects: &[Defect]) -> Problem {
    let detail = "The body has values that cannot be accepted; `errors` lists them.";
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", detail);
    defects.iter().fold(problem, |problem, defect| {
        problem.error(&defect.pointer, defect.code, defect.message.as_str())
    })
}

/// What stops a quote from becoming an order. The basket was fine when it was quoted, so it is the menu that changed.
pub fn no_longer(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Invalid(defects) => {
            let detail = "Something in the basket cannot be ordered any more: make a new quote.";
            let problem = Problem::conflict("item_unavailable", detail);
            defects.iter().fold(problem, |problem, defect| {
                problem.error(&defect.pointer, defect.code, defect.message.as_str())
            })
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
