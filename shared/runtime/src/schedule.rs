//! Functions that a schedule calls: what is to be done says the handler's name, not the event.

use std::time::Instant;

use lambda_runtime::{LambdaEvent, service_fn};

use crate::{Edge, Error};

/// Does the same at each call until the environment ends. What fails is tried again by the schedule.
///
/// # Errors
/// When the Runtime API fails.
pub async fn on_schedule(edge: &Edge, operation: &str, task: impl AsyncFn() -> Result<(), Error>) -> Result<(), Error> {
    let function = service_fn(async |_: LambdaEvent<serde_json::Value>| {
        let started = Instant::now();
        let outcome = task().await;
        if let Err(error) = &outcome {
            tracing::error!(error, operation, "a scheduled task failed");
        }
        let word = if outcome.is_ok() { "done" } else { "failed" };
        edge.account(operation, word, started.elapsed());
        outcome
    });
    lambda_runtime::run(function).await
}
