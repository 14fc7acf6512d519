//! This service's own deadlines. A late one does nothing: the state decides.

use contracts::{Cause, Timer};
use runtime::{Consumed, Done, HandlerError};

use crate::app::App;
use crate::domain::Command;
use crate::publish::{APPROVAL_CHECK, AUTHORIZATION_EXPIRING, SETTLEMENT_RETRY};
use crate::usecase::retry_settlement::{retry_lost_settlements, retry_settlement};
use crate::usecase::settle_payment::{Progress, Subject, consumed, settle_payment};

/// The name of the schedule's timer, which comes every quarter of an hour.
pub const SWEEP: &str = "sweep";

/// Acts on a deadline.
///
/// # Errors
/// To retry what met somebody who is down; to park what will never work.
pub async fn handle(app: &App, timer: &Timer, cause: &Cause) -> Consumed {
    if timer.name == SWEEP {
        return retry_lost_settlements(app, cause).await;
    }
    let payment_id = timer.subject.parse();
    let payment_id = payment_id.map_err(|error| HandlerError::Park(format!("{}: {error}", timer.name)))?;
    let subject = Subject {
        payment_id,
        customer_id: None,
    };
    match timer.name.as_str() {
        AUTHORIZATION_EXPIRING => {
            let command = Command::Expire { now: cause.now };
            consumed(settle_payment(app, subject, &command, cause, None).await)
        }
        APPROVAL_CHECK => match settle_payment(app, subject, &Command::Check, cause, None).await {
            // The customer is not there yet: the next check is set already, and the last is the order's own deadline.
            Ok(Progress::Open) => Ok(Done),
            result => consumed(result),
        },
        SETTLEMENT_RETRY => retry_settlement(app, subject, timer.sequence, cause).await,
        name => Err(HandlerError::Park(format!("there is no timer {name:?}"))),
    }
}
