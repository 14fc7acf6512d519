//! Own deadlines: an offer that nobody answered, a zone that was to be run at once, and the minute.

use contracts::{Cause, Timer};
use kernel::{DeliveryId, Timestamp};
use runtime::{Consumed, Done, TimerQueue, Undone};

use crate::app::App;
use crate::domain::State;
use crate::domain::cell::Zone;
use crate::domain::command::{Command, Ending};
use crate::publish::{OFFER_EXPIRED, SEARCH, SHIFTS, TICK, ZONE};
use crate::rows;
use crate::runner::{self, Known, Occasion, Reach};
use crate::shift;
use crate::steps::{Unstepped, follow_up, step};
use crate::store::{self, Found, Loaded, load};

/// How often shifts are looked at, which may end by themselves: often enough for limits that are counted in minutes.
const SHIFTS_EVERY_MINUTES: i64 = 5;

/// Deals with one deadline. One of a delivery does something only if the delivery still is where it was when it was set.
///
/// # Errors
/// When the deadline is none of this service's, or the table does not answer.
pub async fn handle(app: &App, queue: &TimerQueue, timer: &Timer, cause: &Cause) -> Consumed {
    match timer.name.as_str() {
        OFFER_EXPIRED => expire(app, cause, delivery_of(timer)?, timer.due_at).await,
        SEARCH => search(app, cause, delivery_of(timer)?, timer.sequence).await,
        TICK => tick(app, queue, timer, cause).await,
        SHIFTS => {
            shift::sweep(app, cause).await?;
            Ok(Done)
        }
        ZONE => {
            let zone = timer.subject.parse().map_err(|error| malformed(timer, &error))?;
            Box::pin(runner::run(app, cause, zone, Occasion::Tick, &Known::default())).await?;
            Ok(Done)
        }
        other => Err(Undone::Park(format!("there is no deadline {other:?}"))),
    }
}

fn delivery_of(timer: &Timer) -> Result<DeliveryId, Undone> {
    timer.subject.parse().map_err(|error| malformed(timer, &error))
}

fn malformed(timer: &Timer, error: &impl std::fmt::Display) -> Undone {
    Undone::Park(format!("{}: {error}", timer.subject))
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

/// The zone is run if nothing has happened since the deadline was set: then whoever set it died before he ran it.
async fn search(app: &App, cause: &Cause, delivery_id: DeliveryId, sequence: u32) -> Consumed {
    if let Found::Delivery(loaded) = load(&app.table, delivery_id).await?
        && loaded.sequence == sequence
        && loaded.delivery.progress.state == State::Waiting
    {
        let pickup = loaded.delivery.facts.pickup.position;
        let row = rows::show_or_hide(&app.table, cause, delivery_id, &loaded.delivery, sequence).await?;
        let known = Known::rows(row.into_iter().collect());
        runner::run_around(app, cause, pickup, Reach::Own, &known).await?;
    }
    Ok(Done)
}

/// Every zone in use is looked at. Several are looked at by as many messages, so that a slow one holds up no other; those
/// without an open delivery cost one small read.
async fn tick(app: &App, queue: &TimerQueue, timer: &Timer, cause: &Cause) -> Consumed {
    if (cause.now.as_second() / 60) % SHIFTS_EVERY_MINUTES == 0 {
        let shifts = Timer {
            name: SHIFTS.to_owned(),
            due_at: cause.now,
            ..timer.clone()
        };
        queue.send(&shifts).await?;
    }
    let mut used: Vec<Zone> = Vec::new();
    for listed in store::listed(&app.table, cause.now).await? {
        if store::is_open(&app.table, listed.zone).await? {
            if listed.ends_soon {
                store::list_zone(&app.table, cause, listed.zone).await?;
            }
            used.push(listed.zone);
        }
    }
    if let [zone] = used[..] {
        Box::pin(runner::run(app, cause, zone, Occasion::Tick, &Known::default())).await?;
        return Ok(Done);
    }
    for zone in used {
        let one = Timer {
            name: ZONE.to_owned(),
            subject: zone.to_string(),
            due_at: cause.now,
            ..timer.clone()
        };
        queue.send(&one).await?;
    }
    Ok(Done)
}
