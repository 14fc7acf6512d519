//! Sweeps one list of the couriers on shift: ends shifts that are over, and corrects records that were left behind.

use ::store::{Freshness, StoreError};
use contracts::Cause;
use kernel::Timestamp;

use crate::app::App;
use crate::domain::RUN_SAFETY_NET;
use crate::domain::courier::{Courier, LiveOffer};
use crate::domain::work::SILENT_AFTER;
use crate::store;
use crate::usecase::courier_sync;
use crate::usecase::shifts::end_shift::end_shift_if;

/// Couriers whose records are read together: a few reads of a hundred each, and no more in memory.
const CHECKED_MAX: usize = 500;

/// Checks the shifts of one list. Ends those of couriers who have gone silent without a delivery or have worked as long as they
/// may, and corrects records that do not say yet that something is over. A failure of one courier's check is logged: the next
/// sweep checks again.
///
/// # Errors
/// When the table does not answer.
pub async fn sweep_shifts(app: &App, cause: &Cause, list: u128) -> Result<(), StoreError> {
    let listed = store::on_shift(&app.table, list).await?;
    for some in listed.chunks(CHECKED_MAX) {
        let heard_at = store::heard_at(&app.table, some).await?;
        for (courier_id, stored, courier) in store::couriers(&app.table, some, Freshness::Recent).await? {
            let heard_at = heard_at.get(&courier_id).copied();
            let checked = match anomaly(&courier, heard_at, cause.now) {
                None => Ok(()),
                Some(Anomaly::Overdue) => {
                    let overdue = |courier: &Courier| {
                        let since = courier.shift()?.since;
                        courier.overdue(heard_at.unwrap_or(since), cause.now)
                    };
                    end_shift_if(app, cause, courier_id, &overdue).await.map(drop)
                }
                Some(Anomaly::Stale) => courier_sync::reconcile(app, cause, courier_id, &stored, &courier).await,
            };
            if let Err(error) = checked {
                tracing::warn!(%error, "a shift is left to the next sweep");
            }
        }
    }
    Ok(())
}

/// What is wrong with a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anomaly {
    /// It should end by itself.
    Overdue,
    /// A process crashed before the record said that an offer is over, or that a delivery is somebody else's. No zone
    /// considers a courier who looks busy, so nothing else would correct it.
    Stale,
}

/// What is wrong with a courier's shift, if anything. `heard_at` is when the courier was last heard of.
fn anomaly(courier: &Courier, heard_at: Option<Timestamp>, now: Timestamp) -> Option<Anomaly> {
    let shift = courier.shift()?;
    if courier.overdue(heard_at.unwrap_or(shift.since), now).is_some() {
        return Some(Anomaly::Overdue);
    }
    // An offer that expired a moment ago is about to be ended by its timer.
    let is_over = |offer: &LiveOffer| offer.expires_at + RUN_SAFETY_NET <= now;
    let is_over = shift.offer.as_ref().is_some_and(is_over);
    let is_silent = heard_at.is_none_or(|at| at + SILENT_AFTER <= now);
    let is_bound = shift.links().next().is_some();
    (is_over || (is_bound && is_silent)).then_some(Anomaly::Stale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Vehicle;
    use crate::domain::cast::{NOON, id, minutes};
    use crate::domain::courier::{Duty, Job, Shift};
    use kernel::SignedDuration;

    #[test]
    fn a_shift_is_corrected_that_is_over_or_linked_to_what_is_over() {
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
        let seen = |shift: &Shift, ago, now| anomaly(&on(shift), Some(now - minutes(ago)), now);
        let soon = NOON + minutes(30);
        assert_eq!(seen(&free, 1, soon), None);
        assert_eq!(seen(&free, 20, soon), Some(Anomaly::Overdue));
        let over = NOON + minutes(1) + RUN_SAFETY_NET;
        assert_eq!(seen(&asked, 1, over - SignedDuration::from_secs(1)), None);
        assert_eq!(seen(&asked, 1, over), Some(Anomaly::Stale));
        assert_eq!(seen(&busy, 19, soon), None);
        assert_eq!(seen(&busy, 20, soon), Some(Anomaly::Stale));
        assert_eq!(anomaly(&on(&busy), None, soon), Some(Anomaly::Stale));
    }
}
