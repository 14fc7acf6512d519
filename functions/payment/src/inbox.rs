//! Orders' events, as commands to their payments.
//!
//! None is marked as consumed: what each leads to is so already when it comes again.

use contracts::order::{Cancelled, Delivered, Placed, Rejected, Undeliverable};
use contracts::user::RolesChanged;
use contracts::{Cause, Contract as _, Envelope};
use kernel::{Currency, Money, OrderId, PaymentId, TypedId as _, UserId};
use runtime::{Consumed, Done, Standing, Undone};

use crate::app::App;
use crate::carry_out::{Failure, Progress, Subject, carry_out};
use crate::domain::{Command, Rejection, State};
use crate::store::load;
use crate::stripe;

/// Deals with an event.
///
/// # Errors
/// To retry what came early or met somebody who is down; to park what will never work.
pub async fn handle(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    match event.event_type.as_str() {
        RolesChanged::TYPE => Standing::keep(&app.table, event, cause).await,
        Placed::TYPE => {
            let placed: Placed = event.data()?;
            let command = Command::Request {
                total: placed.total,
                method: placed.payment_method_id,
            };
            pursue(app, placed.order_id, placed.customer_id, command, cause).await
        }
        Delivered::TYPE => {
            let delivered: Delivered = event.data()?;
            settle(app, delivered.order_id, delivered.customer_id, delivered.total, cause).await
        }
        Cancelled::TYPE => {
            let cancelled: Cancelled = event.data()?;
            settle(app, cancelled.order_id, cancelled.customer_id, cancelled.fee, cause).await
        }
        Undeliverable::TYPE => {
            let undeliverable: Undeliverable = event.data()?;
            settle(
                app,
                undeliverable.order_id,
                undeliverable.customer_id,
                undeliverable.fee,
                cause,
            )
            .await
        }
        Rejected::TYPE => {
            let rejected: Rejected = event.data()?;
            // Nothing is nothing in any currency.
            let nothing = Money::zero(Currency::EUR);
            settle(app, rejected.order_id, rejected.customer_id, nothing, cause).await
        }
        _ => Ok(Done),
    }
}

async fn settle(app: &App, order_id: OrderId, customer_id: UserId, charge: Money, cause: &Cause) -> Consumed {
    let command = Command::Settle { charge, now: cause.now };
    let subject = subject(order_id, customer_id);
    match carry_out(app, subject, &command, cause, None).await {
        // What was decided is committed and has timers of its own: it does not hang on this message.
        Ok(Progress::Open | Progress::Refused(_)) | Err(Failure::Provider(_))
            if is_settling(app, subject.payment_id).await? =>
        {
            Ok(Done)
        }
        result => consumed(result),
    }
}

async fn is_settling(app: &App, payment_id: PaymentId) -> Result<bool, Undone> {
    let loaded = load(&app.table, payment_id).await?;
    Ok(loaded.is_some_and(|loaded| matches!(loaded.payment.state, State::Settling { .. })))
}

fn subject(order_id: OrderId, customer_id: UserId) -> Subject {
    Subject {
        payment_id: PaymentId::from_uuid(order_id.uuid()),
        customer_id: Some(customer_id),
    }
}

async fn pursue(app: &App, order_id: OrderId, customer_id: UserId, command: Command, cause: &Cause) -> Consumed {
    let subject = subject(order_id, customer_id);
    consumed(carry_out(app, subject, &command, cause, None).await)
}

/// What becomes of the message.
///
/// # Errors
/// Unless the command was carried through.
pub fn consumed(result: Result<Progress, Failure>) -> Consumed {
    match result {
        Ok(Progress::Done) => Ok(Done),
        Ok(Progress::Open) => Err(Undone::Retry("the payment provider has not decided yet".to_owned())),
        Ok(Progress::Refused(reason)) => Err(Undone::Park(reason)),
        Err(Failure::Store(error)) => Err(error.into()),
        Err(Failure::Rejected(rejection @ Rejection::Premature { .. })) => Err(Undone::Retry(rejection.to_string())),
        Err(Failure::Rejected(rejection)) => Err(Undone::Park(rejection.to_string())),
        Err(Failure::Provider(failure @ stripe::Failure::Unavailable(_))) => Err(Undone::Retry(failure.to_string())),
        Err(Failure::Provider(failure @ (stripe::Failure::Declined { .. } | stripe::Failure::Refused { .. }))) => {
            Err(Undone::Park(failure.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::store::StoreError;

    #[test]
    fn every_outcome_chooses_between_done_retry_and_park() {
        let text = || "why".to_owned();
        let premature = Rejection::Premature {
            command: "charge",
            state: "authorizing",
        };
        let contradiction = Rejection::Contradiction {
            standing: "captured",
            state: "voided",
        };
        let refused = stripe::Failure::Refused {
            status: 400,
            code: text(),
            message: text(),
        };
        for (result, choice) in [
            (Ok(Progress::Done), "done"),
            (Ok(Progress::Open), "retry"),
            (Ok(Progress::Refused(text())), "park"),
            (Err(Failure::Rejected(premature)), "retry"),
            (Err(Failure::Rejected(contradiction)), "park"),
            (Err(Failure::Store(StoreError::Unavailable(text()))), "retry"),
            (Err(Failure::Store(StoreError::Corrupt(text()))), "park"),
            (Err(Failure::Provider(stripe::Failure::Unavailable(text()))), "retry"),
            (
                Err(Failure::Provider(stripe::Failure::Declined { code: text() })),
                "park",
            ),
            (Err(Failure::Provider(refused)), "park"),
        ] {
            let label = format!("{result:?}");
            let chosen = match consumed(result) {
                Ok(Done) => "done",
                Err(Undone::Retry(_)) => "retry",
                Err(Undone::Park(_)) => "park",
            };
            assert_eq!(chosen, choice, "{label}");
        }
    }
}
