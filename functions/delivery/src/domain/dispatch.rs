//! Whom to ask next, and when to try again.

use kernel::{CourierId, Meters, Position, SignedDuration, Timestamp};

use super::cell::SEARCH_RADIUS_M;
use super::estimate::{travel, way};
use super::{Delivery, Vehicle};

/// A courier who was not seen for longer is not asked: the device is off.
pub const SEEN_WITHIN: SignedDuration = SignedDuration::from_mins(30);
/// How many of the nearest are looked at more closely in one search: if all of them are busy, so are the others.
pub const CANDIDATES_MAX: usize = 60;
/// The pause after a first search in vain; it doubles with each further one.
pub const RETRY_FIRST: SignedDuration = SignedDuration::from_secs(15);
/// The longest pause between two searches.
pub const RETRY_LONGEST: SignedDuration = SignedDuration::from_secs(60);
/// How long after the food is ready the search goes on. By then the order has long been ended as undeliverable.
pub const SEARCH_ENDS_AFTER: SignedDuration = SignedDuration::from_hours(2);
/// When a search that somebody should have begun is begun after all: see the timers.
pub const SEARCH_SAFETY_NET: SignedDuration = SignedDuration::from_secs(10);

/// A courier on shift, as last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Who.
    pub courier_id: CourierId,
    /// What the courier rides.
    pub vehicle: Vehicle,
    /// Where.
    pub position: Position,
    /// When.
    pub seen_at: Timestamp,
}

/// A candidate worth asking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// Who.
    pub courier_id: CourierId,
    /// What the courier rides.
    pub vehicle: Vehicle,
    /// The way to the restaurant, in metres.
    pub approach_m: Meters,
}

/// Those who may be asked, the one who would be at the restaurant first at the front; at most [`CANDIDATES_MAX`].
#[must_use]
pub fn rank(delivery: &Delivery, seen: &[Candidate], now: Timestamp) -> Vec<Ranked> {
    let pickup = delivery.facts.pickup.position;
    let search = &delivery.progress.search;
    let mut ranked: Vec<Ranked> = seen
        .iter()
        .filter(|candidate| {
            let passed = [&search.declined, &search.silent]
                .into_iter()
                .any(|couriers| couriers.contains(&candidate.courier_id));
            !passed && candidate.seen_at >= now - SEEN_WITHIN && candidate.position.distance(pickup) <= SEARCH_RADIUS_M
        })
        .map(|candidate| Ranked {
            courier_id: candidate.courier_id,
            vehicle: candidate.vehicle,
            approach_m: way(candidate.position, pickup),
        })
        .collect();
    ranked.sort_by_key(|candidate| (travel(candidate.approach_m, candidate.vehicle), candidate.courier_id));
    ranked.truncate(CANDIDATES_MAX);
    ranked
}

/// When to search again after one more search in vain; nothing once the food is too old.
#[must_use]
pub fn retry_at(delivery: &Delivery, now: Timestamp) -> Option<Timestamp> {
    if now >= delivery.ready_at() + SEARCH_ENDS_AFTER {
        return None;
    }
    let doublings = delivery.progress.search.misses.min(8);
    let pause = RETRY_FIRST * 2_i32.pow(doublings);
    Some(now + pause.min(RETRY_LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::State;
    use crate::domain::cast::{NOON, ada, ben, delivery, id, kerkstraat, minutes, trattoria};

    fn seen(courier_id: CourierId, position: Position) -> Candidate {
        Candidate {
            courier_id,
            vehicle: Vehicle::Bicycle,
            position,
            seen_at: NOON,
        }
    }

    fn order(delivery: &Delivery, candidates: &[Candidate]) -> Vec<CourierId> {
        let ranked = rank(delivery, candidates, NOON);
        ranked.into_iter().map(|candidate| candidate.courier_id).collect()
    }

    #[test]
    fn the_first_at_the_restaurant_is_asked_first() {
        let waiting = delivery(State::Waiting);
        let near = seen(ada(), trattoria());
        let far = seen(ben(), kerkstraat());
        assert_eq!(order(&waiting, &[far, near]), [ada(), ben()]);
        let fast = Candidate {
            vehicle: Vehicle::Scooter,
            ..far
        };
        let walking = Candidate {
            vehicle: Vehicle::Foot,
            position: Position::new(52.3690, 4.9000).unwrap(),
            ..near
        };
        assert_eq!(order(&waiting, &[walking, fast]), [ben(), ada()]);
    }

    #[test]
    fn who_declined_left_or_is_elsewhere_is_not_asked() {
        let mut waiting = delivery(State::Waiting);
        waiting.progress.search.declined = vec![ada()];
        waiting.progress.search.silent = vec![ben()];
        let gone = Candidate {
            seen_at: NOON - minutes(31),
            ..seen(id(3), trattoria())
        };
        let utrecht = seen(id(4), Position::new(52.0894, 5.1101).unwrap());
        let candidates = [seen(ada(), trattoria()), seen(ben(), trattoria()), gone, utrecht];
        assert_eq!(order(&waiting, &candidates), []);
        waiting.progress.search.silent.clear();
        assert_eq!(order(&waiting, &candidates), [ben()]);
    }

    #[test]
    fn only_so_many_are_looked_at() {
        let crowd: Vec<_> = (0..90).map(|number| seen(id(number), trattoria())).collect();
        assert_eq!(order(&delivery(State::Waiting), &crowd).len(), CANDIDATES_MAX);
    }

    #[test]
    fn searches_come_less_often_and_end() {
        let mut waiting = delivery(State::Waiting);
        for (misses, pause) in [(0, 15), (1, 30), (2, 60), (3, 60), (4_000, 60)] {
            waiting.progress.search.misses = misses;
            assert_eq!(retry_at(&waiting, NOON), Some(NOON + SignedDuration::from_secs(pause)));
        }
        assert_eq!(retry_at(&waiting, waiting.ready_at() + SEARCH_ENDS_AFTER), None);
    }
}
