//! What can happen to an order that somebody should hear of.

use contracts::{Contract, Envelope, MalformedEnvelope, delivery, order, payment};
use kernel::{OrderId, RestaurantId, UserId};

macro_rules! order_events {
    ($($name:ident($payload:path),)*) => {
        /// An event about an order, as its publisher's contract says.
        #[derive(Debug, Clone, PartialEq)]
        pub enum OrderEvent {
            $($name($payload),)*
        }

        impl OrderEvent {
            /// The types of these events, to compare the template with.
            #[cfg(test)]
            pub const TYPES: &'static [&'static str] = &[$(<$payload as Contract>::TYPE,)*];

            /// Reads an event; `None` if it is of another type.
            ///
            /// # Errors
            /// When it is not what its type claims.
            pub fn read(event: &Envelope) -> Result<Option<Self>, MalformedEnvelope> {
                $(if event.event_type == <$payload as Contract>::TYPE {
                    return event.data().map(|payload| Some(Self::$name(payload)));
                })*
                Ok(None)
            }
        }
    };
}

order_events! {
    Placed(order::Placed),
    Confirmed(order::Confirmed),
    Accepted(order::Accepted),
    Rejected(order::Rejected),
    Delayed(order::Delayed),
    Ready(order::Ready),
    PickedUp(order::PickedUp),
    Delivered(order::Delivered),
    Cancelled(order::Cancelled),
    Undeliverable(order::Undeliverable),
    PaymentDeclined(payment::Declined),
    PaymentActionRequired(payment::ActionRequired),
    PaymentCaptured(payment::Captured),
    PaymentVoided(payment::Voided),
    PaymentStalled(payment::Stalled),
    CourierAssigned(delivery::Assigned),
    CourierReleased(delivery::Released),
    CourierArrived(delivery::CourierArrived),
    EtaChanged(delivery::EtaChanged),
    DeliveryEscalated(delivery::Escalated),
    FailureReported(delivery::FailureReported),
}

impl OrderEvent {
    /// The order it is about.
    #[must_use]
    pub const fn order_id(&self) -> OrderId {
        match self {
            Self::Placed(order::Placed { order_id, .. })
            | Self::Confirmed(order::Confirmed { order_id, .. })
            | Self::Accepted(order::Accepted { order_id, .. })
            | Self::Rejected(order::Rejected { order_id, .. })
            | Self::Delayed(order::Delayed { order_id, .. })
            | Self::Ready(order::Ready { order_id, .. })
            | Self::PickedUp(order::PickedUp { order_id, .. })
            | Self::Delivered(order::Delivered { order_id, .. })
            | Self::Cancelled(order::Cancelled { order_id, .. })
            | Self::Undeliverable(order::Undeliverable { order_id, .. })
            | Self::PaymentDeclined(payment::Declined { order_id, .. })
            | Self::PaymentActionRequired(payment::ActionRequired { order_id, .. })
            | Self::PaymentCaptured(payment::Captured { order_id, .. })
            | Self::PaymentVoided(payment::Voided { order_id, .. })
            | Self::CourierAssigned(delivery::Assigned { order_id, .. })
            | Self::CourierReleased(delivery::Released { order_id, .. })
            | Self::CourierArrived(delivery::CourierArrived { order_id, .. })
            | Self::EtaChanged(delivery::EtaChanged { order_id, .. })
            | Self::DeliveryEscalated(delivery::Escalated { order_id, .. })
            | Self::FailureReported(delivery::FailureReported { order_id, .. })
            | Self::PaymentStalled(payment::Stalled { order_id, .. }) => *order_id,
        }
    }

    /// Who ordered.
    #[must_use]
    pub const fn customer_id(&self) -> UserId {
        match self {
            Self::Placed(order::Placed { customer_id, .. })
            | Self::Confirmed(order::Confirmed { customer_id, .. })
            | Self::Accepted(order::Accepted { customer_id, .. })
            | Self::Rejected(order::Rejected { customer_id, .. })
            | Self::Delayed(order::Delayed { customer_id, .. })
            | Self::Ready(order::Ready { customer_id, .. })
            | Self::PickedUp(order::PickedUp { customer_id, .. })
            | Self::Delivered(order::Delivered { customer_id, .. })
            | Self::Cancelled(order::Cancelled { customer_id, .. })
            | Self::Undeliverable(order::Undeliverable { customer_id, .. })
            | Self::PaymentDeclined(payment::Declined { customer_id, .. })
            | Self::PaymentActionRequired(payment::ActionRequired { customer_id, .. })
            | Self::PaymentCaptured(payment::Captured { customer_id, .. })
            | Self::PaymentVoided(payment::Voided { customer_id, .. })
            | Self::CourierAssigned(delivery::Assigned { customer_id, .. })
            | Self::CourierReleased(delivery::Released { customer_id, .. })
            | Self::CourierArrived(delivery::CourierArrived { customer_id, .. })
            | Self::EtaChanged(delivery::EtaChanged { customer_id, .. })
            | Self::DeliveryEscalated(delivery::Escalated { customer_id, .. })
            | Self::FailureReported(delivery::FailureReported { customer_id, .. })
            | Self::PaymentStalled(payment::Stalled { customer_id, .. }) => *customer_id,
        }
    }

    /// The restaurant and its name, where the event tells both.
    #[must_use]
    pub fn restaurant(&self) -> Option<(RestaurantId, &str)> {
        match self {
            Self::Placed(order::Placed {
                restaurant_id,
                restaurant_name,
                ..
            })
            | Self::Confirmed(order::Confirmed {
                restaurant_id,
                restaurant_name,
                ..
            })
            | Self::Accepted(order::Accepted {
                restaurant_id,
                restaurant_name,
                ..
            })
            | Self::Rejected(order::Rejected {
                restaurant_id,
                restaurant_name,
                ..
            })
            | Self::Delivered(order::Delivered {
                restaurant_id,
                restaurant_name,
                ..
            })
            | Self::Cancelled(order::Cancelled {
                restaurant_id,
                restaurant_name,
                ..
            })
            | Self::Undeliverable(order::Undeliverable {
                restaurant_id,
                restaurant_name,
                ..
            }) => Some((*restaurant_id, restaurant_name)),
            Self::Delayed(_)
            | Self::Ready(_)
            | Self::PickedUp(_)
            | Self::PaymentDeclined(_)
            | Self::PaymentActionRequired(_)
            | Self::PaymentCaptured(_)
            | Self::PaymentVoided(_)
            | Self::CourierAssigned(_)
            | Self::CourierReleased(_)
            | Self::CourierArrived(_)
            | Self::EtaChanged(_)
            | Self::DeliveryEscalated(_)
            | Self::FailureReported(_)
            | Self::PaymentStalled(_) => None,
        }
    }

    /// Whether the event ends the courier's part in the order. After a delivery nothing follows but
    /// payments, which no courier hears of: forgetting the courier of every order would cost each a write unit for nothing.
    #[must_use]
    pub const fn ends_the_courier(&self) -> bool {
        matches!(self, Self::Cancelled(_) | Self::Undeliverable(_))
    }
}
