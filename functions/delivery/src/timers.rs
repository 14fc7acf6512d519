//! Own deadlines: an offer that nobody answered, and a search that goes on.

use contracts::{Cause, Timer};
use kernel::{DeliveryId, Timestamp};
use runtime::{Consumed, Done, Undone};

use crate::app::App;
use crate::domain::command::{Command, Ending};
use crate::publish::{OFFER_EXPIRED, SEARCH};
use crate::search;
use crate::steps::{Unstepped, follow_up, step};
use crate::store::{Found, Loaded, load};

/// Deals with one deadline. It does something only if the delivery still is where it was when the deadline was set.
///
/// # Errors
/// When the deadline is none of this service's, or the table does not answer.
pub async fn handle(app: &App, timer: &Timer, cause: &Cause) -> Consumed {
    let delivery_id: DeliveryId = timer
        .subject
        .parse()
        .map_err(|error| Undone::Park(format!("{}: {error}", timer.subject)))?;
    match timer.name.as_str() {
        OFFER_EXPIRED => expire(app, cause, delivery_id, timer.due_at).await,
        SEARCH => search_again(app, cause, delivery_id, timer.sequence).await,
        other => Err(Undone::Park(format!("there is no deadline {other:?}"))),
    }
}

/// The offer is over if it is still the one that the deadline was set for: a later offer has a later end.
async fn expire(app: &App, cause: &Cause, delivery_id: DeliveryId, due_at: Timestamp) -> Consumed {
    let ending = Ending::Expired;
    let command = |loaded: &Loaded| {
        let offer = loaded
            .delivery
            .progress
            .state
            .offer()
            .filter(|offer| offer.expires_at <= due_at)?;
        let offer_id = offer.offer_id;
        Some(Command::EndOffer { offer_id, ending })
    };
    match step(app, cause, delivery_id, command).await {
        Ok(stepped) => follow_up(app, cause, &[(delivery_id, stepped)]).await,
        Err(Unstepped::CalledOff) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Done)
}

/// The search goes on if nothing has happened since the deadline was set: whatever happens to a waiting delivery sets its
/// own.
async fn search_again(app: &App, cause: &Cause, delivery_id: DeliveryId, sequence: u32) -> Consumed {
    if let Found::Delivery(loaded) = load(&app.table, delivery_id).await?
        && loaded.sequence == sequence
    {
        search::dispatch(app, cause, delivery_id).await?;
    }
    Ok(Done)
}
