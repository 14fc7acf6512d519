//! What others hear: how each mail and text message ended, and what followers of a live topic are told.

mod answers;
mod facts;
mod frames;

pub use answers::{Closed, ClosedCode, Nothing, RefusalCode, Refused, Reply};
#[cfg(test)]
pub use facts::{NEWS, News};
pub use frames::{Frame, Viewers, frames, moved, offer_ended, offered};

use contracts::notification::{Channel, Failed, Sent};
use contracts::{Cause, Envelope, MalformedEnvelope};
use kernel::{MessageId, UserId};

use crate::domain::Rule;

/// A message over one channel, as its outcome is published.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The message.
    pub message_id: MessageId,
    /// To whom.
    pub user_id: UserId,
    /// How.
    pub channel: Channel,
    /// The row of the table.
    pub rule: &'a Rule,
}

/// How a message over one channel ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A provider took it.
    Sent,
    /// It will never be sent: why.
    Failed(String),
}

/// The event that says how a message ended. It is the message's first and only one.
///
/// # Errors
/// When the event cannot be written as JSON.
pub fn outcome_event(message: Outgoing<'_>, outcome: Outcome, cause: &Cause) -> Result<Envelope, MalformedEnvelope> {
    let Outgoing {
        message_id,
        user_id,
        channel,
        rule,
    } = message;
    let category = rule.category.into();
    let subject = message_id.to_string();
    match outcome {
        Outcome::Sent => {
            let sent = Sent {
                message_id,
                user_id,
                channel,
                category,
            };
            Envelope::new(&subject, 1, cause, &sent)
        }
        Outcome::Failed(reason) => {
            let failed = Failed {
                message_id,
                user_id,
                channel,
                category,
                reason,
            };
            Envelope::new(&subject, 1, cause, &failed)
        }
    }
}
