//! Ends a shift: the courier, their position and their deliveries change together.

use ::store::{Attempts, Commit, StoreError};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OfferId, Timestamp};

use crate::app::App;
use crate::domain::command::{Command, Ending, ReleaseReason};
use crate::domain::courier::{Courier, CourierLink, Shift, ShiftEnd};
use crate::domain::lifecycle::decide;
use crate::domain::work::SILENT_AFTER;
use crate::store::{self, Found, Loaded};
use crate::usecase::advance_delivery::{AdvanceError, Advanced, advance};
use crate::usecase::follow_up::follow_up;

/// Ends a shift: the position is forgotten, and what the courier had not fetched yet goes to somebody else.
///
/// The deliveries are freed first, so that none is left with somebody who does not work; if another offer comes in between,
/// it is freed too.
///
/// # Errors
/// When the courier carries food, or the table does not answer.
pub async fn end_shift(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, AdvanceError> {
    end_shift_if(app, cause, courier_id, &|_| Some(ShiftEnd::Wanted)).await
}

/// Ends a shift if `reason` gives one; it is called again when the courier has changed meanwhile.
///
/// # Errors
/// As for [`end_shift`].
pub async fn end_shift_if(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    reason: &(dyn Fn(&Courier) -> Option<ShiftEnd> + Sync),
) -> Result<Courier, AdvanceError> {
    let mut freed = Vec::new();
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(AdvanceError::Missing);
        };
        let Some(shift) = courier.shift() else {
            return Ok(courier);
        };
        let Some(why) = reason(&courier) else {
            return Ok(courier);
        };
        freed.extend(free_all(app, cause, courier_id, shift).await?);
        let off = courier.end_shift(why);
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &off)
            .also_delete(&store::position_key(courier_id))
            .also_delete(&store::on_shift_key(courier_id));
        // Of silence, only what is still thought of as work counts.
        let worked_until = match why {
            ShiftEnd::Wanted
            | ShiftEnd::Planned
            | ShiftEnd::WorkingTime
            | ShiftEnd::DocumentExpired
            | ShiftEnd::Suspended
            | ShiftEnd::RoleLost => cause.now,
            ShiftEnd::Silent => cause.now - SILENT_AFTER,
        };
        let commit = note_work(app, commit, courier_id, shift, worked_until).await?;
        if app.table.commit_if_current(commit).await? {
            follow_up(app, cause, &freed).await;
            return Ok(off);
        }
    }
}

/// Adds the work that ends with a commit to it.
///
/// # Errors
/// When the table does not answer.
pub async fn note_work(
    app: &App,
    commit: Commit,
    courier_id: CourierId,
    shift: &Shift,
    until: Timestamp,
) -> Result<Commit, StoreError> {
    let Some(span) = shift.span(until) else {
        return Ok(commit);
    };
    // Only the owner of the courier's record writes this, and that record is what the commit is conditional on.
    let work = store::work(&app.table, courier_id).await?;
    Ok(commit.also_put(&store::work_key(courier_id), &work.with_span(span, until)))
}

/// Frees the deliveries that a courier is asked about or has taken. If the food of one was fetched, none is freed.
async fn free_all(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    shift: &Shift,
) -> Result<Vec<(DeliveryId, Advanced)>, AdvanceError> {
    let links: Vec<(DeliveryId, OfferId)> = shift.links().collect();
    for (delivery_id, offer_id) in &links {
        if let Found::Delivery(loaded) = store::load(&app.table, *delivery_id).await? {
            free_one(&loaded, courier_id, *offer_id)
                .map_or(Ok(Vec::new()), |command| decide(&loaded.delivery, &command, cause.now))?;
        }
    }
    let mut freed = Vec::new();
    for (delivery_id, offer_id) in links {
        let command = |loaded: &Loaded| free_one(loaded, courier_id, offer_id);
        freed.push((delivery_id, advance(app, cause, delivery_id, command).await?));
    }
    Ok(freed)
}

/// The command that frees a delivery; `None` if it is not the courier's by that offer any more.
#[must_use]
pub fn free_one(loaded: &Loaded, courier_id: CourierId, offer_id: OfferId) -> Option<Command<'static>> {
    match CourierLink::of(&loaded.delivery.progress.state, courier_id, offer_id) {
        CourierLink::Asked => Some(Command::EndOffer {
            offer_id,
            ending: Ending::ShiftEnded,
        }),
        CourierLink::Taken => Some(Command::Release {
            courier_id,
            reason: ReleaseReason::ShiftEnded,
        }),
        CourierLink::None => None,
    }
}
