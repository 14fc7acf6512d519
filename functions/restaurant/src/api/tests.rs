//! The description of the API, and the handlers behind it.

mod lists;
mod menus;
mod opening;
mod restaurants;
mod reviews;
mod scene;
mod staff;

use std::path::Path;

use super::*;

#[test]
fn the_committed_description_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &document()).unwrap();
}

#[test]
fn every_operation_but_the_public_ones_demands_a_token() {
    let public_operations = [
        "search_restaurants",
        "get_restaurant",
        "get_availability",
        "get_menu",
        "list_reviews",
    ];
    let document = serde_json::to_value(document()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let open = operation.get("security").is_none();
            assert_eq!(open, public_operations.contains(&id), "{method} {path}");
        }
    }
}

#[test]
fn every_schema_that_is_referred_to_is_there() {
    let document = document();
    let text = document.to_json().unwrap();
    let schemas = document.components.unwrap().schemas;
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
}
