//! The notification service: what people are told, by mail, text message, in-app inbox and live connection.

mod api;
mod app;
mod domain;
mod inbox;
mod live;
mod moves;
mod providers;
mod publish;
mod store;
mod text;
mod usecase;

use app::{App, InboxApp, MovesApp};
use contracts::{Cause, Envelope};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let edge = runtime::Edge::start("notification")?;
    match edge.function() {
        "api" => runtime::serve(&edge, api::router(App::new(&edge)?)).await,
        "inbox" => {
            let app = InboxApp::new(&edge)?;
            runtime::consume(&edge, async |event: &Envelope, cause: &Cause| {
                inbox::handle(&app, event, cause).await
            })
            .await
        }
        "outbox" => runtime::relay(&edge).await,
        "live" => live::run(&edge).await,
        "moves" => {
            let app = MovesApp::new(&edge)?;
            let handle = async |event: &Envelope, cause: &Cause| moves::handle(&app, event, cause).await;
            runtime::consume_from(&edge, "MOVES_QUEUE_URL", "MOVES_DLQ_URL", handle).await
        }
        other => Err(edge.unknown_function(other)),
    }
}
