//! A courier says that they have arrived, which is compared with where their device was.

use ::store::Freshness;
use contracts::Cause;
use kernel::{CourierId, DeliveryId};

use crate::app::App;
use crate::domain::command::Command;
use crate::domain::presence::presence;
use crate::store::{self, Loaded};
use crate::usecase::advance_delivery::{AdvanceError, Advanced, cause_for};
use crate::usecase::follow_up::advance_and_follow_up;
use contracts::vocabulary::Place;

/// Notes the arrival of a courier at a stop, and what follows it.
///
/// # Errors
/// See [`AdvanceError`].
pub async fn arrive(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    delivery_id: DeliveryId,
    stop: Place,
) -> Result<Advanced, AdvanceError> {
    // An eventually consistent read suffices: a device reports more often than its courier arrives, and the courier may say
    // it again.
    let seen = store::whereabouts(&app.table, courier_id, Freshness::Recent).await?;
    let command = |loaded: &Loaded| {
        let facts = &loaded.delivery.facts;
        let presence = |place| presence(seen.as_ref(), place, cause.now);
        Some(match stop {
            Place::Restaurant => Command::ArriveAtRestaurant {
                courier_id,
                presence: presence(facts.pickup.position),
            },
            Place::Customer => Command::ArriveAtCustomer {
                courier_id,
                presence: presence(facts.drop_off.position),
            },
        })
    };
    advance_and_follow_up(app, &cause_for(cause, delivery_id), delivery_id, &command).await
}
