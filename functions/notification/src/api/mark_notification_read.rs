//! `POST /v1/notifications/{notification_id}/read`: a message was read.

use axum::extract::State;
use kernel::{MessageId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};

use super::views::Notification;
use crate::app::App;
use crate::domain::Recipient;
use crate::usecase::mark_notification_read as usecase;

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
    let inboxes = Recipient::inboxes(principal.user_id, principal.has(Role::Operator));
    let note = usecase::mark_notification_read(&app.table, &inboxes, notification_id, &cause).await?;
    let note = note.ok_or_else(Problem::not_found)?;
    Ok(Json(Notification::new(notification_id, note)))
}
