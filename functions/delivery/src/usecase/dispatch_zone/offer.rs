//! Makes an offer: one commit over the courier and every delivery of the trip.

use ::store::{Commit, Freshness};
use contracts::Cause;
use kernel::Timestamp;

use super::Settled;
use super::inputs::Inputs;
use crate::app::App;
use crate::domain::command::Command;
use crate::domain::courier::LiveOffer;
use crate::domain::epoch::Proposal;
use crate::domain::lifecycle::decide;
use crate::domain::{Offer, State};
use crate::store::{self, Found};
use crate::usecase::advance_delivery::{AdvanceError, append_events, cause_for};
use crate::usecase::open_deliveries;

/// Offers a trip to its courier. Unless the courier and each delivery still are what was read, nothing is written and the
/// zone is loaded again.
///
/// # Errors
/// When the table does not answer.
pub async fn make(app: &App, cause: &Cause, inputs: &Inputs, proposal: &Proposal) -> Result<Settled, AdvanceError> {
    let trip = &proposal.trip;
    let Some((stored, courier)) = inputs.couriers.get(&trip.courier_id) else {
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
        let cause = cause_for(cause, *delivery_id);
        let mut found = store::load_fresh(&app.table, *delivery_id, Freshness::Recent).await?;
        if !waits(&found) {
            found = store::load_fresh(&app.table, *delivery_id, Freshness::Latest).await?;
        }
        let loaded = match found {
            Found::Delivery(loaded) if loaded.delivery.progress.state == State::Waiting => loaded,
            Found::Delivery(_) | Found::Nothing | Found::CalledOff => {
                // The row was left behind: the delivery has a courier already, or has ended.
                let row = inputs.open.iter().find(|open| open.delivery_id == *delivery_id);
                if let Some(row) = row {
                    open_deliveries::refresh(app, &cause, *delivery_id, row.pickup).await?;
                }
                return Ok(Settled::Again);
            }
        };
        let events = decide(&loaded.delivery, &Command::Offer(offer), cause.now)?;
        let (longer, advanced) = append_events(commit, &cause, *delivery_id, &loaded, events)?;
        commit = longer;
        steps.push((*delivery_id, advanced));
    }
    let commit = store::replace_courier(commit, trip.courier_id, stored, &held);
    if !app.table.commit_if_current(commit).await? {
        return Ok(Settled::Again);
    }
    open_deliveries::update_rows(app, cause, &steps).await?;
    Ok(Settled::Done)
}

/// Whether a delivery may be offered, as it was read; the offer's commit fails if that has changed.
fn waits(found: &Found) -> bool {
    matches!(found, Found::Delivery(loaded) if loaded.delivery.progress.state == State::Waiting)
}
