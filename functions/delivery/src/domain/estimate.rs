//! Distance, time and price: one small model that quotes, offers and estimates of arrival share.
//!
//! A way through a city is longer than the line between its ends, so its length is the great-circle distance times
//! [`ROAD_FACTOR_PERCENT`]. Its time is that length at the vehicle's mean speed over whole trips, stops at lights
//! included. At either end the courier parks, walks and speaks with somebody: the service times.

use kernel::{Currency, Meters, Money, Position, SignedDuration, Timestamp};

use super::{Delivery, State};

/// Ways are this much of the great-circle distance: 1.3 to 1.4 is usual in European cities.
pub const ROAD_FACTOR_PERCENT: u64 = 135;
/// From arriving at the restaurant to leaving it with ready food.
pub const PICKUP_SERVICE: SignedDuration = SignedDuration::from_mins(3);
/// From arriving at the address to handing over.
pub const DROP_OFF_SERVICE: SignedDuration = SignedDuration::from_mins(3);
/// How long it takes to find a courier and for that courier to come, before anything is known of either.
pub const APPROACH_USUAL: SignedDuration = SignedDuration::from_mins(8);
/// What a quote assumes that the courier rides.
pub const VEHICLE_USUAL: Vehicle = Vehicle::Bicycle;
/// Farther than this, along the way, nobody delivers: the food would be cold.
pub const DISTANCE_MAX_M: Meters = 25_000;
/// An estimate is published again when it moved by more than this.
pub const ETA_TOLERANCE: SignedDuration = SignedDuration::from_mins(3);

/// What a customer pays for the first [`FEE_BASE_DISTANCE_M`] metres, in minor units of whatever currency.
pub const FEE_BASE: i64 = 199;
/// How far the base fee reaches.
pub const FEE_BASE_DISTANCE_M: Meters = 1_000;
/// What each further started kilometre adds, in minor units of whatever currency.
pub const FEE_PER_KM: i64 = 50;
/// What a courier gets for any delivery, in minor units of whatever currency.
pub const PAY_BASE: i64 = 300;
/// What a courier gets for each started kilometre from the restaurant to the customer, in minor units of whatever currency.
pub const PAY_PER_KM: i64 = 75;

/// What a courier rides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vehicle {
    /// A bicycle, with or without a motor.
    Bicycle,
    /// A motor scooter.
    Scooter,
    /// A car.
    Car,
    /// Nothing.
    Foot,
}

impl Vehicle {
    /// The mean speed over a whole trip, in metres a minute.
    #[must_use]
    pub const fn meters_per_minute(self) -> u64 {
        match self {
            // 15, 24, 20 and 5 km/h: in a city a car loses to the scooter by looking for a place to stop.
            Self::Bicycle => 250,
            Self::Scooter => 400,
            Self::Car => 333,
            Self::Foot => 83,
        }
    }
}

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

/// What is still to be done before the food arrives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Remaining {
    /// A courier must be found.
    Everything {
        /// When the food is ready.
        ready_at: Timestamp,
        /// From the restaurant to the customer, in metres.
        trip_m: Meters,
    },
    /// The courier comes for it, or waits for it.
    Fetch {
        /// When the food is ready.
        ready_at: Timestamp,
        /// From the courier to the restaurant, in metres.
        approach_m: Meters,
        /// From the restaurant to the customer, in metres.
        trip_m: Meters,
        /// What the courier rides.
        vehicle: Vehicle,
    },
    /// The courier carries it.
    Carry {
        /// From the courier to the customer, in metres.
        trip_m: Meters,
        /// What the courier rides.
        vehicle: Vehicle,
    },
    /// The courier is at the door.
    HandOver,
}

/// The length of the way between two places, in metres.
#[must_use]
pub fn way(from: Position, to: Position) -> Meters {
    let meters = u64::from(from.distance(to)) * ROAD_FACTOR_PERCENT / 100;
    Meters::try_from(meters).unwrap_or(Meters::MAX)
}

/// The time for a way, to the second.
#[must_use]
pub fn travel(way_m: Meters, vehicle: Vehicle) -> SignedDuration {
    let seconds = u64::from(way_m) * 60 / vehicle.meters_per_minute();
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// What remains of a delivery; nothing after its end. `position` is the courier's, if one is on the way and was seen.
#[must_use]
pub fn remaining(delivery: &Delivery, position: Option<Position>) -> Option<Remaining> {
    let (pickup, drop_off) = (delivery.facts.pickup.position, delivery.facts.drop_off.position);
    let ready_at = delivery.ready_at();
    let trip_m = way(pickup, drop_off);
    match &delivery.progress.state {
        State::Waiting | State::Offered(_) => Some(Remaining::Everything { ready_at, trip_m }),
        State::Assigned(assignment) => Some(Remaining::Fetch {
            ready_at,
            approach_m: position.map_or(0, |position| way(position, pickup)),
            trip_m,
            vehicle: assignment.vehicle,
        }),
        State::AtRestaurant(assignment) => Some(Remaining::Fetch {
            ready_at,
            approach_m: 0,
            trip_m,
            vehicle: assignment.vehicle,
        }),
        State::PickedUp(assignment) => Some(Remaining::Carry {
            trip_m: position.map_or(trip_m, |position| way(position, drop_off)),
            vehicle: assignment.vehicle,
        }),
        State::AtCustomer(_) => Some(Remaining::HandOver),
        State::Delivered { .. }
        | State::Returning { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

/// When the food arrives, if nothing unusual happens:
/// `max(ready, courier there) + pick-up service + trip + drop-off service`.
///
/// The interval around it grows with what remains: a tenth of it early, at least 2 minutes; a quarter of it late, at
/// least 5.
#[must_use]
pub fn arrival(remaining: Remaining, now: Timestamp) -> Eta {
    // Whole seconds: an estimate is not more exact than that.
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let likely = match remaining {
        Remaining::Everything { ready_at, trip_m } => {
            ready_at.max(now + APPROACH_USUAL) + PICKUP_SERVICE + travel(trip_m, VEHICLE_USUAL) + DROP_OFF_SERVICE
        }
        Remaining::Fetch {
            ready_at,
            approach_m,
            trip_m,
            vehicle,
        } => {
            ready_at.max(now + travel(approach_m, vehicle))
                + PICKUP_SERVICE
                + travel(trip_m, vehicle)
                + DROP_OFF_SERVICE
        }
        Remaining::Carry { trip_m, vehicle } => now + travel(trip_m, vehicle) + DROP_OFF_SERVICE,
        Remaining::HandOver => now + DROP_OFF_SERVICE,
    };
    let seconds = likely.duration_since(now).as_secs();
    let early = SignedDuration::from_secs((seconds / 10).max(120).min(seconds));
    let late = SignedDuration::from_secs((seconds / 4).max(300));
    Eta {
        earliest: likely - early,
        likely,
        latest: likely + late,
    }
}

/// True when the estimate moved so far that it must be told.
#[must_use]
pub fn moved(from: Eta, to: Eta) -> bool {
    from.likely.duration_since(to.likely).abs() > ETA_TOLERANCE
}

/// What a customer pays for a way: a base and a price for each further started kilometre.
#[must_use]
pub fn fee(way_m: Meters, currency: Currency) -> Money {
    let further_km = way_m.saturating_sub(FEE_BASE_DISTANCE_M).div_ceil(1_000);
    Money::new(FEE_BASE + FEE_PER_KM * i64::from(further_km), currency)
}

/// What a courier gets for a way, without the tip: a base and a price for each started kilometre.
#[must_use]
pub fn pay(way_m: Meters, currency: Currency) -> Money {
    Money::new(PAY_BASE + PAY_PER_KM * i64::from(way_m.div_ceil(1_000)), currency)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, minutes};

    #[test]
    fn a_fee_grows_by_started_kilometre() {
        let cents = |way_m| fee(way_m, Currency::EUR).amount();
        for (way_m, amount) in [
            (0, 199),
            (1_000, 199),
            (1_001, 249),
            (2_000, 249),
            (2_001, 299),
            (5_000, 399),
        ] {
            assert_eq!(cents(way_m), amount, "{way_m}");
        }
        assert_eq!(pay(2_500, Currency::EUR).amount(), 525);
    }

    #[test]
    fn the_later_of_food_and_courier_decides() {
        let fetch = |ready, approach_m| Remaining::Fetch {
            ready_at: NOON + minutes(ready),
            approach_m,
            trip_m: 2_500,
            vehicle: Vehicle::Bicycle,
        };
        // Ten minutes of trip and twice three of service after whichever comes last.
        for (ready, approach_m, likely) in [(20, 1_000, 36), (0, 5_000, 36), (-10, 0, 16)] {
            let eta = arrival(fetch(ready, approach_m), NOON);
            assert_eq!(eta.likely, NOON + minutes(likely), "{ready} {approach_m}");
            assert!(eta.earliest < eta.likely && eta.likely < eta.latest);
        }
        assert_eq!(arrival(Remaining::HandOver, NOON).likely, NOON + minutes(3));
    }

    #[test]
    fn what_remains_shrinks_on_the_way() {
        use crate::domain::cast::{assignment, delivery, kerkstraat, trattoria};
        let likely = |state, position| {
            let remaining = remaining(&delivery(state), position)?;
            Some(arrival(remaining, NOON + minutes(20)).likely)
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
