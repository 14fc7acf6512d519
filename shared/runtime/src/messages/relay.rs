//! The relay: events that a commit wrote go from the table's stream to the service's topic, and the deadlines they set
//! to its timers.
//!
//! It may send twice (a crash after sending), and consumers know that. It never leaves one out: what could not be sent
//! is reported, and the stream hands it over again.

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use lambda_runtime::{LambdaEvent, service_fn};
use store::{EVENT_PREFIX, StoredEvent};

use super::timers::{NoTimers, SetTimers, Timers};
use crate::{Edge, Error};

/// What one `PublishBatch` takes.
const BATCH_ENTRIES_MAX: usize = 10;
/// What one `PublishBatch` takes in bytes (256 KiB), less room for attributes.
const BATCH_BYTES_MAX: usize = 250 * 1024;

/// An event as `PublishBatch` takes it; nothing if it cannot be built, which would be a defect.
pub(super) fn entry(id: usize, body: String, event_type: &str) -> Option<PublishBatchRequestEntry> {
    let event_type = MessageAttributeValue::builder()
        .data_type("String")
        .string_value(event_type)
        .build()
        .ok()?;
    PublishBatchRequestEntry::builder()
        .id(id.to_string())
        .message(body)
        .message_attributes("event_type", event_type)
        .build()
        .ok()
}

struct Relay<T> {
    edge: Edge,
    topic: String,
    client: aws_sdk_sns::Client,
    timers: T,
}

/// An event on its way.
struct Outgoing {
    stream_sequence: String,
    event: StoredEvent,
    body: String,
}

/// Publishes what the stream hands over until the environment ends. For a service that sets no deadlines, whose binary
/// then carries no client for them.
///
/// # Errors
/// When `TOPIC_ARN` is missing, or the Runtime API fails.
pub async fn relay(edge: &Edge) -> Result<(), Error> {
    run(edge, NoTimers).await
}

/// Publishes what the stream hands over, and sets the deadlines that come with it, until the environment ends.
///
/// # Errors
/// When `TOPIC_ARN` or a variable of the timers is missing, or the Runtime API fails.
pub async fn relay_with_timers(edge: &Edge) -> Result<(), Error> {
    run(edge, Timers::of(edge)?).await
}

async fn run(edge: &Edge, timers: impl SetTimers) -> Result<(), Error> {
    let relay = Relay {
        edge: edge.clone(),
        topic: edge.var("TOPIC_ARN")?,
        client: aws_sdk_sns::Client::new(edge.sdk()),
        timers,
    };
    let function = service_fn(async |event: LambdaEvent<Event>| {
        let started = std::time::Instant::now();
        let response = relay.send(event.payload).await;
        let outcome = if response.batch_item_failures.is_empty() {
            "done"
        } else {
            "retry"
        };
        relay.edge.account("relay", outcome, started.elapsed());
        Ok::<_, Error>(response)
    });
    lambda_runtime::run(function).await
}

impl<T: SetTimers> Relay<T> {
    /// Sends what it can, in order, and names the first that it could not: the stream goes on from there.
    async fn send(&self, batch: Event) -> DynamoDbEventResponse {
        let mut response = DynamoDbEventResponse::default();
        let outgoing: Vec<Outgoing> = batch.records.into_iter().filter_map(outgoing).collect();
        for chunk in chunks(&outgoing) {
            let mut failed = self.publish(chunk).await;
            if failed.is_none() {
                failed = self.set_timers(chunk).await;
            }
            if let Some(index) = failed {
                let mut failure = DynamoDbBatchItemFailure::default();
                failure.item_identifier = chunk.get(index).map(|event| event.stream_sequence.clone());
                response.batch_item_failures.push(failure);
                break;
            }
        }
        response
    }

    /// Publishes a chunk; the index of the first event that was not taken, if any.
    async fn publish(&self, chunk: &[Outgoing]) -> Option<usize> {
        let entries = chunk
            .iter()
            .enumerate()
            .filter_map(|(index, outgoing)| entry(index, outgoing.body.clone(), &outgoing.event.event_type));
        let request = self.client.publish_batch().topic_arn(&self.topic);
        match request
            .set_publish_batch_request_entries(Some(entries.collect()))
            .send()
            .await
        {
            Ok(output) => {
                self.edge.count_messages(output.successful().len());
                let refused = output.failed().iter();
                refused
                    .inspect(|entry| tracing::warn!(code = entry.code(), "the topic did not take an event"))
                    .filter_map(|entry| entry.id().parse().ok())
                    .min()
            }
            Err(error) => {
                let error = aws_sdk_sns::error::DisplayErrorContext(error);
                tracing::warn!(error = %error, "the topic could not be reached");
                Some(0)
            }
        }
    }

    async fn set_timers(&self, chunk: &[Outgoing]) -> Option<usize> {
        for (index, outgoing) in chunk.iter().enumerate() {
            if outgoing.event.timers.is_empty() {
                continue;
            }
            match self.timers.set(&outgoing.event.timers).await {
                Ok(()) => self.edge.count_messages(outgoing.event.timers.len()),
                Err(error) => {
                    tracing::warn!(error, "a timer could not be set");
                    return Some(index);
                }
            }
        }
        None
    }
}

fn outgoing(record: EventRecord) -> Option<Outgoing> {
    let is_event = record.event_name == "INSERT";
    let change = record.change;
    let stream_sequence = change.sequence_number?;
    let image = change.new_image.into_inner();
    let sort_key: String = match image.get("sk") {
        Some(serde_dynamo::AttributeValue::S(text)) => text.clone(),
        _ => return None,
    };
    // A step without an envelope is one that nobody else hears of.
    if !is_event || !sort_key.starts_with(EVENT_PREFIX) || !image.contains_key("envelope") {
        return None;
    }
    let event: StoredEvent = serde_dynamo::from_item(serde_dynamo::Item::from(image))
        .inspect_err(|error| tracing::error!(%error, sk = sort_key, "an event item cannot be read: a defect"))
        .ok()?;
    let body = serde_json::to_string(&event.envelope).ok()?;
    Some(Outgoing {
        stream_sequence,
        event,
        body,
    })
}

/// Cuts the events into what one call takes.
fn chunks(outgoing: &[Outgoing]) -> Vec<&[Outgoing]> {
    let mut chunks = Vec::new();
    let mut rest = outgoing;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fitting = rest.iter().take(BATCH_ENTRIES_MAX).take_while(|event| {
            bytes += event.body.len();
            bytes <= BATCH_BYTES_MAX
        });
        // One event is always sent: if it is too large alone, the topic says so and its record ends in the failure queue.
        let (chunk, later) = rest.split_at(fitting.count().max(1));
        chunks.push(chunk);
        rest = later;
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::{Cause, Envelope};

    fn event(body_bytes: usize) -> Outgoing {
        let cause = Cause {
            now: kernel::Timestamp::UNIX_EPOCH,
            correlation_id: String::new(),
            causation_id: String::new(),
            traceparent: None,
        };
        let payload = contracts::user::ProfileChanged {
            user_id: kernel::TypedId::from_uuid(uuid::Uuid::nil()),
        };
        let envelope = Envelope::new("usr", 1, &cause, &payload).unwrap();
        let event = StoredEvent {
            event_type: String::new(),
            envelope,
            timers: vec![],
        };
        Outgoing {
            stream_sequence: String::new(),
            event,
            body: "x".repeat(body_bytes),
        }
    }

    #[test]
    fn cuts_by_count_and_by_size() {
        let sizes = |events: &[Outgoing]| chunks(events).iter().map(|chunk| chunk.len()).collect::<Vec<_>>();
        assert_eq!(sizes(&[]), Vec::<usize>::new());
        assert_eq!(sizes(&(0..23).map(|_| event(10)).collect::<Vec<_>>()), [10, 10, 3]);
        assert_eq!(
            sizes(&(0..3).map(|_| event(BATCH_BYTES_MAX / 2)).collect::<Vec<_>>()),
            [2, 1]
        );
        assert_eq!(sizes(&[event(BATCH_BYTES_MAX + 1), event(1)]), [1, 1]);
    }
}
