//! The functions behind a service's queues: `inbox` for others' events, `timers` for its own deadlines.

use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use contracts::{Cause, Envelope, Timer};
use kernel::SignedDuration;
use lambda_runtime::{LambdaEvent, service_fn};

use super::batch::Queue;
use crate::{Consumed, Edge, Error, HandlerError, clock, telemetry};

/// A timer that comes this much early is as good as due: the clocks of two machines differ.
const EARLY_TOLERANCE: SignedDuration = SignedDuration::from_secs(1);

/// Hands others' events, one by one, to a service's inbox until the environment ends.
///
/// # Errors
/// When `INBOX_QUEUE_URL` or `INBOX_DLQ_URL` is missing, or the Runtime API fails.
pub async fn consume(edge: &Edge, handler: impl AsyncFn(&Envelope, &Cause) -> Consumed) -> Result<(), Error> {
    consume_from(edge, "INBOX_QUEUE_URL", "INBOX_DLQ_URL", handler).await
}

/// The same for a further queue: a stream that must not keep the inbox waiting. `queue_url` and `dead_letters_url` name the
/// variables that hold its addresses.
///
/// # Errors
/// When one of the variables is missing, or the Runtime API fails.
pub async fn consume_from(
    edge: &Edge,
    queue_url: &str,
    dead_letters_url: &str,
    handler: impl AsyncFn(&Envelope, &Cause) -> Consumed,
) -> Result<(), Error> {
    let queue = Queue::of(edge, queue_url, dead_letters_url)?;
    let handle = async |body: &str| match Envelope::parse(body) {
        Ok(event) => {
            let cause = event.as_cause(clock::now());
            let consumed = handler(&event, &cause).await;
            (event.event_type, consumed)
        }
        Err(error) => ("unknown".to_owned(), Err(HandlerError::from(error))),
    };
    run(edge, &queue, &handle).await
}

/// Hands a service's own deadlines, one by one, to its timers until the environment ends. One that is early comes back.
///
/// # Errors
/// When `TIMERS_QUEUE_URL` or `TIMERS_DLQ_URL` is missing, or the Runtime API fails.
pub async fn consume_timers(edge: &Edge, handler: impl AsyncFn(&Timer, &Cause) -> Consumed) -> Result<(), Error> {
    let queue = Queue::of(edge, "TIMERS_QUEUE_URL", "TIMERS_DLQ_URL")?;
    let handle = async |body: &str| match serde_json::from_str::<Timer>(body) {
        Ok(timer) => {
            let now = clock::now();
            if now < timer.due_at - EARLY_TOLERANCE {
                let reason = format!("due at {}", timer.due_at);
                return (timer.name, Err(HandlerError::Retry(reason)));
            }
            let cause = Cause {
                // A timer that is taken is due, whatever this machine's clock says: its handler must not find it early.
                now: now.max(timer.due_at),
                correlation_id: timer.correlationid.clone(),
                causation_id: format!("{}/{}/{}", timer.subject, timer.sequence, timer.name),
                traceparent: None,
            };
            let consumed = handler(&timer, &cause).await;
            (timer.name, consumed)
        }
        Err(error) => (
            "unknown".to_owned(),
            Err(HandlerError::Park(format!("malformed: {error}"))),
        ),
    };
    run(edge, &queue, &handle).await
}

async fn run(edge: &Edge, queue: &Queue, handle: &impl AsyncFn(&str) -> (String, Consumed)) -> Result<(), Error> {
    let function = service_fn(async |event: LambdaEvent<SqsEvent>| {
        let trace = event.context.xray_trace_id.as_deref().and_then(telemetry::traceparent);
        tracing::debug!(trace, messages = event.payload.records.len(), "a batch");
        let time = left_until(event.context.deadline);
        Ok::<_, Error>(queue.handle(edge, event.payload, time, handle).await)
    });
    lambda_runtime::run(function).await
}

/// How long it is until a moment in milliseconds since 1970.
fn left_until(deadline_ms: u64) -> Duration {
    let now = u64::try_from(clock::now().as_millisecond()).unwrap_or(0);
    Duration::from_millis(deadline_ms.saturating_sub(now))
}
