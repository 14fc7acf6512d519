//! Compares two AsyncAPI documents as somebody would who receives the messages, or sends them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Break;
use super::openapi::schemes;
use super::schema::{Comparison, Direction, below, listed, member, members};

/// All that breaks.
pub fn breaks(before: &Value, after: &Value) -> Vec<Break> {
    let mut comparison = Comparison::new(before, after);
    let mut found = schemes(before, after);
    for (name, was) in members(&before["operations"]) {
        let now = &after["operations"][name.as_str()];
        let at = below("#/operations", name);
        if now.is_null() {
            found.push(Break::new(&at, "the operation is gone"));
        } else {
            found.extend(operation((before, was), (after, now), &at));
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
            let directions = directions([before, after], name, message);
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

/// A document and an operation of it.
type Owned<'a> = (&'a Value, &'a Value);

fn operation(before: Owned<'_>, after: Owned<'_>, at: &str) -> Vec<Break> {
    let ((_, was), (_, now)) = (before, after);
    let mut found = Vec::new();
    if was["action"] != now["action"] {
        found.push(Break::new(at, "who sends and who receives has changed"));
    }
    found.extend(part((before.0, was), (after.0, now), at));
    let reply = below(at, "reply");
    match (was["reply"].is_object(), now["reply"].is_object()) {
        (true, true) => found.extend(part((before.0, &was["reply"]), (after.0, &now["reply"]), &reply)),
        (true, false) => found.push(Break::new(&reply, "there is no reply any more")),
        (false, true) => found.push(Break::new(&reply, "there was no reply")),
        (false, false) => {}
    }
    // One of the proofs is enough; where none is named, none is asked for.
    let proofs = |operation: &Value| -> Vec<String> { listed(&operation["security"]).map(Value::to_string).collect() };
    let (had, asked) = (proofs(was), proofs(now));
    let is_enough = |proof: &String| asked.is_empty() || asked.contains(proof);
    let is_lost = if had.is_empty() {
        !asked.is_empty()
    } else {
        !had.iter().all(is_enough)
    };
    if is_lost {
        let sentence = "a proof that was enough, or none, is not enough any more";
        found.push(Break::new(&below(at, "security"), sentence));
    }
    found
}

/// What an operation or its reply names: the channel, and which of its messages. There may be more of them: the documents
/// tell readers to pass over a message of a type that they do not know.
fn part(before: Owned<'_>, after: Owned<'_>, at: &str) -> Vec<Break> {
    let mut found = Vec::new();
    if before.1["channel"] != after.1["channel"] {
        found.push(Break::new(&below(at, "channel"), "this happens on another channel"));
    }
    let (was, now) = (named(before), named(after));
    let lost: Vec<String> = was
        .difference(&now)
        .map(|message| format!("{message} is gone"))
        .collect();
    if !lost.is_empty() {
        found.push(Break::new(&below(at, "messages"), lost.join(", ")));
    }
    found
}

/// The places of the messages that an operation or its reply names: without a list, all of its channel.
fn named((document, part): Owned<'_>) -> BTreeSet<String> {
    if part["messages"].is_array() {
        let places = listed(&part["messages"]).filter_map(|message| message["$ref"].as_str());
        return places.map(str::to_owned).collect();
    }
    let Some(channel) = part["channel"]["$ref"].as_str() else {
        return BTreeSet::new();
    };
    let messages = &member(document, &part["channel"])["messages"];
    members(messages)
        .map(|(name, _)| below(&below(channel, "messages"), name))
        .collect()
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
/// receives, in either document. One that no operation names is sent.
fn directions(documents: [&Value; 2], channel: &str, message: &str) -> Vec<Direction> {
    let place = below(&below(&below("#/channels", channel), "messages"), message);
    let mut found = Vec::new();
    for document in documents {
        for (_, operation) in members(&document["operations"]) {
            let sends = operation["action"] == "send";
            for (part, is_sent) in [(operation, sends), (&operation["reply"], !sends)] {
                let direction = if is_sent { Direction::Answer } else { Direction::Request };
                if named((document, part)).contains(&place) && !found.contains(&direction) {
                    found.push(direction);
                }
            }
        }
    }
    if found.is_empty() {
        vec![Direction::Answer]
    } else {
        found
    }
}
