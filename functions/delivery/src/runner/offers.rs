//! Making an offer: one commit over the courier and every delivery of the trip.

use ::store::{Commit, Freshness};
use contracts::Cause;
use kernel::Timestamp;

use super::Settled;
use super::scene::Scene;
use crate::app::App;
use crate::domain::command::Command;
use crate::domain::courier::LiveOffer;
use crate::domain::epoch::Proposal;
use crate::domain::lifecycle::decide;
use crate::domain::{Offer, State};
use crate::rows;
use crate::steps::{Unstepped, about, add};
use crate::store::{self, Found};

/// Offers a trip to its courier. Both the courier and each delivery must be what was read; else nothing is written, and the
/// zone is looked at again.
///
/// # Errors
/// When the table does not answer.
pub async fn make(app: &App, cause: &Cause, scene: &Scene, proposal: &Proposal) -> Result<Settled, Unstepped> {
    let trip = &proposal.trip;
    let Some((stored, courier)) = scene.couriers.get(&trip.courier_id) else {
        return Ok(Settled::Again);
    };
    let until = cause.now + app.offer_lasts;
    let offer = Offer {
        offer_id: runtime::ids::new(),
        courier_id: trip.courier_id,
        vehicle: proposal.vehicle,
        approach_m: proposal.approach_m,
        // Whole seconds, as they are stored and as the timer counts.
        expires_at: Timestamp::from_second(until.as_second()).unwrap_or(until),
    };
    let live = LiveOffer {
        offer_id: offer.offer_id,
        deliveries: trip.deliveries.clone(),
        expires_at: offer.expires_at,
    };
    let Ok(held) = courier.consider(live) else {
        return Ok(Settled::Again);
    };
    let mut commit = Commit::new(cause);
    let mut steps = Vec::new();
    for delivery_id in &trip.deliveries {
        let cause = about(cause, *delivery_id);
        let mut found = store::load_fresh(&app.table, *delivery_id, Freshness::Recent).await?;
        if !waits(&found) {
            found = store::load_fresh(&app.table, *delivery_id, Freshness::Latest).await?;
        }
        let loaded = match found {
            Found::Delivery(loaded) if loaded.delivery.progress.state == State::Waiting => loaded,
            Found::Delivery(_) | Found::Nothing | Found::CalledOff => {
                // The row was left behind: the delivery is somebody's already, or has ended.
                let row = scene.open.iter().find(|open| open.delivery_id == *delivery_id);
                if let Some(row) = row {
                    rows::refresh(app, &cause, *delivery_id, row.pickup).await?;
                }
                return Ok(Settled::Again);
            }
        };
        let events = decide(&loaded.delivery, &Command::Offer(offer), cause.now)?;
        let (longer, stepped) = add(commit, &cause, *delivery_id, &loaded, events)?;
        commit = longer;
        steps.push((*delivery_id, stepped));
    }
    let commit = store::replace_courier(commit, trip.courier_id, stored, &held);
    if !app.table.commit_if_current(commit).await? {
        return Ok(Settled::Again);
    }
    rows::follow(app, cause, &steps).await?;
    Ok(Settled::Done)
}

/// True of what may be offered. The offer's commit finds out if that was a moment ago.
fn waits(found: &Found) -> bool {
    matches!(found, Found::Delivery(loaded) if loaded.delivery.progress.state == State::Waiting)
}
