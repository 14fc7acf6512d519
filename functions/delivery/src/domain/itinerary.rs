//! The way that lies before a courier: all stops of what was taken, in the best sequence, with their times.
//!
//! The sequence is the exact one of the dispatch engine's route module. Its cost is the sum of the way, of the time that
//! food is aboard, and of the time that customers wait, minute for minute: nobody's food makes a long detour for the sake of
//! a shorter way.

use dispatch::route::{Errand, Weights, sequence};
use kernel::{DeliveryId, Position, SignedDuration, Timestamp};

use super::estimate::{DROP_OFF_SERVICE, PICKUP_SERVICE, Vehicle, travel, way};
use super::event::Stop;
use super::{Delivery, State};

/// What each second on the way costs.
const WEIGHTS: Weights = Weights {
    way: 1,
    aboard: 1,
    waiting: 1,
};

/// A stop that lies before a courier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// For which delivery.
    pub delivery_id: DeliveryId,
    /// Whether food is fetched or brought.
    pub stop: Stop,
    /// Where.
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
    now: Timestamp,
) -> Vec<Ahead> {
    let jobs: Vec<_> = jobs
        .iter()
        .filter(|(_, delivery)| delivery.progress.state.assignment().is_some())
        .collect();
    let Some(start) = start(&jobs, seen) else {
        return Vec::new();
    };
    // Node 0 is where the courier is; 2 n + 1 is where the food of job n is fetched, 2 n + 2 where it is brought.
    let place = |node: usize| match node.checked_sub(1) {
        None => start,
        Some(stop) if stop % 2 == 0 => jobs[stop / 2].1.facts.pickup.position,
        Some(stop) => brought_to(jobs[stop / 2].1),
    };
    let errands = jobs.iter().enumerate().map(|(number, (_, delivery))| Errand {
        pickup: to_fetch(&delivery.progress.state).then_some(2 * number + 1),
        drop_off: 2 * number + 2,
    });
    let errands: Vec<Errand> = errands.collect();
    let leg = |from: usize, to: usize| travel(way(place(from), place(to)), vehicle).as_secs();
    let nodes = sequence(&errands, 0, None, WEIGHTS, leg).nodes;
    let (mut here, mut time) = (start, now);
    let mut fetched_at = None;
    let mut ahead = Vec::with_capacity(nodes.len());
    for node in nodes {
        let (delivery_id, delivery) = jobs[(node - 1) / 2];
        let position = place(node);
        let arrives_at = time + travel(way(here, position), vehicle);
        let fetches = node % 2 == 1;
        let leaves_at = if fetches {
            // The second bag from the same counter takes no time of its own.
            let service = if fetched_at == Some(position) {
                SignedDuration::ZERO
            } else {
                PICKUP_SERVICE
            };
            arrives_at.max(delivery.ready_at()) + service
        } else {
            arrives_at + DROP_OFF_SERVICE
        };
        fetched_at = fetches.then_some(position);
        let to_restaurant = fetches || goes_back(&delivery.progress.state);
        let stop = if to_restaurant {
            Stop::Restaurant
        } else {
            Stop::Customer
        };
        ahead.push(Ahead {
            delivery_id: *delivery_id,
            stop,
            position,
            arrives_at,
            leaves_at,
        });
        (here, time) = (position, leaves_at);
    }
    ahead
}

/// How many other customers get theirs before a delivery's.
#[must_use]
pub fn stops_before(ahead: &[Ahead], delivery_id: DeliveryId) -> u32 {
    let drop_offs = ahead.iter().filter(|ahead| ahead.stop == Stop::Customer);
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
    now: Timestamp,
) -> SignedDuration {
    let arrival = |jobs: &[(DeliveryId, &Delivery)]| {
        let mut ahead = itinerary(jobs, seen, vehicle, now).into_iter();
        let door = ahead.find(|ahead| ahead.delivery_id == delivery_id && ahead.stop == Stop::Customer)?;
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
        let later = |delivery| detour(&jobs, delivery, Some(trattoria()), Vehicle::Bicycle, NOON);
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
            NOON,
        );
        let stops: Vec<_> = ahead.iter().map(|ahead| ahead.stop).collect();
        assert_eq!(
            stops,
            [Stop::Restaurant, Stop::Restaurant, Stop::Customer, Stop::Customer]
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
        let ahead = itinerary(&jobs, Some(trattoria()), Vehicle::Bicycle, NOON);
        assert_eq!(ahead.len(), 1);
        assert_eq!((ahead[0].stop, ahead[0].position), (Stop::Customer, kerkstraat()));
        assert_eq!(itinerary(&[(id(2), &waiting)], None, Vehicle::Foot, NOON), []);
    }

    #[test]
    fn who_stands_at_the_counter_is_there_wherever_the_phone_is() {
        let there = delivery(State::AtRestaurant(assignment()));
        let rome = Position::new(41.9, 12.5).unwrap();
        let ahead = itinerary(&[(id(1), &there)], Some(rome), Vehicle::Bicycle, NOON + minutes(30));
        assert_eq!(ahead[0].arrives_at, NOON + minutes(30));
    }
}
