//! Events of other services, and the use cases that they call.

use contracts::{Cause, Contract as _, Envelope, order, user};
use runtime::{Consumed, Done, Standing};

use crate::app::App;
use crate::domain::review::Invitation;
use crate::usecase;

/// Handles one event; events of other types are done at once.
///
/// # Errors
/// When it must come again, or never will work.
pub async fn handle(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    match event.event_type.as_str() {
        user::RolesChanged::TYPE => Standing::keep(&app.table, event, cause).await,
        order::Delivered::TYPE => {
            let delivered: order::Delivered = event.data()?;
            let invitation = Invitation::new(
                delivered.order_id,
                delivered.customer_id,
                delivered.restaurant_id,
                delivered.item_ids,
                delivered.delivered_at,
            );
            usecase::invite_to_review(app, &invitation, cause).await?;
            Ok(Done)
        }
        _ => Ok(Done),
    }
}
