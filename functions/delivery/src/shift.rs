//! The beginning and the end of a courier's shift: the courier, the position and the delivery change together.

use ::store::{Attempts, Commit, Freshness, StoreError};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OfferId, Position, Timestamp};

use crate::app::App;
use crate::bonds;
use crate::domain::RUN_SAFETY_NET;
use crate::domain::command::{Command, Ending, ReleaseReason};
use crate::domain::courier::{Bond, Courier, LiveOffer, Refusal, Shift, ShiftEnd};
use crate::domain::epoch::Seen;
use crate::domain::lifecycle::{Rejection, decide};
use crate::domain::track::{Batch, START_AGE_MAX, Sighting};
use crate::domain::whereabouts::Whereabouts;
use crate::domain::work::SILENT_AFTER;
use crate::runner::{self, Known, Reach};
use crate::steps::{Stepped, Unstepped, follow_up, step};
use crate::store::{self, Found, Loaded, OnShift, PositionRecord};

/// Couriers whose records are read together: a few reads of a hundred each, and no more in memory.
const LOOKED_AT_MAX: usize = 500;

/// Starts a shift at a position and runs the zones around, where something may wait; if the shift runs already, notes the
/// position like a report.
///
/// # Errors
/// When the courier is not approved or the table does not answer.
pub async fn start(app: &App, cause: &Cause, courier_id: CourierId, position: Position) -> Result<Courier, Unstepped> {
    let Begun { courier, is_new } = begin(app, cause, courier_id, position).await?;
    let known = Known::seen(Seen {
        courier_id,
        vehicle: courier.vehicle,
        position,
        at: cause.now,
        heard_at: cause.now,
    });
    if is_new && let Err(error) = runner::run_around(app, cause, position, Reach::All, &known).await {
        tracing::warn!(%error, "what waits near a shift's start is left to the zones' next epochs");
    }
    Ok(courier)
}

struct Begun {
    courier: Courier,
    /// Whether the shift begins only now.
    is_new: bool,
}

async fn begin(app: &App, cause: &Cause, courier_id: CourierId, position: Position) -> Result<Begun, Unstepped> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
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

/// Ends a shift: the position is forgotten, and what the courier had not fetched yet goes to somebody else.
///
/// The deliveries are freed first, so that none is left with somebody who does not work; if another offer comes in between,
/// it is freed too.
///
/// # Errors
/// When the courier carries food, or the table does not answer.
pub async fn end(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, Unstepped> {
    end_if(app, cause, courier_id, &|_| Some(ShiftEnd::Wanted)).await
}

/// Ends a shift if there is a reason, which is asked again when the courier has changed meanwhile.
///
/// # Errors
/// As for [`end`].
async fn end_if(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    reason: &(dyn Fn(&Courier) -> Option<ShiftEnd> + Sync),
) -> Result<Courier, Unstepped> {
    let mut freed = Vec::new();
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
        };
        let Some(shift) = courier.shift() else {
            return Ok(courier);
        };
        let Some(why) = reason(&courier) else {
            return Ok(courier);
        };
        freed.extend(free(app, cause, courier_id, shift).await?);
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

/// Changes what bars a courier from working, or no longer does. Whoever is barred then has no shift: what was not fetched
/// goes to somebody else at once; with food in the bag, the shift ends after it was brought, and nothing is offered meanwhile.
///
/// # Errors
/// When there is no such courier, the change is not possible, or the table does not answer.
pub async fn bar(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    change: &(dyn Fn(&Courier) -> Result<Option<Courier>, Refusal> + Sync),
) -> Result<Courier, Unstepped> {
    let changed = change_courier(app, cause, courier_id, change).await?;
    if changed.barred(cause.now).is_none() {
        return Ok(changed);
    }
    let barred = |courier: &Courier| courier.barred(cause.now).map(ShiftEnd::from);
    match end_if(app, cause, courier_id, &barred).await {
        Err(Unstepped::Rejected(Rejection::WrongState { .. })) => {
            let freed = free_unfetched(app, cause, courier_id, &changed).await?;
            follow_up(app, cause, &freed).await;
            Ok(changed)
        }
        ended => ended,
    }
}

/// Frees what a courier with food in the bag is asked about or has not fetched yet.
async fn free_unfetched(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    courier: &Courier,
) -> Result<Vec<(DeliveryId, Stepped)>, Unstepped> {
    let bonds = courier.shift().map(|shift| shift.bonds().collect::<Vec<_>>());
    let mut freed = Vec::new();
    for (delivery_id, offer_id) in bonds.unwrap_or_default() {
        let command = |loaded: &Loaded| free_one(loaded, courier_id, offer_id);
        match step(app, cause, delivery_id, command).await {
            Ok(stepped) => freed.push((delivery_id, stepped)),
            // In the bag.
            Err(Unstepped::Rejected(Rejection::WrongState { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(freed)
}

async fn change_courier(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    change: &(dyn Fn(&Courier) -> Result<Option<Courier>, Refusal> + Sync),
) -> Result<Courier, Unstepped> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
        };
        let Some(changed) = change(&courier)? else {
            return Ok(courier);
        };
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &changed);
        if app.table.commit_if_current(commit).await? {
            return Ok(changed);
        }
    }
}

/// Adds to a commit the work that ends with it.
async fn note_work(
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

/// Begins a break: no offers until its end.
///
/// # Errors
/// Off shift, with an offer or a delivery, or when the table does not answer.
pub async fn take_break(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, Unstepped> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
        };
        let (Some(resting), Some(shift)) = (courier.take_break(cause.now)?, courier.shift()) else {
            return Ok(courier);
        };
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &resting);
        let commit = note_work(app, commit, courier_id, shift, cause.now).await?;
        if app.table.commit_if_current(commit).await? {
            return Ok(resting);
        }
    }
}

/// Ends a break; then runs the zones around, where something may wait.
///
/// # Errors
/// Off shift, when the working time is used up, or when the table does not answer.
pub async fn resume(app: &App, cause: &Cause, courier_id: CourierId) -> Result<Courier, Unstepped> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(Unstepped::Missing);
        };
        let work = store::work(&app.table, courier_id).await?;
        let Some(working) = courier.resume(&work.spans(), cause.now)? else {
            return Ok(courier);
        };
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &working);
        if app.table.commit_if_current(commit).await? {
            serve(app, cause, courier_id).await;
            return Ok(working);
        }
    }
}

/// Runs the zones around a courier who is free again. A failure is logged: their next epochs see to it.
async fn serve(app: &App, cause: &Cause, courier_id: CourierId) {
    let served = async {
        if let Some(position) = store::last_seen(&app.table, courier_id).await? {
            runner::run_around(app, cause, position, Reach::All, &Known::default()).await?;
        }
        Ok::<_, Unstepped>(())
    };
    if let Err(error) = served.await {
        tracing::warn!(%error, "what waits near a break's end is left to the zones' next epochs");
    }
}

/// Looks at those of one list. Ends the shifts of those who have gone silent without a delivery, or have worked as long as
/// they may, and frees those whose records were not told that something is over. One who cannot be looked at is looked at
/// again the next time.
///
/// # Errors
/// When the table does not answer.
pub async fn sweep(app: &App, cause: &Cause, list: u128) -> Result<(), StoreError> {
    let listed = store::on_shift(&app.table, list).await?;
    for some in listed.chunks(LOOKED_AT_MAX) {
        let heard_at = store::heard_at(&app.table, some).await?;
        for (courier_id, stored, courier) in store::couriers(&app.table, some, Freshness::Recent).await? {
            let heard_at = heard_at.get(&courier_id).copied();
            let looked = match odd(&courier, heard_at, cause.now) {
                None => Ok(()),
                Some(Odd::Overdue) => {
                    let overdue = |courier: &Courier| {
                        let since = courier.shift()?.since;
                        courier.overdue(heard_at.unwrap_or(since), cause.now)
                    };
                    end_if(app, cause, courier_id, &overdue).await.map(drop)
                }
                Some(Odd::Bound) => bonds::settle(app, cause, courier_id, &stored, &courier).await,
            };
            if let Err(error) = looked {
                tracing::warn!(%error, "a shift is left to the next look");
            }
        }
    }
    Ok(())
}

/// Why a shift is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Odd {
    /// It should end by itself.
    Overdue,
    /// Somebody died before the record was told that an offer is over, or that a delivery is somebody else's: no zone that
    /// is run asks this courier, so nobody else would notice.
    Bound,
}

/// Whether a shift has to be looked at. `heard_at` is when the courier was last heard of.
fn odd(courier: &Courier, heard_at: Option<Timestamp>, now: Timestamp) -> Option<Odd> {
    let shift = courier.shift()?;
    if courier.overdue(heard_at.unwrap_or(shift.since), now).is_some() {
        return Some(Odd::Overdue);
    }
    // Whoever ends an offer in time has a moment for it.
    let is_over = |offer: &LiveOffer| offer.expires_at + RUN_SAFETY_NET <= now;
    let is_over = shift.offer.as_ref().is_some_and(is_over);
    let is_silent = heard_at.is_none_or(|at| at + SILENT_AFTER <= now);
    let is_bound = shift.bonds().next().is_some();
    (is_over || (is_bound && is_silent)).then_some(Odd::Bound)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Vehicle;
    use crate::domain::cast::{NOON, id, minutes};
    use crate::domain::courier::{Duty, Job};
    use kernel::SignedDuration;

    #[test]
    fn a_shift_is_looked_at_that_is_over_or_bound_to_what_is_over() {
        let offer_id = kernel::TypedId::from_uuid(uuid::Uuid::nil());
        let free = Shift::beginning(NOON);
        let asked = Shift {
            offer: Some(LiveOffer {
                offer_id,
                deliveries: vec![id(1)],
                expires_at: NOON + minutes(1),
            }),
            ..free.clone()
        };
        let busy = Shift {
            jobs: vec![Job {
                delivery_id: id(1),
                offer_id,
            }],
            ..free.clone()
        };
        let on = |shift: &Shift| Courier {
            duty: Duty::OnShift(shift.clone()),
            ..Courier::apply(Vehicle::Bicycle)
        };
        let seen = |shift: &Shift, ago, now| odd(&on(shift), Some(now - minutes(ago)), now);
        let soon = NOON + minutes(30);
        assert_eq!(seen(&free, 1, soon), None);
        assert_eq!(seen(&free, 20, soon), Some(Odd::Overdue));
        let over = NOON + minutes(1) + RUN_SAFETY_NET;
        assert_eq!(seen(&asked, 1, over - SignedDuration::from_secs(1)), None);
        assert_eq!(seen(&asked, 1, over), Some(Odd::Bound));
        assert_eq!(seen(&busy, 19, soon), None);
        assert_eq!(seen(&busy, 20, soon), Some(Odd::Bound));
        assert_eq!(odd(&on(&busy), None, soon), Some(Odd::Bound));
    }
}
