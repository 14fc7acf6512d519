//! What an order's life means for its payment.

use contracts::Cause;
use kernel::{Money, OrderId, PaymentId, TypedId as _, UserId};
use runtime::{Consumed, Done, HandlerError};

use super::settle_payment::{Failure, Progress, Subject, consumed, settle_payment};
use crate::app::App;
use crate::domain::{Command, State};
use crate::store::load;

fn subject(order_id: OrderId, customer_id: UserId) -> Subject {
    Subject {
        payment_id: PaymentId::from_uuid(order_id.uuid()),
        customer_id: Some(customer_id),
    }
}

/// The order was placed: its money is requested.
///
/// # Errors
/// When the message must come again, or never will work.
pub async fn order_placed(
    app: &App,
    order_id: OrderId,
    customer_id: UserId,
    request: &Command,
    cause: &Cause,
) -> Consumed {
    consumed(settle_payment(app, subject(order_id, customer_id), request, cause, None).await)
}

/// The order ended: this much is charged, and the rest released.
///
/// # Errors
/// As for [`order_placed`].
pub async fn order_ended(app: &App, order_id: OrderId, customer_id: UserId, charge: Money, cause: &Cause) -> Consumed {
    let command = Command::Settle { charge, now: cause.now };
    let subject = subject(order_id, customer_id);
    match settle_payment(app, subject, &command, cause, None).await {
        // What was decided is committed and has timers of its own: it does not hang on this message.
        Ok(Progress::Open | Progress::Refused(_)) | Err(Failure::Provider(_))
            if is_settling(app, subject.payment_id).await? =>
        {
            Ok(Done)
        }
        result => consumed(result),
    }
}

async fn is_settling(app: &App, payment_id: PaymentId) -> Result<bool, HandlerError> {
    let loaded = load(&app.table, payment_id).await?;
    Ok(loaded.is_some_and(|loaded| matches!(loaded.payment.state, State::Settling { .. })))
}
