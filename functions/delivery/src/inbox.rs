//! Events of other services as commands of this one: orders, restaurants' staff, and the roles of users.

use ::store::{Commit, Freshness};
use contracts::order::{Accepted, Cancelled, Delayed, Ready, Stop, Undeliverable};
use contracts::restaurant::{self, Snapshot};
use contracts::user::RolesChanged;
use contracts::vocabulary::Word;
use contracts::{Cause, Contract as _, Envelope};
use kernel::{CourierId, DeliveryId, Role, Timestamp, TypedId as _};
use runtime::{Consumed, Done, HandlerError, Standing, once};

use crate::app::App;
use crate::domain::command::Command;
use crate::domain::{Facts, Place, pays_courier};
use crate::store;
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::begin_delivery::begin_delivery;
use crate::usecase::couriers::bar_courier::bar_courier;
use crate::usecase::follow_up::advance_unless_called_off;
use crate::usecase::withdraw_delivery::withdraw_delivery;

/// How many different PINs there are: four digits.
const PINS: u32 = 10_000;

/// Handles one event. Events of other types are ignored.
///
/// # Errors
/// When the event came early, cannot be read, or the table does not answer.
pub async fn handle(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    match event.event_type.as_str() {
        RolesChanged::TYPE => roles_changed(app, event, cause).await,
        Accepted::TYPE => accepted(app, cause, event.time, event.data()?).await,
        Delayed::TYPE => delayed(app, cause, &event.data()?).await,
        Ready::TYPE => ready(app, cause, &event.data()?).await,
        Cancelled::TYPE => {
            let cancelled: Cancelled = event.data()?;
            withdraw_delivery(app, cause, cancelled.order_id, cancelled.customer_id, true).await?;
            Ok(Done)
        }
        Undeliverable::TYPE => {
            let undeliverable: Undeliverable = event.data()?;
            let is_paid = match undeliverable.reason {
                Word::Known(reason) => pays_courier(reason),
                Word::Unknown(_) => true,
            };
            withdraw_delivery(app, cause, undeliverable.order_id, undeliverable.customer_id, is_paid).await?;
            Ok(Done)
        }
        restaurant::Approved::TYPE => {
            let approved: restaurant::Approved = event.data()?;
            staffed(app, cause, event.sequence, approved.restaurant).await
        }
        restaurant::Changed::TYPE => {
            let changed: restaurant::Changed = event.data()?;
            staffed(app, cause, event.sequence, changed.restaurant).await
        }
        _ => Ok(Done),
    }
}

/// Keeps the roles of a user. A courier who has lost the role works no longer. The latest event holds, in whatever order they
/// arrive.
async fn roles_changed(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    Standing::keep(&app.table, event, cause).await?;
    let changed: RolesChanged = event.data()?;
    let standing = Standing::of(&app.table, changed.user_id, Freshness::Latest).await?;
    let is_held = standing.is_none_or(|standing| standing.allows(&[Role::Courier]));
    let courier_id = CourierId::from_uuid(changed.user_id.uuid());
    match bar_courier(app, cause, courier_id, &|courier| Ok(courier.with_role(is_held))).await {
        Ok(_) | Err(AdvanceError::Missing) => Ok(Done),
        Err(error) => Err(error.into()),
    }
}

/// Keeps who works at a restaurant, and so may follow its orders' deliveries. The latest event holds.
async fn staffed(app: &App, cause: &Cause, sequence: u32, restaurant: Snapshot) -> Consumed {
    let staff = store::StaffRecord {
        staff: restaurant.staff.into_iter().map(|member| member.user_id).collect(),
    };
    let key = store::staff_key(restaurant.restaurant_id);
    once(
        app.table
            .commit(Commit::new(cause).put_newer(&key, &staff, sequence))
            .await,
    )
}

impl From<AdvanceError> for HandlerError {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Missing => Self::Retry("the delivery is not there yet".to_owned()),
            AdvanceError::Store(error) => error.into(),
            AdvanceError::CalledOff | AdvanceError::Rejected(_) | AdvanceError::CourierRejected(_) => {
                Self::Park(error.to_string())
            }
        }
    }
}

/// The restaurant cooks: the delivery begins and a courier is looked for.
async fn accepted(app: &App, cause: &Cause, at: Timestamp, accepted: Accepted) -> Consumed {
    let delivery_id = store::delivery_of(accepted.order_id);
    // Whole seconds, as they are stored.
    let begun_at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    begin_delivery(app, cause, delivery_id, facts(accepted, begun_at)).await?;
    Ok(Done)
}

fn facts(accepted: Accepted, begun_at: Timestamp) -> Facts {
    Facts {
        order_id: accepted.order_id,
        customer_id: accepted.customer_id,
        restaurant_id: accepted.restaurant_id,
        restaurant_name: accepted.restaurant_name,
        pickup: place(accepted.pickup),
        drop_off: place(accepted.drop_off),
        begun_at,
        planned_ready_at: accepted.ready_at,
        promised_until: accepted.promised.to,
        tip: accepted.tip,
        pin: format!("{:04}", runtime::ids::below(PINS)),
    }
}

fn place(stop: Stop) -> Place {
    Place {
        position: stop.position,
        address: stop.address,
        instructions: stop.instructions,
        leave_at_door: stop.leave_at_door,
    }
}

/// The kitchen needs longer than it said when it accepted.
async fn delayed(app: &App, cause: &Cause, delayed: &Delayed) -> Consumed {
    let delivery_id = store::delivery_of(delayed.order_id);
    let ready_at = delayed.ready_at;
    note(app, cause, delivery_id, Command::NoteDelay { ready_at }).await
}

async fn ready(app: &App, cause: &Cause, ready: &Ready) -> Consumed {
    let delivery_id = store::delivery_of(ready.order_id);
    note(app, cause, delivery_id, Command::NoteReady { at: ready.ready_at }).await
}

async fn note(app: &App, cause: &Cause, delivery_id: DeliveryId, command: Command<'static>) -> Consumed {
    advance_unless_called_off(app, cause, delivery_id, &|_| Some(command)).await?;
    Ok(Done)
}
