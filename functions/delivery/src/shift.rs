//! The beginning and the end of a courier's shift: the courier, the position and the delivery change together.

use ::store::{COMMIT_ATTEMPTS_MAX, Commit, StoreError};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OfferId, Position};

use crate::app::App;
use crate::domain::command::{Command, Ending, ReleaseReason};
use crate::domain::courier::{Bond, Courier, Shift};
use crate::domain::epoch::Seen;
use crate::domain::lifecycle::decide;
use crate::domain::track::{CLOCK_SKEW_MAX, Sighting};
use crate::domain::whereabouts::Whereabouts;
use crate::runner::{self, Known, Reach};
use crate::steps::{Stepped, Unstepped, follow_up, step, unexpected};
use crate::store::{self, Found, Loaded, POSITION_MOVED, PositionRecord};

/// Starts a shift at a position, or notes the position if the shift runs already; then runs the zones around, where
/// something may wait.
///
/// # Errors
/// When the courier is not approved or the table does not answer.
pub async fn start(app: &App, cause: &Cause, courier_id: CourierId, position: Position) -> Result<Courier, Unstepped> {
    let courier = begin(app, cause, courier_id, position).await?;
    let known = Known::seen(Seen {
        courier_id,
        vehicle: courier.vehicle,
        position,
        at: cause.now,
    });
    if courier.shift().is_some_and(Shift::is_free)
        && let Err(error) = runner::run_around(app, cause, position, Reach::All, &known).await
    {
        tracing::warn!(%error, "what waits near a shift's start is left to the zones' next epochs");
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
        let whereabouts = Whereabouts::starting(sighting, cause.now);
        let record = PositionRecord::new(courier_id, courier.vehicle, &whereabouts);
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
/// The deliveries are freed first, so that none is left with somebody who does not work; if another offer comes in between,
/// it is freed too.
///
/// # Errors
/// When the courier carries food, or the table does not answer.
pub async fn end(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, Unstepped> {
    let mut freed = Vec::new();
    for _ in 0..COMMIT_ATTEMPTS_MAX {
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
        };
        let Some(shift) = courier.shift() else {
            return Ok(courier);
        };
        freed.extend(free(app, cause, courier_id, shift).await?);
        let off = courier.end_shift();
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &off).also_delete(
            &store::position_key(courier_id),
            "",
            [],
            POSITION_MOVED,
        );
        match app.table.commit(commit).await {
            Ok(()) => {
                follow_up(app, cause, &freed).await;
                return Ok(off);
            }
            Err(error) if store::lost_race(&error) => {}
            Err(error) => return Err(unexpected(error).into()),
        }
    }
    Err(StoreError::Contended(COMMIT_ATTEMPTS_MAX).into())
}

/// Frees the deliveries that a courier is asked about or has taken; none, if the food of one was fetched.
async fn free(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    shift: &Shift,
) -> Result<Vec<(DeliveryId, Stepped)>, Unstepped> {
    let bonds: Vec<(DeliveryId, OfferId)> = shift.bonds().collect();
    for (delivery_id, offer_id) in &bonds {
        if let Found::Delivery(loaded) = store::load(&app.table, *delivery_id).await? {
            free_one(&loaded, courier_id, *offer_id)
                .map_or(Ok(Vec::new()), |command| decide(&loaded.delivery, &command, cause.now))?;
        }
    }
    let mut freed = Vec::new();
    for (delivery_id, offer_id) in bonds {
        let command = |loaded: &Loaded| free_one(loaded, courier_id, offer_id);
        freed.push((delivery_id, step(app, cause, delivery_id, command).await?));
    }
    Ok(freed)
}

/// What frees a delivery, if it is still the courier's by that offer.
fn free_one(loaded: &Loaded, courier_id: CourierId, offer_id: OfferId) -> Option<Command<'static>> {
    match Bond::of(&loaded.delivery.progress.state, courier_id, offer_id) {
        Bond::Asked => Some(Command::EndOffer {
            offer_id,
            ending: Ending::ShiftEnded,
        }),
        Bond::Taken => Some(Command::Release {
            courier_id,
            reason: ReleaseReason::ShiftEnded,
        }),
        Bond::None => None,
    }
}
