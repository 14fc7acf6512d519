//! This service's own deadlines. A late one does nothing: the state decides.

use contracts::{Cause, Timer};
use runtime::{Consumed, Done, Undone};

use crate::app::App;
use crate::carry_out::{Progress, Subject, carry_out};
use crate::domain::Command;
use crate::inbox::consumed;
use crate::publish::{APPROVAL_CHECK, AUTHORIZATION_EXPIRING};

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
        name => Err(Undone::Park(format!("there is no timer {name:?}"))),
    }
}
