//! The decision table: what happened, and who hears what.

use contracts::delivery::Released;
use contracts::vocabulary::{CancelReason, EscalationReason, Place, VoidReason, Word};
use kernel::{CourierId, TypedId as _, UserId};

use super::{Happening, Notice};

/// Who hears of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// One person: a customer or a courier.
    Person(UserId),
    /// Whoever runs the platform: one inbox for all.
    Operators,
}

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
        return Some(match event.reason {
            Some(Word::Known(EscalationReason::Overdue)) => Notice::DeliveryOverdue { restaurant },
            Some(Word::Known(EscalationReason::NoCourier) | Word::Unknown(_)) | None => {
                Notice::DeliveryEscalated { offers, restaurant }
            }
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
        Happening::CourierArrived(event) => match event.place {
            Word::Known(Place::Customer) => Notice::CourierAtDoor { restaurant: known() },
            Word::Known(Place::Restaurant) | Word::Unknown(_) => return None,
        },
        Happening::Delivered(event) => Notice::OrderDelivered {
            restaurant: event.restaurant_name.clone(),
        },
        Happening::Rejected(event) => Notice::OrderRejected {
            restaurant: event.restaurant_name.clone(),
            reason: event.reason.clone(),
        },
        Happening::Cancelled(event) if event.reason == CancelReason::PaymentDeclined.into() => Notice::OrderUnpaid {
            restaurant: event.restaurant_name.clone(),
        },
        Happening::Cancelled(event) => Notice::OrderCancelled {
            restaurant: event.restaurant_name.clone(),
            by: event.by.clone(),
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
        Happening::PaymentVoided(event) => match event.reason {
            Word::Known(VoidReason::AuthorizationExpired) => Notice::PaymentExpired { restaurant: known() },
            // The order's end has told it.
            Word::Known(VoidReason::OrderEnded | VoidReason::ReleasedElsewhere) | Word::Unknown(_) => return None,
        },
        // A placed order is not one before the payment stands. That food waits for its courier, where the courier is, and when to expect the food, is followed live.
        Happening::Placed(_)
        | Happening::Ready(_)
        | Happening::CourierAssigned(_)
        | Happening::CourierReleased(_)
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
    Notice::CourierReleased {
        restaurant: restaurant.map(str::to_owned),
        reason: event.reason.clone(),
        detail: event.detail.clone(),
    }
}
