//! Events that are published at once instead of by a commit: a stream whose single events are worthless a moment later.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_sdk_sns::types::MessageAttributeValue;
use contracts::Envelope;

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
        let event_type = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(&event.event_type)
            .build();
        let event_type = match event_type {
            Ok(event_type) => event_type,
            Err(error) => return lost(&error),
        };
        let request = self
            .client()
            .publish()
            .topic_arn(&self.topic)
            .message(body)
            .message_attributes("event_type", event_type)
            .send();
        match tokio::time::timeout(PUBLISH_TIMEOUT, request).await {
            Ok(Ok(_)) => self.edge.count_messages(1),
            Ok(Err(error)) => lost(&aws_sdk_sns::error::DisplayErrorContext(error)),
            Err(elapsed) => lost(&elapsed),
        }
    }
}
