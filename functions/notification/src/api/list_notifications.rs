//! `GET /v1/notifications`: the in-app inbox.

use axum::extract::State;
use kernel::{MessageId, Role};
use runtime::{Json, Listing, Paging, Principal, Problem, Query};

use super::views::Notification;
use crate::app::App;
use crate::domain::Recipient;
use crate::usecase::list_notifications as usecase;

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
    let last: Option<MessageId> = cursor.map(|cursor| app.cursor_key.open(&scope, cursor)).transpose()?;
    let inboxes = Recipient::inboxes(principal.user_id, principal.has(Role::Operator));
    let page = usecase::list_notifications(&app.table, &inboxes, limit, last).await?;
    let next_cursor = page.next.and_then(|last| app.cursor_key.seal(&scope, &last));
    let items = page.notes.into_iter().map(|(id, note)| Notification::new(id, note));
    Ok(Json(Listing {
        items: items.collect(),
        next_cursor,
    }))
}
