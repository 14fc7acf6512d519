//! What the OpenAPI documents say, which is what clients are generated from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{SERVICES, files, no_complaints, read, root};

/// Words of standards that write them otherwise: GeoJSON (RFC 7946), and media types.
const OF_STANDARDS: [&str; 7] = [
    "Feature",
    "FeatureCollection",
    "MultiPolygon",
    "Polygon",
    "image/jpeg",
    "image/png",
    "image/webp",
];

/// What operations begin with, as methods do: each asks for something.
const VERBS: &str = "accept add answer apply approve begin cancel change confirm create decline delay end estimate find get \
                     issue judge list mark pause place plan publish put receive refresh reinstate reject remove replace \
                     report request resend reset resume search send show sign start submit suspend take track unassign \
                     unsubscribe verify write";

/// Texts of which nothing more can be said, and why.
const ANY_TEXT: [(&str, &str); 4] = [
    ("/components/schemas/Problem/properties/title", "a sentence for people"),
    ("/components/schemas/Problem/properties/detail", "sentences for people"),
    (
        "/components/schemas/FieldError/properties/message",
        "a sentence for people",
    ),
    (
        "/components/schemas/GatewayRefusal/properties/message",
        "the gateway's own sentence",
    ),
];

/// The documents by their services.
pub fn documents() -> impl Iterator<Item = (&'static str, Value)> {
    SERVICES.into_iter().map(|service| {
        let text = read(&root().join(format!("functions/{service}/openapi.json")));
        (service, serde_json::from_str(&text).expect("a document is JSON"))
    })
}

/// Each operation with its name.
pub fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(_, path)| path.as_object().into_iter().flatten());
    all.filter_map(|(_, operation)| Some((operation["operationId"].as_str()?, operation)))
}

/// Calls `visit` with every object of a document.
fn walk<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Value)) {
    match value {
        Value::Object(members) => {
            visit(value);
            members.values().for_each(|member| walk(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn vocabularies_are_written_as_they_are_sent() {
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        walk(&document, &mut |object| {
            let words = object["enum"].as_array().into_iter().flatten();
            for word in words.filter_map(Value::as_str) {
                let is_sent =
                    |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_.".contains(letter);
                if !word.chars().all(is_sent) && !OF_STANDARDS.contains(&word) {
                    complaints.push(format!("{service}: {word}"));
                }
            }
        });
    }
    no_complaints(complaints);
}

#[test]
fn every_operation_declares_what_it_may_answer() {
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        for (name, operation) in operations(&document) {
            let mut expected = vec!["429", "503"];
            let mut ways_in = operation["security"].as_array().into_iter().flatten();
            if ways_in.any(|way| !way["token"].is_null()) {
                expected.push("401");
            }
            if operation["requestBody"]["content"]["application/json"].is_object() {
                expected.extend(["400", "413", "415", "422"]);
            }
            let missing = expected
                .iter()
                .filter(|status| operation["responses"][**status].is_null());
            complaints.extend(missing.map(|status| format!("{service}: {name} does not declare {status}")));
        }
    }
    no_complaints(complaints);
}

#[test]
fn every_refusal_is_a_problem() {
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        let shared = &document["components"]["responses"];
        for (name, operation) in operations(&document) {
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                let reference = response["$ref"].as_str().and_then(|place| place.rsplit('/').next());
                let response = reference.map_or(response, |name| &shared[name]);
                let content = response["content"].as_object();
                // A page for people says it in its own words, and the gateway has no problems.
                let is_problem = content.is_some_and(|all| {
                    let gateways = &all.get("application/json").unwrap_or(&Value::Null)["schema"]["$ref"];
                    let of_ours = all.keys().filter(|media_type| *media_type != "application/json");
                    all.keys().eq(["text/html"])
                        || (of_ours.eq(["application/problem+json"])
                            && (gateways.is_null() || *gateways == "#/components/schemas/GatewayRefusal"))
                });
                if status.as_str() >= "400" && !is_problem {
                    complaints.push(format!("{service}: {name} answers {status} by something else"));
                }
            }
        }
    }
    no_complaints(complaints);
}

/// Programs tell refusals apart by their codes: each stands, as code, in the description of where it happens.
#[test]
fn every_refusal_names_its_codes_and_the_problem_lists_them() {
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        let listed = &document["components"]["schemas"]["Problem"]["properties"]["code"]["x-extensible-enum"];
        let listed: Vec<&str> = listed
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let is_word = |code: &&str| code.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_');
        complaints.extend(
            listed
                .iter()
                .filter(|code| !is_word(code))
                .map(|code| format!("{service}: {code}")),
        );
        for (name, operation) in operations(&document) {
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                let description = response["description"].as_str().filter(|_| status.as_str() >= "400");
                let is_page = !response["content"]["text/html"].is_null();
                let first = description.and_then(|text| text.split('`').nth(1));
                if description.is_some() && !is_page && !first.is_some_and(|code| listed.contains(&code)) {
                    complaints.push(format!("{service}: {name} names no code where it answers {status}"));
                }
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn every_reference_leads_somewhere() {
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        walk(&document, &mut |object| {
            let place = object["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
            if place.is_some_and(|place| document.pointer(place).is_none()) {
                complaints.push(format!("{service}: {}", object["$ref"]));
            }
        });
    }
    no_complaints(complaints);
}

/// Clients are generated from all documents at once: each operation becomes a method.
#[test]
fn every_operation_has_a_name_that_no_other_has_and_that_begins_with_a_verb() {
    let mut seen = BTreeMap::new();
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        for (name, _) in operations(&document) {
            let verb = name.split('_').next().unwrap_or_default();
            if !VERBS.split_ascii_whitespace().any(|known| known == verb) {
                complaints.push(format!("{service}: {name} begins with no verb"));
            }
            if let Some(other) = seen.insert(name.to_owned(), service) {
                complaints.push(format!("{service}: {name} is an operation of {other}, too"));
            }
        }
    }
    no_complaints(complaints);
}

/// Calls `visit` with every schema of a text, and where it stands.
fn texts(value: &Value, place: &str, visit: &mut dyn FnMut(&Value, &str)) {
    if value["type"] == "string"
        || value["type"]
            .as_array()
            .is_some_and(|all| all.contains(&json!("string")))
    {
        visit(value, place);
    }
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| !name.starts_with("example")) {
                texts(member, &format!("{place}/{name}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                texts(item, &format!("{place}/{index}"), visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What a text may be is said to programs: by its words, its form or its length.
#[test]
fn of_every_text_the_documents_say_what_it_looks_like() {
    let says = ["enum", "const", "pattern", "format", "maxLength", "x-extensible-enum"];
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        texts(&document, "", &mut |text, place| {
            let is_any = ANY_TEXT.iter().any(|(any, _)| *any == place);
            if !is_any && says.iter().all(|keyword| text[*keyword].is_null()) {
                complaints.push(format!("{service}: {place} may be any text"));
            }
        });
    }
    no_complaints(complaints);
}

/// Who looks for an operation finds its file by its name.
#[test]
fn every_operation_is_in_the_file_of_its_name() {
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        for (name, _) in operations(&document) {
            let (folder, file) = (format!("functions/{service}/src/api"), format!("{name}.rs"));
            let is_named = |path: &PathBuf| path.file_name().is_some_and(|found| *found == *file);
            if files(&folder, ".rs").iter().filter(|path| is_named(path)).count() != 1 {
                complaints.push(format!(
                    "{folder} has not one {file}, in one of its folders or in itself"
                ));
            }
        }
    }
    no_complaints(complaints);
}
