//! Housekeeping of a zone: couriers who have gone silent, kitchens that are late, rows that were left behind, and food that
//! nobody can bring.

use contracts::vocabulary::ReturnOutcome;
use std::collections::HashMap;

use ::store::Freshness;
use contracts::Cause;
use kernel::{CourierId, DeliveryId, Timestamp};

use super::Settled;
use super::inputs::Inputs;
use crate::app::App;
use crate::domain::Delivery;
use crate::domain::cell::{Zone, zones_in_reach};
use crate::domain::command::{Command, ReleaseReason};
use crate::domain::open_delivery::{OpenDelivery, is_fetching, is_kept_waiting, is_returning, to_be_freed};
use crate::store::{self, Found, Loaded};
use crate::usecase::advance_delivery::{AdvanceError, advance, cause_for};
use crate::usecase::reestimate::reestimate;
use crate::usecase::{courier_sync, open_deliveries};

/// Reestimates what nobody can bring in time any more, and corrects the rows of deliveries that have a courier.
///
/// # Errors
/// When the table does not answer.
pub async fn correct_bound(app: &App, cause: &Cause, open: &mut Vec<OpenDelivery>) -> Result<(), AdvanceError> {
    reestimate_late(app, cause, open).await?;
    let bound: Vec<OpenDelivery> = open.iter().filter(|open| !open.waits()).cloned().collect();
    if bound.is_empty() {
        return Ok(());
    }
    let heard = last_heard(app, &bound).await?;
    for row in bound {
        let heard_at = row.courier_id.and_then(|courier_id| heard.get(&courier_id));
        // A courier who is silent with the food is late with it, too: what is lost or overdue comes first.
        let corrected = if row.is_lost(cause.now) && give_up(app, cause, &row).await? {
            open_deliveries::refresh(app, cause, row.delivery_id, row.pickup).await?
        } else if row.is_overdue(cause.now) && !row.escalated {
            note_overdue(app, cause, &row).await?
        } else if heard_at.is_some_and(|at| row.is_silent(*at, cause.now)) {
            release(app, cause, &row, ReleaseReason::Silent, is_fetching).await?
        } else {
            continue;
        };
        open.retain(|other| other.delivery_id != row.delivery_id);
        open.extend(corrected);
    }
    Ok(())
}

/// Gives up food that should have been back long ago, and frees its courier. False if the food is not on its way back.
async fn give_up(app: &App, cause: &Cause, row: &OpenDelivery) -> Result<bool, AdvanceError> {
    let cause = cause_for(cause, row.delivery_id);
    let outcome = ReturnOutcome::Disposed;
    let command = |loaded: &Loaded| {
        let courier_id = is_returning(&loaded.delivery)?;
        Some(Command::Return { courier_id, outcome })
    };
    match advance(app, &cause, row.delivery_id, command).await {
        Ok(advanced) if advanced.events.is_empty() => Ok(advanced.delivery.progress.state.phase().is_end()),
        Ok(advanced) => {
            courier_sync::update_couriers(app, &cause, &[(row.delivery_id, advanced)]).await?;
            Ok(true)
        }
        Err(AdvanceError::Rejected(_) | AdvanceError::Missing | AdvanceError::CalledOff) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Tells an operator of food that is long overdue with its courier; or corrects a row that was left behind.
async fn note_overdue(app: &App, cause: &Cause, row: &OpenDelivery) -> Result<Vec<OpenDelivery>, AdvanceError> {
    let cause = cause_for(cause, row.delivery_id);
    let noted = advance(app, &cause, row.delivery_id, |_| Some(Command::NoteOverdue)).await;
    match noted {
        Ok(_) | Err(AdvanceError::Rejected(_) | AdvanceError::Missing | AdvanceError::CalledOff) => {}
        Err(error) => return Err(error),
    }
    Ok(open_deliveries::refresh(app, &cause, row.delivery_id, row.pickup).await?)
}

/// Tells customers in time that it gets later where nobody has been found.
async fn reestimate_late(app: &App, cause: &Cause, open: &mut [OpenDelivery]) -> Result<(), AdvanceError> {
    for row in open.iter_mut().filter(|row| row.cannot_make_it(cause.now)) {
        let cause = cause_for(cause, row.delivery_id);
        if let Found::Delivery(loaded) = store::load_fresh(&app.table, row.delivery_id, Freshness::Recent).await? {
            let told = Box::pin(reestimate(app, &cause, row.delivery_id, &loaded, None, false)).await?;
            // The row keeps what was told last.
            if told && let [shown] = &open_deliveries::refresh(app, &cause, row.delivery_id, row.pickup).await?[..] {
                *row = shown.clone();
            }
        }
    }
    Ok(())
}

/// When the couriers were last heard of: a few are asked one by one, many by the lists of the zones around. Who is in none of
/// these is on the way to a customer, and does not keep food waiting.
async fn last_heard(app: &App, bound: &[OpenDelivery]) -> Result<HashMap<CourierId, Timestamp>, AdvanceError> {
    let mut zones: Vec<Zone> = bound.iter().flat_map(|open| zones_in_reach(open.pickup)).collect();
    zones.sort_unstable();
    zones.dedup();
    let mut ids: Vec<CourierId> = bound.iter().filter_map(|open| open.courier_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let seen = if ids.len() <= zones.len() {
        store::seen(&app.table, &ids).await?
    } else {
        store::seen_in(&app.table, &zones).await?
    };
    Ok(seen.into_iter().map(|seen| (seen.courier_id, seen.heard_at)).collect())
}

/// Notes that nobody can bring some of what waits. Those who did not answer may then be asked again, and an operator hears
/// of it in time. A courier whom a late kitchen keeps waiting is freed for it.
///
/// # Errors
/// When the table does not answer.
pub async fn note_missed(
    app: &App,
    cause: &Cause,
    inputs: &Inputs,
    offered: &[DeliveryId],
    unplaced: &[DeliveryId],
) -> Result<Settled, AdvanceError> {
    let mut settled = Settled::Done;
    for row in &inputs.open {
        // What was just offered still waits in this list.
        if offered.contains(&row.delivery_id) || !row.to_be_missed(unplaced.contains(&row.delivery_id), cause.now) {
            continue;
        }
        let cause = cause_for(cause, row.delivery_id);
        match advance(app, &cause, row.delivery_id, |_| Some(Command::Miss)).await {
            Ok(advanced) => {
                open_deliveries::update_rows(app, &cause, &[(row.delivery_id, advanced)]).await?;
                if !row.silent.is_empty() {
                    settled = Settled::Again;
                }
            }
            Err(AdvanceError::Rejected(_) | AdvanceError::Missing | AdvanceError::CalledOff) => {
                open_deliveries::refresh(app, &cause, row.delivery_id, row.pickup).await?;
                settled = Settled::Again;
            }
            Err(error) => return Err(error),
        }
    }
    for row in to_be_freed(&inputs.open, unplaced, cause.now) {
        let freed = release(app, cause, row, ReleaseReason::KitchenLate, is_kept_waiting).await?;
        if freed.iter().any(OpenDelivery::waits) {
            settled = Settled::Again;
        }
    }
    Ok(settled)
}

/// Releases the courier that `whom` gives for the delivery as it is now. Gives the delivery's row afterwards.
async fn release(
    app: &App,
    cause: &Cause,
    row: &OpenDelivery,
    reason: ReleaseReason,
    whom: fn(&Delivery) -> Option<CourierId>,
) -> Result<Vec<OpenDelivery>, AdvanceError> {
    let cause = cause_for(cause, row.delivery_id);
    let command = |loaded: &Loaded| {
        let courier_id = whom(&loaded.delivery)?;
        Some(Command::Release { courier_id, reason })
    };
    match advance(app, &cause, row.delivery_id, command).await {
        // The row was wrong about it.
        Ok(advanced) if advanced.events.is_empty() => {
            Ok(open_deliveries::refresh(app, &cause, row.delivery_id, row.pickup).await?)
        }
        Ok(advanced) => {
            let steps = [(row.delivery_id, advanced)];
            courier_sync::update_couriers(app, &cause, &steps).await?;
            Ok(open_deliveries::update_rows(app, &cause, &steps).await?)
        }
        Err(AdvanceError::Rejected(_) | AdvanceError::Missing | AdvanceError::CalledOff) => {
            Ok(open_deliveries::refresh(app, &cause, row.delivery_id, row.pickup).await?)
        }
        Err(error) => Err(error),
    }
}
