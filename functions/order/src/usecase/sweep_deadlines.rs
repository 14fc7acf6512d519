//! The second net under the deadlines: finds orders whose deadline has passed and whose timer never came, and does what the
//! timer would have done.
//!
//! A timer cannot be lost by the rules of this code; a queue that was emptied by mistake, a schedule that somebody deleted or a
//! defect can lose one. To look at every open order each time would cost more than the orders do. So each order is looked at
//! when it has reached certain ages, soon after the deadlines that fall into them.

use ::store::{Freshness, Page};
use contracts::Cause;
use kernel::{SignedDuration, Timestamp};
use runtime::HandlerError;

use super::advance_order::{advance_by_id, undone};
use crate::app::App;
use crate::domain::decide::deadlines;
use crate::domain::{Command, Order, Party};
use crate::store::{Pointer, load, shard_orders_placed};

/// How often the schedule comes: also how long a span of ages is, so that no order falls between two.
const EVERY_MINUTES: i64 = 15;
/// The ages, in minutes, at which an order is looked at: after the payment's deadline and the restaurant's; after the
/// kitchen's, the courier's and the pick-up's; after the delivery's; and once a day while it may be scheduled.
pub const AGES_MINUTES: [i64; 9] = [35, 80, 200, 360, 1500, 1920, 2880, 4320, 7260];
/// A timer that is this late may still be on its way.
const SLACK: SignedDuration = SignedDuration::from_mins(2);
/// Orders that are read at a time.
const PAGE: usize = 100;

/// Looks at the orders of one shard that had an age, in minutes, when the sweep began.
///
/// # Errors
/// When the message must come again, or never will work.
pub async fn sweep_deadlines(
    app: &App,
    shard: u8,
    age: i64,
    began_at: Timestamp,
    cause: &Cause,
) -> Result<(), HandlerError> {
    let until = began_at - SignedDuration::from_mins(age);
    // A minute more, since schedules are not to the second.
    let from = until - SignedDuration::from_mins(EVERY_MINUTES + 1);
    let mut query = shard_orders_placed(shard, from, until, PAGE);
    let mut repaired = 0;
    loop {
        let page: Page<Pointer> = app.table.query(&query).await?;
        for order_id in page.items.iter().filter_map(|stored| stored.value.order_id()) {
            let Some(loaded) = load(&app.table, order_id, Freshness::Recent).await? else {
                continue;
            };
            for command in overdue(&loaded.order, cause.now) {
                advance_by_id(app, order_id, &command, Party::Platform, cause)
                    .await
                    .map_err(undone)?;
                tracing::error!(order.id = %order_id, deadline = %command.name(), "a deadline had been lost");
                repaired += 1;
            }
        }
        if page.next.is_none() {
            break;
        }
        query = query.after(page.next);
    }
    tracing::info!(repaired, shard, age, "orders were looked at for lost deadlines");
    Ok(())
}

/// The commands whose deadline passed so long ago that their timer must be lost.
fn overdue(order: &Order, now: Timestamp) -> Vec<Command> {
    let late = deadlines(&order.state).into_iter().filter(|(_, at)| *at + SLACK < now);
    late.filter_map(|(name, _)| Command::of_deadline(name.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StateName;
    use crate::domain::cast::{after, in_state};

    #[test]
    fn only_what_is_long_due_is_done() {
        let waiting = in_state(StateName::AwaitingPayment);
        let names = |order: &Order, at| -> Vec<_> {
            overdue(order, at)
                .iter()
                .map(|command| command.name().as_str())
                .collect()
        };
        assert!(
            names(&waiting, after(16)).is_empty(),
            "its timer may still be on its way"
        );
        assert_eq!(names(&waiting, after(18)), ["payment_deadline"]);
        for state in [
            StateName::Delivered,
            StateName::Cancelled,
            StateName::Rejected,
            StateName::Undeliverable,
        ] {
            let ended = in_state(state);
            assert!(names(&ended, after(100_000)).is_empty(), "{state}");
        }
    }

    /// Whatever an order waits for, some age lies after its deadline.
    #[test]
    fn every_deadline_is_followed_by_an_age() {
        for state in StateName::ALL {
            for (name, at) in deadlines(&in_state(*state).state) {
                let minutes = at.duration_since(after(0)).as_mins();
                let next = AGES_MINUTES.iter().find(|age| **age - EVERY_MINUTES > minutes + 2);
                assert!(next.is_some(), "{name} of {state} at {minutes}");
            }
        }
    }
}
