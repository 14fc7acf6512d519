//! The delivery service: couriers, offers and the way of a meal to its customer.

mod api;
mod app;
mod domain;
mod inbox;
mod learned_cache;
mod publish;
mod router;
mod store;
mod timers;
mod usecase;

use contracts::{Cause, Envelope, Timer};

use crate::app::App;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let edge = runtime::Edge::start("delivery")?;
    match edge.function() {
        "api" => runtime::serve(&edge, api::router(App::new(&edge)?)).await,
        "inbox" => {
            let app = App::new(&edge)?;
            let handle = async |event: &Envelope, cause: &Cause| Box::pin(inbox::handle(&app, event, cause)).await;
            runtime::consume(&edge, handle).await
        }
        "outbox" => runtime::relay_with_timers(&edge).await,
        "timers" => {
            let (app, queue) = (App::new(&edge)?, runtime::TimerQueue::of(&edge)?);
            let handle =
                async |timer: &Timer, cause: &Cause| Box::pin(timers::handle(&app, &queue, timer, cause)).await;
            runtime::consume_timers(&edge, handle).await
        }
        other => Err(edge.unknown_function(other)),
    }
}
