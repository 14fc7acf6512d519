//! The description of the API.

use std::path::Path;

use super::document;

#[test]
fn the_openapi_document_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &document()).unwrap();
}

#[test]
fn operations_are_named_as_their_modules() {
    let document = serde_json::to_value(document()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for operation in operations.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/api/{id}.rs"));
            assert!(file.exists(), "{path}: {id}");
        }
    }
}
