//! One SQS batch: each message on its own, so that one that fails costs the others nothing.

use std::time::{Duration, Instant};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_sdk_sqs::types::MessageAttributeValue;

use super::queue::{self, Sender};
use crate::{Consumed, Done, Edge, Error, HandlerError};

/// The first pause of a message that is to come back; it doubles with every return.
const RETRY_PAUSE_SECONDS: u32 = 2;
/// The longest pause.
const RETRY_PAUSE_SECONDS_MAX: u32 = 900;
/// The longest reason that is attached to a parked message.
const REASON_LENGTH_MAX: usize = 1000;
/// Messages are begun in the first third of an invocation's time: the last one begun still has two thirds, 20 of 30 seconds,
/// which is the worst case of one message. A batch of slow messages never outlives its function.
const BEGIN_WITHIN: u32 = 3;

/// Where a queue's messages go when they are not dealt with.
pub(super) struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
    dead_letters: Sender,
}

impl Queue {
    pub(super) fn of(edge: &Edge, url: &str, dead_letters_url: &str) -> Result<Self, Error> {
        let client = aws_sdk_sqs::Client::new(edge.sdk());
        Ok(Self {
            dead_letters: Sender::new(client.clone(), edge.var(dead_letters_url)?),
            client,
            url: edge.var(url)?,
        })
    }

    /// Handles a batch, one message after the other, and reports those that must come back: also those that there is no
    /// `time` left for.
    pub(super) async fn handle(
        &self,
        edge: &Edge,
        batch: SqsEvent,
        time: Duration,
        handler: &impl AsyncFn(&str) -> (String, Consumed),
    ) -> SqsBatchResponse {
        let mut response = SqsBatchResponse::default();
        let begun = Instant::now();
        for (position, message) in batch.records.into_iter().enumerate() {
            if !may_begin(position, begun.elapsed(), time) {
                tracing::warn!(position, "no time is left for a message: it will come back");
                self.pause(&message, Duration::from_secs(u64::from(RETRY_PAUSE_SECONDS)))
                    .await;
                response.batch_item_failures.push(failure(message));
                continue;
            }
            let started = Instant::now();
            let body = message.body.as_deref().unwrap_or_default();
            let (operation, consumed) = handler(body).await;
            let (outcome, settled) = match consumed {
                Ok(Done) => ("done", true),
                Err(HandlerError::Retry(reason)) => {
                    tracing::info!(reason, operation, "a message will come back");
                    self.postpone(&message).await;
                    ("retry", false)
                }
                Err(HandlerError::Park(reason)) => {
                    tracing::error!(reason, operation, "a message is parked");
                    ("park", self.park(&message, &reason).await)
                }
            };
            edge.account(&operation, outcome, started.elapsed());
            if !settled {
                response.batch_item_failures.push(failure(message));
            }
        }
        response
    }

    /// Makes a message come back sooner than the queue's visibility timeout, and later each time.
    async fn postpone(&self, message: &SqsMessage) {
        let received = message.attributes.get("ApproximateReceiveCount");
        let received = received.and_then(|count| count.parse::<u32>().ok()).unwrap_or(1);
        self.pause(message, pause(received)).await;
    }

    async fn pause(&self, message: &SqsMessage, pause: Duration) {
        let request = self
            .client
            .change_message_visibility()
            .queue_url(&self.url)
            .set_receipt_handle(message.receipt_handle.clone())
            .visibility_timeout(i32::try_from(pause.as_secs()).unwrap_or(i32::MAX));
        if let Err(error) = request.send().await {
            // It comes back all the same, after the queue's own timeout.
            tracing::warn!(error = %aws_sdk_sqs::error::DisplayErrorContext(error), "a pause could not be set");
        }
    }

    /// Sends a message to the dead letters with the reason. True if it is there: only then may it leave the queue.
    async fn park(&self, message: &SqsMessage, reason: &str) -> bool {
        let attribute = |text: &str| {
            let text: String = text
                .chars()
                .filter(|c| !c.is_control())
                .take(REASON_LENGTH_MAX)
                .collect();
            MessageAttributeValue::builder()
                .data_type("String")
                .string_value(text)
                .build()
                .ok()
        };
        let body = message
            .body
            .as_deref()
            .filter(|body| !body.is_empty())
            .unwrap_or("(empty)");
        let reason = attribute(reason).map(|reason| ("reason".to_owned(), reason));
        let id = message.message_id.as_deref().and_then(attribute);
        let attributes = reason.into_iter().chain(id.map(|id| ("message_id".to_owned(), id)));
        let sent = async {
            let mut letter = queue::message(body.to_owned())?;
            letter.message_attributes = Some(attributes.collect());
            self.dead_letters.send(vec![letter]).await
        };
        match sent.await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(error, "a message could not be parked");
                false
            }
        }
    }
}

fn failure(message: SqsMessage) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message.message_id.unwrap_or_default();
    failure
}

/// Whether a message of a batch may still be begun. The first always is: so every invocation gets on.
fn may_begin(position: usize, elapsed: Duration, time: Duration) -> bool {
    position == 0 || elapsed < time / BEGIN_WITHIN
}

fn pause(received: u32) -> Duration {
    let doubled = RETRY_PAUSE_SECONDS.checked_shl(received.saturating_sub(1).min(16));
    Duration::from_secs(u64::from(doubled.unwrap_or(u32::MAX).min(RETRY_PAUSE_SECONDS_MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_slow_messages_ends_before_its_function() {
        let (time, slow) = (Duration::from_secs(30), Duration::from_secs(20));
        // However long each of ten takes, up to the worst case, whatever is begun also ends.
        for each in 1..=20 {
            let (mut elapsed, mut handled) = (Duration::ZERO, 0);
            for position in 0..10 {
                if may_begin(position, elapsed, time) {
                    elapsed += Duration::from_secs(each);
                    handled += 1;
                }
            }
            assert!(handled >= 1 && elapsed <= time, "{each} s each: {elapsed:?}");
        }
        assert!(
            may_begin(0, Duration::ZERO, Duration::ZERO),
            "the first is always begun"
        );
        assert!(
            may_begin(9, Duration::from_millis(500), time),
            "quick ones are all handled"
        );
        assert!(!may_begin(1, slow, time));
    }

    #[test]
    fn pauses_grow_and_end() {
        let seconds: Vec<_> = (1..=11).map(|received| pause(received).as_secs()).collect();
        assert_eq!(seconds, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(pause(0).as_secs(), 2);
        assert_eq!(pause(u32::MAX).as_secs(), 900);
    }
}
