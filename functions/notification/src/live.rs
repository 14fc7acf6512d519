//! The WebSocket API's `$connect`, `$default` and `$disconnect`.

mod command;
#[cfg(test)]
mod document;
mod topic_schema;

use std::collections::HashMap;
use std::time::Instant;

use contracts::Cause;
use kernel::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use runtime::Edge;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::LiveApp;
use crate::domain::Topic;
use crate::publish::{Nothing, RefusalCode, Refused, Reply};
use crate::usecase::live::{LiveError, connect, follow};
use command::{Command, Ping, Subscribe, Unsubscribe};

/// The route that admits.
const CONNECT: &str = "$connect";
/// The longest command, in bytes.
const COMMAND_LENGTH_MAX: usize = 1024;

/// A request of the WebSocket API, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Incoming {
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

/// Why a command is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CommandError {
    Malformed,
    Live(LiveError),
}

/// Opens, serves and closes connections until the environment ends.
///
/// # Errors
/// When `LIVE_API_URL` is missing, or the Runtime API fails.
pub async fn run(edge: &Edge) -> Result<(), runtime::Error> {
    let app = LiveApp::new(edge)?;
    let function = service_fn(async |event: LambdaEvent<Incoming>| {
        let status = serve(&app, event.payload, runtime::clock::now()).await;
        Ok::<Value, runtime::Error>(json!({"statusCode": status}))
    });
    lambda_runtime::run(function).await
}

/// Serves one request. Only `$connect` is answered with how it went: a client is told of its commands by a frame.
pub async fn serve(app: &LiveApp, request: Incoming, now: Timestamp) -> u16 {
    let started = Instant::now();
    let Context {
        route_key,
        connection_id,
        request_id,
    } = &request.request_context;
    let cause = Cause {
        now,
        correlation_id: request_id.clone(),
        causation_id: request_id.clone(),
        traceparent: None,
    };
    let status = match route_key.as_str() {
        CONNECT => {
            let parameters = request.query_string_parameters.unwrap_or_default();
            let ticket = parameters.get("ticket").map(String::as_str).unwrap_or_default();
            match connect::connect(app, connection_id, ticket, &cause).await {
                Ok(true) => 200,
                Ok(false) => 403,
                Err(error) => status(error),
            }
        }
        "$disconnect" => {
            let gone = connect::disconnect(app, connection_id, &cause).await;
            gone.map_or_else(status, |()| 200)
        }
        _ => command(app, connection_id, request.body.as_deref().unwrap_or_default(), &cause).await,
    };
    let reading = app.table.meter().take();
    tracing::info!(
        service = "notification",
        function = "live",
        operation = route_key,
        outcome = %status,
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        dynamodb_calls = reading.calls,
        read_units = reading.read_units,
        write_units = reading.write_units,
        "invocation"
    );
    if route_key == CONNECT { status } else { 200 }
}

/// Carries a command out and tells the client how it went.
async fn command(app: &LiveApp, connection_id: &str, body: &str, cause: &Cause) -> u16 {
    let outcome = carry_out(app, connection_id, body, cause).await;
    let status = match &outcome {
        Ok(_) => 200,
        Err(CommandError::Malformed) => 400,
        Err(CommandError::Live(error)) => status(*error),
    };
    let (topic, reply) = outcome.unwrap_or_else(|error| (None, Reply::Error(refused(error))));
    if let Some(text) = reply.about(topic, cause.now).text() {
        app.connections.post(connection_id, &text).await;
    }
    status
}

async fn carry_out(
    app: &LiveApp,
    connection_id: &str,
    body: &str,
    cause: &Cause,
) -> Result<(Option<Topic>, Reply), CommandError> {
    let topic = |text: String| text.parse().map_err(|_| CommandError::Live(LiveError::NotFound));
    match parse(body)? {
        Command::Ping(Ping {}) => Ok((None, Reply::Pong(Nothing {}))),
        Command::Subscribe(Subscribe { topic: text }) => {
            let topic = topic(text)?;
            follow::subscribe(app, connection_id, topic, cause).await?;
            Ok((Some(topic), Reply::Subscribed(Nothing {})))
        }
        Command::Unsubscribe(Unsubscribe { topic: text }) => {
            let topic = topic(text)?;
            follow::unsubscribe(app, connection_id, topic, cause).await?;
            Ok((Some(topic), Reply::Unsubscribed(Nothing {})))
        }
    }
}

fn parse(body: &str) -> Result<Command, CommandError> {
    if body.len() > COMMAND_LENGTH_MAX {
        return Err(CommandError::Malformed);
    }
    serde_json::from_str(body).map_err(|_| CommandError::Malformed)
}

impl From<LiveError> for CommandError {
    fn from(error: LiveError) -> Self {
        Self::Live(error)
    }
}

const fn status(error: LiveError) -> u16 {
    match error {
        LiveError::NotFound => 404,
        LiveError::TooManyTopics => 422,
        LiveError::TooManyRequests(_) => 429,
        LiveError::Unavailable => 503,
    }
}

fn refused(error: CommandError) -> Refused {
    let (code, detail) = match error {
        CommandError::Malformed => (
            RefusalCode::Malformed,
            r#"Send {"action": "subscribe", "topic": "order:<order id>"}."#,
        ),
        CommandError::Live(LiveError::NotFound) => (
            RefusalCode::NotFound,
            "There is no such topic, or it is not yours to follow.",
        ),
        CommandError::Live(LiveError::TooManyTopics) => (
            RefusalCode::TooManyTopics,
            "This connection follows as many topics as one may.",
        ),
        CommandError::Live(LiveError::TooManyRequests(_)) => (
            RefusalCode::TooManyRequests,
            "Wait as many seconds as retry_after says.",
        ),
        CommandError::Live(LiveError::Unavailable) => (RefusalCode::Unavailable, "Try again in a moment."),
    };
    let retry_after = match error {
        CommandError::Live(LiveError::TooManyRequests(seconds)) => Some(seconds),
        CommandError::Live(_) | CommandError::Malformed => None,
    };
    Refused {
        code,
        detail: detail.to_owned(),
        retry_after,
    }
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
            assert_eq!(parse(body), Err(CommandError::Malformed), "{body}");
        }
    }

    #[test]
    fn reads_what_the_gateway_sends() {
        let sample = include_str!("../../../tests/events/notification/live.json");
        let request: Incoming = serde_json::from_str(sample).unwrap();
        assert_eq!(request.request_context.route_key, "$connect");
        assert!(request.query_string_parameters.unwrap().contains_key("ticket"));
    }
}
