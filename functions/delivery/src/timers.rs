//! Own deadlines: an offer that nobody answered, a zone that was to be run at once, and the minute.

use contracts::{Cause, Timer};
use kernel::{DeliveryId, SignedDuration, Timestamp};
use runtime::{Consumed, Done, HandlerError, TimerQueue};

use crate::app::App;
use crate::domain::cell::Zone;
use crate::publish::{OFFER_EXPIRED, REVIEW, SEARCH, SHIFTS, TICK, ZONE, ZONE_ENDING};
use crate::store::{self, Listed, SHIFT_LISTS};
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::deadlines::{expire_offer, leave_unjudged, search_courier};
use crate::usecase::dispatch_zone::{Known, Occasion, dispatch_zone};
use crate::usecase::shifts::sweep_shifts::sweep_shifts;

/// How often shifts are swept, which may end by themselves, and failures that nobody has judged: often enough for limits that
/// are counted in minutes.
const SWEEP_EVERY_MINUTES: i64 = 5;
/// A timer that is later is lost.
const TIMERS_LATE_AT_MOST: SignedDuration = SignedDuration::from_mins(5);
/// Failures that are left unjudged in one sweep; the next sweep takes the next.
const UNJUDGED_MAX: usize = 100;

/// Handles one deadline.
///
/// # Errors
/// When the deadline is none of this service's, or the table does not answer.
pub async fn handle(app: &App, queue: &TimerQueue, timer: &Timer, cause: &Cause) -> Consumed {
    match timer.name.as_str() {
        OFFER_EXPIRED => expire_offer(app, cause, delivery_of(timer)?, timer.due_at).await?,
        SEARCH => search_courier(app, cause, delivery_of(timer)?, timer.sequence).await?,
        TICK => tick(app, queue, timer, cause).await?,
        SHIFTS => sweep_shifts(app, cause, list_of(timer)?).await?,
        REVIEW => leave_unjudged(app, cause, delivery_of(timer)?).await?,
        ZONE => dispatch(app, cause, zone_of(timer)?).await?,
        ZONE_ENDING => {
            let ending = zone_of(timer)?;
            if store::is_open(&app.table, ending).await? {
                store::list_zone(&app.table, cause, ending).await?;
            }
            dispatch(app, cause, ending).await?;
        }
        other => return Err(HandlerError::Park(format!("there is no deadline {other:?}"))),
    }
    Ok(Done)
}

fn delivery_of(timer: &Timer) -> Result<DeliveryId, HandlerError> {
    timer.subject.parse().map_err(|error| malformed(timer, &error))
}

fn zone_of(timer: &Timer) -> Result<Zone, HandlerError> {
    timer.subject.parse().map_err(|error| malformed(timer, &error))
}

fn list_of(timer: &Timer) -> Result<u128, HandlerError> {
    let list = timer.subject.parse().ok().filter(|list| *list < SHIFT_LISTS);
    list.ok_or_else(|| malformed(timer, &"no list of those on shift"))
}

fn malformed(timer: &Timer, error: &impl std::fmt::Display) -> HandlerError {
    HandlerError::Park(format!("{}: {error}", timer.subject))
}

async fn dispatch(app: &App, cause: &Cause, zone: Zone) -> Result<(), AdvanceError> {
    Box::pin(dispatch_zone(app, cause, zone, Occasion::Tick, &Known::default())).await
}

/// Sends a message for each zone and list that the minute visits, so that a slow one holds up no other.
async fn tick(app: &App, queue: &TimerQueue, timer: &Timer, cause: &Cause) -> Result<(), HandlerError> {
    let listed = store::listed(&app.table, cause.now).await?;
    let mut timers = minute(&listed, timer, cause.now);
    if sweeps_all(cause.now) {
        // Their own timers were lost.
        let unjudged = store::unjudged(&app.table, cause.now - TIMERS_LATE_AT_MOST, UNJUDGED_MAX).await?;
        timers.extend(unjudged.iter().map(|review| Timer {
            name: REVIEW.to_owned(),
            subject: review.delivery_id.to_string(),
            due_at: review.until,
            ..timer.clone()
        }));
    }
    queue.send(&timers).await?;
    Ok(())
}

/// True in the minutes in which shifts and reviews are swept whose own timers may have been lost.
fn sweeps_all(now: Timestamp) -> bool {
    (now.as_second() / 60) % SWEEP_EVERY_MINUTES == 0
}

/// The messages of a minute: one for every zone in use and, when shifts are swept, one for every list of those on shift.
///
/// Whether a zone has open deliveries is not read here: its message begins with reading them, which is all that it costs if
/// there are none. Reading beforehand would be a call for each zone instead of one for ten.
fn minute(listed: &[Listed], tick: &Timer, now: Timestamp) -> Vec<Timer> {
    let timer = |name: &str, subject: String| Timer {
        name: name.to_owned(),
        subject,
        due_at: now,
        ..tick.clone()
    };
    let lists = if sweeps_all(now) { 0..SHIFT_LISTS } else { 0..0 };
    let shifts = lists.map(|list| timer(SHIFTS, list.to_string()));
    let zones = listed.iter().map(|listed| {
        let name = if listed.ends_soon { ZONE_ENDING } else { ZONE };
        timer(name, listed.zone.to_string())
    });
    shifts.chain(zones).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, minutes};

    fn tick() -> Timer {
        Timer {
            name: TICK.to_owned(),
            subject: "zones".to_owned(),
            sequence: 0,
            due_at: Timestamp::UNIX_EPOCH,
            correlationid: "tick".to_owned(),
        }
    }

    fn listed(ends_soon: bool) -> Listed {
        let zone = "85196953fffffff".parse().unwrap();
        Listed { zone, ends_soon }
    }

    fn named(timers: &[Timer]) -> Vec<(&str, &str)> {
        let names = timers.iter();
        names
            .map(|timer| (timer.name.as_str(), timer.subject.as_str()))
            .collect()
    }

    #[test]
    fn a_minute_is_a_message_for_each_zone_in_use() {
        let timers = minute(&[listed(false), listed(true)], &tick(), NOON + minutes(1));
        let zone = "85196953fffffff";
        assert_eq!(named(&timers), [(ZONE, zone), (ZONE_ENDING, zone)]);
        assert!(timers.iter().all(|timer| timer.due_at == NOON + minutes(1)));
        assert!(minute(&[], &tick(), NOON + minutes(1)).is_empty());
    }

    #[test]
    fn every_five_minutes_is_a_message_for_each_list_of_those_on_shift() {
        let of = |at| minute(&[listed(false)], &tick(), at).len();
        assert_eq!(of(NOON), 33);
        let lists: Vec<Timer> = minute(&[], &tick(), NOON);
        let subjects: Vec<u128> = lists.iter().map(|timer| list_of(timer).unwrap()).collect();
        assert_eq!(subjects, (0..SHIFT_LISTS).collect::<Vec<_>>());
        let counts: Vec<usize> = (0..10).map(|minute| of(NOON + minutes(minute))).collect();
        assert_eq!(counts, [33, 1, 1, 1, 1, 33, 1, 1, 1, 1]);
    }

    #[test]
    fn what_names_no_list_and_no_zone_is_parked() {
        for subject in ["", "32", "-1", "zones"] {
            let timer = Timer {
                subject: subject.to_owned(),
                ..tick()
            };
            assert!(matches!(list_of(&timer), Err(HandlerError::Park(_))), "{subject}");
            assert!(matches!(zone_of(&timer), Err(HandlerError::Park(_))), "{subject}");
        }
    }
}
