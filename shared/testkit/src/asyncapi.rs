//! The AsyncAPI documents, held against every event and every frame that tests see: no test passes on one that the
//! documents do not describe.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::documents::{closed, with_closed_members};

/// A document, and what was made of it.
pub(crate) struct Described {
    document: Value,
    /// Made once for each message, which takes longer than all it is then asked.
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl Described {
    /// What services tell each other.
    pub(crate) fn events() -> &'static Self {
        static EVENTS: OnceLock<Described> = OnceLock::new();
        EVENTS.get_or_init(|| Self::read("shared/contracts/asyncapi.json"))
    }

    /// What travels on live connections.
    pub(crate) fn live() -> &'static Self {
        static LIVE: OnceLock<Described> = OnceLock::new();
        LIVE.get_or_init(|| Self::read("functions/notification/asyncapi.json"))
    }

    fn read(path: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let document = serde_json::from_str(&text);
        Self::new(document.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    const fn new(document: Value) -> Self {
        Self {
            document,
            validators: Mutex::new(BTreeMap::new()),
        }
    }

    /// What the document does not say of a message, which a member of its payload names; nothing if all is as it says.
    pub(crate) fn complaint(&self, naming: &str, payload: &Value) -> Option<String> {
        let name = payload[naming].as_str().unwrap_or_default();
        let message = &self.document["components"]["messages"][name];
        if !message.is_object() {
            return Some(format!("no document knows the message {name:?}"));
        }
        let errors: Vec<String> = self
            .validator(name, &message["payload"])
            .iter_errors(payload)
            .take(3)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        (!errors.is_empty()).then(|| format!("{name} is not as it is described: {}", errors.join("; ")))
    }

    fn validator(&self, name: &str, schema: &Value) -> Arc<Validator> {
        let mut known = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = known.entry(name.to_owned()).or_insert_with(|| {
            let mut whole =
                json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [closed(schema)]});
            let schemas = self.document["components"]["schemas"].as_object();
            for (name, schema) in schemas.into_iter().flatten() {
                whole["components"]["schemas"][name] = with_closed_members(schema);
            }
            let built = jsonschema::options().should_validate_formats(true).build(&whole);
            Arc::new(built.unwrap_or_else(|error| panic!("{name}: {error}")))
        });
        Arc::clone(validator)
    }
}

/// What the document of events does not say of one: its envelope, as it is published, or its data. Nothing if all is as it
/// says.
#[must_use]
pub fn complaint_of_event(event: &Value) -> Option<String> {
    Described::events().complaint("type", event)
}

/// The topics that the document of events knows, by their addresses.
///
/// # Panics
/// When the document has no channels.
#[must_use]
pub fn topics() -> Vec<&'static str> {
    let channels = Described::events().document["channels"].as_object();
    let channels = channels.unwrap_or_else(|| panic!("the document of events has no channels"));
    channels
        .values()
        .filter_map(|channel| channel["address"].as_str())
        .collect()
}

/// What the document of events does not say of one on a topic: that the topic carries it, or what [`complaint_of_event`]
/// says of the event alone. Nothing if all is as it says.
#[must_use]
pub fn complaint_of_event_on(topic: &str, event: &Value) -> Option<String> {
    let name = event["type"].as_str().unwrap_or_default();
    let channels = Described::events().document["channels"].as_object();
    let mut channels = channels.into_iter().flat_map(serde_json::Map::values);
    let is_carried = channels.any(|channel| channel["address"] == topic && channel["messages"][name].is_object());
    if is_carried {
        complaint_of_event(event)
    } else {
        Some(format!("no document says that the topic {topic} carries {name:?}"))
    }
}

/// Holds an event, as it is published, against the document of events.
///
/// # Panics
/// When the document does not describe it.
pub fn check_event(event: &Value) {
    if let Some(complaint) = complaint_of_event(event) {
        panic!("{complaint}\n{event:#}");
    }
}

/// An event as it is published, of what a table holds: a stored envelope leaves out what its other attributes say. What no
/// envelope has stays, for others to find.
///
/// # Panics
/// When it is no envelope.
#[must_use]
pub fn published(stored: &str) -> Value {
    let read = |error: &dyn std::fmt::Display| -> ! { panic!("{error}: {stored}") };
    let envelope = contracts::Envelope::parse(stored).unwrap_or_else(|error| read(&error));
    let mut whole = serde_json::to_value(envelope).unwrap_or_else(|error| read(&error));
    let stored: Value = serde_json::from_str(stored).unwrap_or_else(|error| read(&error));
    for (name, value) in stored.as_object().into_iter().flatten() {
        whole[name] = value.clone();
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden(event_type: &str) -> Value {
        let published = contracts::PUBLISHED.iter().find(|event| event.event_type == event_type);
        serde_json::from_str(published.unwrap().example).unwrap()
    }

    fn frame(kind: &str) -> Value {
        Described::live().document["components"]["messages"][kind]["examples"][0]["payload"].clone()
    }

    #[test]
    fn every_golden_file_is_described() {
        for event in contracts::PUBLISHED {
            assert_eq!(
                complaint_of_event(&golden(event.event_type)),
                None,
                "{}",
                event.event_type
            );
        }
    }

    /// They are made from what is sent, so that what is sent is described.
    #[test]
    fn every_example_is_as_its_message_is_described() {
        for (document, namings) in [
            (Described::events(), ["type"].as_slice()),
            (Described::live(), &["type", "action"]),
        ] {
            let messages = document.document["components"]["messages"].as_object().unwrap();
            for (name, message) in messages {
                let examples = message["examples"].as_array().unwrap();
                assert!(!examples.is_empty(), "{name}");
                for example in examples.iter().map(|example| &example["payload"]) {
                    let naming = namings.iter().find(|naming| !example[**naming].is_null()).unwrap();
                    assert_eq!(example[*naming], **name, "{example}");
                    assert_eq!(document.complaint(naming, example), None);
                }
            }
        }
    }

    fn complaint_after(event_type: &str, change: impl FnOnce(&mut Value)) -> String {
        let mut event = golden(event_type);
        change(&mut event);
        complaint_of_event(&event).unwrap()
    }

    #[test]
    fn an_event_with_a_member_that_is_not_described_is_found_wherever_it_is() {
        for place in ["/more", "/data/more", "/data/pickup/more", "/data/promised/more"] {
            let found = complaint_after("order.accepted.v1", |event| {
                let (parent, name) = place.rsplit_once('/').unwrap();
                event.pointer_mut(parent).unwrap()[name] = json!(1);
            });
            assert!(found.contains("order.accepted.v1 is not as it is described"), "{found}");
            assert!(found.contains("more"), "{found}");
        }
    }

    #[test]
    fn an_event_with_a_wrong_word_or_of_an_unknown_type_is_found() {
        let found = complaint_after("order.cancelled.v1", |event| event["data"]["reason"] = json!("mood"));
        assert!(found.contains("/data/reason: \"mood\" is not one of"), "{found}");
        let found = complaint_after("order.cancelled.v1", |event| event["source"] = json!("/payment"));
        assert!(found.contains("/source"), "{found}");
        let found = complaint_after("order.cancelled.v1", |event| event["time"] = json!("noon"));
        assert!(found.contains("/time"), "{found}");
        let found = complaint_after("order.cancelled.v1", |event| event["type"] = json!("order.eaten.v1"));
        assert_eq!(found, "no document knows the message \"order.eaten.v1\"");
        let found = complaint_after("order.cancelled.v1", |event| {
            drop(event["data"].as_object_mut().unwrap().remove("fee"));
        });
        assert!(found.contains("fee"), "{found}");
    }

    #[test]
    fn an_event_on_another_topic_than_its_own_is_found() {
        for event in contracts::PUBLISHED {
            let example = golden(event.event_type);
            for topic in topics() {
                let found = complaint_of_event_on(topic, &example);
                assert_eq!(found.is_none(), topic == event.topic, "{topic}: {found:?}");
            }
        }
        assert!(complaint_of_event_on("kitchen", &golden("order.ready.v1")).is_some());
    }

    #[test]
    fn a_stored_event_is_as_it_was_published_and_hides_nothing() {
        let whole = golden("order.ready.v1");
        let mut short = whole.clone();
        contracts::Envelope::shorten(&mut short);
        assert_eq!(published(&short.to_string()), whole);
        short["more"] = json!(1);
        assert!(complaint_of_event(&published(&short.to_string())).is_some());
    }

    #[test]
    fn a_frame_that_is_not_described_is_found() {
        type Change = fn(&mut Value);
        let changes: [(&str, Change); 7] = [
            ("order.accepted", |frame| frame["data"]["state"] = json!("cooking")),
            ("order.accepted", |frame| frame["data"]["eta"] = json!("soon")),
            ("order.accepted", |frame| frame["viewers"] = json!("all")),
            ("order.accepted", |frame| frame["topic"] = json!("operators")),
            ("order.accepted", |frame| frame["type"] = json!("order.eaten")),
            ("error", |frame| frame["data"]["code"] = json!("forbidden")),
            ("pong", |frame| frame["data"]["more"] = json!(1)),
        ];
        for (kind, change) in changes {
            let mut frame = frame(kind);
            change(&mut frame);
            assert!(Described::live().complaint("type", &frame).is_some(), "{frame}");
        }
    }

    #[test]
    fn a_command_that_is_not_described_is_found() {
        let order = "order:ord_01jd8v4q6nf2x9m3k7p0zr5t1c";
        let complaint = |command: &Value| Described::live().complaint("action", command);
        assert_eq!(complaint(&json!({"action": "subscribe", "topic": order})), None);
        for command in [
            json!({"action": "subscribe", "topic": "order:1"}),
            json!({"action": "subscribe"}),
            json!({"action": "ping", "topic": order}),
            json!({"action": "publish", "topic": order}),
        ] {
            assert!(complaint(&command).is_some(), "{command}");
        }
    }
}
