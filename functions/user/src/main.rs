//! The user service: who a person is.

mod api;
mod app;
mod domain;
mod identity;
mod publish;
mod store;
mod texts;
mod timers;
mod usecase;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let edge = runtime::Edge::start("user")?;
    match edge.function() {
        "api" => runtime::serve(&edge, api::router(app::App::new(&edge)?)).await,
        "outbox" => runtime::relay(&edge).await,
        "sweep" => timers::run(&edge).await,
        other => Err(edge.unknown_function(other)),
    }
}
