//! `POST /v1/live/tickets`: admission to one live connection.

use axum::extract::State;
use http::StatusCode;
use kernel::Role;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::live::{TICKET_LIFETIME, Ticket};
use crate::store::expiry;

/// A ticket, good for one connection.
#[derive(Serialize, ToSchema)]
pub struct LiveTicket {
    /// Append it to the URL: `?ticket=`.
    pub ticket: String,
    /// The WebSocket URL.
    #[schema(example = "wss://live.example/live")]
    pub url: String,
    /// Seconds until it is good for nothing.
    #[schema(example = 60)]
    pub expires_in: i64,
}

/// Issue a ticket for a live connection
///
/// The access token itself never travels in a URL.
#[utoipa::path(
    post,
    path = "/v1/live/tickets",
    operation_id = "issue_live_ticket",
    tag = "live",
    security(("token" = [])),
    responses(
        (status = 201, description = "The ticket.", body = LiveTicket),
        (status = 401, description = "Nobody is signed in.", body = Problem),
    ),
)]
pub async fn issue_live_ticket(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<(StatusCode, Json<LiveTicket>), Problem> {
    let ticket = Ticket {
        id: runtime::ids::random().simple().to_string(),
        user_id: principal.user_id,
        operator: principal.has(Role::Operator),
        courier: principal.has(Role::Courier),
        expires_at: expiry(cause.now, TICKET_LIFETIME),
    };
    let ticket = ticket.seal(&app.cursor_key).ok_or_else(Problem::internal)?;
    let url = app.live_url.clone();
    Ok((
        StatusCode::CREATED,
        Json(LiveTicket {
            ticket,
            url,
            expires_in: TICKET_LIFETIME.as_secs(),
        }),
    ))
}
