//! Examples in the OpenAPI documents: what a reader sends first, and a program that knows nothing else.

use serde_json::{Map, Value, json};

use super::no_complaints;
use super::openapi::{documents, operations};

/// What the examples of a schema's parts are together; nothing if a part that is needed has none.
fn example(document: &Value, schema: &Value) -> Option<Value> {
    let lists = ["examples", "enum"].map(|list| schema[list].get(0));
    let own = ["example", "const", "default"].map(|one| schema.get(one));
    if let Some(value) = own.into_iter().chain(lists).flatten().next() {
        return Some(value.clone());
    }
    if let Some(place) = schema["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
        return example(document, document.pointer(place)?);
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
        return choices
            .iter()
            .filter(|choice| choice["type"] != "null")
            .find_map(|choice| example(document, choice));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            whole.extend(example(document, part)?.as_object().cloned()?);
        }
        return Some(Value::Object(whole));
    }
    let is = |kind: &str| schema["type"] == kind || schema["type"].get(0).is_some_and(|first| first == kind);
    if is("object") {
        let mut whole = Map::new();
        for (name, part) in schema["properties"].as_object().into_iter().flatten() {
            let is_needed = schema["required"]
                .as_array()
                .is_some_and(|all| all.contains(&json!(name)));
            match example(document, part) {
                Some(value) => drop(whole.insert(name.clone(), value)),
                None if is_needed => return None,
                None => {}
            }
        }
        return Some(Value::Object(whole));
    }
    if is("array") {
        return Some(json!([example(document, &schema["items"])?]));
    }
    is("boolean").then_some(json!(true))
}

/// What is wrong with a value by a schema of a document.
fn faults(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut whole = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema]});
    whole["components"] = document["components"].clone();
    let built = jsonschema::options().should_validate_formats(true).build(&whole);
    let validator = built.unwrap_or_else(|error| panic!("{error}"));
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_examples_of_every_body_are_together_one_that_can_be_sent() {
    let mut complaints = Vec::new();
    for (service, document) in documents() {
        for (name, operation) in operations(&document) {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            match example(&document, schema) {
                Some(body) => complaints.extend(
                    faults(&document, schema, &body)
                        .into_iter()
                        .map(|fault| format!("{service}: {name}: {fault}")),
                ),
                None => complaints.push(format!("{service}: {name} has no example of what it needs")),
            }
        }
    }
    no_complaints(complaints);
}

/// Of an operation's example, with a value in its place at a pointer.
type Change = (&'static str, &'static str, Value);

/// What the services refuse.
fn refused() -> Vec<Change> {
    let long = |characters: usize| json!("x".repeat(characters));
    let intervals = |count: usize| json!(vec![json!({"from": "11:00", "to": "12:00"}); count]);
    vec![
        ("replace_capacity", "/slot_minutes", json!(7)),
        ("replace_capacity", "/max_orders", json!(0)),
        ("replace_capacity", "/max_orders", json!(10_001)),
        ("replace_capacity", "/max_value/amount", json!(0)),
        ("replace_zones", "/max_distance_m", json!(20_001)),
        ("replace_zones", "/features/0/geometry/coordinates", json!([])),
        (
            "replace_zones",
            "/features/0/geometry/coordinates/0",
            json!([[4.9, 52.3], [4.9, 52.4], [4.9, 52.3]]),
        ),
        (
            "replace_zones",
            "/features/0/geometry/coordinates/0/0",
            json!([4.9, 52.3, 1.0]),
        ),
        (
            "replace_zones",
            "/features/0/geometry/coordinates/0/0",
            json!([52.3, 104.9]),
        ),
        ("replace_zones", "/features/0/properties/fee/amount", json!(-1)),
        ("replace_zones", "/features/0/properties/max_minutes", json!(241)),
        ("create_restaurant", "/name", json!("")),
        ("create_restaurant", "/prep_time_minutes", json!(0)),
        ("create_restaurant", "/cuisines", json!([])),
        ("create_restaurant", "/cuisines/0", long(41)),
        ("create_restaurant", "/currency", json!("eur")),
        ("create_restaurant", "/time_zone", json!("half past nine")),
        ("create_restaurant", "/address/country", json!("nl")),
        ("create_restaurant", "/address/line1", long(201)),
        ("create_restaurant", "/minimum_order/amount", json!(100_000_000)),
        ("change_restaurant", "/prep_time_minutes", json!(241)),
        ("replace_hours", "/weekly", Value::Null),
        ("replace_hours", "/weekly/fri", intervals(7)),
        ("replace_hours", "/exceptions/0/intervals", intervals(7)),
        ("replace_menu", "/categories/0/id", json!("two words")),
        ("replace_menu", "/categories/0/items/0/id", long(65)),
        ("replace_menu", "/categories/0/items/0/name", json!("")),
        ("replace_menu", "/categories/0/items/0/price/amount", json!(-1)),
        ("replace_menu", "/categories/0/items/0/diets/0", long(41)),
        (
            "replace_menu",
            "/categories/0/items/0/photo_url",
            json!("http://trattoria.example/1.jpg"),
        ),
        ("replace_menu", "/categories/0/items/0/option_groups/0/max", json!(101)),
        (
            "replace_menu",
            "/categories/0/items/0/option_groups/0/options",
            json!([]),
        ),
        ("write_review", "/rating", json!(6)),
        ("write_review", "/items/0/item_id", json!("")),
        ("mark_delivered", "", json!({})),
        ("mark_delivered", "/pin", json!("12a4")),
        ("mark_delivered", "/pin", Value::Null),
        ("mark_delivered", "", json!({"photo_key": "photos/mine"})),
        ("mark_picked_up", "/order_code", json!("5T1CX")),
        ("begin_photo_upload", "/content_type", json!("image/gif")),
        ("begin_photo_upload", "/size_bytes", json!(4_194_305)),
        ("report_incident", "/note", long(501)),
        ("apply_as_courier", "/documents/0/reference", long(201)),
    ]
}

/// What the services take, though it is no example.
fn taken() -> Vec<Change> {
    let zones = [
        "UTC",
        "Etc/GMT+5",
        "EST5EDT",
        "GB-Eire",
        "America/Port-au-Prince",
        "America/Argentina/ComodRivadavia",
    ];
    let mut all: Vec<Change> = zones
        .map(|zone| ("create_restaurant", "/time_zone", json!(zone)))
        .into();
    all.extend([
        ("create_restaurant", "/address/line2", Value::Null),
        ("change_restaurant", "/description", Value::Null),
        ("replace_menu", "/version", json!(3_000_000_000_u32)),
        ("replace_zones", "/features/0/properties", Value::Null),
        ("mark_picked_up", "/order_code", json!("5t1c")),
    ]);
    all
}

#[test]
fn the_documents_refuse_what_the_services_refuse_and_nothing_else() {
    let documents: Vec<Value> = documents().map(|(_, document)| document).collect();
    let told = |(name, pointer, value): &Change| {
        let found = documents
            .iter()
            .find_map(|document| Some((document, operations(document).find(|(known, _)| known == name)?.1)));
        let (document, operation) = found.unwrap_or_else(|| panic!("no operation is called {name}"));
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let mut body = example(document, schema).unwrap_or_else(|| panic!("{name} has no example"));
        match body.pointer_mut(pointer) {
            Some(place) => *place = value.clone(),
            None => drop(
                body.as_object_mut()
                    .unwrap()
                    .insert(pointer[1..].to_owned(), value.clone()),
            ),
        }
        faults(document, schema, &body)
    };
    let allowed = refused().into_iter().filter(|change| told(change).is_empty());
    let mut complaints: Vec<String> = allowed
        .map(|(name, pointer, value)| format!("{name} is said to take {value} at {pointer}"))
        .collect();
    complaints.extend(taken().iter().flat_map(told));
    no_complaints(complaints);
}
