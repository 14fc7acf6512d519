//! A connection begins and ends to follow a topic.

use ::store::{Budget, Commit, Stored};
use contracts::Cause;
use kernel::{Role, SignedDuration};

use super::LiveError;
use super::access::may_follow;
use crate::app::LiveApp;
use crate::domain::Topic;
use crate::store::{Connection, Watcher, connection_key, watcher_key};

/// Topics of one connection, at most: a kitchen follows itself, a customer a few orders.
pub const TOPICS_MAX: usize = 20;
/// What a connection may ask to follow or not to follow in ten minutes: five times as much as it can follow at once.
pub const COMMANDS_MAX: u32 = 100;
/// Guessing ids ends here.
const COMMANDS: Budget = Budget::new("live_command", COMMANDS_MAX, SignedDuration::from_mins(10));

/// Follows a topic. Following it again changes nothing.
///
/// # Errors
/// See [`LiveError`].
pub async fn subscribe(app: &LiveApp, connection_id: &str, topic: Topic, cause: &Cause) -> Result<(), LiveError> {
    let connection = open_connection(app, connection_id, cause).await?;
    app.table.spend(&COMMANDS, connection_id, cause.now).await?;
    if !may_follow(&app.table, &connection.value, topic).await? {
        return Err(LiveError::NotFound);
    }
    if !connection.value.topics.contains(&topic) {
        if connection.value.topics.len() >= TOPICS_MAX {
            return Err(LiveError::TooManyTopics);
        }
        // The connection lists the topic first: what it lists is what closing it removes.
        let mut longer = connection.value.clone();
        longer.topics.push(topic);
        replace(app, connection_id, &connection, &longer, cause).await?;
    }
    let watcher = Watcher {
        connection_id: connection_id.to_owned(),
        user_id: connection.value.user_id,
        operator: connection.value.roles.contains(&Role::Operator),
        expires_at: connection.value.expires_at,
    };
    let commit = Commit::new(cause).also_put(&watcher_key(&topic, connection_id), &watcher);
    Ok(app.table.commit(commit).await?)
}

/// Follows a topic no more.
///
/// # Errors
/// See [`LiveError`].
pub async fn unsubscribe(app: &LiveApp, connection_id: &str, topic: Topic, cause: &Cause) -> Result<(), LiveError> {
    let connection = open_connection(app, connection_id, cause).await?;
    app.table.spend(&COMMANDS, connection_id, cause.now).await?;
    let commit = Commit::new(cause).also_delete(&watcher_key(&topic, connection_id));
    app.table.commit(commit).await?;
    let mut shorter = connection.value.clone();
    shorter.topics.retain(|known| *known != topic);
    if shorter.topics.len() < connection.value.topics.len() {
        replace(app, connection_id, &connection, &shorter, cause).await?;
    }
    Ok(())
}

async fn open_connection(app: &LiveApp, connection_id: &str, cause: &Cause) -> Result<Stored<Connection>, LiveError> {
    let connection = app.table.get::<Connection>(&connection_key(connection_id)).await?;
    connection
        .filter(|connection| cause.now.as_second() < connection.value.expires_at)
        .ok_or(LiveError::NotFound)
}

async fn replace(
    app: &LiveApp,
    connection_id: &str,
    read: &Stored<Connection>,
    connection: &Connection,
    cause: &Cause,
) -> Result<(), LiveError> {
    let commit = Commit::new(cause).also_replace(&connection_key(connection_id), read, connection);
    Ok(app.table.commit(commit).await?)
}
