//! `GET /v1/notifications`: the in-app inbox.

use std::collections::HashMap;

use ::store::{InvalidCursor, Key};
use axum::extract::State;
use kernel::{MessageId, OrderId, Role, Timestamp};
use runtime::{Json, Listing, Paging, Principal, Problem, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes;
use crate::app::App;
use crate::domain::Recipient;
use crate::store::{Note, NoteItem, note_key, notes};

/// A message in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "an id is called by its kind all over the API")]
pub struct Notification {
    /// The message.
    pub notification_id: MessageId,
    /// What it tells.
    #[schema(value_type = shapes::Kind)]
    pub kind: String,
    /// What it is about: the unit of preferences.
    #[schema(value_type = shapes::Category)]
    pub category: String,
    /// The headline.
    #[schema(value_type = shapes::Title)]
    pub title: String,
    /// A sentence or two.
    #[schema(value_type = shapes::Body)]
    pub body: String,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// When what it tells happened.
    pub created_at: Timestamp,
    /// When it was read; null: not yet.
    pub read_at: Option<Timestamp>,
}

impl Notification {
    /// The message of a note.
    pub fn new(notification_id: MessageId, note: Note) -> Self {
        let Note {
            kind,
            category,
            title,
            body,
            order_id,
            created_at,
            read_at,
            ..
        } = note;
        Self {
            notification_id,
            kind,
            category,
            title,
            body,
            order_id,
            created_at,
            read_at,
        }
    }
}

/// List the in-app inbox
///
/// Newest first. An operator's inbox includes the one that all operators share.
#[utoipa::path(
    get,
    path = "/v1/notifications",
    operation_id = "list_notifications",
    tag = "notifications",
    security(("token" = [])),
    params(Paging),
    responses(
        (status = 200, description = "A page of the inbox.", body = Listing<Notification>),
        (status = 400, description = "`invalid_query` or `invalid_cursor`.", body = Problem),
    ),
)]
pub async fn list_notifications(
    State(app): State<App>,
    principal: Principal,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<Notification>>, Problem> {
    let limit = paging.limit()?;
    let scope = format!("notifications of {}", principal.user_id);
    let cursor = paging.cursor.as_deref();
    let last: Option<MessageId> = cursor
        .map(|cursor| app.cursor_key.open(&scope, cursor))
        .transpose()
        .map_err(|error: InvalidCursor| error)?;
    let mut inboxes = vec![Recipient::Person(principal.user_id)];
    if principal.has(Role::Operator) {
        inboxes.push(Recipient::Operators);
    }
    let mut items = Vec::new();
    let mut more = false;
    for inbox in inboxes {
        let query = notes(inbox, limit).after(last.map(|last| position(note_key(inbox, last, true))));
        let page = app.table.query::<NoteItem>(&query).await?;
        more |= page.next.is_some();
        items.extend(page.items.into_iter().filter_map(|stored| {
            let message_id = stored.value.message_id()?;
            Some(Notification::new(message_id, stored.value.note))
        }));
    }
    let (items, last) = merge(items, limit, more);
    let next_cursor = last.and_then(|last| app.cursor_key.seal(&scope, &last));
    Ok(Json(Listing { items, next_cursor }))
}

/// A place in an inbox. Ids are in order of time in every inbox, so one id is a place in each of them.
fn position(key: Key) -> HashMap<String, String> {
    HashMap::from([("pk".to_owned(), key.pk), ("sk".to_owned(), key.sk)])
}

/// The newest of what several inboxes hold, and where the next page begins.
fn merge(mut items: Vec<Notification>, limit: usize, more: bool) -> (Vec<Notification>, Option<MessageId>) {
    items.sort_by_key(|item| std::cmp::Reverse(item.notification_id));
    let more = more || items.len() > limit;
    items.truncate(limit);
    let last = items.last().map(|item| item.notification_id).filter(|_| more);
    (items, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::TypedId as _;

    fn notification(id: u128) -> Notification {
        Notification {
            notification_id: MessageId::from_uuid(uuid::Uuid::from_u128(id)),
            kind: "receipt".to_owned(),
            category: "payments".to_owned(),
            title: "Your receipt".to_owned(),
            body: String::new(),
            order_id: None,
            created_at: Timestamp::UNIX_EPOCH,
            read_at: None,
        }
    }

    #[test]
    fn merges_inboxes_newest_first_and_says_where_to_go_on() {
        let ids = |limit, more| {
            let (items, last) = merge([3, 1, 5, 4].map(notification).into(), limit, more);
            let items: Vec<_> = items.iter().map(|item| item.notification_id.uuid().as_u128()).collect();
            (items, last.map(|last| last.uuid().as_u128()))
        };
        assert_eq!(ids(4, false), (vec![5, 4, 3, 1], None));
        assert_eq!(ids(4, true), (vec![5, 4, 3, 1], Some(1)));
        assert_eq!(ids(2, false), (vec![5, 4], Some(4)));
        assert_eq!(merge(vec![], 2, false), (vec![], None));
    }
}
