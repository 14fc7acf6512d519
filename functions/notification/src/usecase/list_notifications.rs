//! Lists the messages of one or several inboxes as one.

use std::collections::HashMap;

use ::store::{Key, StoreError, Table};
use kernel::MessageId;

use crate::domain::Recipient;
use crate::store::{Note, NoteItem, note_key, notes};

/// A page of messages.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// The messages, newest first.
    pub notes: Vec<(MessageId, Note)>,
    /// The message after which the next page begins; `None` after the last page.
    pub next: Option<MessageId>,
}

/// Reads at most `limit` messages of some inboxes, those after `last` if it is given.
///
/// # Errors
/// When the table does not answer.
pub async fn list_notifications(
    table: &Table,
    inboxes: &[Recipient],
    limit: usize,
    last: Option<MessageId>,
) -> Result<Page, StoreError> {
    let mut found = Vec::new();
    let mut more = false;
    for inbox in inboxes.iter().copied() {
        let query = notes(inbox, limit).after(last.map(|last| position(note_key(inbox, last, true))));
        let page = table.query::<NoteItem>(&query).await?;
        more |= page.next.is_some();
        let items = page.items.into_iter();
        found.extend(items.filter_map(|stored| Some((stored.value.message_id()?, stored.value.note))));
    }
    Ok(merge(found, limit, more))
}

/// A place in an inbox. Ids are in order of time in every inbox, so one id is a place in each of them.
fn position(key: Key) -> HashMap<String, String> {
    HashMap::from([("pk".to_owned(), key.pk), ("sk".to_owned(), key.sk)])
}

/// The newest of what several inboxes hold, and where the next page begins.
fn merge(mut notes: Vec<(MessageId, Note)>, limit: usize, more: bool) -> Page {
    notes.sort_by_key(|(id, _)| std::cmp::Reverse(*id));
    let more = more || notes.len() > limit;
    notes.truncate(limit);
    let next = notes.last().map(|(id, _)| *id).filter(|_| more);
    Page { notes, next }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Timestamp, TypedId as _};

    fn note(id: u128) -> (MessageId, Note) {
        let note = Note {
            kind: "receipt".to_owned(),
            category: "payments".to_owned(),
            title: "Your receipt".to_owned(),
            body: String::new(),
            order_id: None,
            created_at: Timestamp::UNIX_EPOCH,
            read_at: None,
            channels: Vec::new(),
            claimed_by: None,
            lease_until: None,
            expires_at: 0,
        };
        (MessageId::from_uuid(uuid::Uuid::from_u128(id)), note)
    }

    #[test]
    fn merges_inboxes_newest_first_and_says_where_to_go_on() {
        let ids = |limit, more| {
            let page = merge([3, 1, 5, 4].map(note).into(), limit, more);
            let notes: Vec<_> = page.notes.iter().map(|(id, _)| id.uuid().as_u128()).collect();
            (notes, page.next.map(|next| next.uuid().as_u128()))
        };
        assert_eq!(ids(4, false), (vec![5, 4, 3, 1], None));
        assert_eq!(ids(4, true), (vec![5, 4, 3, 1], Some(1)));
        assert_eq!(ids(2, false), (vec![5, 4], Some(4)));
        let empty = Page {
            notes: vec![],
            next: None,
        };
        assert_eq!(merge(vec![], 2, false), empty);
    }
}
