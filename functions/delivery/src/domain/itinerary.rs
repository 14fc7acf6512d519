//! The way that lies before a courier: all stops of what was taken, in the best sequence, with their times.
//!
//! The sequence is the exact one of the dispatch engine's route module. Its cost is the sum of the way, of the time that
//! food is aboard, and of the time that customers wait, minute for minute: nobody's food makes a long detour for the sake of
//! a shorter way. Food that is not ready yet makes the courier wait, and each minute beyond what was promised costs
//! [`LATE`] more.

use contracts::vocabulary::Place;
use dispatch::route::{Errand, Promise, Promises, Weights, sequence_as_promised};
use kernel::{DeliveryId, Position, SignedDuration, Timestamp};

use super::estimate::PICKUP_SERVICE;
use super::ride::{DROP_OFF_SERVICE, Vehicle};
use super::ways::Ways;
use super::{Delivery, State};

/// What each second on the way costs.
const WEIGHTS: Weights = Weights {
    way: 1,
    aboard: 1,
    waiting: 1,
};
/// What each second costs by which food is later than promised: a broken promise is worse than a wait.
const LATE: i64 = 3;

/// A stop that lies before a courier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// For which delivery.
    pub delivery_id: DeliveryId,
    /// Whether food is fetched or brought.
    pub stop: Place,
    pub position: Position,
    /// When the courier is there.
    pub arrives_at: Timestamp,
    /// When the courier goes on: the food is ready and taken, or handed over.
    pub leaves_at: Timestamp,
}

/// The stops before a courier, in order. Deliveries that nobody has taken, or that have ended, have none. `seen` is where
/// the courier was last seen; without it, the courier is taken to be at the first stop.
#[must_use]
pub fn itinerary(
    jobs: &[(DeliveryId, &Delivery)],
    seen: Option<Position>,
    vehicle: Vehicle,
    ways: &Ways<'_>,
) -> Vec<Ahead> {
    let jobs: Vec<_> = jobs
        .iter()
        .filter(|(_, delivery)| delivery.progress.state.assignment().is_some())
        .collect();
    let Some(start) = start(&jobs, seen) else {
        return Vec::new();
    };
    // Node 0 is where the courier is; 2 n + 1 is where the food of job n is fetched, 2 n + 2 where it is brought.
    let places = jobs
        .iter()
        .flat_map(|(_, delivery)| [delivery.facts.pickup.position, brought_to(delivery)]);
    let places: Vec<Position> = [start].into_iter().chain(places).collect();
    let spots: Vec<_> = places.iter().map(|place| ways.spot(*place)).collect();
    let takes = |from: usize, to: usize| ways.takes(&spots[from], &spots[to], vehicle);
    // What is to be done at a stop before the way to the next: the second bag from the same counter takes no time of its own.
    let service = |at: usize, next: usize| {
        let fetches = |node: usize| node % 2 == 1;
        if at == 0 || (fetches(at) && fetches(next) && places[at] == places[next]) {
            SignedDuration::ZERO
        } else if fetches(at) {
            PICKUP_SERVICE
        } else {
            DROP_OFF_SERVICE
        }
    };
    let errands = jobs.iter().enumerate().map(|(number, (_, delivery))| Errand {
        pickup: to_fetch(&delivery.progress.state).then_some(2 * number + 1),
        drop_off: 2 * number + 2,
    });
    let errands: Vec<Errand> = errands.collect();
    let promises: Vec<Promise> = jobs.iter().map(|(_, delivery)| promise(delivery, ways.now)).collect();
    let promises = Promises {
        each: &promises,
        late: LATE,
    };
    let leg = |from: usize, to: usize| (service(from, to) + takes(from, to)).as_secs();
    let nodes = sequence_as_promised(&errands, promises, 0, None, WEIGHTS, leg).nodes;
    let (mut here, mut time) = (0, ways.now);
    let mut ahead = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().copied().enumerate() {
        let (delivery_id, delivery) = jobs[(node - 1) / 2];
        let arrives_at = time + takes(here, node);
        let fetches = node % 2 == 1;
        let handed_at = if fetches {
            arrives_at.max(delivery.ready_at())
        } else {
            arrives_at
        };
        let leaves_at = handed_at + service(node, nodes.get(index + 1).copied().unwrap_or_default());
        let to_restaurant = fetches || goes_back(&delivery.progress.state);
        let stop = if to_restaurant {
            Place::Restaurant
        } else {
            Place::Customer
        };
        ahead.push(Ahead {
            delivery_id: *delivery_id,
            stop,
            position: places[node],
            arrives_at,
            leaves_at,
        });
        (here, time) = (node, leaves_at);
    }
    ahead
}

/// What is known and promised of a delivery, in seconds from now. Of food that goes back nothing is promised.
fn promise(delivery: &Delivery, now: Timestamp) -> Promise {
    let state = &delivery.progress.state;
    let until = |at: Timestamp| at.duration_since(now).as_secs();
    Promise {
        ready_in: if to_fetch(state) {
            until(delivery.ready_at()).max(0)
        } else {
            0
        },
        due_in: (!goes_back(state)).then(|| until(delivery.facts.promised_until)),
    }
}

/// How many other customers get theirs before a delivery's.
#[must_use]
pub fn stops_before(ahead: &[Ahead], delivery_id: DeliveryId) -> u32 {
    let drop_offs = ahead.iter().filter(|ahead| ahead.stop == Place::Customer);
    let before = drop_offs.take_while(|ahead| ahead.delivery_id != delivery_id).count();
    u32::try_from(before).unwrap_or(u32::MAX)
}

/// How much later a delivery arrives because of the courier's other stops.
#[must_use]
pub fn detour(
    jobs: &[(DeliveryId, &Delivery)],
    delivery_id: DeliveryId,
    seen: Option<Position>,
    vehicle: Vehicle,
    ways: &Ways<'_>,
) -> SignedDuration {
    let arrival = |jobs: &[(DeliveryId, &Delivery)]| {
        let mut ahead = itinerary(jobs, seen, vehicle, ways).into_iter();
        let door = ahead.find(|ahead| ahead.delivery_id == delivery_id && ahead.stop == Place::Customer)?;
        Some(door.arrives_at)
    };
    let alone: Vec<_> = jobs.iter().copied().filter(|(id, _)| *id == delivery_id).collect();
    let later = arrival(jobs)
        .zip(arrival(&alone))
        .map(|(with, without)| with.duration_since(without));
    later.unwrap_or_default().max(SignedDuration::ZERO)
}

const fn to_fetch(state: &State) -> bool {
    matches!(state, State::Assigned(_) | State::AtRestaurant(_))
}

/// Food that nobody took goes back to where it was fetched.
const fn goes_back(state: &State) -> bool {
    matches!(state, State::Returning { .. })
}

fn brought_to(delivery: &Delivery) -> Position {
    let facts = &delivery.facts;
    if goes_back(&delivery.progress.state) {
        facts.pickup.position
    } else {
        facts.drop_off.position
    }
}

/// Where the courier is: whoever says so at a restaurant or a door is there.
fn start(jobs: &[&(DeliveryId, &Delivery)], seen: Option<Position>) -> Option<Position> {
    let mut said = jobs.iter().filter_map(|(_, delivery)| match &delivery.progress.state {
        State::AtRestaurant(_) => Some(delivery.facts.pickup.position),
        State::AtCustomer(_) => Some(delivery.facts.drop_off.position),
        State::Waiting
        | State::Offered(_)
        | State::Assigned(_)
        | State::PickedUp(_)
        | State::Delivered { .. }
        | State::Returning { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    });
    let (_, first) = jobs.first()?;
    let at_first = first.facts.pickup.position;
    Some(said.next().or(seen).unwrap_or(at_first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, assignment, delivery, id, kerkstraat, minutes, trattoria};
    use crate::domain::learned_model::ZoneModel;

    fn other(state: State, drop_off: Position) -> Delivery {
        let mut other = delivery(state);
        other.facts.drop_off.position = drop_off;
        other
    }

    #[test]
    fn who_comes_second_waits_for_the_first() {
        let far = other(State::PickedUp(assignment()), Position::new(52.3600, 4.9300).unwrap());
        let near = delivery(State::PickedUp(assignment()));
        let jobs = [(id(2), &far), (id(1), &near)];
        let later = |delivery| {
            detour(
                &jobs,
                delivery,
                Some(trattoria()),
                Vehicle::Bicycle,
                &Ways::new(&ZoneModel::default(), NOON),
            )
        };
        assert_eq!(later(id(1)), SignedDuration::ZERO);
        assert!(
            later(id(2)) > minutes(2) && later(id(2)) < minutes(10),
            "{:?}",
            later(id(2))
        );
        assert_eq!(later(id(3)), SignedDuration::ZERO);
    }

    #[test]
    fn food_is_fetched_before_it_is_brought_and_the_near_door_comes_first() {
        let far = Position::new(52.3600, 4.9300).unwrap();
        let (near, far) = (
            delivery(State::Assigned(assignment())),
            other(State::Assigned(assignment()), far),
        );
        let ahead = itinerary(
            &[(id(2), &far), (id(1), &near)],
            Some(trattoria()),
            Vehicle::Bicycle,
            &Ways::new(&ZoneModel::default(), NOON),
        );
        let stops: Vec<_> = ahead.iter().map(|ahead| ahead.stop).collect();
        assert_eq!(
            stops,
            [Place::Restaurant, Place::Restaurant, Place::Customer, Place::Customer]
        );
        assert_eq!((ahead[2].delivery_id, ahead[3].delivery_id), (id(1), id(2)));
        assert_eq!(ahead[1].leaves_at, near.ready_at() + PICKUP_SERVICE);
        assert!(ahead.is_sorted_by_key(|ahead| ahead.arrives_at));
        assert_eq!((stops_before(&ahead, id(1)), stops_before(&ahead, id(2))), (0, 1));
    }

    #[test]
    fn what_is_aboard_is_brought_and_what_has_ended_is_gone() {
        let aboard = delivery(State::PickedUp(assignment()));
        let waiting = delivery(State::Waiting);
        let jobs = [(id(1), &aboard), (id(2), &waiting)];
        let ahead = itinerary(
            &jobs,
            Some(trattoria()),
            Vehicle::Bicycle,
            &Ways::new(&ZoneModel::default(), NOON),
        );
        assert_eq!(ahead.len(), 1);
        assert_eq!((ahead[0].stop, ahead[0].position), (Place::Customer, kerkstraat()));
        assert_eq!(
            itinerary(
                &[(id(2), &waiting)],
                None,
                Vehicle::Foot,
                &Ways::new(&ZoneModel::default(), NOON)
            ),
            []
        );
    }

    #[test]
    fn who_stands_at_the_counter_is_there_wherever_the_phone_is() {
        let there = delivery(State::AtRestaurant(assignment()));
        let rome = Position::new(41.9, 12.5).unwrap();
        let ahead = itinerary(
            &[(id(1), &there)],
            Some(rome),
            Vehicle::Bicycle,
            &Ways::new(&ZoneModel::default(), NOON + minutes(30)),
        );
        assert_eq!(ahead[0].arrives_at, NOON + minutes(30));
    }

    #[test]
    fn what_is_aboard_is_not_kept_waiting_for_food_that_is_not_ready() {
        let north = |meters: f64| Position::new(52.37 + meters / 111_195.0, 4.9).unwrap();
        let mut cooking = other(State::Assigned(assignment()), north(1_100.0));
        cooking.facts.pickup.position = north(75.0);
        cooking.facts.planned_ready_at = NOON + minutes(25);
        let aboard = other(State::PickedUp(assignment()), north(900.0));
        let first = |cooking: &Delivery| {
            let jobs = [(id(1), cooking), (id(2), &aboard)];
            let zone_model = ZoneModel::default();
            let ahead = itinerary(&jobs, Some(north(0.0)), Vehicle::Bicycle, &Ways::new(&zone_model, NOON));
            ahead[0].delivery_id
        };
        assert_eq!(first(&cooking), id(2));
        cooking.progress.ready_at = Some(NOON);
        assert_eq!(first(&cooking), id(1));
    }

    #[test]
    fn who_was_promised_an_earlier_time_comes_first() {
        let east = |meters: f64| Position::new(52.37, 4.9 + meters / 68_000.0).unwrap();
        let near = other(State::PickedUp(assignment()), east(-500.0));
        let mut far = other(State::PickedUp(assignment()), east(700.0));
        let first = |far: &Delivery| {
            let jobs = [(id(1), &near), (id(2), far)];
            let zone_model = ZoneModel::default();
            let ahead = itinerary(&jobs, Some(east(0.0)), Vehicle::Bicycle, &Ways::new(&zone_model, NOON));
            ahead[0].delivery_id
        };
        assert_eq!(first(&far), id(1));
        far.facts.promised_until = NOON + minutes(4);
        assert_eq!(first(&far), id(2));
    }
}
