//! The AsyncAPI document: every topic, every event, and what is inside, made from the contracts.

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use crate::{PUBLISHED, Published};

/// The document, in AsyncAPI 3.0.
///
/// # Errors
/// When a schema cannot be written as JSON.
pub fn document() -> Result<Value, serde_json::Error> {
    let mut channels = Map::new();
    let mut operations = Map::new();
    let mut messages = Map::new();
    let mut schemas = Map::new();
    for published in PUBLISHED {
        let (service, topic) = (published.source.trim_start_matches('/'), published.topic);
        let name = published.event_type;
        let reference = json!({"$ref": format!("#/channels/{topic}/messages/{name}")});
        let channel = channels.entry(topic).or_insert_with(|| {
            let whose = if topic == service {
                format!("The SNS topic of the {service} service")
            } else {
                format!("The SNS topic of the {service} service's stream about a {topic}, whose events may be lost")
            };
            json!({
                "address": topic,
                "description": format!("{whose}; `event_type` is a message attribute."),
                "messages": {},
            })
        });
        channel["messages"][name] = json!({"$ref": format!("#/components/messages/{name}")});
        let operation = operations.entry(format!("{topic}.publish")).or_insert_with(
            || json!({"action": "send", "channel": {"$ref": format!("#/channels/{topic}")}, "messages": []}),
        );
        if let Some(list) = operation["messages"].as_array_mut() {
            list.push(reference);
        }
        messages.insert(name.to_owned(), message(published)?);
        for (name, schema) in (published.schema)().1 {
            schemas.insert(name, to_json(&schema)?);
        }
    }
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tiffin events",
            "version": "1",
            "description": "What the six services tell each other and whoever subscribes. Changes are additive.",
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }))
}

/// A message: the CloudEvents envelope around the event's payload.
fn message(published: &Published) -> Result<Value, serde_json::Error> {
    let text = json!({"type": "string"});
    let data = to_json(&(published.schema)().0)?;
    let payload = json!({
        "type": "object",
        "required": [
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence", "correlationid",
            "causationid", "data",
        ],
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "description": "<subject>/<sequence>: the same however often it is sent"},
            "source": {"const": published.source},
            "type": {"const": published.event_type},
            "subject": {"type": "string", "description": "The id of the aggregate that changed"},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "sequence": {"type": "integer", "minimum": 1},
            "correlationid": text,
            "causationid": text,
            "traceparent": text,
            "data": data,
        },
    });
    let summary = payload["properties"]["data"]["description"].clone();
    Ok(json!({"name": published.event_type, "summary": summary, "contentType": "application/json", "payload": payload}))
}

fn to_json(schema: &RefOr<Schema>) -> Result<Value, serde_json::Error> {
    serde_json::to_value(schema)
}
