//! What other services' events mean here.

use contracts::restaurant::Snapshot;
use contracts::vocabulary::{FailureReason, Fault, VoidReason, Word};
use contracts::{Cause, Contract as _, Envelope, MalformedEnvelope, delivery, payment, restaurant, user};
use kernel::OrderId;
use runtime::{Consumed, Done, Standing};

use crate::app::App;
use crate::domain::{CancelReason, Command, Party, UndeliverableReason};
use crate::usecase::advance_order::{advance_by_id, undone};
use crate::usecase::note_courier::{courier_assigned, courier_released};
use crate::usecase::sync_replicas;

/// Handles one event. What is of no interest is done.
///
/// # Errors
/// When it must come again, or never will work.
pub async fn handle(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    let sequence = event.sequence;
    if let Some(snapshot) = described(event)? {
        return sync_replicas::restaurant(app, snapshot, sequence, cause).await;
    }
    if let Some(Fact { order_id, command, by }) = fact(event)? {
        // A fact that comes again finds the order where it led before, so no mark of it is needed.
        advance_by_id(app, order_id, &command, by, cause)
            .await
            .map_err(undone)?;
        return Ok(Done);
    }
    match event.event_type.as_str() {
        user::RolesChanged::TYPE => Standing::keep(&app.table, event, cause).await,
        restaurant::MenuPublished::TYPE => sync_replicas::menu(app, &event.data()?, sequence, cause).await,
        restaurant::ItemAvailabilityChanged::TYPE => {
            sync_replicas::availability(app, &event.data()?, sequence, cause).await
        }
        delivery::Assigned::TYPE => {
            let told: delivery::Assigned = event.data()?;
            courier_assigned(app, told.order_id, told.courier_id, sequence, cause).await
        }
        delivery::Released::TYPE => {
            let told: delivery::Released = event.data()?;
            courier_released(app, told.order_id, told.courier_id, sequence, cause).await
        }
        _ => Ok(Done),
    }
}

/// The restaurant that an event describes, if it describes one.
fn described(event: &Envelope) -> Result<Option<Snapshot>, MalformedEnvelope> {
    Ok(match event.event_type.as_str() {
        restaurant::Approved::TYPE => Some(event.data::<restaurant::Approved>()?.restaurant),
        restaurant::Changed::TYPE => Some(event.data::<restaurant::Changed>()?.restaurant),
        restaurant::Paused::TYPE => Some(event.data::<restaurant::Paused>()?.restaurant),
        restaurant::Resumed::TYPE => Some(event.data::<restaurant::Resumed>()?.restaurant),
        _ => None,
    })
}

/// What an order is told.
struct Fact {
    order_id: OrderId,
    command: Command,
    by: Party,
}

impl Fact {
    const fn of_payment(order_id: OrderId, command: Command) -> Self {
        let by = Party::Payment;
        Self { order_id, command, by }
    }

    const fn of_delivery(order_id: OrderId, command: Command) -> Self {
        let by = Party::Delivery;
        Self { order_id, command, by }
    }
}

/// What an event tells an order, if it tells one something.
fn fact(event: &Envelope) -> Result<Option<Fact>, MalformedEnvelope> {
    let fact = match event.event_type.as_str() {
        payment::Authorized::TYPE => {
            let told: payment::Authorized = event.data()?;
            let (payment_id, amount) = (told.payment_id, told.amount);
            Fact::of_payment(told.order_id, Command::Authorize { payment_id, amount })
        }
        payment::Declined::TYPE => Fact::of_payment(event.data::<payment::Declined>()?.order_id, Command::Decline),
        payment::Voided::TYPE => {
            let told: payment::Voided = event.data()?;
            // An order that has ended takes no notice. One that has not must not go on without its money, whoever released it.
            let reason = match told.reason {
                Word::Known(VoidReason::AuthorizationExpired) => CancelReason::AuthorizationExpired,
                Word::Known(VoidReason::OrderEnded | VoidReason::ReleasedElsewhere) | Word::Unknown(_) => {
                    CancelReason::PaymentReleased
                }
            };
            Fact::of_payment(told.order_id, Command::Void { reason })
        }
        delivery::PickedUp::TYPE => {
            let told: delivery::PickedUp = event.data()?;
            let (courier, at) = (told.courier_id, told.picked_up_at);
            Fact::of_delivery(told.order_id, Command::PickUp { courier, at })
        }
        delivery::Delivered::TYPE => {
            let told: delivery::Delivered = event.data()?;
            let (courier, at) = (told.courier_id, told.delivered_at);
            Fact::of_delivery(told.order_id, Command::Deliver { courier, at })
        }
        delivery::Failed::TYPE => {
            let told: delivery::Failed = event.data()?;
            let courier = told.courier_id;
            let is_the_customers = is_the_customers(&told);
            let reason = match told.reason {
                Word::Known(reason) => reason.into(),
                Word::Unknown(_) => UndeliverableReason::Other,
            };
            let command = Command::Fail {
                courier,
                reason,
                is_the_customers,
            };
            Fact::of_delivery(told.order_id, command)
        }
        _ => return Ok(None),
    };
    Ok(Some(fact))
}

/// Whether the customer bears the price. Before the event said who is at fault, two reasons alone decided.
const fn is_the_customers(failed: &delivery::Failed) -> bool {
    match &failed.fault {
        Some(Word::Known(Fault::Customer)) => true,
        Some(Word::Known(Fault::Courier | Fault::Restaurant | Fault::Platform) | Word::Unknown(_)) => false,
        None => matches!(
            failed.reason,
            Word::Known(FailureReason::CustomerAbsent | FailureReason::WrongAddress)
        ),
    }
}

#[cfg(test)]
mod tests {
    use contracts::PUBLISHED;
    use runtime::HandlerError;

    use super::*;
    use crate::domain::CommandName;

    /// The event in the golden file of a type.
    fn golden(event_type: &str) -> Envelope {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/golden");
        let text = std::fs::read_to_string(format!("{folder}/{event_type}.json")).unwrap();
        Envelope::parse(&text).unwrap()
    }

    #[test]
    fn events_become_what_the_readme_says() {
        for published in PUBLISHED {
            let event = golden(published.event_type);
            let told = fact(&event).unwrap().map(|fact| (fact.command.name(), fact.by));
            let expected = match published.event_type {
                "payment.authorized.v1" => Some((CommandName::Authorize, Party::Payment)),
                "payment.declined.v1" => Some((CommandName::Decline, Party::Payment)),
                "payment.voided.v1" => Some((CommandName::Void, Party::Payment)),
                "delivery.picked_up.v1" => Some((CommandName::PickUp, Party::Delivery)),
                "delivery.delivered.v1" => Some((CommandName::Deliver, Party::Delivery)),
                "delivery.failed.v1" => Some((CommandName::Fail, Party::Delivery)),
                _ => None,
            };
            assert_eq!(told, expected, "{}", published.event_type);
            let describes = ["approved", "changed", "paused", "resumed"]
                .map(|name| format!("restaurant.{name}.v1"))
                .contains(&published.event_type.to_owned());
            assert_eq!(
                described(&event).unwrap().is_some(),
                describes,
                "{}",
                published.event_type
            );
        }
    }

    #[test]
    fn every_release_of_the_money_is_told_and_the_order_decides() {
        for (said, reason) in [
            ("authorization_expired", CancelReason::AuthorizationExpired),
            ("released_elsewhere", CancelReason::PaymentReleased),
            ("order_ended", CancelReason::PaymentReleased),
        ] {
            let mut event = golden(payment::Voided::TYPE);
            event.data["reason"] = said.into();
            let told = fact(&event).unwrap().unwrap();
            assert_eq!(told.command, Command::Void { reason }, "{said}");
        }
    }

    #[test]
    fn only_a_customer_at_fault_pays_for_food_that_came_back() {
        for (fault, pays) in [
            (Some("customer"), true),
            (Some("courier"), false),
            (Some("restaurant"), false),
            (Some("platform"), false),
            // The golden reason is the customer's.
            (None, true),
        ] {
            let mut event = golden(delivery::Failed::TYPE);
            event.data["fault"] = fault.into();
            let Command::Fail { is_the_customers, .. } = fact(&event).unwrap().unwrap().command else {
                panic!("a failure");
            };
            assert_eq!(is_the_customers, pays, "{fault:?}");
        }
    }

    #[test]
    fn every_failure_of_a_delivery_is_a_reason_of_its_order() {
        let reason = |word: &str| {
            let mut event = golden(delivery::Failed::TYPE);
            event.data["reason"] = word.into();
            let Command::Fail { reason, .. } = fact(&event).unwrap().unwrap().command else {
                panic!("a failure");
            };
            reason.as_str()
        };
        for word in FailureReason::ALL {
            assert_eq!(reason(word.as_str()), word.as_str());
        }
        assert_eq!(reason("struck_by_lightning"), "other");
    }

    #[test]
    fn a_malformed_event_is_parked_with_its_reason() {
        let mut event = golden("payment.authorized.v1");
        event.data["amount"] = "a lot".into();
        let undone = fact(&event).map(drop).map_err(HandlerError::from).unwrap_err();
        assert!(
            matches!(&undone, HandlerError::Park(reason) if reason.contains("payment.authorized.v1")),
            "{undone}"
        );
    }
}
