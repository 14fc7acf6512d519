//! Bars a courier from working, or no longer: a suspension, or the loss of the role.

use ::store::{Attempts, Commit};
use contracts::Cause;
use kernel::{CourierId, DeliveryId};

use crate::app::App;
use crate::domain::courier::{Courier, CourierRejection, ShiftEnd};
use crate::domain::rejection::Rejection;
use crate::store::{self, Loaded};
use crate::usecase::advance_delivery::{AdvanceError, Advanced, advance};
use crate::usecase::follow_up::follow_up;
use crate::usecase::shifts::end_shift::{end_shift_if, free_one};

/// Changes whether a courier is barred from working. The shift of a barred courier ends: what they have not fetched goes to
/// somebody else at once. With food in the bag, the shift ends after it was brought, and nothing is offered meanwhile.
///
/// # Errors
/// When there is no such courier, the change is not possible, or the table does not answer.
pub async fn bar_courier(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    change: &(dyn Fn(&Courier) -> Result<Option<Courier>, CourierRejection> + Sync),
) -> Result<Courier, AdvanceError> {
    let changed = change_courier(app, cause, courier_id, change).await?;
    if changed.barred(cause.now).is_none() {
        return Ok(changed);
    }
    let barred = |courier: &Courier| courier.barred(cause.now).map(ShiftEnd::from);
    match end_shift_if(app, cause, courier_id, &barred).await {
        Err(AdvanceError::Rejected(Rejection::WrongState { .. })) => {
            let freed = free_unfetched(app, cause, courier_id, &changed).await?;
            follow_up(app, cause, &freed).await;
            Ok(changed)
        }
        ended => ended,
    }
}

/// Frees the deliveries that a courier with food in the bag is asked about or has not fetched yet.
async fn free_unfetched(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    courier: &Courier,
) -> Result<Vec<(DeliveryId, Advanced)>, AdvanceError> {
    let links = courier.shift().map(|shift| shift.links().collect::<Vec<_>>());
    let mut freed = Vec::new();
    for (delivery_id, offer_id) in links.unwrap_or_default() {
        let command = |loaded: &Loaded| free_one(loaded, courier_id, offer_id);
        match advance(app, cause, delivery_id, command).await {
            Ok(advanced) => freed.push((delivery_id, advanced)),
            // In the bag.
            Err(AdvanceError::Rejected(Rejection::WrongState { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(freed)
}

async fn change_courier(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    change: &(dyn Fn(&Courier) -> Result<Option<Courier>, CourierRejection> + Sync),
) -> Result<Courier, AdvanceError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, courier)) = store::courier(&app.table, courier_id).await? else {
            return Err(AdvanceError::Missing);
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
