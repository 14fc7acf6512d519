//! What has been learned of a kitchen and of a zone's ways, and what a delivery teaches.
//!
//! The estimators are the crate `eta`. One kitchen is learned by itself; its market and the ways, zone by zone.

use eta::{Effect, Kitchen, Leg, Market, Moment, Places, Roads, Spread, Way, prep, travel};
use kernel::{Position, SignedDuration, Timestamp};

use super::cell::{Cell, nested};
use super::ride::{DROP_OFF_SERVICE, Ride};
use super::{Delivery, State};

/// Cells of which ways are remembered, of both sizes together: those of a zone and some of its neighbours. More would not
/// fit into one read unit.
pub const CELLS_MAX: usize = 40;
/// One delivery in so many teaches its zone, three in four their kitchen: a zone has many deliveries and is large to write.
const ZONE_EVERY: u128 = 16;
const KITCHEN_FROM: u128 = 4;
/// An order that is called ready sooner after its acceptance was not cooked: somebody pressed two buttons.
const COOKING_MIN: SignedDuration = SignedDuration::from_mins(1);
/// Across the street, nothing is to be learned from others' ways.
const TOO_SHORT_TO_LEARN: SignedDuration = SignedDuration::from_secs(30);

/// What is known of a place: how much longer it takes to get away from it, and to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ends {
    /// Away from it.
    pub from: Effect,
    /// To it.
    pub to: Effect,
}

/// What has been learned of a zone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ZoneModel {
    /// Its kitchens together.
    pub market: Market,
    /// Its ways together.
    pub roads: Roads,
    /// Its places: cells of two sizes.
    pub cells: Vec<(Cell, Ends)>,
}

/// What is known when something is estimated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LearnedModel {
    /// The kitchen.
    pub kitchen: Kitchen,
    /// The zone.
    pub zone_model: ZoneModel,
    /// How many minutes ago the kitchen began what it still cooks for others.
    pub queue: Vec<f64>,
    /// Rides that an external router has measured.
    pub rides: Vec<Ride>,
    /// How much later it gets because of the courier's other stops.
    pub detour: SignedDuration,
}

/// What a delivery that has ended well teaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// When the food was ready, and how long it took.
    cooked: Option<(Timestamp, SignedDuration)>,
    /// The way to the customer, when it began, and how long it took.
    ridden: Option<(Ride, Timestamp, SignedDuration)>,
}

/// Whom a delivery teaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LearningTarget {
    /// Its kitchen.
    Kitchen,
    /// Its zone: the market and the ways.
    Zone,
}

/// Whom a delivery teaches, by chance that is the same each time it is asked: so an ordinary delivery costs one write unit
/// on average. `random` are the random bits of its id.
#[must_use]
pub const fn learning_target(random: u128) -> Option<LearningTarget> {
    match random % ZONE_EVERY {
        0 => Some(LearningTarget::Zone),
        KITCHEN_FROM.. => Some(LearningTarget::Kitchen),
        1..KITCHEN_FROM => None,
    }
}

impl Observation {
    /// What a delivery teaches that was handed over; `None` if it was not.
    #[must_use]
    pub fn of(delivery: &Delivery) -> Option<Self> {
        let State::Delivered { at, .. } = delivery.progress.state else {
            return None;
        };
        let (facts, progress) = (&delivery.facts, &delivery.progress);
        let cooked = progress
            .ready_at
            .map(|ready_at| (ready_at, ready_at.duration_since(facts.begun_at)));
        let ridden = progress.carried.map(|carried| {
            let ride = Ride::new(facts.pickup.position, facts.drop_off.position, carried.vehicle);
            // A courier who did not say that they were at the door was there some minutes before the hand-over.
            let arrived_at = progress.there_since.unwrap_or(at - DROP_OFF_SERVICE);
            (ride, carried.since, arrived_at.duration_since(carried.since))
        });
        Some(Self {
            cooked: cooked.filter(|(_, took)| *took >= COOKING_MIN),
            ridden: ridden.filter(|(_, _, took)| took.is_positive()),
        })
    }

    /// The ride that it teaches, as it was thought to be beforehand.
    pub const fn ride_mut(&mut self) -> Option<&mut Ride> {
        match &mut self.ridden {
            Some((ride, _, _)) => Some(ride),
            None => None,
        }
    }

    /// Teaches a kitchen; false if there is nothing to learn.
    pub fn teach_kitchen(&self, kitchen: &mut Kitchen, zone_model: &ZoneModel, lng: f64) -> bool {
        let Some((ready_at, took)) = self.cooked else {
            return false;
        };
        // The market learns from other deliveries.
        prep::learn(
            kitchen,
            &mut zone_model.market.clone(),
            moment(ready_at, lng),
            minutes(took),
        );
        true
    }

    /// Teaches a zone; false if there is nothing to learn.
    pub fn teach_zone(&self, zone_model: &mut ZoneModel, kitchen: &Kitchen, lng: f64) -> bool {
        if let Some((ready_at, took)) = self.cooked {
            prep::learn(
                &mut kitchen.clone(),
                &mut zone_model.market,
                moment(ready_at, lng),
                minutes(took),
            );
        }
        if let Some((ride, left_at, took)) = self.ridden {
            let mut places = zone_model.places(&ride);
            travel::learn(&mut zone_model.roads, &mut places, leg(&ride, left_at), minutes(took));
            zone_model.remember(&ride, places);
        }
        self.cooked.is_some() || self.ridden.is_some()
    }
}

impl LearnedModel {
    /// How long food takes that the kitchen began at `begun_at` and plans for `planned_ready_at`.
    #[must_use]
    pub fn cooking(&self, begun_at: Timestamp, planned_ready_at: Timestamp, lng: f64) -> Spread {
        let plan = minutes(planned_ready_at.duration_since(begun_at));
        let begun_at = moment(begun_at, lng);
        prep::estimate_planned(&self.kitchen, &self.zone_model.market, begun_at, &self.queue, plan)
    }

    /// How long a ride takes that begins at `at`.
    #[must_use]
    pub fn riding(&self, ride: &Ride, at: Timestamp) -> Way {
        let measured = self.rides.iter().find(|known| known.is_same_way(ride));
        let ride = measured.unwrap_or(ride);
        travel::estimate(&self.zone_model.roads, &self.zone_model.places(ride), leg(ride, at))
    }
}

impl ZoneModel {
    fn ends(&self, cell: Option<Cell>, unknown: Effect) -> Ends {
        let known = self.cells.iter().find(|(known, _)| Some(*known) == cell);
        known.map_or(
            Ends {
                from: unknown,
                to: unknown,
            },
            |(_, ends)| *ends,
        )
    }

    /// What is known of a place: of its cell, and of the larger one around it.
    #[must_use]
    pub fn ends_at(&self, position: Position) -> [Ends; 2] {
        let (near, far) = nested(position).unzip();
        [self.ends(near, Places::ZONE), self.ends(far, Places::AREA)]
    }

    fn places(&self, ride: &Ride) -> Places {
        places([self.ends_at(ride.from), self.ends_at(ride.to)])
    }

    /// The time that a ride takes as often less as more, to the second. `ends` are what is known of its two.
    #[must_use]
    pub fn usual(&self, ride: &Ride, ends: [[Ends; 2]; 2], at: Timestamp) -> SignedDuration {
        if ride.takes < TOO_SHORT_TO_LEARN {
            return ride.takes;
        }
        let way = travel::estimate(&self.roads, &places(ends), leg(ride, at));
        SignedDuration::from_secs(SignedDuration::from_secs_f64(way.quantile(0.5) * 60.0).as_secs())
    }

    fn remember(&mut self, ride: &Ride, places: Places) {
        let (from, to) = (nested(ride.from), nested(ride.to));
        let known = |at: usize, cells: Option<(Cell, Cell)>| {
            let cells = cells?;
            Some([(cells.0, Places::ZONE), (cells.1, Places::AREA)][at])
        };
        for (at, learned) in [places.from, places.from_area].into_iter().enumerate() {
            if let Some((cell, unknown)) = known(at, from) {
                self.entry(cell, unknown).from = learned;
            }
        }
        for (at, learned) in [places.to, places.to_area].into_iter().enumerate() {
            if let Some((cell, unknown)) = known(at, to) {
                self.entry(cell, unknown).to = learned;
            }
        }
        // What is forgotten first is what was never surer than at the start.
        while self.cells.len() > CELLS_MAX {
            let unsure = |(_, ends): &(Cell, Ends)| ends.from.variance() + ends.to.variance();
            let least = (0..self.cells.len())
                .max_by(|one, other| unsure(&self.cells[*one]).total_cmp(&unsure(&self.cells[*other])));
            self.cells.remove(least.unwrap_or_default());
        }
    }

    fn entry(&mut self, cell: Cell, unknown: Effect) -> &mut Ends {
        let found = self.cells.iter().position(|(known, _)| *known == cell);
        let at = found.unwrap_or_else(|| {
            self.cells.push((
                cell,
                Ends {
                    from: unknown,
                    to: unknown,
                },
            ));
            self.cells.len() - 1
        });
        &mut self.cells[at].1
    }
}

const fn places([from, to]: [[Ends; 2]; 2]) -> Places {
    Places {
        from: from[0].from,
        to: to[0].to,
        from_area: from[1].from,
        to_area: to[1].to,
    }
}

fn leg(ride: &Ride, at: Timestamp) -> Leg {
    Leg {
        at: moment(at, ride.from.lng()),
        km: f64::from(ride.meters) / 1000.0,
        prior: minutes(ride.takes),
    }
}

/// A point in time with its place in the local day and week, by the sun: four minutes a degree. What matters is only that
/// the same time of day is the same hour each day.
fn moment(at: Timestamp, lng: f64) -> Moment {
    const HALF_HOURS_A_DAY: i64 = 48;
    let minutes = minutes(at.duration_since(Timestamp::UNIX_EPOCH));
    let local = minutes + 4.0 * lng;
    let half_hours = SignedDuration::from_secs_f64(local * 60.0).as_secs().div_euclid(1_800);
    // 1 January 1970 was a Thursday.
    let weekday = usize::try_from((half_hours.div_euclid(HALF_HOURS_A_DAY) + 3).rem_euclid(7));
    Moment {
        minutes,
        hour: (local / 60.0).rem_euclid(24.0),
        weekday: weekday.unwrap_or_default(),
    }
}

/// A duration in minutes.
#[must_use]
pub fn minutes(duration: SignedDuration) -> f64 {
    duration.as_secs_f64() / 60.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{self, NOON, ada, kerkstraat, trattoria};
    use crate::domain::{Carried, Vehicle};

    fn delivered(cooked: i64, rode: i64) -> Delivery {
        let at = NOON + cast::minutes(cooked + 1 + rode) + DROP_OFF_SERVICE;
        let mut delivery = cast::delivery(State::Delivered { courier_id: ada(), at });
        delivery.progress.ready_at = Some(NOON + cast::minutes(cooked));
        delivery.progress.carried = Some(Carried {
            since: NOON + cast::minutes(cooked + 1),
            vehicle: Vehicle::Bicycle,
        });
        delivery
    }

    #[test]
    fn a_slow_kitchen_and_slow_ways_are_learned_from_deliveries() {
        let mut known = LearnedModel::default();
        let ride = Ride::new(trattoria(), kerkstraat(), Vehicle::Bicycle);
        let cooking = |known: &LearnedModel| known.cooking(NOON, NOON + cast::minutes(20), 4.9).quantile(0.5);
        let riding = |known: &LearnedModel| known.riding(&ride, NOON).quantile(0.5);
        let before = (cooking(&known), riding(&known));
        assert!((before.0 - 20.0).abs() < 1.0 && (before.1 - minutes(ride.takes)).abs() < 0.01);
        for _ in 0..30 {
            let observation = Observation::of(&delivered(30, 9)).unwrap();
            assert!(observation.teach_kitchen(&mut known.kitchen, &known.zone_model, 4.9));
            let kitchen = known.kitchen.clone();
            assert!(observation.teach_zone(&mut known.zone_model, &kitchen, 4.9));
        }
        assert!((cooking(&known) - 30.0).abs() < 1.5, "{}", cooking(&known));
        assert!((riding(&known) - 9.0).abs() < 0.7, "{}", riding(&known));
        assert_eq!(known.zone_model.cells.len(), 4, "two cells of two sizes");
    }

    #[test]
    fn what_was_not_cooked_or_handed_over_teaches_nothing() {
        let pressed = Observation::of(&delivered(0, 9)).unwrap();
        assert!(!pressed.teach_kitchen(&mut Kitchen::default(), &ZoneModel::default(), 4.9));
        assert_eq!(Observation::of(&cast::delivery(State::Waiting)), None);
    }

    #[test]
    fn most_deliveries_teach_their_kitchen_and_few_their_zone() {
        let count = |wanted| (0..1_600).filter(|random| learning_target(*random) == wanted).count();
        assert_eq!(count(Some(LearningTarget::Kitchen)), 1_200);
        assert_eq!(count(Some(LearningTarget::Zone)), 100);
    }

    #[test]
    fn noon_is_noon_by_the_sun() {
        let (greenwich, amsterdam) = (moment(NOON, 0.0), moment(NOON, 4.9));
        assert!((greenwich.hour - 12.0).abs() < 1e-9 && (amsterdam.hour - 12.327).abs() < 0.01);
        // 20 November 2026 is a Friday.
        assert_eq!((greenwich.weekday, moment(NOON, 179.9).weekday), (4, 4));
        assert_eq!(moment(NOON + cast::minutes(12 * 60), 0.0).weekday, 5);
    }
}
