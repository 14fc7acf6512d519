//! The function that a schedule calls every hour: accounts that nobody confirmed within a day go.

use runtime::{Edge, Error, clock};

use crate::app::App;
use crate::usecase::registration;

/// Sweeps at each call until the environment ends.
///
/// # Errors
/// When a variable is missing, or the Runtime API fails.
pub async fn run(edge: &Edge) -> Result<(), Error> {
    let app = App::new(edge)?;
    runtime::on_schedule(edge, "sweep", async || {
        Ok(registration::delete_unconfirmed(&app, clock::now()).await?)
    })
    .await
}
