//! Estimates a delivery's arrival anew and publishes it if it moved enough.

use ::store::Commit;
use contracts::Cause;
use kernel::{DeliveryId, Position};

use crate::app::App;
use crate::domain::command::Command;
use crate::domain::lifecycle::decide;
use crate::domain::{Delivery, Eta, estimate};
use crate::store::{self, Loaded};
use crate::usecase::advance_delivery::{AdvanceError, advance, append_events};
use crate::usecase::estimates;

/// Estimates the arrival of a delivery that was just read, with its courier at `position`, and commits the estimate if it
/// moved enough: then true. `shared` says that the courier is known to have other deliveries too; a caller who does not know
/// passes false, and the courier's record is read only if it matters.
///
/// # Errors
/// See [`AdvanceError`].
pub async fn reestimate(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    loaded: &Loaded,
    position: Option<Position>,
    shared: bool,
) -> Result<bool, AdvanceError> {
    let delivery = &loaded.delivery;
    let Some(remaining) = estimate::remaining(delivery, position) else {
        return Ok(false);
    };
    let mut known = Box::pin(estimates::model_for(app, delivery, &remaining, cause.now)).await;
    let moved = |eta: Eta| estimate::moved(delivery.progress.eta, eta);
    // Nearly always nothing has moved enough, and then nothing is read again.
    if !shared && !moved(estimate::arrival(&remaining, &known, cause.now)) {
        return Ok(false);
    }
    known.detour = estimates::before(app, delivery_id, delivery, position, cause.now)
        .await?
        .detour;
    if !moved(estimate::arrival(&remaining, &known, cause.now)) {
        return Ok(false);
    }
    let eta = |delivery: &Delivery| {
        let remaining = estimate::remaining(delivery, position)?;
        Some(estimate::arrival(&remaining, &known, cause.now))
    };
    let command = |loaded: &Loaded| eta(&loaded.delivery).map(|eta| Command::Reestimate { eta });
    if let Some(command) = command(loaded) {
        let events = decide(delivery, &command, cause.now)?;
        let (commit, _) = append_events(Commit::new(cause), cause, delivery_id, loaded, events)?;
        if app.table.commit_if_current(commit).await? {
            return Ok(true);
        }
    }
    advance(app, cause, delivery_id, command).await.map(|_| true)
}

/// Estimates the arrival of a delivery that was just read, with its courier where they were last seen.
///
/// # Errors
/// See [`AdvanceError`].
pub async fn reestimate_last_seen(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    loaded: &Loaded,
) -> Result<bool, AdvanceError> {
    let position = match loaded.delivery.progress.state.assignment() {
        Some(assignment) => store::last_seen(&app.table, assignment.courier_id).await?,
        None => None,
    };
    reestimate(app, cause, delivery_id, loaded, position, false).await
}
