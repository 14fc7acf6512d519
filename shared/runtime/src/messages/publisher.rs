//! Events that are published at once instead of by a commit: a stream whose single events are worthless a moment later.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use contracts::Envelope;

use super::relay::entry;
use crate::Edge;

/// How long a request waits for the topic to take an event that nobody would miss.
const PUBLISH_TIMEOUT: Duration = Duration::from_millis(800);

/// A topic for events that may be lost. What must not be lost belongs into a commit, which the relay publishes.
#[derive(Clone)]
pub struct Publisher {
    edge: Edge,
    client: Arc<OnceLock<aws_sdk_sns::Client>>,
    topic: String,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher")
            .field("topic", &self.topic)
            .finish_non_exhaustive()
    }
}

impl Publisher {
    pub(crate) fn new(edge: &Edge, topic: String) -> Self {
        Self {
            edge: edge.clone(),
            client: Arc::default(),
            topic,
        }
    }

    /// Made at the first event: a start does not wait for what most requests never need.
    fn client(&self) -> &aws_sdk_sns::Client {
        self.client.get_or_init(|| aws_sdk_sns::Client::new(self.edge.sdk()))
    }

    /// Publishes an event, once. That the topic does not take it, or not in time, is logged and nothing more.
    pub async fn publish(&self, event: &Envelope) {
        let lost = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, event_type = event.event_type, "an event of a stream is lost");
        };
        let body = match serde_json::to_string(event) {
            Ok(body) => body,
            Err(error) => return lost(&error),
        };
        // A batch of one: the relay has batches anyway, and a binary needs no second way.
        let entries: Vec<_> = entry(0, body, &event.event_type).into_iter().collect();
        let request = self.client().publish_batch().topic_arn(&self.topic);
        let request = request.set_publish_batch_request_entries(Some(entries)).send();
        match tokio::time::timeout(PUBLISH_TIMEOUT, request).await {
            Ok(Ok(output)) => match output.failed().first() {
                None => self.edge.count_messages(1),
                Some(refused) => lost(&refused.code()),
            },
            Ok(Err(error)) => lost(&aws_sdk_sns::error::DisplayErrorContext(error)),
            Err(elapsed) => lost(&elapsed),
        }
    }
}
