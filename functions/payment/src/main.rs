//! The payment service: payment methods, authorisation, capture and release of money.

mod api;
mod app;
mod domain;
mod inbox;
mod publish;
mod store;
mod stripe;
mod timers;
mod usecase;

use contracts::{Cause, Envelope, Timer};
use runtime::{Edge, Error};

use crate::app::App;
use crate::stripe::signature::WebhookSecret;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let edge = Edge::start("payment")?;
    match edge.function() {
        "api" => {
            let secret = WebhookSecret::new(edge.var("STRIPE_WEBHOOK_SECRET")?);
            runtime::serve(&edge, api::router(App::new(&edge)?, secret)).await
        }
        "inbox" => {
            let app = App::new(&edge)?;
            runtime::consume(&edge, async |event: &Envelope, cause: &Cause| {
                inbox::handle(&app, event, cause).await
            })
            .await
        }
        "outbox" => runtime::relay_with_timers(&edge).await,
        "timers" => {
            let app = App::new(&edge)?;
            runtime::consume_timers(&edge, async |timer: &Timer, cause: &Cause| {
                timers::handle(&app, timer, cause).await
            })
            .await
        }
        other => Err(edge.unknown_function(other)),
    }
}
