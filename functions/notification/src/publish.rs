//! What is published: how each mail and text message ended.
//!
//! A message's first and only event is its end and also the record of it: there is no other item that says so. Whoever
//! finds it does not send again.

use ::store::{Commit, StoreError, StoredEvent, Table};
use contracts::notification::{Channel, Failed, Sent};
use contracts::{Cause, Contract, Envelope};
use kernel::{MessageId, UserId};

use crate::domain::Rule;
use crate::store::outcome_key;

/// A message over one channel, as its end is published.
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

/// Publishes that a provider took a message.
///
/// # Errors
/// When the table does not answer.
pub async fn sent(table: &Table, cause: &Cause, message: Outgoing<'_>) -> Result<(), StoreError> {
    let Outgoing {
        message_id,
        user_id,
        channel,
        rule,
    } = message;
    let category = rule.category.into();
    end(
        table,
        cause,
        message_id,
        &Sent {
            message_id,
            user_id,
            channel,
            category,
        },
    )
    .await
}

/// Publishes that a provider refused a message for good.
///
/// # Errors
/// When the table does not answer.
pub async fn failed(table: &Table, cause: &Cause, message: Outgoing<'_>, reason: String) -> Result<(), StoreError> {
    let Outgoing {
        message_id,
        user_id,
        channel,
        rule,
    } = message;
    let category = rule.category.into();
    end(
        table,
        cause,
        message_id,
        &Failed {
            message_id,
            user_id,
            channel,
            category,
            reason,
        },
    )
    .await
}

async fn end<C: Contract>(table: &Table, cause: &Cause, message_id: MessageId, event: &C) -> Result<(), StoreError> {
    let envelope = Envelope::new(&message_id.to_string(), 1, cause, event)?;
    let stored = StoredEvent {
        event_type: C::TYPE.to_owned(),
        envelope,
        timers: Vec::new(),
    };
    let commit = Commit::new(cause).also_create(&outcome_key(message_id), &stored);
    // If it is overtaken, somebody else whose lease had ended was faster.
    table.commit_if_current(commit).await?;
    Ok(())
}
