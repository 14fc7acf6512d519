//! The decision table: what happened, and who hears what.

use contracts::delivery::Released;
use kernel::{CourierId, TypedId as _, UserId};

use super::{CancelledBy, Happening, Notice};

/// Who hears of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// One person: a customer or a courier.
    Person(UserId),
    /// Whoever runs the platform: one inbox for all.
    Operators,
}

/// The place that a courier has reached, as the delivery service calls it.
pub const AT_CUSTOMER: &str = "customer";
/// The reason of a cancellation that follows a declined payment.
const PAYMENT_DECLINED: &str = "payment_declined";
/// The reason of a released payment that nobody ended.
const AUTHORIZATION_EXPIRED: &str = "authorization_expired";

/// Decides who hears what. `courier` is who fetches the food after what happened, if anybody does; `restaurant` is the restaurant's
/// name, if it is known. The kitchen follows its orders live and needs no message.
#[must_use]
pub fn decide(happening: &Happening, courier: Option<CourierId>, restaurant: Option<&str>) -> Vec<(Recipient, Notice)> {
    let mut told = Vec::new();
    let customer = Recipient::Person(happening.customer_id());
    told.extend(customer_hears(happening, restaurant).map(|notice| (customer, notice)));
    let courier = courier.map(|courier_id| Recipient::Person(UserId::from_uuid(courier_id.uuid())));
    if let (Some(courier), Some(notice)) = (courier, courier_hears(happening)) {
        told.push((courier, notice));
    }
    if let Happening::CourierReleased(event) = happening {
        // Who has the order again by a later word need not hear that it was somebody else's for a while.
        let former = Recipient::Person(UserId::from_uuid(event.courier_id.uuid()));
        told.extend((courier != Some(former)).then(|| (former, taken_off(event, restaurant))));
    }
    told.extend(operators_hear(happening, restaurant).map(|notice| (Recipient::Operators, notice)));
    told
}

fn operators_hear(happening: &Happening, restaurant: Option<&str>) -> Option<Notice> {
    let restaurant = restaurant.map(str::to_owned);
    if let Happening::DeliveryEscalated(event) = happening {
        let offers = event.offers;
        return Some(if event.reason.as_deref() == Some(OVERDUE) {
            Notice::DeliveryOverdue { restaurant }
        } else {
            Notice::DeliveryEscalated { offers, restaurant }
        });
    }
    if let Happening::FailureReported(event) = happening {
        return Some(Notice::FailureToReview {
            restaurant,
            reason: event.reason.clone(),
            review_by: event.review_by,
        });
    }
    if let Happening::PaymentStalled(event) = happening {
        return Some(Notice::PaymentStalled {
            restaurant,
            operation: event.operation.clone(),
            amount: event.amount,
            since: event.since,
        });
    }
    None
}

/// Why an operator should look: somebody took the food, and it is long overdue.
const OVERDUE: &str = "overdue";

fn customer_hears(happening: &Happening, known: Option<&str>) -> Option<Notice> {
    let known = || known.map(str::to_owned);
    Some(match happening {
        Happening::Confirmed(event) => Notice::OrderConfirmed {
            restaurant: event.restaurant_name.clone(),
            total: event.total,
            promised: event.promised,
            scheduled: event.release_at.is_some(),
        },
        Happening::Accepted(event) => Notice::OrderAccepted {
            restaurant: event.restaurant_name.clone(),
            promised: event.promised,
        },
        Happening::Delayed(event) => Notice::OrderDelayed {
            restaurant: event.restaurant_name.clone(),
            ready_at: event.ready_at,
            reason: event.reason.clone(),
        },
        Happening::PickedUp(event) => Notice::OutForDelivery {
            restaurant: Some(event.restaurant_name.clone()),
        },
        Happening::CourierArrived(event) if event.place == AT_CUSTOMER => Notice::CourierAtDoor { restaurant: known() },
        Happening::Delivered(event) => Notice::OrderDelivered {
            restaurant: event.restaurant_name.clone(),
        },
        Happening::Rejected(event) => Notice::OrderRejected {
            restaurant: event.restaurant_name.clone(),
            reason: event.reason.clone(),
        },
        Happening::Cancelled(event) if event.reason == PAYMENT_DECLINED => Notice::OrderUnpaid {
            restaurant: event.restaurant_name.clone(),
        },
        Happening::Cancelled(event) => Notice::OrderCancelled {
            restaurant: event.restaurant_name.clone(),
            by: cancelled_by(&event.by),
            reason: event.reason.clone(),
            fee: event.fee,
        },
        Happening::Undeliverable(event) => Notice::OrderUndeliverable {
            restaurant: event.restaurant_name.clone(),
            reason: event.reason.clone(),
            fee: event.fee,
        },
        Happening::FailureReported(event) => Notice::FailureLookedInto {
            restaurant: known(),
            reason: event.reason.clone(),
        },
        Happening::PaymentDeclined(_) => Notice::PaymentDeclined { restaurant: known() },
        Happening::PaymentActionRequired(_) => Notice::PaymentActionRequired { restaurant: known() },
        Happening::PaymentCaptured(event) => Notice::Receipt {
            restaurant: known(),
            amount: event.amount,
        },
        Happening::PaymentVoided(event) if event.reason == AUTHORIZATION_EXPIRED => {
            Notice::PaymentExpired { restaurant: known() }
        }
        // A placed order is not one before the payment stands. That money was released, the order's end has told.
        // That food waits for its courier, where the courier is, and when to expect the food, is followed live.
        Happening::Placed(_)
        | Happening::Ready(_)
        | Happening::PaymentVoided(_)
        | Happening::CourierAssigned(_)
        | Happening::CourierReleased(_)
        | Happening::CourierArrived(_)
        | Happening::EtaChanged(_)
        | Happening::PaymentStalled(_)
        | Happening::DeliveryEscalated(_) => return None,
    })
}

/// A courier who has just taken an order need not be told so.
fn courier_hears(happening: &Happening) -> Option<Notice> {
    Some(match happening {
        Happening::Delayed(event) => Notice::CourierDelayed {
            restaurant: event.restaurant_name.clone(),
            ready_at: event.ready_at,
        },
        Happening::Cancelled(event) => Notice::CourierCancelled {
            restaurant: event.restaurant_name.clone(),
        },
        Happening::Placed(_)
        | Happening::Confirmed(_)
        | Happening::Accepted(_)
        | Happening::Rejected(_)
        | Happening::Ready(_)
        | Happening::PickedUp(_)
        | Happening::Delivered(_)
        | Happening::Undeliverable(_)
        | Happening::PaymentDeclined(_)
        | Happening::PaymentActionRequired(_)
        | Happening::PaymentCaptured(_)
        | Happening::PaymentVoided(_)
        | Happening::CourierAssigned(_)
        | Happening::CourierReleased(_)
        | Happening::CourierArrived(_)
        | Happening::EtaChanged(_)
        | Happening::PaymentStalled(_)
        | Happening::FailureReported(_)
        | Happening::DeliveryEscalated(_) => return None,
    })
}

fn taken_off(event: &Released, restaurant: Option<&str>) -> Notice {
    // What the operator said is more than that it was the operator.
    let reason = event.detail.as_ref().or(event.reason.as_ref());
    Notice::CourierReleased {
        restaurant: restaurant.map(str::to_owned),
        reason: reason.cloned().unwrap_or_default(),
    }
}

fn cancelled_by(name: &str) -> CancelledBy {
    if name == "customer" {
        CancelledBy::Customer
    } else if name == "restaurant" {
        CancelledBy::Restaurant
    } else {
        CancelledBy::Platform
    }
}
