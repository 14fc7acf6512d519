//! What one live connection alone is told: answers to its commands, and why it is closed.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::Topic;

/// What a connection alone is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// The topic that it is about, if it is about one.
    pub topic: Option<Topic>,
    /// What is told.
    #[serde(flatten)]
    pub reply: Reply,
    /// When.
    pub at: Timestamp,
}

/// What is told, by the frame's type.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case")]
pub enum Reply {
    Subscribed(Nothing),
    Unsubscribed(Nothing),
    Pong(Nothing),
    Error(Refused),
    Closed(Closed),
}

impl Reply {
    /// The frame that tells it, on a topic if it is about one.
    pub const fn about(self, topic: Option<Topic>, at: Timestamp) -> Answer {
        Answer { topic, reply: self, at }
    }
}

impl Answer {
    /// The frame's text; `None` if it cannot be written, which is logged.
    pub fn text(&self) -> Option<String> {
        let text = serde_json::to_value(self).map(|frame| frame.to_string());
        text.inspect_err(|error| tracing::error!(%error, "an answer could not be written"))
            .ok()
    }
}

/// No more than the frame's type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refused {
    /// For programs.
    pub code: RefusalCode,
    /// For people.
    pub detail: String,
    /// With `too_many_requests` alone: the seconds until it may be tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub retry_after: Option<u32>,
}

/// What kept a command from being carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// It is no command.
    Malformed,
    /// There is no such topic, or it is not the person's to follow.
    NotFound,
    /// The connection follows as many topics as one may.
    TooManyTopics,
    /// The connection asked too often.
    TooManyRequests,
    /// Something is out of order for a moment.
    Unavailable,
}

/// Why a connection is closed. It is the last frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closed {
    /// For programs.
    pub code: ClosedCode,
}

/// What ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedCode {
    /// A role that the ticket told was taken away, or the person was suspended.
    AccessChanged,
    /// The person has opened more connections than one may have, and this is the oldest.
    TooManyConnections,
}
