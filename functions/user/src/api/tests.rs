//! The description of the API is what its handlers say.

use std::path::Path;

use super::*;

fn operations() -> serde_json::Value {
    let document = document();
    serde_json::to_value(document).unwrap()["paths"].take()
}

#[test]
fn the_committed_description_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &document()).unwrap();
}

#[test]
fn operations_are_named_as_their_modules() {
    for (path, operations) in operations().as_object().unwrap() {
        for (_, operation) in operations.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/api/{id}.rs"));
            assert!(file.exists(), "{path}: {id}");
        }
    }
}
