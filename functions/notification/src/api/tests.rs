//! The description of the API, and the handlers behind it, behind events and behind live connections.

mod events;
mod live;
mod notifications;
mod scene;
mod unsubscribe_links;

use std::path::Path;

use super::document;

#[test]
fn the_openapi_document_is_what_the_handlers_say() {
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    runtime::openapi::check(&committed, &document()).unwrap();
}
