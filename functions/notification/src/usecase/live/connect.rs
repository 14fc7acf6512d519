//! Opens and ends a live connection.

use ::store::{Commit, CommitError, Freshness};
use contracts::Cause;
use kernel::SignedDuration;
use runtime::Standing;

use super::LiveError;
use super::sessions;
use super::tickets::Ticket;
use crate::app::LiveApp;
use crate::publish::ClosedCode;
use crate::store::{Connection, Session, UsedTicket, connection_key, expiry, ticket_key};

/// How long a connection lives: what API Gateway allows.
pub const CONNECTION_LIFETIME: SignedDuration = SignedDuration::from_hours(2);

/// Opens a connection for the bearer of a sealed ticket. False if the ticket is none, was used before, or tells a role that
/// its owner has lost.
///
/// # Errors
/// When the table does not answer.
pub async fn connect(app: &LiveApp, connection_id: &str, ticket: &str, cause: &Cause) -> Result<bool, LiveError> {
    let Some(ticket) = Ticket::open(&app.cursor_key, ticket, cause.now) else {
        return Ok(false);
    };
    let used = UsedTicket {
        connection_id: connection_id.to_owned(),
        expires_at: ticket.expires_at,
    };
    let take = Commit::new(cause).also_claim(&ticket_key(&ticket.id), &used, "used");
    match app.table.commit(take).await {
        Ok(()) => open(app, connection_id, ticket, cause).await,
        Err(CommitError::Refused(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Opens a connection; false if its owner has lost a role that the ticket tells. [`super::sessions`] says why the steps are in
/// this order.
async fn open(app: &LiveApp, connection_id: &str, ticket: Ticket, cause: &Cause) -> Result<bool, LiveError> {
    let (table, user_id) = (&app.table, ticket.user_id);
    let connection = Connection {
        user_id,
        roles: ticket.roles,
        topics: Vec::new(),
        expires_at: expiry(cause.now, CONNECTION_LIFETIME),
    };
    let open = Commit::new(cause).also_put(&connection_key(connection_id), &connection);
    table.commit(open).await?;
    let session = Session {
        connection_id: connection_id.to_owned(),
        expires_at: connection.expires_at,
    };
    let displaced = sessions::enter(table, user_id, session, cause).await?;
    let standing = Standing::of(table, user_id, Freshness::Latest).await?;
    if standing.is_some_and(|standing| !standing.allows(&connection.roles)) {
        sessions::forget(table, connection_id, &connection, cause).await?;
        sessions::leave(table, user_id, connection_id, cause).await?;
        return Ok(false);
    }
    for id in displaced {
        if let Some(oldest) = table.get::<Connection>(&connection_key(&id)).await? {
            let code = ClosedCode::TooManyConnections;
            sessions::end(table, &app.connections, &id, &oldest.value, code, cause).await?;
        }
    }
    Ok(true)
}

/// Forgets a connection that has ended and what it followed. The table forgets in time what a failure leaves behind.
///
/// # Errors
/// When the table does not answer.
pub async fn disconnect(app: &LiveApp, connection_id: &str, cause: &Cause) -> Result<(), LiveError> {
    let key = connection_key(connection_id);
    if let Some(connection) = app.table.get::<Connection>(&key).await? {
        let connection = connection.value;
        sessions::forget(&app.table, connection_id, &connection, cause).await?;
        sessions::leave(&app.table, connection.user_id, connection_id, cause).await?;
    }
    Ok(())
}
