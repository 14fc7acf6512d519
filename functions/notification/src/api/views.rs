//! What the API shows.

use kernel::{MessageId, OrderId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes;
use crate::store::Note;

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
