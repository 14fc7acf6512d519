//! Keeps couriers' records in step with what was decided about their deliveries.
//!
//! A delivery's own events decide whether an offer was taken or ended and whether its food was brought. The courier's record
//! is written after that, which costs one write instead of a transaction. If the process crashes in between, the record says
//! that the courier is busier than they are; nobody else waits for that, and whoever reads the record next reconciles it.

use ::store::{Attempts, Commit, Freshness, StoreError, Stored};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OfferId};

use crate::app::App;
use crate::domain::command::{Command, Ending};
use crate::domain::courier::{Courier, CourierLink, Effect};
use crate::store::{self, CourierRecord, Found};
use crate::usecase::advance_delivery::{AdvanceError, Advanced, advance, cause_for};
use crate::usecase::open_deliveries;

/// Updates the records of the couriers whom some steps concern.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn update_couriers(app: &App, cause: &Cause, steps: &[(DeliveryId, Advanced)]) -> Result<(), StoreError> {
    let effects: Vec<(DeliveryId, CourierId, Effect)> = steps
        .iter()
        .filter_map(|(delivery_id, advanced)| {
            let (courier_id, effect) = advanced.effect?;
            Some((*delivery_id, courier_id, effect))
        })
        .collect();
    let mut couriers: Vec<CourierId> = effects.iter().map(|(_, courier_id, _)| *courier_id).collect();
    couriers.sort_unstable();
    couriers.dedup();
    for courier_id in couriers {
        let own = effects.iter().filter(|(_, other, _)| *other == courier_id);
        let after = |courier: &Courier| {
            let mut changed = None;
            for (delivery_id, _, effect) in own.clone() {
                let before = changed.as_ref().unwrap_or(courier);
                changed = before.after(*effect, *delivery_id).or(changed);
            }
            changed
        };
        change(app, cause, courier_id, after).await?;
    }
    Ok(())
}

async fn change(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    after: impl Fn(&Courier) -> Option<Courier>,
) -> Result<(), StoreError> {
    let mut attempts = Attempts::default();
    loop {
        // The commit's condition refuses a stale record; that there is nothing to do is concluded from the latest only.
        let freshness = attempts.next().await?;
        let found = store::courier_fresh(&app.table, courier_id, freshness).await?;
        let changed = found.and_then(|(stored, courier)| Some((stored, after(&courier)?)));
        let Some((stored, changed)) = changed else {
            if freshness == Freshness::Recent {
                continue;
            }
            return Ok(());
        };
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &changed);
        if app.table.commit_if_current(commit).await? {
            return Ok(());
        }
    }
}

/// Reads how a courier's deliveries are linked to them, and corrects the record if it says otherwise. An offer that has
/// expired without anybody ending it is ended.
///
/// # Errors
/// When the table does not answer.
pub async fn reconcile(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    stored: &Stored<CourierRecord>,
    courier: &Courier,
) -> Result<(), AdvanceError> {
    let Some(shift) = courier.shift() else {
        return Ok(());
    };
    let mut links = Vec::new();
    for (delivery_id, offer_id) in shift.links() {
        let link = match store::load(&app.table, delivery_id).await? {
            Found::Delivery(loaded) => CourierLink::of(&loaded.delivery.progress.state, courier_id, offer_id),
            Found::Nothing | Found::CalledOff => CourierLink::None,
        };
        links.push((delivery_id, offer_id, link));
    }
    if shift.offer.as_ref().is_some_and(|offer| offer.expires_at <= cause.now) {
        expire(app, cause, &mut links).await?;
    }
    let known = |delivery_id, offer_id| {
        let mut links = links.iter();
        let found = links.find(|(delivery, offer, _)| (*delivery, *offer) == (delivery_id, offer_id));
        found.map_or(CourierLink::None, |(_, _, link)| *link)
    };
    let Some(settled) = courier.settled(known) else {
        return Ok(());
    };
    let commit = store::replace_courier(Commit::new(cause), courier_id, stored, &settled);
    // After a lost race the record is at least as recent as this one would be.
    app.table.commit_if_current(commit).await?;
    Ok(())
}

/// Ends what is left of an expired offer.
async fn expire(
    app: &App,
    cause: &Cause,
    links: &mut [(DeliveryId, OfferId, CourierLink)],
) -> Result<(), AdvanceError> {
    for (delivery_id, offer_id, link) in links.iter_mut().filter(|(_, _, link)| *link == CourierLink::Asked) {
        let cause = cause_for(cause, *delivery_id);
        let offer_id = *offer_id;
        let ending = Ending::Expired;
        match advance(app, &cause, *delivery_id, |_| {
            Some(Command::EndOffer { offer_id, ending })
        })
        .await
        {
            Ok(advanced) => {
                open_deliveries::update_rows(app, &cause, &[(*delivery_id, advanced)]).await?;
                *link = CourierLink::None;
            }
            // The offer was answered at the last moment; the next reconciliation reads the answer.
            Err(AdvanceError::Rejected(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
