//! The user service: who a person is.

mod api;
mod app;
mod books;
mod domain;
mod identity;
mod publish;
mod registration;
mod store;
mod sweep;
mod texts;
mod users;
mod wire;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), runtime::Error> {
    let edge = runtime::Edge::start("user")?;
    match edge.function() {
        "api" => runtime::serve(&edge, api::router(app::App::new(&edge)?)).await,
        "outbox" => runtime::relay(&edge).await,
        "sweep" => sweep::run(&edge).await,
        other => Err(edge.unknown_function(other)),
    }
}
