//! What the notification service publishes.

use kernel::{MessageId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vocabulary::word;

/// The way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// E-mail.
    Email,
    /// Text message.
    Sms,
    /// To a device.
    Push,
    /// The app's inbox.
    InApp,
}

/// A provider took a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sent {
    /// The message.
    pub message_id: MessageId,
    /// To whom.
    pub user_id: UserId,
    /// How.
    pub channel: Channel,
    /// What about, such as `order_updates`.
    pub category: word::MessageCategory,
}

/// A message was not sent, for good: a provider refused it, or it exceeds a budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Failed {
    /// The message.
    pub message_id: MessageId,
    /// To whom.
    pub user_id: UserId,
    /// How.
    pub channel: Channel,
    /// What about.
    pub category: word::MessageCategory,
    /// The provider's reason; or `number_budget`, `person_budget`, `market_budget`, `country_not_served`, or `coalesced` if
    /// another one of a moment ago said as much.
    pub reason: String,
}
