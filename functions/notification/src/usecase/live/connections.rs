//! `$connect`, `$default` and `$disconnect`.

use std::collections::HashMap;
use std::time::Instant;

use ::store::{Budget, Commit, CommitError, Freshness, SpendError, StoreError, Stored, Table};
use contracts::Cause;
use kernel::{Role, SignedDuration};
use lambda_runtime::{LambdaEvent, service_fn};
use runtime::{Edge, Standing};
use serde::Deserialize;
use serde_json::{Value, json};

use super::access::may_follow;
use super::answer::{ClosedCode, Command, Nothing, Ping, RefusalCode, Refused, Subscribe, Told, Unsubscribe};
use super::push::Connections;
use super::{Ticket, Topic, session};
use crate::store::{Connection, Session, UsedTicket, Watcher, connection_key, expiry, ticket_key, watcher_key};

/// How long a connection lives: what API Gateway allows.
pub const CONNECTION_LIFETIME: SignedDuration = SignedDuration::from_hours(2);
/// The route that admits.
const CONNECT: &str = "$connect";
/// Topics of one connection, at most: a kitchen follows itself, a customer a few orders.
pub const TOPICS_MAX: usize = 20;
/// What a connection may ask to follow or not to follow in ten minutes: five times as much as it can follow at once.
pub const COMMANDS_MAX: u32 = 100;
/// Guessing ids ends here.
const COMMANDS: Budget = Budget::new("live_command", COMMANDS_MAX, SignedDuration::from_mins(10));
/// The longest command, in bytes.
pub const COMMAND_LENGTH_MAX: usize = 1024;

struct Live {
    table: Table,
    cursor_key: ::store::CursorKey,
    connections: Connections,
}

/// A request of the WebSocket API, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Incoming {
    request_context: Context,
    #[serde(default)]
    query_string_parameters: Option<HashMap<String, String>>,
    #[serde(default)]
    body: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    route_key: String,
    connection_id: String,
    #[serde(default)]
    request_id: String,
}

/// Why a command is refused, as the client is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    Malformed,
    NotFound,
    TooManyTopics,
    /// With the seconds until it may be tried again.
    TooManyRequests(u32),
    Unavailable,
}

impl Refusal {
    const fn code(self) -> RefusalCode {
        match self {
            Self::Malformed => RefusalCode::Malformed,
            Self::NotFound => RefusalCode::NotFound,
            Self::TooManyTopics => RefusalCode::TooManyTopics,
            Self::TooManyRequests(_) => RefusalCode::TooManyRequests,
            Self::Unavailable => RefusalCode::Unavailable,
        }
    }

    const fn detail(self) -> &'static str {
        match self {
            Self::Malformed => r#"Send {"action": "subscribe", "topic": "order:<order id>"}."#,
            Self::NotFound => "There is no such topic, or it is not yours to follow.",
            Self::TooManyTopics => "This connection follows as many topics as one may.",
            Self::TooManyRequests(_) => "Wait as many seconds as retry_after says.",
            Self::Unavailable => "Try again in a moment.",
        }
    }

    const fn retry_after(self) -> Option<u32> {
        match self {
            Self::TooManyRequests(seconds) => Some(seconds),
            Self::Malformed | Self::NotFound | Self::TooManyTopics | Self::Unavailable => None,
        }
    }

    fn told(self) -> Told {
        Told::Error(Refused {
            code: self.code(),
            detail: self.detail().to_owned(),
            retry_after: self.retry_after(),
        })
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = %error, "the table could not be used");
        Self::Unavailable
    }
}

impl From<CommitError> for Refusal {
    fn from(error: CommitError) -> Self {
        tracing::warn!(error = %error, "a commit did not happen");
        Self::Unavailable
    }
}

impl From<SpendError> for Refusal {
    fn from(error: SpendError) -> Self {
        match error {
            SpendError::Exhausted { retry_after_seconds } => Self::TooManyRequests(retry_after_seconds),
            SpendError::Store(error) => error.into(),
        }
    }
}

/// Opens, serves and closes connections until the environment ends.
///
/// # Errors
/// When `LIVE_API_URL` is missing, or the Runtime API fails.
pub async fn run(edge: &Edge) -> Result<(), runtime::Error> {
    let live = Live {
        table: edge.table().clone(),
        cursor_key: edge.cursor_key().clone(),
        connections: Connections::of(edge)?,
    };
    let function = service_fn(async |event: LambdaEvent<Incoming>| {
        let status = live.serve(event.payload).await;
        Ok::<Value, runtime::Error>(json!({"statusCode": status}))
    });
    lambda_runtime::run(function).await
}

impl Live {
    /// Serves one request. Only `$connect` is answered with how it went: a client is told of its commands by a frame.
    async fn serve(&self, request: Incoming) -> u16 {
        let started = Instant::now();
        let context = &request.request_context;
        let cause = Cause {
            now: runtime::clock::now(),
            correlation_id: context.request_id.clone(),
            causation_id: context.request_id.clone(),
            traceparent: None,
        };
        let status = match context.route_key.as_str() {
            CONNECT => self.connect(&request, &cause).await,
            "$disconnect" => self.disconnect(&context.connection_id, &cause).await,
            _ => self.command(&request, &cause).await,
        };
        let reading = self.table.meter().take();
        tracing::info!(
            service = "notification",
            function = "live",
            operation = context.route_key,
            outcome = %status,
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            dynamodb_calls = reading.calls,
            read_units = reading.read_units,
            write_units = reading.write_units,
            "invocation"
        );
        if context.route_key == CONNECT { status } else { 200 }
    }

    /// Admits the bearer of a ticket that was not used before, unless the person is not any more what the ticket says.
    async fn connect(&self, request: &Incoming, cause: &Cause) -> u16 {
        let text = request
            .query_string_parameters
            .as_ref()
            .and_then(|parameters| parameters.get("ticket"));
        let Some(ticket) = text.and_then(|text| Ticket::open(&self.cursor_key, text, cause.now)) else {
            return 403;
        };
        let connection_id = &request.request_context.connection_id;
        let used = UsedTicket {
            connection_id: connection_id.clone(),
            expires_at: ticket.expires_at,
        };
        let take = Commit::new(cause).also_claim(&ticket_key(&ticket.id), &used, "used");
        match self.table.commit(take).await {
            Ok(()) => {}
            Err(CommitError::Refused(_)) => return 403,
            Err(error) => return Refusal::from(error).status(),
        }
        match self.open(connection_id, ticket, cause).await {
            Ok(true) => 200,
            Ok(false) => 403,
            Err(refusal) => refusal.status(),
        }
    }

    /// Opens a connection; false if its owner has lost a role that the ticket tells. The order of steps is
    /// [`super::session`]'s.
    async fn open(&self, connection_id: &str, ticket: Ticket, cause: &Cause) -> Result<bool, Refusal> {
        let (table, user_id) = (&self.table, ticket.user_id);
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
        let displaced = session::enter(table, user_id, session, cause).await?;
        let standing = Standing::of(table, user_id, Freshness::Latest).await?;
        if standing.is_some_and(|standing| !standing.allows(&connection.roles)) {
            session::forget(table, connection_id, &connection, cause).await?;
            session::leave(table, user_id, connection_id, cause).await?;
            return Ok(false);
        }
        for id in displaced {
            if let Some(oldest) = table.get::<Connection>(&connection_key(&id)).await? {
                let code = ClosedCode::TooManyConnections;
                session::end(table, &self.connections, &id, &oldest.value, code, cause).await?;
            }
        }
        Ok(true)
    }

    /// Forgets a connection and what it followed. What is left behind by a failure is forgotten by the table in time.
    async fn disconnect(&self, connection_id: &str, cause: &Cause) -> u16 {
        let key = connection_key(connection_id);
        let connection = match self.table.get::<Connection>(&key).await {
            Ok(Some(connection)) => connection.value,
            Ok(None) => return 200,
            Err(error) => return Refusal::from(error).status(),
        };
        let gone = async {
            session::forget(&self.table, connection_id, &connection, cause).await?;
            session::leave(&self.table, connection.user_id, connection_id, cause).await
        };
        gone.await.map_or_else(|error| Refusal::from(error).status(), |()| 200)
    }

    /// Carries a command out and tells the client how it went.
    async fn command(&self, request: &Incoming, cause: &Cause) -> u16 {
        let connection_id = &request.request_context.connection_id;
        let body = request.body.as_deref().unwrap_or_default();
        let outcome = self.obey(connection_id, body, cause).await;
        let answer = match &outcome {
            Ok((topic, told)) => told.clone().about(*topic, cause.now),
            Err(refusal) => refusal.told().about(None, cause.now),
        };
        if let Some(text) = answer.text() {
            self.connections.post(connection_id, &text).await;
        }
        outcome.map_or_else(Refusal::status, |_| 200)
    }

    async fn obey(&self, connection_id: &str, body: &str, cause: &Cause) -> Result<(Option<Topic>, Told), Refusal> {
        match parse(body)? {
            Command::Ping(Ping {}) => Ok((None, Told::Pong(Nothing {}))),
            Command::Subscribe(Subscribe { topic }) => {
                let topic = topic.parse().map_err(|_| Refusal::NotFound)?;
                self.subscribe(connection_id, topic, cause).await?;
                Ok((Some(topic), Told::Subscribed(Nothing {})))
            }
            Command::Unsubscribe(Unsubscribe { topic }) => {
                let topic = topic.parse().map_err(|_| Refusal::NotFound)?;
                self.unsubscribe(connection_id, topic, cause).await?;
                Ok((Some(topic), Told::Unsubscribed(Nothing {})))
            }
        }
    }

    async fn open_connection(&self, connection_id: &str, cause: &Cause) -> Result<Stored<Connection>, Refusal> {
        let connection = self.table.get::<Connection>(&connection_key(connection_id)).await?;
        connection
            .filter(|connection| cause.now.as_second() < connection.value.expires_at)
            .ok_or(Refusal::NotFound)
    }

    async fn subscribe(&self, connection_id: &str, topic: Topic, cause: &Cause) -> Result<(), Refusal> {
        let connection = self.open_connection(connection_id, cause).await?;
        self.table.spend(&COMMANDS, connection_id, cause.now).await?;
        if !may_follow(&self.table, &connection.value, topic).await? {
            return Err(Refusal::NotFound);
        }
        if !connection.value.topics.contains(&topic) {
            if connection.value.topics.len() >= TOPICS_MAX {
                return Err(Refusal::TooManyTopics);
            }
            // The connection lists the topic first: what it lists is what closing it removes.
            let mut longer = connection.value.clone();
            longer.topics.push(topic);
            self.rewrite(connection_id, &connection, &longer, cause).await?;
        }
        let watcher = Watcher {
            connection_id: connection_id.to_owned(),
            user_id: connection.value.user_id,
            operator: connection.value.roles.contains(&Role::Operator),
            expires_at: connection.value.expires_at,
        };
        let commit = Commit::new(cause).also_put(&watcher_key(&topic, connection_id), &watcher);
        Ok(self.table.commit(commit).await?)
    }

    async fn unsubscribe(&self, connection_id: &str, topic: Topic, cause: &Cause) -> Result<(), Refusal> {
        let connection = self.open_connection(connection_id, cause).await?;
        self.table.spend(&COMMANDS, connection_id, cause.now).await?;
        let commit = Commit::new(cause).also_delete(&watcher_key(&topic, connection_id));
        self.table.commit(commit).await?;
        let mut shorter = connection.value.clone();
        shorter.topics.retain(|known| *known != topic);
        if shorter.topics.len() < connection.value.topics.len() {
            self.rewrite(connection_id, &connection, &shorter, cause).await?;
        }
        Ok(())
    }

    async fn rewrite(
        &self,
        connection_id: &str,
        read: &Stored<Connection>,
        connection: &Connection,
        cause: &Cause,
    ) -> Result<(), Refusal> {
        let key = connection_key(connection_id);
        let commit = Commit::new(cause).also_replace(&key, read, connection);
        Ok(self.table.commit(commit).await?)
    }
}

impl Refusal {
    const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotFound => 404,
            Self::TooManyTopics => 422,
            Self::TooManyRequests(_) => 429,
            Self::Unavailable => 503,
        }
    }
}

fn parse(body: &str) -> Result<Command, Refusal> {
    if body.len() > COMMAND_LENGTH_MAX {
        return Err(Refusal::Malformed);
    }
    serde_json::from_str(body).map_err(|_| Refusal::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_commands_and_nothing_else() {
        let topic = || "order:ord_1".to_owned();
        let subscribe = parse(r#"{"action": "subscribe", "topic": "order:ord_1"}"#);
        assert_eq!(subscribe, Ok(Command::Subscribe(Subscribe { topic: topic() })));
        let unsubscribe = parse(r#"{"action": "unsubscribe", "topic": "order:ord_1"}"#);
        assert_eq!(unsubscribe, Ok(Command::Unsubscribe(Unsubscribe { topic: topic() })));
        assert_eq!(parse(r#"{"action": "ping"}"#), Ok(Command::Ping(Ping {})));
        let long = format!(
            r#"{{"action": "subscribe", "topic": "{}"}}"#,
            "x".repeat(COMMAND_LENGTH_MAX)
        );
        for body in [
            "",
            "[]",
            "hello",
            r#"{"action": "publish"}"#,
            r#"{"action": "subscribe"}"#,
            r#"{"action": "subscribe", "topic": "order:ord_1", "since": 1}"#,
            r#"{"action": "ping", "topic": "order:ord_1"}"#,
            &long,
        ] {
            assert_eq!(parse(body), Err(Refusal::Malformed), "{body}");
        }
    }

    #[test]
    fn reads_what_the_gateway_sends() {
        let sample = include_str!("../../../../tests/events/notification/live.json");
        let request: Incoming = serde_json::from_str(sample).unwrap();
        assert_eq!(request.request_context.route_key, "$connect");
        assert!(request.query_string_parameters.unwrap().contains_key("ticket"));
    }
}
