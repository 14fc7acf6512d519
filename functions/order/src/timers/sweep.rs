//! The schedule of the sweep, which comes every quarter of an hour and becomes one message for each shard and age.

use contracts::{Cause, Timer};
use kernel::Timestamp;
use runtime::{Consumed, Done, HandlerError, TimerQueue};

use crate::app::App;
use crate::store::SHARDS;
use crate::usecase::sweep_deadlines::{AGES_MINUTES, sweep_deadlines};

/// The name of the schedule's timer, and of the messages that it becomes.
pub const SWEEP: &str = "sweep";
/// The subject of the schedule's timer.
const ALL: &str = "all";

/// Handles the schedule's timer and the messages that it becomes.
///
/// # Errors
/// When the message must come again, or never will work.
pub async fn handle(app: &App, queue: &TimerQueue, timer: &Timer, cause: &Cause) -> Consumed {
    if timer.subject == ALL {
        queue.send(&messages(timer, cause.now)).await?;
        return Ok(Done);
    }
    let Some((shard, age)) = part(&timer.subject) else {
        return Err(HandlerError::Park(format!(
            "{} is no part of all orders",
            timer.subject
        )));
    };
    // The message says when the sweep began, so one that comes late or again looks at the same orders.
    sweep_deadlines(app, shard, age, timer.due_at, cause).await?;
    Ok(Done)
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

/// The shard and the age, in minutes, that a message's subject names.
fn part(subject: &str) -> Option<(u8, i64)> {
    let (shard, age) = subject.split_once('/')?;
    let shard = shard.parse().ok().filter(|shard| *shard < SHARDS)?;
    let age = age.parse().ok().filter(|age| AGES_MINUTES.contains(age))?;
    Some((shard, age))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::after;

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
}
