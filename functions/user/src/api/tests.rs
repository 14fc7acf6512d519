//! The description of the API, and the handlers behind it.

mod addresses;
mod auth;
mod me;
mod operators;
mod passwords;
mod scene;

use std::path::Path;

use super::*;
use crate::domain::{ALLERGENS_MAX, CATEGORIES_MAX, CUISINES_MAX, DIETS_MAX};

#[test]
fn the_committed_description_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &document()).unwrap();
}

/// The attributes of a field take no constants.
#[test]
fn the_bounds_of_lists_are_those_that_are_checked() {
    let document = serde_json::to_value(document()).unwrap();
    let schemas = &document["components"]["schemas"];
    for (place, bound) in [
        ("/Preferences/properties/diets/maxItems", DIETS_MAX),
        ("/Preferences/properties/allergens/maxItems", ALLERGENS_MAX),
        ("/Preferences/properties/cuisines/maxItems", CUISINES_MAX),
        ("/ByCategory/maxProperties", CATEGORIES_MAX),
    ] {
        let described = schemas.pointer(place).and_then(serde_json::Value::as_u64);
        assert_eq!(described, u64::try_from(bound).ok(), "{place}");
    }
}
