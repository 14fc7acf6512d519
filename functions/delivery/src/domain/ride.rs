//! The length and the time of a way, before anything is learned of ways.
//!
//! Its length is [`Position::way`]. Its time is that length at the vehicle's mean speed over whole trips, stops at lights
//! included.

use kernel::{Meters, Position, SignedDuration};

/// From arriving at the address to handing over.
pub const DROP_OFF_SERVICE: SignedDuration = SignedDuration::from_mins(3);

contracts::vocabulary! {
/// What a courier rides.
pub enum Vehicle {
    /// A bicycle, with or without a motor.
    Bicycle = "bicycle",
    /// A motor scooter.
    Scooter = "scooter",
    /// A car.
    Car = "car",
    /// Nothing.
    Foot = "foot",
}
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

/// A way that somebody makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ride {
    /// Where it begins.
    pub from: Position,
    /// Where it ends.
    pub to: Position,
    /// What is ridden.
    pub vehicle: Vehicle,
    /// How long it is, in metres.
    pub meters: Meters,
    /// How long it takes, before what has been learned.
    pub takes: SignedDuration,
}

impl Ride {
    /// A ride by the built-in model: the road factor, and the vehicle's mean speed.
    #[must_use]
    pub fn new(from: Position, to: Position, vehicle: Vehicle) -> Self {
        let meters = from.way(to);
        Self {
            from,
            to,
            vehicle,
            meters,
            takes: travel(meters, vehicle),
        }
    }

    /// True if another is from the same place to the same place on the same vehicle.
    #[must_use]
    pub fn is_same_way(&self, other: &Self) -> bool {
        (self.from, self.to, self.vehicle) == (other.from, other.to, other.vehicle)
    }
}

/// The time for a way, to the second.
#[must_use]
pub fn travel(way_m: Meters, vehicle: Vehicle) -> SignedDuration {
    let seconds = u64::from(way_m) * 60 / vehicle.meters_per_minute();
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}
