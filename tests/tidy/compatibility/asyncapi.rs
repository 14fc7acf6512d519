//! Compares two AsyncAPI documents as somebody would who receives the messages, or sends them.

use serde_json::Value;

use super::Break;
use super::schema::{Comparison, Direction, below, member, members};

/// All that breaks.
pub fn breaks(before: &Value, after: &Value) -> Vec<Break> {
    let mut comparison = Comparison::new(before, after);
    let mut found = Vec::new();
    for (name, operation) in members(&before["operations"]) {
        let now = &after["operations"][name.as_str()];
        let at = below("#/operations", name);
        if now.is_null() {
            found.push(Break::new(&at, "the operation is gone"));
        } else if operation["action"] != now["action"] {
            found.push(Break::new(&at, "who sends and who receives has changed"));
        }
    }
    for (name, channel) in members(&before["channels"]) {
        let at = below("#/channels", name);
        let now = &after["channels"][name.as_str()];
        if now.is_null() {
            found.push(Break::new(&at, "the channel is gone"));
            continue;
        }
        if channel["address"] != now["address"] {
            found.push(Break::new(&below(&at, "address"), "the channel is elsewhere"));
        }
        for (message, was) in members(&channel["messages"]) {
            let at = below(&below(&at, "messages"), message);
            let directions = directions(before, name, message);
            let now = &now["messages"][message.as_str()];
            if now.is_null() {
                found.push(Break::new(&at, "the message is gone"));
            } else {
                found.extend(messages(&mut comparison, was, now, &at, &directions));
            }
        }
    }
    found
}

fn messages(
    comparison: &mut Comparison<'_>,
    was: &Value,
    now: &Value,
    at: &str,
    directions: &[Direction],
) -> Vec<Break> {
    let place = now["$ref"].as_str().unwrap_or(at).to_owned();
    let (was, now) = (member(comparison.before, was), member(comparison.after, now));
    let mut found = Vec::new();
    if was["contentType"] != now["contentType"] {
        found.push(Break::new(
            &below(&place, "contentType"),
            "the message is written in another way",
        ));
    }
    for part in ["payload", "headers"] {
        for direction in directions {
            found.extend(comparison.schemas(schema(&was[part]), schema(&now[part]), &below(&place, part), *direction));
        }
    }
    found
}

/// A schema may stand in an envelope that names its language.
fn schema(value: &Value) -> &Value {
    if value["schemaFormat"].is_string() {
        &value["schema"]
    } else {
        value
    }
}

/// What a message is for the one who is not described: an answer is what the application sends, a request what it
/// receives. One that no operation names is sent.
fn directions(document: &Value, channel: &str, message: &str) -> Vec<Direction> {
    let channel = below("#/channels", channel);
    let place = below(&below(&channel, "messages"), message);
    let mut found = Vec::new();
    for (_, operation) in members(&document["operations"]) {
        let sends = operation["action"] == "send";
        let parts = [(operation, sends), (&operation["reply"], !sends)];
        for (part, is_sent) in parts {
            let names_it = match part["messages"].as_array() {
                Some(list) => list.iter().any(|one| one["$ref"] == place.as_str()),
                None => part["channel"]["$ref"] == channel.as_str(),
            };
            let direction = if is_sent { Direction::Answer } else { Direction::Request };
            if names_it && !found.contains(&direction) {
                found.push(direction);
            }
        }
    }
    if found.is_empty() {
        vec![Direction::Answer]
    } else {
        found
    }
}
