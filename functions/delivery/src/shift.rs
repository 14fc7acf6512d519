//! The beginning and the end of a courier's shift: the courier, the position and the delivery change together.

use ::store::{COMMIT_ATTEMPTS_MAX, Commit, StoreError};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, Position};

use crate::app::App;
use crate::domain::command::{Command, Ending};
use crate::domain::courier::{Courier, Duty};
use crate::domain::lifecycle::decide;
use crate::domain::track::{CLOCK_SKEW_MAX, Sighting};
use crate::search;
use crate::steps::{Stepped, Unstepped, follow_up, unexpected};
use crate::store::{self, Found, POSITION_MOVED, PositionRecord};

/// Starts a shift at a position, or notes the position if the shift runs already; then shows the courier what waits.
///
/// # Errors
/// When the courier is not approved or the table does not answer.
pub async fn start(app: &App, cause: &Cause, courier_id: CourierId, position: Position) -> Result<Courier, Unstepped> {
    let courier = begin(app, cause, courier_id, position).await?;
    if matches!(courier.duty, Duty::Free { .. })
        && let Err(error) = search::serve_waiting(app, cause, courier_id).await
    {
        tracing::warn!(%error, "what waits near a shift's start is left to its timers");
    }
    Ok(courier)
}

async fn begin(app: &App, cause: &Cause, courier_id: CourierId, position: Position) -> Result<Courier, Unstepped> {
    for _ in 0..COMMIT_ATTEMPTS_MAX {
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
        };
        let started = courier.start_shift(cause.now)?;
        // The device measured the position a moment ago, by a clock of its own: points from then on may follow.
        let sighting = Sighting {
            at: cause.now - CLOCK_SKEW_MAX,
            position,
        };
        let record = PositionRecord::new(courier_id, courier.vehicle, sighting);
        let mut commit = Commit::new(cause).also_put(&store::position_key(courier_id), &record);
        if let Some(started) = &started {
            commit = store::replace_courier(commit, courier_id, &stored, started);
        }
        match app.table.commit(commit).await {
            Ok(()) => return Ok(started.unwrap_or(courier)),
            Err(error) if store::lost_race(&error) => {}
            Err(error) => return Err(unexpected(error).into()),
        }
    }
    Err(StoreError::Contended(COMMIT_ATTEMPTS_MAX).into())
}

/// Ends a shift: the position is forgotten, and what the courier had not fetched yet goes to somebody else.
///
/// # Errors
/// When the courier carries food, or the table does not answer.
pub async fn end(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, Unstepped> {
    for _ in 0..COMMIT_ATTEMPTS_MAX {
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
        };
        if !courier.on_shift() {
            return Ok(courier);
        }
        let off = courier.end_shift();
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &off).also_delete(
            &store::position_key(courier_id),
            "",
            [],
            POSITION_MOVED,
        );
        let (commit, freed) = freeing(app, cause, commit, courier_id, &courier).await?;
        match app.table.commit(commit).await {
            Ok(()) => {
                if let Some((delivery_id, stepped)) = freed {
                    follow_up(app, cause, delivery_id, &stepped).await;
                }
                return Ok(off);
            }
            Err(error) if store::lost_race(&error) => {}
            Err(error) => return Err(unexpected(error).into()),
        }
    }
    Err(StoreError::Contended(COMMIT_ATTEMPTS_MAX).into())
}

/// Adds that the delivery to which the courier is bound goes to somebody else.
async fn freeing(
    app: &App,
    cause: &Cause,
    commit: Commit,
    courier_id: CourierId,
    courier: &Courier,
) -> Result<(Commit, Option<(DeliveryId, Stepped)>), Unstepped> {
    let (delivery_id, command) = match courier.duty {
        Duty::Considering {
            offer_id, delivery_id, ..
        } => {
            let ending = Ending::ShiftEnded;
            (delivery_id, Command::EndOffer { offer_id, ending })
        }
        Duty::Engaged { delivery_id, .. } => (delivery_id, Command::Release { courier_id }),
        Duty::Pending | Duty::OffShift | Duty::Free { .. } => return Ok((commit, None)),
    };
    let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await? else {
        return Err(StoreError::Corrupt(format!("{courier_id} is bound to {delivery_id}, which is not there")).into());
    };
    let events = decide(&loaded.delivery, &command, cause.now)?;
    let (commit, delivery) = store::append(commit, cause, delivery_id, &loaded, &events)?;
    Ok((commit, Some((delivery_id, Stepped { delivery, events }))))
}
