//! Marks a message of an inbox as read.

use ::store::{ChangeError, Commit, StoreError, Stored, Table};
use contracts::Cause;
use kernel::MessageId;

use crate::domain::Recipient;
use crate::store::{Note, note_key};

/// Marks a message as read, in the first of these inboxes that has it; `None` if none has. Reading it again changes nothing.
///
/// # Errors
/// When the table does not answer, or others change the message all the time.
pub async fn mark_notification_read(
    table: &Table,
    inboxes: &[Recipient],
    message_id: MessageId,
    cause: &Cause,
) -> Result<Option<Note>, ChangeError<StoreError>> {
    for inbox in inboxes {
        let key = note_key(*inbox, message_id, true);
        let read = |stored: Stored<Note>| {
            if stored.value.read_at.is_some() {
                return Ok((None, stored.value));
            }
            let mut note = stored.value.clone();
            note.read_at = Some(cause.now);
            let commit = Commit::new(cause).replace(&key, &message_id, &stored, &note);
            Ok((Some(commit), note))
        };
        match table.change(&key, read).await {
            Ok(note) => return Ok(Some(note)),
            Err(ChangeError::Missing) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
