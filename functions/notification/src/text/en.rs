//! English.

use contracts::vocabulary::{
    CancelReason, CancelledBy, FailureReason, KitchenReason, RejectReason, ReleaseDetail, ReleaseReason, Settlement,
    UndeliverableReason, Word, word,
};
use kernel::Money;

use super::format::{clock, moment, money, window};
use super::{Reader, Text};
use crate::domain::Notice;

/// A name longer than this is cut: a text message should be one.
const NAME_LENGTH_MAX: usize = 40;

/// Writes a notice in English.
#[expect(
    clippy::too_many_lines,
    reason = "one arm per notice; splitting them would hide that none is missing"
)]
pub fn write(notice: &Notice, reader: Reader<'_>) -> Text {
    let Reader { zone, now, .. } = reader;
    match notice {
        Notice::OrderConfirmed {
            restaurant,
            total,
            promised,
            scheduled,
        } => {
            let restaurant = name(restaurant);
            let asked = if *scheduled {
                format!("We will hand it to {restaurant} in time.")
            } else {
                format!("{restaurant} has been asked to start.")
            };
            let expected = window(zone, now, *promised);
            text("Your order is confirmed", format!("{asked} Expect it {expected}."))
                .fact("From", restaurant)
                .fact("Expected", expected)
                .fact("Reserved on your card", money(*total))
        }
        Notice::OrderAccepted { restaurant, promised } => text(
            format!("{} is cooking", name(restaurant)),
            format!(
                "Your order is being prepared. Expect it {}.",
                window(zone, now, *promised)
            ),
        ),
        Notice::OrderDelayed {
            restaurant,
            ready_at,
            reason,
        } => text(
            "Your order takes longer",
            format!(
                "{} needs until {}{}. We are sorry for the wait.",
                name(restaurant),
                clock(zone, now, *ready_at),
                because(reason)
            ),
        ),
        Notice::OutForDelivery { restaurant } => text(
            "Your food is on its way",
            format!("The courier has left {}.", somewhere(restaurant.as_deref())),
        ),
        Notice::CourierAtDoor { restaurant } => text(
            "The courier is at your door",
            format!("Your food from {} is there.", somewhere(restaurant.as_deref())),
        ),
        Notice::OrderDelivered { restaurant } => text(
            "Enjoy your meal!",
            format!("Your food from {} has been delivered.", name(restaurant)),
        ),
        Notice::OrderRejected { restaurant, reason } => text(
            "Your order was not taken",
            format!("{}{}. {}", name(restaurant), refusal(reason), money_back(None)),
        )
        .fact("From", name(restaurant)),
        Notice::OrderCancelled {
            restaurant,
            by,
            reason,
            fee,
        } => text(
            "Your order was cancelled",
            format!(
                "{} {}",
                cancelled(&name(restaurant), by, reason),
                money_back(Some(*fee))
            ),
        )
        .fact("From", name(restaurant))
        .fact("Charged", money(*fee)),
        Notice::OrderUnpaid { restaurant } => text(
            "Your order was cancelled",
            format!(
                "The payment for your order from {} was declined. Nothing is charged.",
                name(restaurant)
            ),
        ),
        Notice::OrderUndeliverable {
            restaurant,
            reason,
            fee,
        } => text(
            "Your order could not be delivered",
            format!(
                "{} {}",
                undeliverable(&name(restaurant), reason),
                money_back(Some(*fee))
            ),
        )
        .fact("From", name(restaurant))
        .fact("Charged", money(*fee)),
        Notice::PaymentDeclined { restaurant } => text(
            "Your payment was declined",
            format!(
                "Your bank declined the payment for your order from {}. Nothing was charged, and nothing is cooked.",
                somewhere(restaurant.as_deref())
            ),
        ),
        Notice::PaymentActionRequired { restaurant } => text(
            "Approve your payment",
            format!(
                "Your bank asks for your approval before {} can start. Open the app to give it.",
                somewhere(restaurant.as_deref())
            ),
        ),
        Notice::PaymentExpired { restaurant } => text(
            "Your payment ran out",
            format!(
                "The amount reserved for your order from {} was released. Nothing was charged.",
                somewhere(restaurant.as_deref())
            ),
        ),
        Notice::Receipt { restaurant, amount } => {
            let restaurant = somewhere(restaurant.as_deref());
            text(
                format!("Your receipt: {}", money(*amount)),
                format!("You were charged {} for your order from {restaurant}.", money(*amount)),
            )
            .fact("From", restaurant)
            .fact("Charged", money(*amount))
            .fact("On", moment(zone, now))
        }
        Notice::CourierDelayed { restaurant, ready_at } => text(
            "The kitchen is late",
            format!("{} is done at {}.", name(restaurant), clock(zone, now, *ready_at)),
        ),
        Notice::CourierCancelled { restaurant } => text(
            "Delivery cancelled",
            format!("The order from {} is off: you are free.", name(restaurant)),
        ),
        Notice::CourierReleased {
            restaurant,
            reason,
            detail,
        } => text(
            "Taken off a delivery",
            released(&somewhere(restaurant.as_deref()), reason.as_ref(), detail.as_ref()),
        ),
        Notice::DeliveryEscalated { offers, restaurant } => text(
            "No courier found",
            format!(
                "{offers} {} asked; the food waits at {}.",
                if *offers == 1 { "courier was" } else { "couriers were" },
                somewhere(restaurant.as_deref())
            ),
        ),
        Notice::DeliveryOverdue { restaurant } => text(
            "A delivery is overdue",
            format!(
                "The courier who took it from {} has long been expected at the door. Call, or close the delivery.",
                somewhere(restaurant.as_deref())
            ),
        ),
        Notice::FailureToReview {
            restaurant,
            reason,
            review_by,
        } => text(
            "A hand-over is in question",
            format!(
                "The courier with the food from {} says that {}. Decide who bears the price by {}; then nobody is charged.",
                somewhere(restaurant.as_deref()),
                not_handed_over(reason),
                clock(zone, now, *review_by)
            ),
        ),
        Notice::FailureLookedInto { restaurant, reason } => text(
            "Your delivery is in question",
            format!(
                "The courier says that {}. We look into it; nothing is charged meanwhile.",
                not_handed_over(reason)
            ),
        )
        .fact("From", somewhere(restaurant.as_deref())),
        Notice::PaymentStalled {
            restaurant,
            operation,
            amount,
            since,
        } => text(
            "Money is stuck",
            format!(
                "{} for an order from {} could not be {} since {}. It is tried on: look at the payment provider.",
                money(*amount),
                somewhere(restaurant.as_deref()),
                settled(operation),
                clock(zone, now, *since)
            ),
        ),
        Notice::SignUpRepeated => text(
            "You already have an account",
            "Somebody tried to sign up with your e-mail address. If it was you, sign in instead, or reset your password. \
             If not, you need do nothing: nothing has changed.",
        ),
    }
}

fn text(title: impl Into<String>, body: impl Into<String>) -> Text {
    Text {
        title: title.into(),
        body: body.into(),
        facts: Vec::new(),
    }
}

impl Text {
    fn fact(mut self, label: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((label, value.into()));
        self
    }
}

/// A restaurant's name on one line, cut to a bearable length.
fn name(restaurant: &str) -> String {
    let line: String = restaurant
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if line.chars().count() <= NAME_LENGTH_MAX {
        return line;
    }
    let cut: String = line.chars().take(NAME_LENGTH_MAX - 3).collect();
    format!("{}...", cut.trim_end())
}

fn somewhere(restaurant: Option<&str>) -> String {
    restaurant.map_or_else(|| "the restaurant".to_owned(), name)
}

/// Why a kitchen is late.
fn because(reason: &word::KitchenReason) -> &'static str {
    match reason {
        Word::Known(KitchenReason::TooBusy) => " because it is very busy",
        Word::Known(KitchenReason::OutOfStock) => " because something ran out",
        Word::Known(KitchenReason::Closing) => " because it is about to close",
        Word::Known(KitchenReason::Other) => "",
        Word::Unknown(word) => no_words(word, ""),
    }
}

/// The text for a word of a newer publisher, which has none here: somebody should add it.
fn no_words(word: &str, instead: &'static str) -> &'static str {
    tracing::warn!(word, "there is no text for a word");
    instead
}

fn refusal(reason: &word::RejectReason) -> &'static str {
    match reason {
        Word::Known(RejectReason::TooBusy) => " is too busy to take your order",
        Word::Known(RejectReason::OutOfStock) => " has run out of something you ordered",
        Word::Known(RejectReason::Closing) => " is about to close",
        Word::Known(RejectReason::NoAnswer) => " did not answer in time",
        Word::Known(RejectReason::Other) => " cannot take your order",
        Word::Unknown(word) => no_words(word, " cannot take your order"),
    }
}

/// What could not be done with reserved money.
fn settled(operation: &word::Settlement) -> &'static str {
    match operation {
        Word::Known(Settlement::Capture) => "taken",
        Word::Known(Settlement::Release) => "released",
        Word::Unknown(word) => no_words(word, "settled"),
    }
}

fn cancelled(restaurant: &str, by: &word::CancelledBy, reason: &word::CancelReason) -> String {
    match by {
        Word::Known(CancelledBy::Customer) => format!("You cancelled your order from {restaurant}."),
        Word::Known(CancelledBy::Restaurant) => {
            format!("{restaurant} had to cancel your order{}.", kitchens_reason(reason))
        }
        Word::Known(CancelledBy::Operator | CancelledBy::Platform) | Word::Unknown(_) => match reason {
            Word::Known(reason) => cancelled_by_us(restaurant, *reason),
            Word::Unknown(word) => {
                let sorry = no_words(word, "We are sorry.");
                format!("We had to cancel your order from {restaurant}. {sorry}")
            }
        },
    }
}

/// Why a kitchen has ended an order. Most reasons are not a kitchen's to give.
fn kitchens_reason(reason: &word::CancelReason) -> &'static str {
    match reason {
        Word::Known(CancelReason::TooBusy) => ": it is too busy",
        Word::Known(CancelReason::OutOfStock) => ": something you ordered ran out",
        Word::Known(CancelReason::Closing) => ": it is about to close",
        Word::Known(
            CancelReason::Other
            | CancelReason::ChangedMyMind
            | CancelReason::OrderedByMistake
            | CancelReason::WrongAddress
            | CancelReason::TooSlow
            | CancelReason::PaymentDeclined
            | CancelReason::PaymentTimeout
            | CancelReason::AuthorizationExpired
            | CancelReason::NoCourier
            | CancelReason::PaymentReleased
            | CancelReason::KitchenSilent,
        ) => "",
        Word::Unknown(word) => no_words(word, ""),
    }
}

/// Why an operator or a deadline has ended an order.
fn cancelled_by_us(restaurant: &str, reason: CancelReason) -> String {
    let order = format!("your order from {restaurant}");
    match reason {
        CancelReason::PaymentTimeout => format!("Your order from {restaurant} was not paid in time."),
        CancelReason::PaymentDeclined => format!("The payment for {order} was declined."),
        CancelReason::PaymentReleased => {
            format!("The money reserved for {order} was released again, so it could not be paid.")
        }
        CancelReason::AuthorizationExpired => {
            format!("The bank would have released the money for {order} before the food arrives.")
        }
        CancelReason::NoCourier => format!("No courier could be found for {order}. We are sorry."),
        CancelReason::KitchenSilent => {
            format!("{restaurant} took your order and was not heard of again. We are sorry.")
        }
        CancelReason::ChangedMyMind | CancelReason::OrderedByMistake => format!("We cancelled {order}, as you asked."),
        CancelReason::WrongAddress => format!("We cancelled {order}: it would have gone to the wrong address."),
        CancelReason::TooSlow => format!("We cancelled {order}: it would have taken too long. We are sorry."),
        CancelReason::TooBusy => format!("We cancelled {order}: it is too busy. We are sorry."),
        CancelReason::OutOfStock => format!("We cancelled {order}: something you ordered ran out. We are sorry."),
        CancelReason::Closing => format!("We cancelled {order}: it is about to close. We are sorry."),
        CancelReason::Other => format!("We had to cancel {order}. We are sorry."),
    }
}

fn undeliverable(restaurant: &str, reason: &word::UndeliverableReason) -> String {
    let why = match reason {
        Word::Known(UndeliverableReason::Overdue) => {
            return format!("Your order from {restaurant} did not arrive, and nobody could tell us why. We are sorry.");
        }
        Word::Known(UndeliverableReason::CustomerAbsent) => failure(FailureReason::CustomerAbsent),
        Word::Known(UndeliverableReason::WrongAddress) => failure(FailureReason::WrongAddress),
        Word::Known(UndeliverableReason::Unsafe) => failure(FailureReason::Unsafe),
        Word::Known(UndeliverableReason::Damaged) => failure(FailureReason::Damaged),
        Word::Known(UndeliverableReason::Other) => failure(FailureReason::Other),
        Word::Unknown(word) => no_words(word, failure(FailureReason::Other)),
    };
    format!("The courier could not hand over your order from {restaurant}: {why}.")
}

/// Why a courier could not hand the food over.
fn not_handed_over(reason: &word::FailureReason) -> &'static str {
    match reason {
        Word::Known(reason) => failure(*reason),
        Word::Unknown(word) => no_words(word, failure(FailureReason::Other)),
    }
}

const fn failure(reason: FailureReason) -> &'static str {
    match reason {
        FailureReason::CustomerAbsent => "nobody was there to take it",
        FailureReason::WrongAddress => "the address could not be found",
        FailureReason::Unsafe => "it was not safe to hand it over",
        FailureReason::Damaged => "it was damaged on the way",
        FailureReason::Other => "something went wrong",
    }
}

/// Why a courier is free of an order. What an operator said is more than that it was an operator.
fn released(restaurant: &str, reason: Option<&word::ReleaseReason>, detail: Option<&word::ReleaseDetail>) -> String {
    let goes = format!("the order from {restaurant} goes to somebody else");
    let unsaid = || format!("You need not fetch it: {goes}.");
    match (detail, reason) {
        (Some(Word::Known(ReleaseDetail::CourierUnreachable)), _) => format!("We could not reach you, so {goes}."),
        (Some(Word::Known(ReleaseDetail::CourierProblem)), _) => {
            format!("Because of your trouble on the way, {goes}.")
        }
        (Some(Word::Known(ReleaseDetail::RestaurantProblem)), _) => {
            format!("Because of trouble at the restaurant, {goes}. You are free.")
        }
        (None, Some(Word::Known(ReleaseReason::ShiftEnded))) => format!("Your shift has ended, so {goes}."),
        (None, Some(Word::Known(ReleaseReason::Silent))) => {
            format!("Your phone was not heard of for a while, so {goes}.")
        }
        (None, Some(Word::Known(ReleaseReason::KitchenLate))) => {
            format!("The kitchen kept you waiting, so {goes}. You are free.")
        }
        (Some(Word::Known(ReleaseDetail::Other)), _) | (None, Some(Word::Known(ReleaseReason::Operator)) | None) => {
            unsaid()
        }
        (Some(Word::Unknown(word)), _) | (None, Some(Word::Unknown(word))) => {
            tracing::warn!(word, "there is no text for a word");
            unsaid()
        }
    }
}

/// What happens to the money: the reservation is released, less what is charged.
fn money_back(fee: Option<Money>) -> String {
    match fee.filter(|fee| !fee.is_zero()) {
        Some(fee) => format!("{} is charged; the rest that was reserved is released.", money(fee)),
        None => "Nothing is charged, and what was reserved is released.".to_owned(),
    }
}
