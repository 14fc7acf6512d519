//! The description of the API, its routes in the template, and its handlers say the same.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

const TEMPLATE: &str = include_str!("../../../../infra/user.yaml");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

fn operations() -> serde_json::Value {
    let (_, document) = public();
    serde_json::to_value(document).unwrap()["paths"].take()
}

/// `GET /v1/users/me` and so on, with whether the operation demands a token.
fn documented() -> BTreeSet<(String, bool)> {
    let paths = operations();
    let mut found = BTreeSet::new();
    for (path, operations) in paths.as_object().unwrap() {
        for method in METHODS {
            if let Some(operation) = operations.get(method) {
                found.insert((
                    format!("{} {path}", method.to_uppercase()),
                    operation["security"].is_array(),
                ));
            }
        }
    }
    found
}

/// The same from the template, without the calls between services and the pages.
fn routed() -> BTreeSet<(String, bool)> {
    let mut found = BTreeSet::new();
    for route in TEMPLATE.split("RouteKey: ").skip(1) {
        let (key, rest) = route.split_once('\n').unwrap();
        if key.contains("/internal/") {
            assert!(
                rest.lines().nth(1).unwrap().ends_with("AuthorizationType: AWS_IAM"),
                "{key}"
            );
        } else if !key.contains("/v1/docs") {
            found.insert((
                key.to_owned(),
                rest.lines().nth(1).unwrap().ends_with("AuthorizationType: JWT"),
            ));
        }
    }
    found
}

#[test]
fn the_committed_description_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &public().1).unwrap();
}

#[test]
fn the_template_routes_every_operation_and_guards_the_same() {
    assert_eq!(documented(), routed());
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
