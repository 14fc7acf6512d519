//! The restaurant service: restaurants, their hours, areas, menus and reviews, and finding them by position.
//!
//! One binary, three Lambda functions, chosen by the template's `Handler`.

mod api;
mod app;
mod domain;
mod inbox;
mod publish;
mod store;
mod usecase;

use app::App;
use runtime::{Cause, Edge, Envelope};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let edge = Edge::start("restaurant")?;
    match edge.function() {
        "api" => runtime::serve(&edge, api::router(App::new(&edge))).await,
        "inbox" => {
            let app = App::new(&edge);
            runtime::consume(&edge, async |event: &Envelope, cause: &Cause| {
                inbox::handle(&app, event, cause).await
            })
            .await
        }
        "outbox" => runtime::relay(&edge).await,
        other => Err(edge.unknown_function(other)),
    }
}
