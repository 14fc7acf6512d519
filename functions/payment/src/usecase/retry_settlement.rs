//! A settlement that did not succeed is tried again.

use ::store::{Freshness, Page};
use contracts::Cause;
use kernel::SignedDuration;
use runtime::{Consumed, Done, HandlerError};

use super::settle_payment::{Failure, Progress, Subject, consumed, settle_payment};
use crate::app::App;
use crate::domain::Command;
use crate::store::{Retrying, load_fresh, retrying};

/// A retry that is this late was lost: its queue was emptied by mistake, say.
const LOST_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// How far back lost retries are looked for: longer than the sweep itself is ever down.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(6);
/// Steps that are read at a time.
const PAGE: usize = 100;

/// Tries a settlement once more. One that does not succeed sets its own next try, so it goes on for as long as the money is
/// reserved, whatever becomes of this message.
///
/// # Errors
/// When the message must come again, or never will work.
pub async fn retry_settlement(app: &App, subject: Subject, sequence: u32, cause: &Cause) -> Consumed {
    let known = load_fresh(&app.table, subject.payment_id, Freshness::Recent).await?;
    // A later step has a timer of its own.
    if known.is_some_and(|known| known.sequence > sequence) {
        return Ok(Done);
    }
    match settle_payment(app, subject, &Command::Retry, cause, None).await {
        Ok(Progress::Done) => Ok(Done),
        Ok(Progress::Open | Progress::Refused(_)) | Err(Failure::Provider(_)) => {
            let postpone = Command::Postpone { now: cause.now };
            consumed(settle_payment(app, subject, &postpone, cause, None).await)
        }
        result => consumed(result),
    }
}

/// Looks for settlements whose retry never came, and does what it would have done.
///
/// # Errors
/// When the message must come again.
pub async fn retry_lost_settlements(app: &App, cause: &Cause) -> Consumed {
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
            match retry_settlement(app, subject, sequence, cause).await {
                Ok(Done) => repaired += 1,
                Err(HandlerError::Park(reason)) => {
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
