//! The decision table: what happened, and who hears what.

use contracts::delivery::Released;
use contracts::vocabulary::{CancelReason, EscalationReason, Place, VoidReason, Word};
use kernel::{CourierId, TypedId as _, UserId};

use super::{Notice, OrderEvent};

/// Who hears of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// One person: a customer or a courier.
    Person(UserId),
    /// The operators, who share one inbox.
    Operators,
}

impl Recipient {
    /// The inboxes that a person reads: their own, and for an operator the one that all operators share.
    #[must_use]
    pub fn inboxes(user_id: UserId, is_operator: bool) -> Vec<Self> {
        let operators = is_operator.then_some(Self::Operators);
        std::iter::once(Self::Person(user_id)).chain(operators).collect()
    }
}

/// Decides who hears what. `courier` is who fetches the food after what happened, if anybody does; `restaurant` is the restaurant's
/// name, if it is known. The kitchen follows its orders live and needs no message.
#[must_use]
pub fn decide(
    order_event: &OrderEvent,
    courier: Option<CourierId>,
    restaurant: Option<&str>,
) -> Vec<(Recipient, Notice)> {
    let mut told = Vec::new();
    let customer = Recipient::Person(order_event.customer_id());
    told.extend(customer_hears(order_event, restaurant).map(|notice| (customer, notice)));
    let courier = courier.map(|courier_id| Recipient::Person(UserId::from_uuid(courier_id.uuid())));
    if let (Some(courier), Some(notice)) = (courier, courier_hears(order_event)) {
        told.push((courier, notice));
    }
    if let OrderEvent::CourierReleased(event) = order_event {
        // Who has the order again by a later word need not hear that it was somebody else's for a while.
        let former = Recipient::Person(UserId::from_uuid(event.courier_id.uuid()));
        told.extend((courier != Some(former)).then(|| (former, taken_off(event, restaurant))));
    }
    told.extend(operators_hear(order_event, restaurant).map(|notice| (Recipient::Operators, notice)));
    told
}

fn operators_hear(order_event: &OrderEvent, restaurant: Option<&str>) -> Option<Notice> {
    let restaurant = restaurant.map(str::to_owned);
    if let OrderEvent::DeliveryEscalated(event) = order_event {
        let offers = event.offers;
        return Some(match event.reason {
            Some(Word::Known(EscalationReason::Overdue)) => Notice::DeliveryOverdue { restaurant },
            Some(Word::Known(EscalationReason::NoCourier) | Word::Unknown(_)) | None => {
                Notice::DeliveryEscalated { offers, restaurant }
            }
        });
    }
    if let OrderEvent::FailureReported(event) = order_event {
        return Some(Notice::FailureToReview {
            restaurant,
            reason: event.reason.clone(),
            review_by: event.review_by,
        });
    }
    if let OrderEvent::PaymentStalled(event) = order_event {
        return Some(Notice::PaymentStalled {
            restaurant,
            operation: event.operation.clone(),
            amount: event.amount,
            since: event.since,
        });
    }
    None
}

fn customer_hears(order_event: &OrderEvent, known: Option<&str>) -> Option<Notice> {
    let known = || known.map(str::to_owned);
    Some(match order_event {
        OrderEvent::Confirmed(event) => Notice::OrderConfirmed {
            restaurant: event.restaurant_name.clone(),
            total: event.total,
            promised: event.promised,
            scheduled: event.release_at.is_some(),
        },
        OrderEvent::Accepted(event) => Notice::OrderAccepted {
            restaurant: event.restaurant_name.clone(),
            promised: event.promised,
        },
        OrderEvent::Delayed(event) => Notice::OrderDelayed {
            restaurant: event.restaurant_name.clone(),
            ready_at: event.ready_at,
            reason: event.reason.clone(),
        },
        OrderEvent::PickedUp(event) => Notice::OutForDelivery {
            restaurant: Some(event.restaurant_name.clone()),
        },
        OrderEvent::CourierArrived(event) => match event.place {
            Word::Known(Place::Customer) => Notice::CourierAtDoor { restaurant: known() },
            Word::Known(Place::Restaurant) | Word::Unknown(_) => return None,
        },
        OrderEvent::Delivered(event) => Notice::OrderDelivered {
            restaurant: event.restaurant_name.clone(),
        },
        OrderEvent::Rejected(event) => Notice::OrderRejected {
            restaurant: event.restaurant_name.clone(),
            reason: event.reason.clone(),
        },
        OrderEvent::Cancelled(event) if event.reason == CancelReason::PaymentDeclined.into() => Notice::OrderUnpaid {
            restaurant: event.restaurant_name.clone(),
        },
        OrderEvent::Cancelled(event) => Notice::OrderCancelled {
            restaurant: event.restaurant_name.clone(),
            by: event.by.clone(),
            reason: event.reason.clone(),
            fee: event.fee,
        },
        OrderEvent::Undeliverable(event) => Notice::OrderUndeliverable {
            restaurant: event.restaurant_name.clone(),
            reason: event.reason.clone(),
            fee: event.fee,
        },
        OrderEvent::FailureReported(event) => Notice::FailureLookedInto {
            restaurant: known(),
            reason: event.reason.clone(),
        },
        OrderEvent::PaymentDeclined(_) => Notice::PaymentDeclined { restaurant: known() },
        OrderEvent::PaymentActionRequired(_) => Notice::PaymentActionRequired { restaurant: known() },
        OrderEvent::PaymentCaptured(event) => Notice::Receipt {
            restaurant: known(),
            amount: event.amount,
        },
        OrderEvent::PaymentVoided(event) => match event.reason {
            Word::Known(VoidReason::AuthorizationExpired) => Notice::PaymentExpired { restaurant: known() },
            // The order's end has told it.
            Word::Known(VoidReason::OrderEnded | VoidReason::ReleasedElsewhere) | Word::Unknown(_) => return None,
        },
        // A placed order is not one before the payment stands. That food waits for its courier, where the courier is, and when to expect the food, is followed live.
        OrderEvent::Placed(_)
        | OrderEvent::Ready(_)
        | OrderEvent::CourierAssigned(_)
        | OrderEvent::CourierReleased(_)
        | OrderEvent::EtaChanged(_)
        | OrderEvent::PaymentStalled(_)
        | OrderEvent::DeliveryEscalated(_) => return None,
    })
}

/// A courier who has just taken an order need not be told so.
fn courier_hears(order_event: &OrderEvent) -> Option<Notice> {
    Some(match order_event {
        OrderEvent::Delayed(event) => Notice::CourierDelayed {
            restaurant: event.restaurant_name.clone(),
            ready_at: event.ready_at,
        },
        OrderEvent::Cancelled(event) => Notice::CourierCancelled {
            restaurant: event.restaurant_name.clone(),
        },
        OrderEvent::Placed(_)
        | OrderEvent::Confirmed(_)
        | OrderEvent::Accepted(_)
        | OrderEvent::Rejected(_)
        | OrderEvent::Ready(_)
        | OrderEvent::PickedUp(_)
        | OrderEvent::Delivered(_)
        | OrderEvent::Undeliverable(_)
        | OrderEvent::PaymentDeclined(_)
        | OrderEvent::PaymentActionRequired(_)
        | OrderEvent::PaymentCaptured(_)
        | OrderEvent::PaymentVoided(_)
        | OrderEvent::CourierAssigned(_)
        | OrderEvent::CourierReleased(_)
        | OrderEvent::CourierArrived(_)
        | OrderEvent::EtaChanged(_)
        | OrderEvent::PaymentStalled(_)
        | OrderEvent::FailureReported(_)
        | OrderEvent::DeliveryEscalated(_) => return None,
    })
}

fn taken_off(event: &Released, restaurant: Option<&str>) -> Notice {
    Notice::CourierReleased {
        restaurant: restaurant.map(str::to_owned),
        reason: event.reason.clone(),
        detail: event.detail.clone(),
    }
}
