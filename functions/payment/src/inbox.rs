//! Orders' events, as commands to their payments.
//!
//! None is marked as consumed: what each leads to is so already when it comes again.

use contracts::order::{Cancelled, Delivered, Placed, Rejected, Undeliverable};
use contracts::user::RolesChanged;
use contracts::{Cause, Contract as _, Envelope};
use kernel::{Currency, Money};
use runtime::{Consumed, Done, Standing};

use crate::app::App;
use crate::domain::Command;
use crate::usecase::follow_order::{order_ended, order_placed};

/// Deals with an event.
///
/// # Errors
/// To retry what came early or met somebody who is down; to park what will never work.
pub async fn handle(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    match event.event_type.as_str() {
        RolesChanged::TYPE => Standing::keep(&app.table, event, cause).await,
        Placed::TYPE => {
            let placed: Placed = event.data()?;
            let command = Command::Request {
                total: placed.total,
                method: placed.payment_method_id,
            };
            order_placed(app, placed.order_id, placed.customer_id, &command, cause).await
        }
        Delivered::TYPE => {
            let delivered: Delivered = event.data()?;
            order_ended(app, delivered.order_id, delivered.customer_id, delivered.total, cause).await
        }
        Cancelled::TYPE => {
            let cancelled: Cancelled = event.data()?;
            order_ended(app, cancelled.order_id, cancelled.customer_id, cancelled.fee, cause).await
        }
        Undeliverable::TYPE => {
            let undeliverable: Undeliverable = event.data()?;
            order_ended(
                app,
                undeliverable.order_id,
                undeliverable.customer_id,
                undeliverable.fee,
                cause,
            )
            .await
        }
        Rejected::TYPE => {
            let rejected: Rejected = event.data()?;
            // Zero is the same amount in every currency.
            let nothing = Money::zero(Currency::EUR);
            order_ended(app, rejected.order_id, rejected.customer_id, nothing, cause).await
        }
        _ => Ok(Done),
    }
}
