//! A person's open connections: so many at once, and none of somebody who may not be what the ticket said any more.
//!
//! The order of steps is what makes a lost role certain to end a connection that is just being opened. `$connect` writes the
//! connection, then the list, and then reads the person's standing; the inbox writes the standing, and then reads the list.
//! Whichever comes second sees what the other has written.

use ::store::{Commit, CommitError, Freshness, StoreError, Table};
use contracts::Cause;
use kernel::UserId;
use runtime::Standing;

use crate::providers::Connections;
use crate::publish::{Closed, ClosedCode, Reply};
use crate::store::{Connection, Session, Sessions, connection_key, sessions_key, watcher_key};

/// Connections of one person at once: a phone, a tablet, a counter's screen and a few tabs. The oldest gives way to a new one.
const SESSIONS_MAX: usize = 10;

/// Enters a connection, and tells which others must go: the oldest, if there would be too many.
///
/// # Errors
/// When the table does not answer, or the person's apps connect all at once.
pub async fn enter(table: &Table, user_id: UserId, session: Session, cause: &Cause) -> Result<Vec<String>, StoreError> {
    let mut displaced = Vec::new();
    let key = sessions_key(user_id);
    let enter = |sessions: &mut Sessions| {
        displaced = sessions.enter(session.clone(), cause.now.as_second());
        true
    };
    table.upsert(cause, &key, enter).await?;
    Ok(displaced)
}

/// Strikes a connection that has ended.
///
/// # Errors
/// When the table does not answer.
pub async fn leave(table: &Table, user_id: UserId, connection_id: &str, cause: &Cause) -> Result<(), StoreError> {
    let key = sessions_key(user_id);
    let leave = |sessions: &mut Sessions| {
        let before = sessions.open.len();
        sessions.open.retain(|session| session.connection_id != connection_id);
        sessions.open.len() < before
    };
    table.upsert(cause, &key, leave).await
}

/// Ends those connections of a person that were opened as what the person is not any more: all of them, if suspended. Nothing
/// is delivered to them from here on.
///
/// # Errors
/// When the table does not answer.
pub async fn end_lost(
    table: &Table,
    connections: &Connections,
    user_id: UserId,
    cause: &Cause,
) -> Result<(), StoreError> {
    let Some(standing) = Standing::of(table, user_id, Freshness::Latest).await? else {
        return Ok(());
    };
    let Some(sessions) = table.get::<Sessions>(&sessions_key(user_id)).await? else {
        return Ok(());
    };
    for session in sessions.value.open {
        let id = &session.connection_id;
        let found = table.get::<Connection>(&connection_key(id)).await?;
        let Some(connection) = found.filter(|connection| !standing.allows(&connection.value.roles)) else {
            continue;
        };
        end(
            table,
            connections,
            id,
            &connection.value,
            ClosedCode::AccessChanged,
            cause,
        )
        .await?;
        leave(table, user_id, id, cause).await?;
    }
    Ok(())
}

/// Ends a connection: forgets what it follows, says why, and closes it.
///
/// # Errors
/// When the table does not answer. Then it may still follow something.
pub async fn end(
    table: &Table,
    connections: &Connections,
    connection_id: &str,
    connection: &Connection,
    code: ClosedCode,
    cause: &Cause,
) -> Result<(), StoreError> {
    forget(table, connection_id, connection, cause).await?;
    let last = Reply::Closed(Closed { code }).about(None, cause.now);
    if let Some(text) = last.text() {
        connections.post(connection_id, &text).await;
    }
    connections.close(connection_id).await;
    Ok(())
}

/// Forgets a connection and what it followed.
///
/// # Errors
/// When the table does not answer.
pub async fn forget(
    table: &Table,
    connection_id: &str,
    connection: &Connection,
    cause: &Cause,
) -> Result<(), StoreError> {
    let mut commit = Commit::new(cause).also_delete(&connection_key(connection_id));
    for topic in &connection.topics {
        commit = commit.also_delete(&watcher_key(topic, connection_id));
    }
    match table.commit(commit).await {
        Ok(()) => Ok(()),
        Err(CommitError::Store(error)) => Err(error),
        Err(error) => Err(StoreError::Unavailable(error.to_string())),
    }
}

impl Sessions {
    /// Adds a connection as the newest, and takes out those that must go: the oldest beyond the bound, and silently what has
    /// ended by now in any case.
    fn enter(&mut self, session: Session, now: i64) -> Vec<String> {
        self.open
            .retain(|known| now < known.expires_at && known.connection_id != session.connection_id);
        self.expires_at = self.expires_at.max(session.expires_at);
        self.open.push(session);
        let beyond = self.open.len().saturating_sub(SESSIONS_MAX);
        self.open.drain(..beyond).map(|session| session.connection_id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(id: usize, expires_at: i64) -> Session {
        Session {
            connection_id: id.to_string(),
            expires_at,
        }
    }

    #[test]
    fn the_oldest_connection_gives_way_to_one_too_many() {
        let mut sessions = Sessions::default();
        for id in 0..SESSIONS_MAX {
            assert!(sessions.enter(session(id, 100), 10).is_empty());
        }
        assert_eq!(sessions.enter(session(99, 200), 10), ["0"]);
        assert_eq!((sessions.open.len(), sessions.expires_at), (SESSIONS_MAX, 200));
        // The same again displaces nobody.
        assert!(sessions.enter(session(99, 200), 10).is_empty());
        assert_eq!(sessions.open.len(), SESSIONS_MAX);
    }

    #[test]
    fn what_has_ended_by_itself_makes_room() {
        let mut sessions = Sessions::default();
        for id in 0..SESSIONS_MAX {
            assert!(sessions.enter(session(id, 100), 10).is_empty());
        }
        assert!(sessions.enter(session(99, 300), 100).is_empty());
        assert_eq!(sessions.open.len(), 1);
    }
}
