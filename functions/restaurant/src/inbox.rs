//! What other services' events mean here.

use ::store::{Commit, CommitError};
use contracts::{Cause, Contract as _, Envelope, order, user};
use runtime::{Consumed, Done, Standing, once};

use crate::app::App;
use crate::domain::review::{ITEMS_MAX, Invitation, review_of};
use crate::store::{ReviewRecord, review_key};

/// Handles one event. What is of no interest is done.
///
/// # Errors
/// When it must come again, or never will work.
pub async fn handle(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    match event.event_type.as_str() {
        user::RolesChanged::TYPE => Standing::keep(&app.table, event, cause).await,
        order::Delivered::TYPE => delivered(app, event.data()?, cause).await,
        _ => Ok(Done),
    }
}

/// A delivered order may be reviewed by its customer. The review's id is the order's, so the condition of the one put is
/// the whole duplicate check.
async fn delivered(app: &App, delivered: order::Delivered, cause: &Cause) -> Consumed {
    let mut item_ids = delivered.item_ids;
    item_ids.sort_unstable();
    item_ids.dedup();
    item_ids.truncate(ITEMS_MAX);
    let invitation = Invitation {
        order_id: delivered.order_id,
        customer_id: delivered.customer_id,
        restaurant_id: delivered.restaurant_id,
        item_ids,
        delivered_at: delivered.delivered_at,
    };
    let id = review_of(invitation.order_id);
    let commit = Commit::new(cause).create(&review_key(id), &id, &ReviewRecord::invitation(&invitation));
    match app.table.commit(commit).await {
        Err(CommitError::Conflict) => Ok(Done),
        result => once(result),
    }
}
