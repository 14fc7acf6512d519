//! Who comes for an order's food. That is not the order's to decide, only to know: one small item beside its events, in
//! which the latest of the delivery's events holds.

use ::store::Commit;
use contracts::Cause;
use kernel::{CourierId, OrderId};
use runtime::{Consumed, once};

use super::advance_order::{advance_by_id, undone};
use crate::app::App;
use crate::domain::{Command, Party};
use crate::store::note_courier;

/// Notes that a courier comes for the food, unless a later event of the delivery was noted. `since` is the event's sequence.
///
/// # Errors
/// When the event must come again.
pub async fn courier_assigned(
    app: &App,
    order_id: OrderId,
    courier_id: CourierId,
    since: u32,
    cause: &Cause,
) -> Consumed {
    note(app, order_id, Some(courier_id), since, cause).await
}

/// Notes that a courier does not come for the food any more, unless a later event names who does. An order that is cooked or
/// waits counts that among its events, because the search for a courier begins again; one that went on or ended only
/// notes it.
///
/// # Errors
/// When the event must come again, or never will work.
pub async fn courier_released(app: &App, order_id: OrderId, courier: CourierId, since: u32, cause: &Cause) -> Consumed {
    let command = Command::LoseCourier { courier, since };
    advance_by_id(app, order_id, &command, Party::Delivery, cause)
        .await
        .map_err(undone)?;
    // If the order took a step, its commit has noted this as well, and this commit is a duplicate.
    note(app, order_id, None, since, cause).await
}

async fn note(app: &App, order_id: OrderId, courier_id: Option<CourierId>, since: u32, cause: &Cause) -> Consumed {
    let commit = note_courier(Commit::new(cause), order_id, courier_id, since);
    once(app.table.commit(commit).await)
}
