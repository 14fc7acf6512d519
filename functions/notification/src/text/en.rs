//! English.

use kernel::Money;

use super::format::{clock, moment, money, window};
use super::{Reader, Text};
use crate::domain::{CancelledBy, Notice};

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
                cancelled(&name(restaurant), *by, reason),
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
        Notice::CourierReleased { restaurant, reason } => text(
            "Taken off a delivery",
            released(&somewhere(restaurant.as_deref()), reason),
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
                if operation == "release" { "released" } else { "taken" },
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

/// Why a kitchen is late; a code without words of its own says nothing.
fn because(reason: &str) -> &'static str {
    match reason {
        "too_busy" => " because it is very busy",
        "out_of_stock" => " because something ran out",
        "closing" => " because it is about to close",
        "other" => "",
        unknown => no_words(unknown, ""),
    }
}

/// The words for a reason that has none of its own here: somebody should add them.
fn no_words(reason: &str, instead: &'static str) -> &'static str {
    tracing::warn!(reason, "there are no words for a reason");
    instead
}

fn refusal(reason: &str) -> &'static str {
    match reason {
        "too_busy" => " is too busy to take your order",
        "out_of_stock" => " has run out of something you ordered",
        "closing" => " is about to close",
        "no_answer" => " did not answer in time",
        "other" => " cannot take your order",
        unknown => no_words(unknown, " cannot take your order"),
    }
}

fn cancelled(restaurant: &str, by: CancelledBy, reason: &str) -> String {
    match by {
        CancelledBy::Customer => format!("You cancelled your order from {restaurant}."),
        CancelledBy::Restaurant => {
            let why = match reason {
                "too_busy" => ": it is too busy",
                "out_of_stock" => ": something you ordered ran out",
                "closing" => ": it is about to close",
                "other" => "",
                unknown => no_words(unknown, ""),
            };
            format!("{restaurant} had to cancel your order{why}.")
        }
        CancelledBy::Platform => cancelled_by_us(restaurant, reason),
    }
}

/// Why an operator or a deadline has ended an order.
fn cancelled_by_us(restaurant: &str, reason: &str) -> String {
    let order = format!("your order from {restaurant}");
    match reason {
        "payment_timeout" => format!("Your order from {restaurant} was not paid in time."),
        "payment_declined" => format!("The payment for {order} was declined."),
        "payment_released" => format!("The money reserved for {order} was released again, so it could not be paid."),
        "authorization_expired" => {
            format!("The bank would have released the money for {order} before the food arrives.")
        }
        "no_courier" => format!("No courier could be found for {order}. We are sorry."),
        "kitchen_silent" => format!("{restaurant} took your order and was not heard of again. We are sorry."),
        "kitchen_full" => {
            format!("{restaurant} has as many orders as it can cook, and could not take yours. We are sorry.")
        }
        "changed_my_mind" | "ordered_by_mistake" => format!("We cancelled {order}, as you asked."),
        "wrong_address" => format!("We cancelled {order}: it would have gone to the wrong address."),
        "too_slow" => format!("We cancelled {order}: it would have taken too long. We are sorry."),
        "too_busy" => format!("We cancelled {order}: it is too busy. We are sorry."),
        "out_of_stock" => format!("We cancelled {order}: something you ordered ran out. We are sorry."),
        "closing" => format!("We cancelled {order}: it is about to close. We are sorry."),
        "other" => format!("We had to cancel {order}. We are sorry."),
        unknown => {
            let sorry = no_words(unknown, "We are sorry.");
            format!("We had to cancel {order}. {sorry}")
        }
    }
}

fn undeliverable(restaurant: &str, reason: &str) -> String {
    if reason == "overdue" {
        return format!("Your order from {restaurant} did not arrive, and nobody could tell us why. We are sorry.");
    }
    let why = not_handed_over(reason);
    format!("The courier could not hand over your order from {restaurant}: {why}.")
}

/// Why a courier could not hand the food over.
fn not_handed_over(reason: &str) -> &'static str {
    match reason {
        "customer_absent" => "nobody was there to take it",
        "wrong_address" => "the address could not be found",
        "unsafe" => "it was not safe to hand it over",
        "damaged" => "it was damaged on the way",
        "other" => "something went wrong",
        unknown => no_words(unknown, "something went wrong"),
    }
}

/// Why a courier is free of an order; a code without words of its own says nothing.
fn released(restaurant: &str, reason: &str) -> String {
    let goes = format!("the order from {restaurant} goes to somebody else");
    match reason {
        "shift_ended" => format!("Your shift has ended, so {goes}."),
        "silent" => format!("Your phone was not heard of for a while, so {goes}."),
        "kitchen_late" => format!("The kitchen kept you waiting, so {goes}. You are free."),
        "courier_unreachable" => format!("We could not reach you, so {goes}."),
        "courier_problem" => format!("Because of your trouble on the way, {goes}."),
        "restaurant_problem" => format!("Because of trouble at the restaurant, {goes}. You are free."),
        _ => format!("You need not fetch it: {goes}."),
    }
}

/// What happens to the money: the reservation is released, less what is charged.
fn money_back(fee: Option<Money>) -> String {
    match fee.filter(|fee| !fee.is_zero()) {
        Some(fee) => format!("{} is charged; the rest that was reserved is released.", money(fee)),
        None => "Nothing is charged, and what was reserved is released.".to_owned(),
    }
}
