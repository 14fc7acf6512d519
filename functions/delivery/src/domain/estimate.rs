//! Estimates of arrival, which quotes, offers and deliveries on the way share.
//!
//! A way takes what its ride says ([`super::ride`]), corrected by what has been learned of the zone's ways. At either end
//! the courier parks, walks and speaks with somebody: the service times.

use eta::{Interval, Spread};
use kernel::{Meters, Position, SignedDuration, Timestamp};

use super::learned_model::{LearnedModel, minutes};
use super::ride::{DROP_OFF_SERVICE, Ride, Vehicle};
use super::{Delivery, State};

/// From arriving at the restaurant to leaving it with ready food.
pub const PICKUP_SERVICE: SignedDuration = SignedDuration::from_mins(3);
/// How long it takes to find a courier and for that courier to come, before anything is known of either.
pub const APPROACH_USUAL: SignedDuration = SignedDuration::from_mins(8);
/// No kitchen cooks longer: an order that is wanted later is begun so long before.
const COOKING_LONG: SignedDuration = SignedDuration::from_mins(60);
/// Whom to send when depends on when food is ready: a customer's minute of waiting for cold food counts as two of a
/// courier's at the counter, so the courier comes for the time that it is missed two times in three.
const READY_QUANTILE: f64 = 1.0 / 3.0;
/// What a quote assumes that the courier rides.
pub const VEHICLE_USUAL: Vehicle = Vehicle::Bicycle;
/// Farther than this, along the way, nobody delivers: the food would be cold.
pub const DISTANCE_MAX_M: Meters = 25_000;
/// An estimate is published again when it moved by more than this.
pub const ETA_TOLERANCE: SignedDuration = SignedDuration::from_mins(3);

/// When the food should arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eta {
    /// Hardly before.
    pub earliest: Timestamp,
    /// As likely before as after.
    pub likely: Timestamp,
    /// Hardly after.
    pub latest: Timestamp,
}

/// How far the food is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Food {
    /// It is being cooked, or will be.
    Cooking {
        /// Since when the restaurant knows of it.
        begun_at: Timestamp,
        /// When the restaurant meant to be done.
        planned_ready_at: Timestamp,
        /// Until when it has said that it needs, if that is longer.
        delayed_to: Option<Timestamp>,
    },
    /// It is, or will certainly be, ready.
    Ready {
        /// Since when.
        at: Timestamp,
    },
}

/// What is still to be done before the food arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Remaining {
    /// A courier must be found.
    Everything {
        /// The food.
        food: Food,
        /// From the restaurant to the customer.
        trip: Ride,
    },
    /// The courier comes for it, or waits for it.
    Fetch {
        /// The food.
        food: Food,
        /// From the courier to the restaurant; `None` if the courier is there.
        approach: Option<Ride>,
        /// From the restaurant to the customer.
        trip: Ride,
    },
    /// The courier carries it.
    Carry {
        /// From the courier to the customer.
        trip: Ride,
    },
    /// The courier is at the door.
    HandOver,
}

impl Remaining {
    /// The rides that are still to be made.
    pub fn rides(&self) -> impl Iterator<Item = Ride> {
        let rides = match *self {
            Self::Everything { trip, .. } | Self::Carry { trip } => [None, Some(trip)],
            Self::Fetch { approach, trip, .. } => [approach, Some(trip)],
            Self::HandOver => [None, None],
        };
        rides.into_iter().flatten()
    }

    /// The food, as long as it is at the restaurant.
    const fn food(&self) -> Option<Food> {
        match *self {
            Self::Everything { food, .. } | Self::Fetch { food, .. } => Some(food),
            Self::Carry { .. } | Self::HandOver => None,
        }
    }

    /// True while it matters how fast the kitchen is.
    #[must_use]
    pub const fn is_cooking(&self) -> bool {
        matches!(self.food(), Some(Food::Cooking { .. }))
    }
}

/// What remains of a delivery; `None` after its end. `position` is the courier's, if one is on the way and was seen.
#[must_use]
pub fn remaining(delivery: &Delivery, position: Option<Position>) -> Option<Remaining> {
    let facts = &delivery.facts;
    let (pickup, drop_off) = (facts.pickup.position, facts.drop_off.position);
    let food = delivery.progress.ready_at.map_or(
        Food::Cooking {
            begun_at: facts.begun_at,
            planned_ready_at: facts.planned_ready_at,
            delayed_to: delivery.progress.delayed_to,
        },
        |at| Food::Ready { at },
    );
    let trip = |from: Position, vehicle: Vehicle| Ride::new(from, drop_off, vehicle);
    match &delivery.progress.state {
        State::Waiting | State::Offered(_) => Some(Remaining::Everything {
            food,
            trip: trip(pickup, VEHICLE_USUAL),
        }),
        State::Assigned(assignment) => Some(Remaining::Fetch {
            food,
            approach: position.map(|position| Ride::new(position, pickup, assignment.vehicle)),
            trip: trip(pickup, assignment.vehicle),
        }),
        State::AtRestaurant(assignment) => Some(Remaining::Fetch {
            food,
            approach: None,
            trip: trip(pickup, assignment.vehicle),
        }),
        State::PickedUp(assignment) => Some(Remaining::Carry {
            trip: trip(position.unwrap_or(pickup), assignment.vehicle),
        }),
        State::AtCustomer(_) => Some(Remaining::HandOver),
        State::Delivered { .. }
        | State::Returning { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

/// When the food arrives: `max(ready, courier there) + pick-up service + trip + drop-off service`, as distributions of what
/// has been learned (crate `eta`), told as the times that are missed early and late one time in ten each.
#[must_use]
pub fn arrival(remaining: &Remaining, known: &LearnedModel, now: Timestamp) -> Eta {
    // Whole seconds: an estimate is not more exact than that.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let ride = |ride: &Ride| {
        // A way of no length takes no time, whatever is learned of ways.
        let length = ride.meters > 0;
        length.then(|| known.riding(ride, now).spread())
    };
    let (approach, trip) = match remaining {
        Remaining::Everything { trip, .. } => (Some(usual_approach(trip.from, known, now)), ride(trip)),
        Remaining::Fetch { approach, trip, .. } => (approach.as_ref().and_then(&ride), ride(trip)),
        Remaining::Carry { trip } => (None, ride(trip)),
        Remaining::HandOver => (None, None),
    };
    let lng = remaining.rides().next().map_or(0.0, |ride| ride.from.lng());
    let food = remaining.food().map(|food| cooking(food, lng, known, now));
    let pickup_service = if food.is_some() {
        PICKUP_SERVICE
    } else {
        SignedDuration::ZERO
    };
    let spread = eta::arrival(&eta::Remaining {
        cooking: food.as_ref().map(|(spread, _)| spread),
        cooked: food.as_ref().map_or(0.0, |(_, cooked)| *cooked),
        approach: approach.as_ref(),
        before: None,
        pickup_service: minutes(pickup_service),
        trip: trip.as_ref(),
        drop_off_service: minutes(known.detour + DROP_OFF_SERVICE),
    });
    let interval = Interval::of(&spread);
    let at = |minutes: f64| now + SignedDuration::from_secs(SignedDuration::from_secs_f64(minutes * 60.0).as_secs());
    Eta {
        earliest: at(interval.earliest),
        likely: at(interval.likely),
        latest: at(interval.latest),
    }
}

/// When food should be ready, as dispatch plans by it: it comes later in [`READY_QUANTILE`] of cases. `lng` is the kitchen's.
#[must_use]
pub fn ready_at(food: Food, lng: f64, known: &LearnedModel, now: Timestamp) -> Timestamp {
    let (spread, gone) = cooking(food, lng, known, now);
    let left = spread.after(gone).quantile(READY_QUANTILE);
    now + SignedDuration::from_secs(SignedDuration::from_secs_f64(left * 60.0).as_secs())
}

/// How long the food takes in all, and how much of it has gone.
fn cooking(food: Food, lng: f64, known: &LearnedModel, now: Timestamp) -> (Spread, f64) {
    match food {
        Food::Ready { at } => (Spread::certain(minutes(at.duration_since(now))), 0.0),
        Food::Cooking {
            begun_at,
            planned_ready_at,
            delayed_to,
        } => {
            // What is wanted later is begun later.
            let begun_at = begun_at.max(planned_ready_at - COOKING_LONG);
            let learned = known.cooking(begun_at, planned_ready_at, lng);
            // A kitchen that says that it needs longer does.
            let spread = delayed_to.map_or(learned.clone(), |until| {
                learned.and(&Spread::certain(minutes(until.duration_since(begun_at))))
            });
            let ahead = minutes(begun_at.duration_since(now));
            if ahead > 0.0 {
                (Spread::certain(ahead).then(&spread), 0.0)
            } else {
                (spread, -ahead)
            }
        }
    }
}

/// How long it takes to find a courier and for that courier to come: as spread as a ride of that time to the restaurant.
fn usual_approach(restaurant: Position, known: &LearnedModel, now: Timestamp) -> Spread {
    let seconds = u64::try_from(APPROACH_USUAL.as_secs()).unwrap_or_default();
    let meters = Meters::try_from(seconds * VEHICLE_USUAL.meters_per_minute() / 60).unwrap_or_default();
    let ride = Ride {
        from: restaurant,
        to: restaurant,
        vehicle: VEHICLE_USUAL,
        meters,
        takes: APPROACH_USUAL,
    };
    known.riding(&ride, now).spread()
}

/// True when the estimate moved so far that it must be told.
#[must_use]
pub fn moved(from: Eta, to: Eta) -> bool {
    from.likely.duration_since(to.likely).abs() > ETA_TOLERANCE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, kerkstraat, minutes, trattoria};

    /// The likely arrival, in minutes from now.
    fn likely(remaining: Remaining, now: Timestamp) -> f64 {
        let eta = arrival(&remaining, &LearnedModel::default(), now);
        assert!(
            now <= eta.earliest && eta.earliest <= eta.likely && eta.likely <= eta.latest,
            "{eta:?}"
        );
        super::minutes(eta.likely.duration_since(now))
    }

    #[test]
    fn the_later_of_food_and_courier_decides() {
        let ride = |takes| Ride {
            meters: 2_500,
            takes: minutes(takes),
            ..Ride::new(trattoria(), kerkstraat(), Vehicle::Bicycle)
        };
        // Ten minutes of trip and twice three of service after whichever comes last.
        for (ready, approach, expected) in [(20, 4, 36.0), (0, 20, 36.0), (-10, 0, 16.0)] {
            let remaining = Remaining::Fetch {
                food: Food::Ready {
                    at: NOON + minutes(ready),
                },
                approach: (approach > 0).then(|| ride(approach)),
                trip: ride(10),
            };
            let likely = likely(remaining, NOON);
            // The median of several uncertain things is a little more than the sum of their medians.
            assert!((likely - expected).abs() < 1.5, "{ready} {approach}: {likely}");
        }
        assert!((likely(Remaining::HandOver, NOON) - 3.0).abs() < 0.6);
    }

    #[test]
    fn food_that_is_late_moves_the_arrival() {
        let remaining = Remaining::Everything {
            food: Food::Cooking {
                begun_at: NOON,
                planned_ready_at: NOON + minutes(20),
                delayed_to: None,
            },
            trip: Ride::new(trattoria(), kerkstraat(), Vehicle::Bicycle),
        };
        let mut last = likely(remaining, NOON);
        assert!((27.0..33.0).contains(&last), "{last}");
        for late in 1..60 {
            let whole = super::minutes(minutes(late)) + likely(remaining, NOON + minutes(late));
            assert!(whole >= last - 1.0, "{whole} after {last}");
            last = whole;
        }
        assert!(last > 65.0);
    }

    #[test]
    fn a_kitchen_that_says_later_is_later() {
        let remaining = |delayed_to| Remaining::Everything {
            food: Food::Cooking {
                begun_at: NOON,
                planned_ready_at: NOON + minutes(20),
                delayed_to,
            },
            trip: Ride::new(trattoria(), kerkstraat(), Vehicle::Bicycle),
        };
        let planned = likely(remaining(None), NOON + minutes(10));
        let delayed = likely(remaining(Some(NOON + minutes(50))), NOON + minutes(10));
        assert!((27.0..31.0).contains(&(delayed - planned)), "{planned} and {delayed}");
    }

    #[test]
    fn what_is_wanted_later_arrives_later() {
        let remaining = |hours: i64| Remaining::Everything {
            food: Food::Cooking {
                begun_at: NOON,
                planned_ready_at: NOON + minutes(60 * hours),
                delayed_to: None,
            },
            trip: Ride::new(trattoria(), kerkstraat(), Vehicle::Bicycle),
        };
        for hours in [2, 3] {
            let likely = likely(remaining(hours), NOON);
            let planned = super::minutes(minutes(60 * hours)) + 6.0;
            assert!((planned - 12.0..planned + 12.0).contains(&likely), "{hours}: {likely}");
        }
    }

    #[test]
    fn what_remains_shrinks_on_the_way() {
        use crate::domain::cast::{assignment, delivery};
        let likely = |state, position| {
            let remaining = remaining(&delivery(state), position)?;
            Some(arrival(&remaining, &LearnedModel::default(), NOON + minutes(20)).likely)
        };
        let fetching = likely(State::Assigned(assignment()), Some(kerkstraat()));
        let there = likely(State::AtRestaurant(assignment()), Some(trattoria()));
        let carrying = likely(State::PickedUp(assignment()), Some(trattoria()));
        let nearly = likely(State::PickedUp(assignment()), Some(kerkstraat()));
        let at_door = likely(State::AtCustomer(assignment()), None);
        assert!(fetching > there && there > carrying && carrying > nearly && nearly == at_door);
        assert_eq!(likely(State::Withdrawn { courier_id: None }, None), None);
    }

    #[test]
    fn only_a_real_move_is_told() {
        let at = |likely| Eta {
            earliest: NOON,
            likely: NOON + minutes(likely),
            latest: NOON + minutes(60),
        };
        for (to, told) in [(30, false), (33, false), (34, true), (27, false), (26, true)] {
            assert_eq!(moved(at(30), at(to)), told, "{to}");
        }
    }
}
