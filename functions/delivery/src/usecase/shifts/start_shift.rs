//! Starts a shift: the courier and their position change together.

use ::store::{Attempts, Commit};
use contracts::Cause;
use kernel::{CourierId, Position};

use crate::app::App;
use crate::domain::courier::Courier;
use crate::domain::epoch::Seen;
use crate::domain::track::{Batch, START_AGE_MAX, Sighting};
use crate::domain::whereabouts::Whereabouts;
use crate::store::{self, OnShift, PositionRecord};
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::dispatch_zone::{Known, ZoneScope, dispatch_around};

/// Starts a shift at a position and dispatches the zones around, where something may wait. If the courier is on shift already,
/// the position is kept like a reported one.
///
/// # Errors
/// When the courier is not approved or the table does not answer.
pub async fn start_shift(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    position: Position,
) -> Result<Courier, AdvanceError> {
    let Begun { courier, is_new } = begin(app, cause, courier_id, position).await?;
    let known = Known::seen(Seen {
        courier_id,
        vehicle: courier.vehicle,
        position,
        at: cause.now,
        heard_at: cause.now,
    });
    if is_new && let Err(error) = dispatch_around(app, cause, position, ZoneScope::InReach, &known).await {
        tracing::warn!(%error, "what waits near a shift's start is left to the zones' next epochs");
    }
    Ok(courier)
}

struct Begun {
    courier: Courier,
    /// Whether the shift begins only now.
    is_new: bool,
}

async fn begin(app: &App, cause: &Cause, courier_id: CourierId, position: Position) -> Result<Begun, AdvanceError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(AdvanceError::Missing);
        };
        let (work, read) = tokio::try_join!(
            store::work(&app.table, courier_id),
            store::roster(&app.table, courier_id)
        )?;
        let planned_until = read.roster.works_until(cause.now);
        let started = courier.start_shift(&work.spans(), planned_until, cause.now)?;
        // The device measured the position a moment ago: points from then on may follow.
        let sighting = Sighting {
            at: cause.now - START_AGE_MAX,
            position,
        };
        let key = store::position_key(courier_id);
        let mut commit = Commit::new(cause);
        let is_new = courier.shift().is_none();
        let seen = if is_new {
            None
        } else {
            store::position(&app.table, courier_id).await?
        };
        if let Some(seen) = seen {
            // No more than a report of one point.
            let batch = Batch::ours(sighting);
            let Ok(followed) = seen.value.whereabouts().follow(&batch, false, cause.now) else {
                return Ok(Begun { courier, is_new });
            };
            let record = PositionRecord::new(courier_id, courier.vehicle, &followed.whereabouts);
            commit = commit.also_replace(&key, &seen, &record);
        } else {
            let whereabouts = Whereabouts::starting(sighting, cause.now);
            commit = commit
                .also_put(&key, &PositionRecord::new(courier_id, courier.vehicle, &whereabouts))
                .also_put(&store::on_shift_key(courier_id), &OnShift { courier_id });
        }
        if let Some(started) = &started {
            commit = store::replace_courier(commit, courier_id, &stored, started);
        }
        if app.table.commit_if_current(commit).await? {
            let courier = started.unwrap_or(courier);
            return Ok(Begun { courier, is_new });
        }
    }
}
