//! Deadlines: messages that a service sends to itself.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// A deadline of an aggregate. It is stored with the event that sets it and sent by the relay, so it exists exactly if
/// that event happened. It may arrive late or twice, so its consumer checks state and time again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// What is due, such as `restaurant_deadline`.
    pub name: String,
    /// The id of the aggregate.
    pub subject: String,
    /// The event sequence at which it was set.
    pub sequence: u32,
    /// When it is due.
    pub due_at: Timestamp,
    /// What the chain of causes is about.
    pub correlationid: String,
}
