//! What clients send over a live connection.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::Topic;

/// Follows a topic. Answered with `subscribed` or `error`.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subscribe {
    /// The topic; what is none is as unknown as one that is not the person's to follow.
    #[schema(value_type = Topic)]
    pub topic: String,
}

/// Follows a topic no more. Answered with `unsubscribed` or `error`.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unsubscribe {
    /// The topic.
    #[schema(value_type = Topic)]
    pub topic: String,
}

/// Keeps the connection open through ten quiet minutes. Answered with `pong`.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Ping {}

/// What a client can send.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Command {
    Subscribe(Subscribe),
    Unsubscribe(Unsubscribe),
    Ping(Ping),
}
