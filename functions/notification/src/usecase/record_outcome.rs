//! Records how a mail or text message ended.
//!
//! A message's first and only event is its outcome and also the record of it: no other item says so. A consumer that finds it
//! does not send again.

use ::store::{Commit, StoreError, StoredEvent, Table};
use contracts::Cause;

use crate::publish::{Outcome, Outgoing, outcome_event};
use crate::store::outcome_key;

/// Writes the event that says how a message ended, unless one is there.
///
/// # Errors
/// When the table does not answer.
pub async fn record_outcome(
    table: &Table,
    cause: &Cause,
    message: Outgoing<'_>,
    outcome: Outcome,
) -> Result<(), StoreError> {
    let envelope = outcome_event(message, outcome, cause)?;
    let stored = StoredEvent {
        event_type: envelope.event_type.clone(),
        envelope,
        timers: Vec::new(),
    };
    let commit = Commit::new(cause).also_create(&outcome_key(message.message_id), &stored);
    // If it is overtaken, another consumer took the sending over and was faster.
    table.commit_if_current(commit).await?;
    Ok(())
}
