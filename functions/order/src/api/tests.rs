//! The description of the API, and the handlers behind it.

mod handlers;

use std::path::Path;

use super::accept_order::PREP_MINUTES_MAX;
use super::delay_order::{DELAY_MINUTES_MAX, DELAY_MINUTES_MIN};
use super::document;
use crate::domain::basket::{CHOICES_MAX, LINES_MAX, OPTION_QUANTITY_MAX, QUANTITY_MAX};

#[test]
fn the_committed_description_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &document()).unwrap();
}

/// The attributes of a field take no constants.
#[test]
fn the_bounds_of_numbers_and_lists_are_those_that_are_checked() {
    let document = serde_json::to_value(document()).unwrap();
    let schemas = &document["components"]["schemas"];
    for (place, bounds) in [
        (
            "/QuoteBody/properties/items/maxItems",
            u64::try_from(LINES_MAX).unwrap(),
        ),
        ("/LineBody/properties/quantity/maximum", QUANTITY_MAX.into()),
        (
            "/LineBody/properties/options/maxItems",
            u64::try_from(CHOICES_MAX).unwrap(),
        ),
        ("/ChoiceBody/properties/quantity/maximum", OPTION_QUANTITY_MAX.into()),
        (
            "/ChoiceBody/properties/options/maxItems",
            u64::try_from(CHOICES_MAX).unwrap(),
        ),
        ("/AcceptBody/properties/prep_minutes/maximum", PREP_MINUTES_MAX.into()),
        ("/DelayBody/properties/minutes/minimum", DELAY_MINUTES_MIN.into()),
        ("/DelayBody/properties/minutes/maximum", DELAY_MINUTES_MAX.into()),
    ] {
        assert_eq!(
            schemas.pointer(place).and_then(serde_json::Value::as_u64),
            Some(bounds),
            "{place}"
        );
    }
}
