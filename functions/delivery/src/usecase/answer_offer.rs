//! A courier takes or declines an offer, with all of its deliveries at once.

use ::store::Freshness;
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OfferId, Timestamp};

use crate::app::App;
use crate::domain::command::Command;
use crate::domain::courier::{CourierRejection, LiveOffer};
use crate::store;
use crate::usecase::advance_delivery::{AdvanceError, Advanced, advance_all, cause_for};
use crate::usecase::follow_up::follow_up;

/// Carries out a courier's answer to a live offer on each of its deliveries, and what follows it.
///
/// # Errors
/// When the offer is not the courier's or has ended, or the table does not answer.
pub async fn answer_offer(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    offer_id: OfferId,
    answer: Command<'_>,
) -> Result<Vec<(DeliveryId, Advanced)>, AdvanceError> {
    let offer = live_offer(app, courier_id, offer_id, cause.now).await?;
    let first = *offer.deliveries.first().ok_or(AdvanceError::Missing)?;
    let cause = cause_for(cause, first);
    let answered = advance_all(app, &cause, &offer.deliveries, &|_| Some(answer)).await?;
    follow_up(app, &cause, &answered).await;
    Ok(answered)
}

/// The live offer to a courier. An eventually consistent read may find it; only the latest record rejects.
async fn live_offer(
    app: &App,
    courier_id: CourierId,
    offer_id: OfferId,
    now: Timestamp,
) -> Result<LiveOffer, AdvanceError> {
    if let Some((_, courier)) = store::courier_fresh(&app.table, courier_id, Freshness::Recent).await?
        && let Ok(offer) = courier.live_offer(offer_id, now)
    {
        return Ok(offer.clone());
    }
    let found = store::courier(&app.table, courier_id).await?;
    let (_, courier) = found.ok_or(CourierRejection::NeverAsked)?;
    Ok(courier.live_offer(offer_id, now)?.clone())
}
