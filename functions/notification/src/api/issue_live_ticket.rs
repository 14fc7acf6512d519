//! `POST /v1/live/tickets`: admission to one live connection.

use ::store::{Budget, Freshness};
use axum::extract::State;
use http::StatusCode;
use kernel::SignedDuration;
use runtime::{Json, Principal, Problem, RequestCause, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes;
use crate::app::App;
use crate::usecase::live::tickets::{self, TICKET_LIFETIME};

/// Tickets of one person: an app that loses its connection every minute for ten minutes needs ten, on three devices thirty.
const BUDGET: Budget = Budget::new("issue_live_ticket", 30, SignedDuration::from_mins(10));

/// A ticket, good for one connection.
#[derive(Serialize, ToSchema)]
pub struct LiveTicket {
    /// Append it to the URL: `?ticket=`.
    #[schema(value_type = shapes::Ticket)]
    pub ticket: String,
    /// The WebSocket URL.
    #[schema(format = "uri", example = "wss://live.example/live")]
    pub url: String,
    /// Seconds until it is good for nothing.
    #[schema(example = 60, minimum = 1)]
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
        (status = 403, description = "A role of the access token was taken away: sign in again.", body = Problem),
        (status = 429, description = "`too_many_requests`: keep the connection that you have.", body = Problem),
    ),
)]
pub async fn issue_live_ticket(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<(StatusCode, Json<LiveTicket>), Problem> {
    let user_id = principal.user_id;
    app.table.spend(&BUDGET, &user_id.to_string(), cause.now).await?;
    let standing = Standing::of(&app.table, user_id, Freshness::Recent).await?;
    if standing.is_some_and(|standing| !standing.allows(&principal.roles)) {
        return Err(Problem::forbidden());
    }
    let ticket = tickets::issue(&app.cursor_key, user_id, principal.roles, cause.now).ok_or_else(Problem::internal)?;
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
