//! The second net under the deadlines: every quarter of an hour it looks for orders whose deadline has passed and whose timer
//! never came, and does what the timer would have done.
//!
//! A timer cannot be lost by the rules of this code; a queue that was emptied by mistake, a schedule that somebody deleted or a
//! defect can lose one. To look at every open order each time would cost more than the orders do. So each order is looked at
//! when it has reached certain ages, soon after the deadlines that fall into them.

use ::store::{Freshness, Page};
use contracts::{Cause, Timer};
use kernel::{SignedDuration, Timestamp};
use runtime::{Consumed, Done, TimerQueue, Undone};

use crate::app::App;
use crate::domain::decide::deadlines;
use crate::domain::{Order, Party};
use crate::inbox::{carry_out, undone};
use crate::store::{Pointer, SHARDS, load, shard_orders_placed};
use crate::timers::due;

/// The name of the schedule's timer, and of the messages it becomes.
pub const SWEEP: &str = "sweep";
/// The subject of the schedule's timer.
const ALL: &str = "all";
/// How often the schedule comes: also how long a span of ages is, so that no order falls between two.
const EVERY_MINUTES: i64 = 15;
/// The ages, in minutes, at which an order is looked at: after the payment's deadline and the restaurant's; after the
/// kitchen's, the courier's and the pick-up's; after the delivery's; and once a day while it may be scheduled.
const AGES_MINUTES: [i64; 9] = [35, 80, 200, 360, 1500, 1920, 2880, 4320, 7260];
/// A timer that is this late may still be on its way.
const SLACK: SignedDuration = SignedDuration::from_mins(2);
/// Orders that are read at a time.
const PAGE: usize = 100;

/// Handles the schedule's timer, and the messages that it becomes: one for each shard and age.
///
/// # Errors
/// When the message must come again, or never will work.
pub async fn handle(app: &App, queue: &TimerQueue, timer: &Timer, cause: &Cause) -> Consumed {
    if timer.subject == ALL {
        queue.send(&messages(timer, cause.now)).await?;
        return Ok(Done);
    }
    let Some((shard, age)) = part(&timer.subject) else {
        return Err(Undone::Park(format!("{} is no part of all orders", timer.subject)));
    };
    // The message says when the sweep began, so one that comes late or again looks at the same orders.
    let until = timer.due_at - SignedDuration::from_mins(age);
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
                carry_out(app, order_id, &command, Party::Platform, cause)
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
    Ok(Done)
}

/// What is due of an order, and should have been done long ago.
fn overdue(order: &Order, now: Timestamp) -> Vec<crate::domain::Command> {
    let late = deadlines(&order.state).into_iter().filter(|(_, at)| *at + SLACK < now);
    late.filter_map(|(name, _)| due(name.as_str())).collect()
}

/// The schedule's own text names no time that counts: the sweep begins at the moment it is handled.
fn messages(timer: &Timer, now: Timestamp) -> Vec<Timer> {
    let parts = (0..SHARDS).flat_map(|shard| AGES_MINUTES.map(|age| (shard, age)));
    parts
        .map(|(shard, age)| Timer {
            subject: format!("{shard}/{age}"),
            due_at: now,
            ..timer.clone()
        })
        .collect()
}

fn part(subject: &str) -> Option<(u8, i64)> {
    let (shard, age) = subject.split_once('/')?;
    let shard = shard.parse().ok().filter(|shard| *shard < SHARDS)?;
    let age = age.parse().ok().filter(|age| AGES_MINUTES.contains(age))?;
    Some((shard, age))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StateName;
    use crate::domain::cast::{after, in_state};

    #[test]
    fn every_shard_is_looked_at_in_every_age() {
        let timer = Timer {
            name: SWEEP.to_owned(),
            subject: ALL.to_owned(),
            sequence: 0,
            due_at: after(0),
            correlationid: SWEEP.to_owned(),
        };
        let messages = messages(&timer, after(1));
        assert_eq!(messages.len(), usize::from(SHARDS) * AGES_MINUTES.len());
        assert!(messages.iter().all(|message| part(&message.subject).is_some()));
        for subject in ["", "8/35", "0/36", "all"] {
            assert_eq!(part(subject), None, "{subject}");
        }
    }

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
