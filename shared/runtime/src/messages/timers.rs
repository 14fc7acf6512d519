//! Setting deadlines: a delayed message for what is due soon, a one-time schedule for what is due later.

use aws_sdk_scheduler::operation::create_schedule::CreateScheduleError;
use aws_sdk_scheduler::types::{ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use contracts::Timer;
use kernel::Timestamp;

use super::queue::{Sender, message};
use crate::{Edge, Error, HandlerError, clock};

/// The longest delay of a message: fifteen minutes.
const DELAY_SECONDS_MAX: i64 = 900;
/// The longest name of a schedule.
const SCHEDULE_NAME_LENGTH_MAX: usize = 64;

/// Where a service's deadlines go.
pub(super) struct Timers {
    queue: Sender,
    scheduler: aws_sdk_scheduler::Client,
    queue_arn: String,
    role_arn: String,
    group: String,
}

/// Whatever sets deadlines.
pub(super) trait SetTimers {
    /// Sets timers. One that was set before is set again or left: its consumer takes it once.
    async fn set(&self, timers: &[Timer]) -> Result<(), String>;
}

/// For a service without deadlines.
pub(super) struct NoTimers;

impl SetTimers for NoTimers {
    async fn set(&self, timers: &[Timer]) -> Result<(), String> {
        // Trying again cannot help, and the event itself is published: the defect is told and the stream goes on.
        tracing::error!(
            count = timers.len(),
            "an event sets deadlines, and its service has no timers"
        );
        Ok(())
    }
}

impl SetTimers for Timers {
    async fn set(&self, timers: &[Timer]) -> Result<(), String> {
        let mut soon = Vec::new();
        for timer in timers {
            let body = serde_json::to_string(timer).map_err(|error| error.to_string())?;
            let delay = delay_seconds(timer.due_at, clock::now());
            if delay <= DELAY_SECONDS_MAX {
                let mut message = message(body)?;
                message.delay_seconds = i32::try_from(delay).ok();
                soon.push(message);
            } else {
                self.schedule(timer, body).await?;
            }
        }
        self.queue.send(soon).await
    }
}

impl Timers {
    /// The service's timers.
    pub(super) fn of(edge: &Edge) -> Result<Self, Error> {
        Ok(Self {
            queue: Sender::new(aws_sdk_sqs::Client::new(edge.sdk()), edge.var("TIMERS_QUEUE_URL")?),
            scheduler: aws_sdk_scheduler::Client::new(edge.sdk()),
            queue_arn: edge.var("TIMERS_QUEUE_ARN")?,
            role_arn: edge.var("SCHEDULER_ROLE_ARN")?,
            group: edge.var("SCHEDULE_GROUP")?,
        })
    }

    async fn schedule(&self, timer: &Timer, body: String) -> Result<(), String> {
        let describe = |error: &dyn std::error::Error| error.to_string();
        let target = Target::builder()
            .arn(&self.queue_arn)
            .role_arn(&self.role_arn)
            .input(body)
            .build();
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let result = self
            .scheduler
            .create_schedule()
            .name(schedule_name(timer))
            .group_name(&self.group)
            .schedule_expression(at_expression(timer.due_at))
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target.map_err(|error| describe(&error))?)
            .flexible_time_window(window.map_err(|error| describe(&error))?)
            .send()
            .await;
        match result {
            Ok(_) => Ok(()),
            // The name is the timer's own, so it was set before.
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(CreateScheduleError::is_conflict_exception) =>
            {
                Ok(())
            }
            Err(error) => Err(aws_sdk_scheduler::error::DisplayErrorContext(error).to_string()),
        }
    }
}

/// A service's own queue of timers, for what is to be done next but not here: one message each, so that what is slow holds
/// up nothing else.
#[derive(Debug, Clone)]
pub struct TimerQueue {
    queue: Sender,
}

impl TimerQueue {
    /// The queue that the `timers` function reads.
    ///
    /// # Errors
    /// When `TIMERS_QUEUE_URL` is missing.
    pub fn of(edge: &Edge) -> Result<Self, Error> {
        let client = aws_sdk_sqs::Client::new(edge.sdk());
        let queue = Sender::new(client, edge.var("TIMERS_QUEUE_URL")?);
        Ok(Self { queue })
    }

    /// Puts timers into the queue that are due now: a tenth as many calls as timers, a few at a time.
    ///
    /// # Errors
    /// When the queue does not take one of them. Others may be in it then.
    pub async fn send(&self, timers: &[Timer]) -> Result<(), HandlerError> {
        let text = |timer: &Timer| serde_json::to_string(timer).map_err(|error| error.to_string());
        let messages = timers.iter().map(|timer| message(text(timer)?));
        let messages: Vec<_> = messages.collect::<Result<_, String>>().map_err(HandlerError::Park)?;
        self.queue.send(messages).await.map_err(HandlerError::Retry)
    }
}

/// Whole seconds until it is due, rounded up: early is worse than late.
fn delay_seconds(due_at: Timestamp, now: Timestamp) -> i64 {
    seconds_up((due_at.as_millisecond() - now.as_millisecond()).max(0))
}

const fn seconds_up(milliseconds: i64) -> i64 {
    (milliseconds + 999) / 1000
}

fn schedule_name(timer: &Timer) -> String {
    let name = format!("{}-{}-{}", timer.subject, timer.sequence, timer.name);
    name.chars().take(SCHEDULE_NAME_LENGTH_MAX).collect()
}

/// `at(2026-11-20T19:05:00)`, in UTC, rounded up to the second.
fn at_expression(due_at: Timestamp) -> String {
    let seconds = seconds_up(due_at.as_millisecond());
    let due_at = Timestamp::from_second(seconds).unwrap_or(due_at);
    format!("at({})", due_at.strftime("%Y-%m-%dT%H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timer() -> Timer {
        Timer {
            name: "restaurant_deadline".to_owned(),
            subject: "ord_01jd8v4q6nf2x9m3k7p0zr5t1c".to_owned(),
            sequence: 12,
            due_at: "2026-11-20T19:05:00.250Z".parse().unwrap(),
            correlationid: String::new(),
        }
    }

    #[test]
    fn never_early() {
        let due_at = timer().due_at;
        assert_eq!(delay_seconds(due_at, "2026-11-20T19:05:00Z".parse().unwrap()), 1);
        assert_eq!(delay_seconds(due_at, "2026-11-20T19:06:00Z".parse().unwrap()), 0);
        assert_eq!(at_expression(due_at), "at(2026-11-20T19:05:01)");
    }

    #[test]
    fn names_fit() {
        assert_eq!(
            schedule_name(&timer()),
            "ord_01jd8v4q6nf2x9m3k7p0zr5t1c-12-restaurant_deadline"
        );
        assert!(
            schedule_name(&Timer {
                name: "n".repeat(99),
                ..timer()
            })
            .len()
                <= SCHEDULE_NAME_LENGTH_MAX
        );
    }
}
