//! This service's own deadlines. A late one does nothing: the state decides.

use ::store::Freshness;
use contracts::{Cause, Timer};
use runtime::{Consumed, Done, Undone};

use crate::app::App;
use crate::carry_out::{Failure, Progress, Subject, carry_out};
use crate::domain::Command;
use crate::inbox::consumed;
use crate::publish::{APPROVAL_CHECK, AUTHORIZATION_EXPIRING, SETTLEMENT_RETRY};
use crate::store::load_fresh;

/// Acts on a deadline.
///
/// # Errors
/// To retry what met somebody who is down; to park what will never work.
pub async fn handle(app: &App, timer: &Timer, cause: &Cause) -> Consumed {
    let payment_id = timer.subject.parse();
    let payment_id = payment_id.map_err(|error| Undone::Park(format!("{}: {error}", timer.name)))?;
    let subject = Subject {
        payment_id,
        customer_id: None,
    };
    match timer.name.as_str() {
        AUTHORIZATION_EXPIRING => {
            let command = Command::Expire { now: cause.now };
            consumed(carry_out(app, subject, &command, cause, None).await)
        }
        APPROVAL_CHECK => match carry_out(app, subject, &Command::Check, cause, None).await {
            // The customer is not there yet: the next check is set already, and the last is the order's own deadline.
            Ok(Progress::Open) => Ok(Done),
            result => consumed(result),
        },
        SETTLEMENT_RETRY => settle(app, subject, timer, cause).await,
        name => Err(Undone::Park(format!("there is no timer {name:?}"))),
    }
}

/// Tries a settlement once more. One that does not succeed sets its own next try, so it goes on for as long as the money is
/// reserved, whatever becomes of this message.
async fn settle(app: &App, subject: Subject, timer: &Timer, cause: &Cause) -> Consumed {
    let known = load_fresh(&app.table, subject.payment_id, Freshness::Recent).await?;
    // A later step has a timer of its own.
    if known.is_some_and(|known| known.sequence > timer.sequence) {
        return Ok(Done);
    }
    match carry_out(app, subject, &Command::Retry, cause, None).await {
        Ok(Progress::Done) => Ok(Done),
        Ok(Progress::Open | Progress::Refused(_)) | Err(Failure::Provider(_)) => {
            let postpone = Command::Postpone { now: cause.now };
            consumed(carry_out(app, subject, &postpone, cause, None).await)
        }
        result => consumed(result),
    }
}
