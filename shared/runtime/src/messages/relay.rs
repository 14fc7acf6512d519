//! The relay: events that a commit wrote go from the table's stream to the service's topic, and the deadlines they set
//! to its timers.
//!
//! It may send twice (a crash after sending), and consumers know that. It never leaves one out: what could not be sent
//! is reported, and the stream hands it over again; what can never be sent lies in the failure queue by its key.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_lambda_events::dynamodb::{Event, EventRecord};
use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use aws_sdk_sns::error::ProvideErrorMetadata as _;
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::Serialize;
use store::{EVENT_PREFIX, StoredEvent};

use super::queue::{Sender, message};
use super::timers::{NoTimers, SetTimers, Timers};
use crate::{Edge, Error};

/// What one `PublishBatch` takes.
const BATCH_ENTRIES_MAX: usize = 10;
/// What one `PublishBatch` takes in bytes (256 KiB), less room for attributes.
const BATCH_BYTES_MAX: usize = 250 * 1024;
/// Answers of the topic that say the request itself is wrong, and would be again.
const HOPELESS: [&str; 5] = [
    "InvalidParameter",
    "InvalidParameterValue",
    "ParameterValueInvalid",
    "BatchRequestTooLong",
    "ValidationError",
];

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
    topic: String,
    client: aws_sdk_sns::Client,
    failures: Sender,
    timers: T,
    /// Events and deadlines that were taken since the last invocation's line.
    taken: AtomicUsize,
}

/// An event on its way.
struct Outgoing {
    stream_sequence: String,
    key: EventKey,
    event: StoredEvent,
    body: String,
}

/// Where an event item is in the table: what a letter in the failure queue names, so that the event can be published for
/// as long as the item is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct EventKey {
    pk: String,
    sk: String,
}

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    /// The topic has it, and its deadlines are set.
    Sent,
    /// It may work another time.
    Failed,
    /// The topic will never take it: the reason.
    Refused(String),
}

/// Publishes what the stream hands over until the environment ends. For a service that sets no deadlines, whose binary
/// then carries no client for them.
///
/// # Errors
/// When `TOPIC_ARN` or `OUTBOX_FAILURE_QUEUE_URL` is missing, or the Runtime API fails.
pub async fn relay(edge: &Edge) -> Result<(), Error> {
    run(edge, NoTimers).await
}

/// Publishes what the stream hands over, and sets the deadlines that come with it, until the environment ends.
///
/// # Errors
/// When `TOPIC_ARN`, `OUTBOX_FAILURE_QUEUE_URL` or a variable of the timers is missing, or the Runtime API fails.
pub async fn relay_with_timers(edge: &Edge) -> Result<(), Error> {
    run(edge, Timers::of(edge)?).await
}

async fn run(edge: &Edge, timers: impl SetTimers) -> Result<(), Error> {
    let relay = Relay {
        topic: edge.var("TOPIC_ARN")?,
        client: aws_sdk_sns::Client::new(edge.sdk()),
        failures: Sender::new(
            aws_sdk_sqs::Client::new(edge.sdk()),
            edge.var("OUTBOX_FAILURE_QUEUE_URL")?,
        ),
        timers,
        taken: AtomicUsize::default(),
    };
    let function = service_fn(async |event: LambdaEvent<Event>| {
        let started = std::time::Instant::now();
        let response = relay.send(event.payload).await;
        let outcome = if response.batch_item_failures.is_empty() {
            "done"
        } else {
            "retry"
        };
        edge.count_messages(relay.taken.swap(0, Ordering::Relaxed));
        edge.account("relay", outcome, started.elapsed());
        Ok::<_, Error>(response)
    });
    lambda_runtime::run(function).await
}

impl<T: SetTimers> Relay<T> {
    /// Sends what it can and names the first that it could not, from which the stream hands everything over again. One
    /// event that fails keeps back only the later ones of its own aggregate, whose order it would break; one that can never
    /// be published is put aside, so that it does not take its whole batch into the failure queue.
    async fn send(&self, batch: Event) -> DynamoDbEventResponse {
        let mut first_failed: Option<String> = None;
        let mut fail = |stream_sequence: &str| {
            // Records come in the order of the stream, but sizes and repetitions mix the order in which they fail.
            let earlier = first_failed
                .as_deref()
                .is_none_or(|first| is_before(stream_sequence, first));
            if earlier {
                first_failed = Some(stream_sequence.to_owned());
            }
        };
        let mut outgoing = Vec::new();
        for record in batch.records {
            match Record::read(record) {
                Record::Event(event) => outgoing.push(*event),
                Record::Unreadable {
                    stream_sequence,
                    key,
                    reason,
                } => {
                    if !self.put_aside(&key, &reason).await {
                        fail(&stream_sequence);
                    }
                }
                Record::Nothing => {}
            }
        }
        let mut held_back = HashSet::new();
        while !outgoing.is_empty() {
            let rest = outgoing.split_off(chunk_length(&outgoing));
            let chunk = std::mem::replace(&mut outgoing, rest);
            let (waiting, chunk): (Vec<_>, Vec<_>) =
                chunk.into_iter().partition(|event| held_back.contains(&event.key.pk));
            for event in waiting {
                fail(&event.stream_sequence);
            }
            for (event, fate) in chunk.iter().zip(self.send_chunk(&chunk).await) {
                let settled = match fate {
                    Fate::Sent => true,
                    Fate::Failed => false,
                    Fate::Refused(reason) => self.put_aside(&event.key, &reason).await,
                };
                if !settled {
                    fail(&event.stream_sequence);
                    held_back.insert(event.key.pk.clone());
                }
            }
        }
        let mut response = DynamoDbEventResponse::default();
        if let Some(stream_sequence) = first_failed {
            let mut failure = DynamoDbBatchItemFailure::default();
            failure.item_identifier = Some(stream_sequence);
            response.batch_item_failures.push(failure);
        }
        response
    }

    /// Publishes a chunk and sets the deadlines of whatever the topic took, so that a chunk that is taken in part loses none.
    async fn send_chunk(&self, chunk: &[Outgoing]) -> Vec<Fate> {
        let mut fates = self.publish(chunk).await;
        for (outgoing, fate) in chunk.iter().zip(&mut fates) {
            if *fate != Fate::Sent || outgoing.event.timers.is_empty() {
                continue;
            }
            match self.timers.set(&outgoing.event.timers).await {
                Ok(()) => {
                    self.taken.fetch_add(outgoing.event.timers.len(), Ordering::Relaxed);
                }
                Err(error) => {
                    tracing::warn!(error, "a timer could not be set");
                    *fate = Fate::Failed;
                }
            }
        }
        fates
    }

    /// Publishes a chunk, with one call if the topic takes it as a whole, and says what became of each event.
    async fn publish(&self, chunk: &[Outgoing]) -> Vec<Fate> {
        let fates = self.publish_together(chunk).await;
        // One event that is refused as part of the request, such as one that is too large, refuses the others with it.
        if chunk.len() > 1 && fates.iter().all(|fate| matches!(fate, Fate::Refused(_))) {
            let mut alone = Vec::new();
            for event in chunk {
                alone.extend(self.publish_together(std::slice::from_ref(event)).await);
            }
            return alone;
        }
        fates
    }

    async fn publish_together(&self, chunk: &[Outgoing]) -> Vec<Fate> {
        if chunk.is_empty() {
            return Vec::new();
        }
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
                self.taken.fetch_add(output.successful().len(), Ordering::Relaxed);
                let mut fates = vec![Fate::Sent; chunk.len()];
                for refused in output.failed() {
                    tracing::warn!(code = refused.code(), "the topic did not take an event");
                    let fate = if refused.sender_fault() {
                        Fate::Refused(refused.code().to_owned())
                    } else {
                        Fate::Failed
                    };
                    if let Some(known) = refused
                        .id()
                        .parse::<usize>()
                        .ok()
                        .and_then(|index| fates.get_mut(index))
                    {
                        *known = fate;
                    }
                }
                fates
            }
            Err(error) => {
                let code = error.code().filter(|code| HOPELESS.contains(code)).map(str::to_owned);
                let error = aws_sdk_sns::error::DisplayErrorContext(error);
                tracing::warn!(error = %error, "the topic could not be reached");
                vec![code.map_or(Fate::Failed, Fate::Refused); chunk.len()]
            }
        }
    }

    /// Puts an event that can never be published into the failure queue, which raises an alarm. True if it is there.
    async fn put_aside(&self, key: &EventKey, reason: &str) -> bool {
        tracing::error!(reason, sk = key.sk, "an event cannot be published and is put aside");
        let letter = serde_json::json!({"event": key, "reason": reason}).to_string();
        let sent = async { self.failures.send(vec![message(letter)?]).await };
        sent.await
            .inspect_err(|error| tracing::error!(error, "an event could not be put aside"))
            .is_ok()
    }
}

/// Whether a record of a stream comes before another: sequence numbers are decimal numbers of up to forty digits.
fn is_before(one: &str, other: &str) -> bool {
    let number = |text: &str| {
        let digits = text.trim_start_matches('0');
        (digits.len(), digits.to_owned())
    };
    number(one) < number(other)
}

/// A record of the stream.
enum Record {
    /// An event to publish.
    Event(Box<Outgoing>),
    /// An event item that cannot be read: a defect.
    Unreadable {
        stream_sequence: String,
        key: EventKey,
        reason: String,
    },
    /// Anything else: state, markers, and steps without an envelope, which nobody else hears of.
    Nothing,
}

impl Record {
    fn read(record: EventRecord) -> Self {
        let is_event = record.event_name == "INSERT";
        let Some(stream_sequence) = record.change.sequence_number else {
            return Self::Nothing;
        };
        let image = record.change.new_image.into_inner();
        let text = |name: &str| match image.get(name) {
            Some(serde_dynamo::AttributeValue::S(text)) => Some(text.clone()),
            _ => None,
        };
        let (Some(pk), Some(sk)) = (text("pk"), text("sk")) else {
            return Self::Nothing;
        };
        if !is_event || !sk.starts_with(EVENT_PREFIX) || !image.contains_key("envelope") {
            return Self::Nothing;
        }
        let key = EventKey { pk, sk };
        let unreadable = |key, reason: &dyn std::fmt::Display| Self::Unreadable {
            stream_sequence: stream_sequence.clone(),
            key,
            reason: reason.to_string(),
        };
        let event: StoredEvent = match serde_dynamo::from_item(serde_dynamo::Item::from(image)) {
            Ok(event) => event,
            Err(error) => return unreadable(key, &error),
        };
        match serde_json::to_string(&event.envelope) {
            Ok(body) => Self::Event(Box::new(Outgoing {
                stream_sequence,
                key,
                event,
                body,
            })),
            Err(error) => unreadable(key, &error),
        }
    }
}

/// How many of the first events one call takes.
fn chunk_length(outgoing: &[Outgoing]) -> usize {
    let mut bytes = 0;
    let fitting = outgoing.iter().take(BATCH_ENTRIES_MAX).take_while(|event| {
        bytes += event.body.len();
        bytes <= BATCH_BYTES_MAX
    });
    // One event is always sent: if it is too large alone, the topic says so and it is put aside.
    fitting.count().max(1).min(outgoing.len())
}

#[cfg(test)]
mod tests;
