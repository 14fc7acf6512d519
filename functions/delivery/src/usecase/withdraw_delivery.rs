//! An order ends before its food arrived: whoever is asked or on the way is free again.

use ::store::StoreError;
use contracts::Cause;
use kernel::{DeliveryId, OrderId, UserId};

use crate::app::App;
use crate::domain::command::Command;
use crate::publish;
use crate::store::{self, Found};
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::follow_up::advance_unless_called_off;

/// Withdraws an order's delivery. If it has not begun yet, it is called off and never will. `is_paid` says whether its courier
/// earns what they have done so far.
///
/// # Errors
/// See [`AdvanceError`].
pub async fn withdraw_delivery(
    app: &App,
    cause: &Cause,
    order_id: OrderId,
    customer_id: UserId,
    is_paid: bool,
) -> Result<(), AdvanceError> {
    let delivery_id = store::delivery_of(order_id);
    if call_off(app, cause, delivery_id, order_id, customer_id).await? {
        return Ok(());
    }
    let command = Command::Withdraw { is_paid };
    advance_unless_called_off(app, cause, delivery_id, &|_| Some(command)).await
}

/// Calls off a delivery that has not begun; false if it has.
async fn call_off(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    order_id: OrderId,
    customer_id: UserId,
) -> Result<bool, StoreError> {
    if store::load(&app.table, delivery_id).await? != Found::Nothing {
        return Ok(false);
    }
    let published = publish::called_off(cause, delivery_id, order_id, customer_id)?;
    let commit = store::call_off(cause, delivery_id, published)?;
    app.table.commit_if_current(commit).await
}
