//! A courier says that they have the food.

use std::time::Duration;

use contracts::Cause;
use kernel::{CourierId, DeliveryId};

use crate::app::App;
use crate::domain::command::Command;
use crate::domain::rejection::Rejection;
use crate::store::Loaded;
use crate::usecase::advance_delivery::{AdvanceError, Advanced, cause_for};
use crate::usecase::follow_up::advance_and_follow_up;

/// The kitchen's event takes a moment from service to service, and couriers come at once: so often the delivery is read
/// before the courier is told that the food is not ready.
const READS_MAX: u32 = 7;
const READ_PAUSE: Duration = Duration::from_millis(500);

/// Notes a pick-up, and what follows it. `order_code` is what the bag says, if it was sent.
///
/// # Errors
/// See [`AdvanceError`].
pub async fn pick_up(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    delivery_id: DeliveryId,
    order_code: Option<&str>,
) -> Result<Advanced, AdvanceError> {
    let cause = cause_for(cause, delivery_id);
    let command = |_: &Loaded| Some(Command::PickUp { courier_id, order_code });
    let mut reads = 1;
    loop {
        match advance_and_follow_up(app, &cause, delivery_id, &command).await {
            Err(AdvanceError::Rejected(Rejection::FoodNotReady)) if reads < READS_MAX => {
                reads += 1;
                tokio::time::sleep(READ_PAUSE).await;
            }
            outcome => return outcome,
        }
    }
}
