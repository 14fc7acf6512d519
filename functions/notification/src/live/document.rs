//! The AsyncAPI document of the live connection: what is sent and answered, made from the types that are sent.

use std::path::Path;

use contracts::asyncapi::{self, schema_json};
use contracts::{Envelope, Schemas};
use kernel::Timestamp;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::COMMAND_LENGTH_MAX;
use super::command::{Ping, Subscribe, Unsubscribe};
use crate::domain::{OrderEvent, Topic, TopicKind};
use crate::publish::{Closed, ClosedCode, Frame, NEWS, News, Nothing, RefusalCode, Refused, Reply};
use crate::publish::{frames, moved, offer_ended, offered};
use crate::usecase::live::connect::CONNECTION_LIFETIME;
use crate::usecase::live::follow::{COMMANDS_MAX, TOPICS_MAX};
use crate::usecase::live::tickets::TICKET_LIFETIME;

/// The schema of a type and of those it refers to.
fn schemas<T: ToSchema>() -> Schemas {
    let mut referred = Vec::new();
    T::schemas(&mut referred);
    (T::schema(), referred)
}

/// The restaurant of the examples.
const RESTAURANT: &str = "rst_01jd8v4q6nf2xb3k7p0zr5t1cd";
/// A command of the examples.
const ORDER: &str = "order:ord_01jd8v4q6nf2x9m3k7p0zr5t1c";

/// What the document is made of, as it grows.
#[derive(Default)]
struct Parts {
    messages: Map<String, Value>,
    schemas: Map<String, Value>,
}

impl Parts {
    /// The schema of a type, whose parts are entered.
    fn schema(&mut self, (schema, referred): Schemas) -> Value {
        for (name, part) in referred {
            self.schemas.insert(name, schema_json(&part).unwrap());
        }
        schema_json(&schema).unwrap()
    }

    fn message(
        &mut self,
        name: &str,
        about: &str,
        payload: &Value,
        examples: impl IntoIterator<Item = (String, Value)>,
    ) {
        let examples = examples.into_iter();
        let examples: Vec<_> = examples
            .map(|(name, payload)| json!({"name": name, "payload": payload}))
            .collect();
        let message = json!({
            "name": name, "title": name, "summary": about.trim(), "contentType": "application/json", "payload": payload,
            "examples": examples,
        });
        self.messages.insert(name.to_owned(), message);
    }

    /// What a client sends.
    fn command<T: ToSchema>(&mut self, action: &str, example: Value) {
        let mut payload = self.schema(schemas::<T>());
        let about = payload["description"].as_str().unwrap_or_default().to_owned();
        payload["properties"]["action"] = json!({"const": action});
        let required = payload["required"].as_array().cloned().unwrap_or_default();
        payload["required"] = [vec![json!("action")], required].concat().into();
        self.message(action, &about, &payload, [(action.to_owned(), example)]);
    }

    /// What a connection alone is told.
    fn answer<T: ToSchema>(&mut self, about: &str, topic: Option<&str>, told: Reply) {
        let at: Timestamp = "2026-11-20T18:30:00Z".parse().unwrap();
        let example = told.about(topic.map(|topic| topic.parse().unwrap()), at);
        let example = serde_json::to_value(example).unwrap();
        let data = self.schema(schemas::<T>());
        let topic = match topic {
            Some(_) => json!({"$ref": "#/components/schemas/Topic"}),
            None => json!({"type": "null"}),
        };
        let kind = example["type"].as_str().unwrap().to_owned();
        let payload = frame(&kind, &topic, &data);
        self.message(&kind, about, &payload, [(kind.clone(), example)]);
    }

    /// What followers are told.
    fn news(&mut self, news: &News) {
        let data = self.schema((news.schema)());
        let topics: Vec<_> = news
            .topics
            .iter()
            .map(|kind| json!({"$ref": format!("#/components/schemas/{}", kind.name())}))
            .collect();
        let topic = match topics.as_slice() {
            [one] => one.clone(),
            _ => json!({"oneOf": topics}),
        };
        let examples = examples(news.kind).into_iter().map(|frame| {
            let name = TopicKind::of(frame.topic).name().to_owned();
            (name, serde_json::to_value(frame).unwrap())
        });
        let payload = frame(news.kind, &topic, &data);
        self.message(news.kind, news.about, &payload, examples);
    }
}

fn frame(kind: &str, topic: &Value, data: &Value) -> Value {
    json!({
        "type": "object",
        "required": ["topic", "type", "data", "at"],
        "properties": {
            "topic": topic,
            "type": {"const": kind},
            "data": data,
            "at": {"type": "string", "format": "date-time", "description": "When it happened."},
        },
        "additionalProperties": false,
    })
}

/// The frames that the example of an event leads to.
fn examples(kind: &str) -> Vec<Frame> {
    let path = format!("../../shared/contracts/golden/{kind}.v1.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let event = Envelope::parse(&std::fs::read_to_string(path).unwrap()).unwrap();
    match kind {
        "delivery.offered" => vec![offered(&event, &event.data().unwrap())],
        "delivery.offer_ended" => vec![offer_ended(&event, &event.data().unwrap())],
        "courier.moved" => {
            let all: contracts::courier::Moved = event.data().unwrap();
            all.sights.iter().map(|sight| moved(&event, &all, sight)).collect()
        }
        _ => {
            let order_event = OrderEvent::read(&event).unwrap().unwrap();
            frames(&event, &order_event, RESTAURANT.parse().ok())
        }
    }
}

fn parts() -> Parts {
    let mut parts = Parts::default();
    for kind in TopicKind::ALL {
        let schema = schema_json(&kind.schema().into()).unwrap();
        parts.schemas.insert(kind.name().to_owned(), schema);
    }
    drop(parts.schema(schemas::<Topic>()));
    let topic = <Topic as utoipa::PartialSchema>::schema();
    parts.schemas.insert("Topic".to_owned(), schema_json(&topic).unwrap());
    parts.command::<Subscribe>("subscribe", json!({"action": "subscribe", "topic": ORDER}));
    parts.command::<Unsubscribe>("unsubscribe", json!({"action": "unsubscribe", "topic": ORDER}));
    parts.command::<Ping>("ping", json!({"action": "ping"}));
    parts.answer::<Nothing>("The topic is followed.", Some(ORDER), Reply::Subscribed(Nothing {}));
    parts.answer::<Nothing>(
        "The topic is followed no more.",
        Some(ORDER),
        Reply::Unsubscribed(Nothing {}),
    );
    parts.answer::<Nothing>("The connection is alive.", None, Reply::Pong(Nothing {}));
    let refused = Refused {
        code: RefusalCode::TooManyRequests,
        detail: "Wait as many seconds as retry_after says.".to_owned(),
        retry_after: Some(240),
    };
    parts.answer::<Refused>("A command was not carried out.", None, Reply::Error(refused));
    let closed = Closed {
        code: ClosedCode::AccessChanged,
    };
    parts.answer::<Closed>(
        "The connection is closed after this frame.",
        None,
        Reply::Closed(closed),
    );
    for news in NEWS {
        parts.news(news);
    }
    parts
}

/// An operation on the connection: its messages, and what they are answered with.
fn operation(action: &str, summary: &str, messages: &[&str], answers: &[&str]) -> Value {
    let references = |names: &[&str]| -> Vec<Value> {
        let reference = |name: &&str| json!({"$ref": format!("#/channels/live/messages/{name}")});
        names.iter().map(reference).collect()
    };
    let channel = json!({"$ref": "#/channels/live"});
    let mut operation = json!({
        "action": action, "channel": channel, "title": summary, "summary": summary, "messages": references(messages),
        "security": [{"$ref": "#/components/securitySchemes/ticket"}],
    });
    if !answers.is_empty() {
        operation["reply"] = json!({"channel": channel, "messages": references(answers)});
    }
    operation
}

fn description() -> String {
    format!(
        "What an app hears while it happens. `POST /v1/live/tickets` gives a ticket, which opens one connection within {} \
         seconds: connect to its URL with `?ticket=`, and subscribe to topics. `order:<order id>` is for the order's customer, \
         its courier, the restaurant's staff and operators; `restaurant:<restaurant id>` for its staff and operators; \
         `courier:<courier id>` for that courier alone; `operators` for operators. A connection follows {TOPICS_MAX} topics at \
         most, lives {} hours at most, and may subscribe and unsubscribe {COMMANDS_MAX} times in ten minutes; a command has \
         {COMMAND_LENGTH_MAX} bytes at most. A frame that comes twice has the same `data.event_id`. Frames may be lost: after a \
         reconnection, read the present state over HTTP. Changes are additive: a reader ignores members and types of frames, \
         and expects words, that it does not know.",
        TICKET_LIFETIME.as_secs(),
        CONNECTION_LIFETIME.as_hours(),
    )
}

/// The document, in AsyncAPI 3.0.
fn document() -> Value {
    let Parts { messages, schemas } = parts();
    let news: Vec<_> = NEWS.iter().map(|news| news.kind).collect();
    let listed: Map<String, Value> = messages
        .keys()
        .map(|name| (name.clone(), json!({"$ref": format!("#/components/messages/{name}")})))
        .collect();
    let query = json!({
        "type": "object",
        "required": ["ticket"],
        "properties": {"ticket": {"type": "string", "description": "What `POST /v1/live/tickets` has given."}},
    });
    let channel = json!({
        "address": "/live",
        "title": "Live connection",
        "description": "A WebSocket. Every message is one text frame of JSON.",
        "messages": listed,
        "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}},
    });
    let ticket = json!({
        "type": "httpApiKey", "in": "query", "name": "ticket",
        "description": "A ticket, good for one connection, so that no access token travels in a URL.",
    });
    let server = json!({
        "host": "{host}",
        "protocol": "wss",
        "description": "Whatever the ticket's URL says.",
        "variables": {"host": {"description": "The host of the ticket's URL.", "default": "live.example"}},
    });
    let operations = json!({
        "subscribe": operation("receive", "Follow a topic", &["subscribe"], &["subscribed", "error"]),
        "unsubscribe": operation("receive", "Follow a topic no more", &["unsubscribe"], &["unsubscribed", "error"]),
        "ping": operation("receive", "Show that the connection is alive", &["ping"], &["pong", "error"]),
        "tell_news": operation("send", "Tell followers what has happened", &news, &[]),
        "close_connection": operation("send", "Close a connection that may be open no longer", &["closed"], &[]),
    });
    json!({
        "asyncapi": asyncapi::VERSION,
        "info": {
            "title": "Tiffin live connection", "version": "1.0.0", "description": description(),
            "license": asyncapi::license(),
        },
        "defaultContentType": "application/json",
        "servers": {"live": server},
        "channels": {"live": channel},
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas, "securitySchemes": {"ticket": ticket}},
    })
}

#[test]
fn the_asyncapi_document_is_what_is_sent() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("asyncapi.json");
    let current = serde_json::to_string_pretty(&document()).unwrap() + "\n";
    if std::env::vars().any(|(name, value)| name == "UPDATE_ASYNCAPI" && value == "1") {
        std::fs::write(&path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "{}: run with UPDATE_ASYNCAPI=1 and commit it",
        path.display()
    );
}

#[test]
fn every_frame_is_described_for_the_topics_that_it_goes_to() {
    for news in NEWS {
        let frames = examples(news.kind);
        let mut told: Vec<_> = frames.iter().map(|frame| TopicKind::of(frame.topic)).collect();
        told.dedup();
        // The example was cancelled by its customer, after the kitchen had heard of it.
        assert_eq!(told, news.topics, "{}", news.kind);
        assert!(frames.iter().all(|frame| frame.kind == news.kind));
    }
}

#[test]
fn every_order_event_that_is_told_is_described() {
    for event_type in OrderEvent::TYPES {
        let kind = event_type.trim_end_matches(".v1");
        let is_told = kind != "order.placed";
        assert_eq!(NEWS.iter().any(|news| news.kind == kind), is_told, "{kind}");
    }
}

/// Every name that a schema refers to is in the document.
#[test]
fn the_document_is_whole() {
    let document = document();
    let text = document.to_string();
    let references = text.split("\"$ref\":\"#").skip(1);
    for reference in references.filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}
