//! The description of the API, and the handlers behind it and behind events and timers.

mod couriers;
mod deliveries;
mod events;
mod failures;
mod incidents;
mod lists;
mod offers;
mod scene;
mod shifts;
mod timers;
mod tracking;
mod zones;

use std::path::Path;

#[test]
fn the_committed_document_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &super::document()).unwrap();
}
