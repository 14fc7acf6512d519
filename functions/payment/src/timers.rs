//! This service's own deadlines. A late one does nothing: the state decides.

use ::store::{Freshness, Page};
use contracts::{Cause, Timer};
use kernel::SignedDuration;
use runtime::{Consumed, Done, Undone};

use crate::app::App;
use crate::carry_out::{Failure, Progress, Subject, carry_out};
use crate::domain::Command;
use crate::inbox::consumed;
use crate::publish::{APPROVAL_CHECK, AUTHORIZATION_EXPIRING, SETTLEMENT_RETRY};
use crate::store::{Retrying, load_fresh, retrying};

/// The name of the schedule's timer, which comes every quarter of an hour.
pub const SWEEP: &str = "sweep";
/// A retry that is this late was lost: its queue was emptied by mistake, say.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// How far back lost retries are looked for: longer than the sweep itself is ever down.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(6);
/// Steps that are read at a time.
const PAGE: usize = 100;

/// Acts on a deadline.
///
/// # Errors
/// To retry what met somebody who is down; to park what will never work.
pub async fn handle(app: &App, timer: &Timer, cause: &Cause) -> Consumed {
    if timer.name == SWEEP {
        return sweep(app, cause).await;
    }
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
        SETTLEMENT_RETRY => settle(app, subject, timer.sequence, cause).await,
        name => Err(Undone::Park(format!("there is no timer {name:?}"))),
    }
}

/// Looks for settlements whose retry never came, and does what it would have done.
async fn sweep(app: &App, cause: &Cause) -> Consumed {
    let mut query = retrying(cause.now - LOOKED_BACK, cause.now - LOST_AFTER, PAGE);
    let (mut repaired, mut failure) = (0, None);
    loop {
        let page: Page<Retrying> = app.table.query(&query).await?;
        for (payment_id, sequence) in page.items.iter().filter_map(|stored| stored.value.step()) {
            let known = load_fresh(&app.table, payment_id, Freshness::Recent).await?;
            if known.is_none_or(|known| known.sequence > sequence) {
                continue;
            }
            let customer_id = None;
            let subject = Subject {
                payment_id,
                customer_id,
            };
            // One that cannot be settled holds up no other.
            match settle(app, subject, sequence, cause).await {
                Ok(Done) => repaired += 1,
                Err(Undone::Park(reason)) => {
                    tracing::error!(payment.id = %payment_id, reason, "a settlement cannot be tried again");
                }
                Err(undone) => failure = Some(undone),
            }
        }
        if page.next.is_none() {
            break;
        }
        query = query.after(page.next);
    }
    if repaired > 0 {
        tracing::error!(repaired, "retries of settlements had been lost");
    }
    failure.map_or(Ok(Done), Err)
}

/// Tries a settlement once more. One that does not succeed sets its own next try, so it goes on for as long as the money is
/// reserved, whatever becomes of this message.
async fn settle(app: &App, subject: Subject, sequence: u32, cause: &Cause) -> Consumed {
    let known = load_fresh(&app.table, subject.payment_id, Freshness::Recent).await?;
    // A later step has a timer of its own.
    if known.is_some_and(|known| known.sequence > sequence) {
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
