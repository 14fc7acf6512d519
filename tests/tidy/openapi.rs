//! What the OpenAPI documents say, which is what clients are generated from.

use serde_json::Value;

use super::{SERVICES, no_complaints, read, root};

/// Words of a standard that has capitals: GeoJSON (RFC 7946).
const CAPITALS: [&str; 4] = ["Feature", "FeatureCollection", "MultiPolygon", "Polygon"];

fn documents() -> impl Iterator<Item = (&'static str, Value)> {
    SERVICES.into_iter().map(|service| {
        let text = read(&root().join(format!("functions/{service}/openapi.json")));
        (service, serde_json::from_str(&text).expect("a document is JSON"))
    })
}

/// Each operation with its name.
fn operations(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
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
                let is_sent = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
                if !word.chars().all(is_sent) && !CAPITALS.contains(&word) {
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
