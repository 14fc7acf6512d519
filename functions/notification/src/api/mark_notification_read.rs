//! `POST /v1/notifications/{notification_id}/read`: a message was read.

use ::store::{ChangeError, Commit, Stored};
use axum::extract::State;
use kernel::{MessageId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};

use super::list_notifications::Notification;
use crate::app::App;
use crate::domain::Recipient;
use crate::store::{Note, note_key};

/// Mark a message as read
///
/// Reading it again changes nothing. In the inbox that operators share, a message read by one is read for all.
#[utoipa::path(
    post,
    path = "/v1/notifications/{notification_id}/read",
    operation_id = "mark_notification_read",
    tag = "notifications",
    security(("token" = [])),
    params(("notification_id" = MessageId, Path, description = "The message.")),
    responses(
        (status = 200, description = "The message, read.", body = Notification),
        (status = 404, description = "There is no such message in the caller's inbox.", body = Problem),
    ),
)]
pub async fn mark_notification_read(
    State(app): State<App>,
    principal: Principal,
    Path(notification_id): Path<MessageId>,
    RequestCause(cause): RequestCause,
) -> Result<Json<Notification>, Problem> {
    let mut inboxes = vec![Recipient::Person(principal.user_id)];
    if principal.has(Role::Operator) {
        inboxes.push(Recipient::Operators);
    }
    for inbox in inboxes {
        let key = note_key(inbox, notification_id, true);
        let read = |stored: Stored<Note>| -> Result<_, Problem> {
            if stored.value.read_at.is_some() {
                return Ok((None, stored.value));
            }
            let mut note = stored.value.clone();
            note.read_at = Some(cause.now);
            let commit = Commit::new(&cause).replace(&key, &notification_id, &stored, &note);
            Ok((Some(commit), note))
        };
        match app.table.change(&key, read).await {
            Ok(note) => return Ok(Json(Notification::new(notification_id, note))),
            Err(ChangeError::Missing) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Problem::not_found())
}
