//! How long ways take in a zone at a moment, as the zone has learned it: what routes and dispatch plan by.
//!
//! One time for each way, the median of what an estimate of arrival would say, so that a plan and an estimate agree.

use kernel::{Position, SignedDuration, Timestamp};

use super::learned_model::{Ends, ZoneModel};
use super::ride::{Ride, Vehicle};

/// The ways of a zone at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Ways<'a> {
    zone_model: &'a ZoneModel,
    /// The moment.
    pub now: Timestamp,
}

/// A place with what the zone knows of it: looked up once, where many ways begin or end there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    position: Position,
    ends: [Ends; 2],
}

impl<'a> Ways<'a> {
    /// As a zone has learned them.
    #[must_use]
    pub const fn new(zone_model: &'a ZoneModel, now: Timestamp) -> Self {
        Self { zone_model, now }
    }

    /// A place.
    #[must_use]
    pub fn spot(&self, position: Position) -> Spot {
        Spot {
            position,
            ends: self.zone_model.ends_at(position),
        }
    }

    /// The time from one place to another, to the second.
    #[must_use]
    pub fn takes(&self, from: &Spot, to: &Spot, vehicle: Vehicle) -> SignedDuration {
        let ride = Ride::new(from.position, to.position, vehicle);
        self.zone_model.usual(&ride, [from.ends, to.ends], self.now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, kerkstraat, trattoria};

    #[test]
    fn an_unknown_zone_has_the_built_in_times_and_no_way_takes_none() {
        let zone_model = ZoneModel::default();
        let ways = Ways::new(&zone_model, NOON);
        let (here, there) = (ways.spot(trattoria()), ways.spot(kerkstraat()));
        for vehicle in [Vehicle::Foot, Vehicle::Car] {
            let ride = Ride::new(trattoria(), kerkstraat(), vehicle);
            let takes = ways.takes(&here, &there, vehicle);
            assert!(
                (takes - ride.takes).abs() <= SignedDuration::from_secs(1),
                "{takes} {}",
                ride.takes
            );
            assert_eq!(ways.takes(&there, &there, vehicle), SignedDuration::ZERO);
        }
    }
}
