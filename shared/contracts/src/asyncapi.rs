//! The AsyncAPI document: every topic, every event, and what is inside, made from the contracts.

use serde_json::{Map, Value, json};
use utoipa::openapi::{RefOr, Schema};

use crate::{PUBLISHED, Published};

/// The version of AsyncAPI that documents are written in.
pub const VERSION: &str = "3.0.0";
/// The version of the document. Its major number stands for all: changes are additive.
const DOCUMENT_VERSION: &str = "1.0.0";

/// What the document says of itself.
const DESCRIPTION: &str = "What the six services tell each other and whoever subscribes: CloudEvents 1.0 in their JSON form, on \
     one SNS topic for each service, and one for couriers' moves. An event may come twice, with the same `id`, and events of \
     different aggregates in any order; `sequence` tells the order of one aggregate's. Changes are additive: a reader \
     ignores members, and expects words, that it does not know.";

/// The document, in AsyncAPI 3.0.
///
/// # Errors
/// When a schema or an example cannot be written as JSON.
pub fn document() -> Result<Value, serde_json::Error> {
    let mut channels = Map::new();
    let mut operations = Map::new();
    let mut messages = Map::new();
    let mut schemas = Map::new();
    for published in PUBLISHED {
        let (service, topic) = (published.source.trim_start_matches('/'), published.topic);
        let name = published.event_type;
        let reference = json!({"$ref": format!("#/channels/{topic}/messages/{name}")});
        let whose = if topic == service {
            format!("the {service} service")
        } else {
            format!("the {service} service's stream about a {topic}, whose events may be lost")
        };
        let channel = channels.entry(topic).or_insert_with(|| {
            json!({
                "address": topic,
                "title": format!("Events of {whose}"),
                "description": format!("The SNS topic of {whose}; `event_type` is a message attribute."),
                "messages": {},
            })
        });
        channel["messages"][name] = json!({"$ref": format!("#/components/messages/{name}")});
        let operation = operations.entry(format!("publish_{topic}_events")).or_insert_with(|| {
            json!({
                "action": "send",
                "channel": {"$ref": format!("#/channels/{topic}")},
                "title": format!("Publish {topic} events"),
                "summary": format!("Tell what happens in {whose}."),
                "description": "Each event is stored in the same commit as the change that it tells of, and sent afterwards.",
                "security": [{"$ref": "#/components/securitySchemes/signature"}],
                "messages": [],
            })
        });
        if let Some(list) = operation["messages"].as_array_mut() {
            list.push(reference);
        }
        messages.insert(name.to_owned(), message(published)?);
        for (name, schema) in (published.schema)().1 {
            schemas.insert(name, schema_json(&schema)?);
        }
    }
    Ok(json!({
        "asyncapi": VERSION,
        "info": {"title": "Tiffin events", "version": DOCUMENT_VERSION, "description": DESCRIPTION, "license": license()},
        "defaultContentType": "application/json",
        "servers": {"sns": server()},
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas, "securitySchemes": {"signature": signature()}},
    }))
}

/// The licence that documents name.
#[must_use]
pub fn license() -> Value {
    json!({"name": env!("CARGO_PKG_LICENSE"), "url": "https://www.apache.org/licenses/LICENSE-2.0"})
}

fn server() -> Value {
    json!({
        "host": "sns.{region}.amazonaws.com",
        "protocol": "sns",
        "description": "Amazon SNS; the topics' ARNs are parameters of the deployment.",
        "variables": {"region": {"description": "Where the platform runs.", "default": "eu-west-1"}},
    })
}

fn signature() -> Value {
    json!({
        "type": "http",
        "scheme": "AWS4-HMAC-SHA256",
        "description": "Signature Version 4 of a principal that may publish to the topic, or subscribe to it.",
    })
}

/// A message: the CloudEvents envelope around the event's payload, with the golden file as its example.
fn message(published: &Published) -> Result<Value, serde_json::Error> {
    let text = json!({"type": "string"});
    let data = schema_json(&(published.schema)().0)?;
    let example: Value = serde_json::from_str(published.example)?;
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
            "sequence": {"type": "integer", "minimum": 1, "description": "The position among the aggregate's events"},
            "correlationid": text,
            "causationid": text,
            "traceparent": text,
            "data": data,
        },
    });
    let summary = payload["properties"]["data"]["description"].clone();
    let headers = json!({
        "type": "object",
        "required": ["event_type"],
        "properties": {"event_type": {"const": published.event_type}},
    });
    Ok(json!({
        "name": published.event_type,
        "title": published.event_type,
        "summary": summary,
        "contentType": "application/json",
        "headers": headers,
        "payload": payload,
        "examples": [{"name": "golden", "headers": {"event_type": published.event_type}, "payload": example}],
    }))
}

/// A schema as AsyncAPI reads it. Its schemas have the rules of JSON Schema's draft 7, where nothing that stands beside a
/// reference counts: a description that does is moved around it.
///
/// # Errors
/// When the schema cannot be written as JSON.
pub fn schema_json(schema: &RefOr<Schema>) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(schema)?;
    set_references_apart(&mut value);
    Ok(value)
}

fn set_references_apart(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(set_references_apart);
            if members.len() > 1
                && let Some(reference) = members.remove("$ref")
            {
                members.insert("allOf".to_owned(), json!([{"$ref": reference}]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(set_references_apart),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
