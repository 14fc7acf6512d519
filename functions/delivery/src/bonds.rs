//! What a courier's record says of deliveries follows what was decided about them.
//!
//! A delivery's own events decide: whether an offer was taken, ended, or its food brought. The courier's record is written
//! after that, and costs one write instead of a transaction. If somebody dies in between, the courier looks busier than
//! he is, which keeps nobody waiting but him; whoever looks at him next settles it.

use ::store::{Attempts, Commit, Freshness, StoreError, Stored};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OfferId};

use crate::app::App;
use crate::domain::command::{Command, Ending};
use crate::domain::courier::{Bond, Courier, Effect};
use crate::rows;
use crate::steps::{Stepped, Unstepped, about, step};
use crate::store::{self, CourierRecord, Found};

/// Tells the couriers of some steps what became of their deliveries.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn follow(app: &App, cause: &Cause, steps: &[(DeliveryId, Stepped)]) -> Result<(), StoreError> {
    let effects: Vec<(DeliveryId, CourierId, Effect)> = steps
        .iter()
        .filter_map(|(delivery_id, stepped)| {
            let (courier_id, effect) = stepped.effect?;
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
        // What is stale is refused by the condition; that there is nothing to do is believed of the latest only.
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

/// Asks a courier's deliveries how they are bound, and corrects the record if it says otherwise. An offer that nobody has
/// ended in time is ended.
///
/// # Errors
/// When the table does not answer.
pub async fn settle(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    stored: &Stored<CourierRecord>,
    courier: &Courier,
) -> Result<(), Unstepped> {
    let Some(shift) = courier.shift() else {
        return Ok(());
    };
    let mut bonds = Vec::new();
    for (delivery_id, offer_id) in shift.bonds() {
        let bond = match store::load(&app.table, delivery_id).await? {
            Found::Delivery(loaded) => Bond::of(&loaded.delivery.progress.state, courier_id, offer_id),
            Found::Nothing | Found::CalledOff => Bond::None,
        };
        bonds.push((delivery_id, offer_id, bond));
    }
    if shift.offer.as_ref().is_some_and(|offer| offer.expires_at <= cause.now) {
        expire(app, cause, &mut bonds).await?;
    }
    let known = |delivery_id, offer_id| {
        let mut bonds = bonds.iter();
        let found = bonds.find(|(delivery, offer, _)| (*delivery, *offer) == (delivery_id, offer_id));
        found.map_or(Bond::None, |(_, _, bond)| *bond)
    };
    let Some(settled) = courier.settled(known) else {
        return Ok(());
    };
    let commit = store::replace_courier(Commit::new(cause), courier_id, stored, &settled);
    // If it is overtaken, whoever was faster knew at least as much.
    app.table.commit_if_current(commit).await?;
    Ok(())
}

/// Ends what is left of an offer whose time is over.
async fn expire(app: &App, cause: &Cause, bonds: &mut [(DeliveryId, OfferId, Bond)]) -> Result<(), Unstepped> {
    for (delivery_id, offer_id, bond) in bonds.iter_mut().filter(|(_, _, bond)| *bond == Bond::Asked) {
        let cause = about(cause, *delivery_id);
        let offer_id = *offer_id;
        let ending = Ending::Expired;
        match step(app, &cause, *delivery_id, |_| {
            Some(Command::EndOffer { offer_id, ending })
        })
        .await
        {
            Ok(stepped) => {
                rows::follow(app, &cause, &[(*delivery_id, stepped)]).await?;
                *bond = Bond::None;
            }
            // It was answered at the last moment: the next look knows how.
            Err(Unstepped::Rejected(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
