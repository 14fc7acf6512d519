//! The search for a courier: look, choose, and ask one, who is then held until the answer or the offer's end.

use ::store::{Commit, StoreError, Stored};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, Timestamp};

use crate::app::App;
use crate::domain::cell::{RINGS, ring};
use crate::domain::command::Command;
use crate::domain::courier::{Courier, LiveOffer, Shift};
use crate::domain::dispatch::{Ranked, rank};
use crate::domain::lifecycle::decide;
use crate::domain::{Delivery, Offer, State};
use crate::steps::{Unstepped, unexpected};
use crate::store::{self, CourierRecord, Found};

/// How often a search begins again because somebody else was faster with the courier or the delivery.
const ROUNDS_MAX: u32 = 8;
/// Couriers whose records are read in one round trip: the nearest few are rarely all busy.
const LOOKED_AT_ONCE: usize = 10;
/// Waiting deliveries that are tried for one courier who became free: the first that asks somebody else leaves the next.
const WAITING_TRIED_MAX: usize = 3;

/// A free courier, and the lock to take.
struct Choice {
    ranked: Ranked,
    stored: Stored<CourierRecord>,
    courier: Courier,
}

/// Asks the next courier for a delivery that waits, or notes that nobody is free. Two searches for one delivery at once
/// do no harm: one of them commits, and the other sees that nothing is left to do.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn dispatch(app: &App, cause: &Cause, delivery_id: DeliveryId) -> Result<(), Unstepped> {
    for _ in 0..ROUNDS_MAX {
        let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await? else {
            return Ok(());
        };
        if loaded.delivery.progress.state != State::Waiting {
            return Ok(());
        }
        let choice = choose(app, &loaded.delivery, cause.now).await?;
        let offer = choice.as_ref().map(|choice| offer(app, &choice.ranked, cause.now));
        let command = offer.map_or(Command::Miss, Command::Offer);
        let events = decide(&loaded.delivery, &command, cause.now)?;
        let (mut commit, _) = store::append(Commit::new(cause), cause, delivery_id, &loaded, &events)?;
        if let (Some(choice), Some(offer)) = (&choice, &offer) {
            let held = choice.courier.consider(LiveOffer {
                offer_id: offer.offer_id,
                deliveries: vec![delivery_id],
                expires_at: offer.expires_at,
            })?;
            commit = store::replace_courier(commit, offer.courier_id, &choice.stored, &held);
        }
        match app.table.commit(commit).await {
            Ok(()) => return Ok(()),
            Err(error) if store::lost_race(&error) => {}
            Err(error) => return Err(unexpected(error).into()),
        }
    }
    Err(StoreError::Contended(ROUNDS_MAX).into())
}

fn offer(app: &App, ranked: &Ranked, now: Timestamp) -> Offer {
    // Whole seconds, as they are stored and as the timer counts.
    let until = now + app.offer_lasts;
    Offer {
        offer_id: runtime::ids::new(),
        courier_id: ranked.courier_id,
        vehicle: ranked.vehicle,
        approach_m: ranked.approach_m,
        expires_at: Timestamp::from_second(until.as_second()).unwrap_or(until),
    }
}

/// The free courier who would be at the restaurant first. Rings of cells are searched outwards until one is found; the
/// innermost two at once, for a restaurant may lie at the edge of its cell.
async fn choose(app: &App, delivery: &Delivery, now: Timestamp) -> Result<Option<Choice>, StoreError> {
    let pickup = delivery.facts.pickup.position;
    let mut cells = ring(pickup, 0);
    for steps in 1..=RINGS {
        cells.extend(ring(pickup, steps));
        let seen = store::seen_in(&app.table, std::mem::take(&mut cells)).await?;
        let ranked = rank(delivery, &seen, now);
        if let Some(choice) = first_free(app, &ranked).await? {
            return Ok(Some(choice));
        }
    }
    Ok(None)
}

/// The first who is free, of a ranking. The index may list a courier whose record says otherwise.
async fn first_free(app: &App, ranked: &[Ranked]) -> Result<Option<Choice>, StoreError> {
    for nearest in ranked.chunks(LOOKED_AT_ONCE) {
        let ids: Vec<CourierId> = nearest.iter().map(|candidate| candidate.courier_id).collect();
        let couriers = store::couriers(&app.table, &ids).await?;
        let free = couriers
            .into_iter()
            .find(|(_, _, courier)| courier.shift().is_some_and(Shift::is_free));
        let Some((courier_id, stored, courier)) = free else {
            continue;
        };
        let ranked = nearest
            .iter()
            .copied()
            .find(|candidate| candidate.courier_id == courier_id);
        return Ok(ranked.map(|ranked| Choice {
            ranked,
            stored,
            courier,
        }));
    }
    Ok(None)
}

/// Searches again for the deliveries that wait near a courier who became free.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn serve_waiting(app: &App, cause: &Cause, courier_id: CourierId) -> Result<(), Unstepped> {
    let Some(seen) = store::last_seen(&app.table, courier_id).await? else {
        return Ok(());
    };
    let waiting = store::waiting_near(&app.table, seen).await?;
    for delivery_id in waiting.into_iter().take(WAITING_TRIED_MAX) {
        let mut cause = cause.clone();
        cause.correlation_id = delivery_id.to_string();
        dispatch(app, &cause, delivery_id).await?;
    }
    Ok(())
}
