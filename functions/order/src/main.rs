//! The order service: prices a basket, places the order, and follows it to the door.
//!
//! One binary, four Lambda functions, chosen by the template's `Handler`.

mod api;
mod app;
mod domain;
mod inbox;
mod publish;
mod store;
mod timers;
mod usecase;

use app::App;
use runtime::{Cause, Edge, Envelope, Timer, TimerQueue};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let edge = Edge::start("order")?;
    match edge.function() {
        "api" => runtime::serve(&edge, api::router(App::new(&edge)?)).await,
        "inbox" => {
            let app = App::new(&edge)?;
            runtime::consume(&edge, async |event: &Envelope, cause: &Cause| {
                inbox::handle(&app, event, cause).await
            })
            .await
        }
        "outbox" => runtime::relay_with_timers(&edge).await,
        "timers" => {
            let (app, queue) = (App::new(&edge)?, TimerQueue::of(&edge)?);
            runtime::consume_timers(&edge, async |timer: &Timer, cause: &Cause| {
                timers::handle(&app, &queue, timer, cause).await
            })
            .await
        }
        other => Err(edge.unknown_function(other)),
    }
}
