//! The description of the API, and the handlers behind it and behind events and timers.

mod payment_methods;
mod payments;
mod scene;
mod settlements;
mod webhooks;

use std::path::Path;

use super::document;

#[test]
fn the_committed_document_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &document()).unwrap();
}
