//! Others' events as own commands: orders' and, for who works there, restaurants'.

use ::store::{Commit, Freshness};
use contracts::order::{Accepted, Cancelled, Delayed, Ready, Stop, Undeliverable};
use contracts::restaurant::{self, Snapshot};
use contracts::user::RolesChanged;
use contracts::vocabulary::Word;
use contracts::{Cause, Contract as _, Envelope};
use kernel::{CourierId, DeliveryId, OrderId, Role, Timestamp, TypedId as _, UserId};
use runtime::{Consumed, Done, Standing, Undone, once};

use crate::app::App;
use crate::domain::command::Command;
use crate::domain::estimate::{Food, Remaining, Ride, VEHICLE_USUAL, arrival};
use crate::domain::open::Open;
use crate::domain::{Delivery, Facts, Place, Progress, pays_courier};
use crate::foresight::About;
use crate::runner::{self, Known, Reach};
use crate::steps::{Unstepped, follow_up, step};
use crate::{foresight, rows, shift, store};

/// How many different PINs there are: four digits.
const PINS: u32 = 10_000;

/// Deals with one event. Events of other types are none of this service's business.
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
            ended(app, cause, cancelled.order_id, cancelled.customer_id, true).await
        }
        Undeliverable::TYPE => {
            let undeliverable: Undeliverable = event.data()?;
            let is_paid = match undeliverable.reason {
                Word::Known(reason) => pays_courier(reason),
                Word::Unknown(_) => true,
            };
            ended(app, cause, undeliverable.order_id, undeliverable.customer_id, is_paid).await
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

/// Keeps what somebody may be. A courier who may not be one any more works no longer: what the latest event says holds,
/// whichever comes last.
async fn roles_changed(app: &App, event: &Envelope, cause: &Cause) -> Consumed {
    Standing::keep(&app.table, event, cause).await?;
    let changed: RolesChanged = event.data()?;
    let standing = Standing::of(&app.table, changed.user_id, Freshness::Latest).await?;
    let is_held = standing.is_none_or(|standing| standing.allows(&[Role::Courier]));
    let courier_id = CourierId::from_uuid(changed.user_id.uuid());
    match shift::bar(app, cause, courier_id, &|courier| Ok(courier.with_role(is_held))).await {
        Ok(_) | Err(Unstepped::Missing) => Ok(Done),
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

impl From<Unstepped> for Undone {
    fn from(unstepped: Unstepped) -> Self {
        match unstepped {
            Unstepped::Missing => Self::Retry("the delivery is not there yet".to_owned()),
            Unstepped::Store(error) => error.into(),
            Unstepped::CalledOff | Unstepped::Rejected(_) | Unstepped::Refused(_) => Self::Park(unstepped.to_string()),
        }
    }
}

/// The restaurant cooks: the delivery begins and a courier is looked for. The same event again finds it begun, and goes
/// on with what had not come to anything.
///
/// Its row in the zone is written first: of a delivery that has begun, the zone knows.
async fn accepted(app: &App, cause: &Cause, at: Timestamp, accepted: Accepted) -> Consumed {
    let delivery_id = store::delivery_of(accepted.order_id);
    // Whole seconds, as they are stored.
    let begun_at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let facts = facts(accepted, begun_at);
    let remaining = Remaining::Everything {
        food: Food::Cooking {
            begun_at,
            planned_ready_at: facts.planned_ready_at,
            delayed_to: None,
        },
        trip: Ride::new(facts.pickup.position, facts.drop_off.position, VEHICLE_USUAL),
    };
    let about = About {
        kitchen: Some(facts.restaurant_id),
        delivery_id: Some(delivery_id),
        place: facts.pickup.position,
    };
    let known = Box::pin(foresight::experience(app, about, &remaining, cause.now)).await;
    let eta = arrival(&remaining, &known, cause.now);
    let begins = Delivery {
        facts,
        progress: Progress::beginning(eta),
    };
    let Some(open) = Open::of(delivery_id, &begins, 1) else {
        return Ok(Done);
    };
    rows::show(&app.table, cause, &open).await?;
    let mut known = vec![open];
    let commit = store::begin(cause, delivery_id, &begins.facts, eta)?;
    if !app.table.commit_if_current(commit).await? {
        // Begun before, or called off before it began.
        known = rows::refresh(app, cause, delivery_id, begins.facts.pickup.position).await?;
    }
    let known = Known::rows(known);
    runner::run_around(app, cause, begins.facts.pickup.position, Reach::Own, &known).await?;
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
    match step(app, cause, delivery_id, |_| Some(command)).await {
        Ok(stepped) => follow_up(app, cause, &[(delivery_id, stepped)]).await,
        Err(Unstepped::CalledOff) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(Done)
}

/// The order ended: whoever is asked or on the way is free again. If the delivery has not begun yet, it never will.
async fn ended(app: &App, cause: &Cause, order_id: OrderId, customer_id: UserId, is_paid: bool) -> Consumed {
    let delivery_id = store::delivery_of(order_id);
    if call_off(app, cause, delivery_id, order_id, customer_id).await? {
        return Ok(Done);
    }
    note(app, cause, delivery_id, Command::Withdraw { is_paid }).await
}

/// True if the delivery had not begun and is called off now.
async fn call_off(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    order_id: OrderId,
    customer_id: UserId,
) -> Result<bool, Undone> {
    if store::load(&app.table, delivery_id).await? != store::Found::Nothing {
        return Ok(false);
    }
    let withdrawn = contracts::delivery::Withdrawn {
        delivery_id,
        order_id,
        customer_id,
        courier_id: None,
        earned: None,
    };
    let commit = store::call_off(cause, delivery_id, &withdrawn)?;
    Ok(app.table.commit_if_current(commit).await?)
}
