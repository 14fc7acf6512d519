//! What happens when a deadline of a delivery is due. Each does something only if the delivery still is where it was when the
//! deadline was set.

use contracts::Cause;
use kernel::{DeliveryId, Timestamp};

use crate::app::App;
use crate::domain::State;
use crate::domain::command::{Command, Ending};
use crate::store::{self, Found, Loaded};
use crate::usecase::advance_delivery::{AdvanceError, cause_for};
use crate::usecase::dispatch_zone::{Known, ZoneScope, dispatch_around};
use crate::usecase::follow_up::advance_unless_called_off;
use crate::usecase::open_deliveries;

/// Ends an offer that nobody has answered by `due_at`: a later offer expires later.
///
/// # Errors
/// See [`AdvanceError`].
pub async fn expire_offer(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    due_at: Timestamp,
) -> Result<(), AdvanceError> {
    let command = |loaded: &Loaded| {
        let offer = loaded.delivery.progress.state.offer();
        let offer_id = offer.filter(|offer| offer.expires_at <= due_at)?.offer_id;
        let ending = Ending::Expired;
        Some(Command::EndOffer { offer_id, ending })
    };
    advance_unless_called_off(app, cause, delivery_id, &command).await
}

/// Dispatches the zone of a delivery that waits for a courier. If nothing has changed since event `sequence`, the process that
/// set the deadline crashed before dispatching.
///
/// # Errors
/// When the table does not answer, or others are faster each time.
pub async fn search_courier(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    sequence: u32,
) -> Result<(), AdvanceError> {
    let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await? else {
        return Ok(());
    };
    if loaded.sequence != sequence || loaded.delivery.progress.state != State::Waiting {
        return Ok(());
    }
    let row = open_deliveries::show_or_hide(&app.table, cause, delivery_id, &loaded.delivery, sequence).await?;
    let known = Known::rows(row.into_iter().collect());
    let pickup = loaded.delivery.facts.pickup.position;
    dispatch_around(app, cause, pickup, ZoneScope::Own, &known).await
}

/// Closes the review of a failure that nobody has judged in time: nobody is charged. A delivery fails once, so there is only
/// one review that it can be.
///
/// # Errors
/// See [`AdvanceError`].
pub async fn leave_unjudged(app: &App, cause: &Cause, delivery_id: DeliveryId) -> Result<(), AdvanceError> {
    let command = |loaded: &Loaded| loaded.delivery.progress.review.map(|_| Command::LeaveUnjudged);
    advance_unless_called_off(app, &cause_for(cause, delivery_id), delivery_id, &command).await
}
