//! Whether couriers are where they say, by what their devices have reported.
//!
//! The courier alone says that they have arrived. Pay for waiting, a photo and a customer's money depend on it, so it is compared
//! with the reported positions: who was not seen there is believed without anything hanging on it.

use kernel::{Meters, Position, SignedDuration, Timestamp};

use super::track::SPEED_MAX_MPS;
use super::whereabouts::Whereabouts;

/// A courier within this distance of an address, beyond the inaccuracy of the receiver, is at its door: the point of an
/// address lies in its lot, and the door may be on the other side of a block.
pub const DOOR_M: Meters = 150;
/// Older positions do not say where a courier is.
pub const FRESH: SignedDuration = SignedDuration::from_mins(3);

/// Where a courier is, as seen from a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Seen at the door.
    Seen,
    /// Nothing recent was reported, or not enough to tell.
    Unseen,
    /// Somewhere else: nobody could have come here since.
    Elsewhere {
        /// How far from the door the courier was seen.
        distance_m: Meters,
    },
}

/// Whether a courier is at a place, by where they were last seen. Where a shift was started is no report of a device.
#[must_use]
pub fn presence(seen: Option<&Whereabouts>, place: Position, now: Timestamp) -> Presence {
    let reported = seen.filter(|seen| seen.trail_end.is_some() && seen.latest.at + FRESH >= now);
    let Some(seen) = reported else {
        return Presence::Unseen;
    };
    let distance_m = seen.latest.position.distance(place);
    let at_door_m = DOOR_M.saturating_add(seen.accuracy_m);
    let elapsed = now.duration_since(seen.latest.at).as_secs_f64().max(0.0);
    if distance_m <= at_door_m {
        Presence::Seen
    } else if f64::from(distance_m) <= f64::from(at_door_m) + SPEED_MAX_MPS * elapsed {
        Presence::Unseen
    } else {
        Presence::Elsewhere { distance_m }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, minutes, trattoria};
    use crate::domain::track::Sighting;

    #[test]
    fn who_was_seen_near_is_at_the_door_and_who_was_seen_far_is_not() {
        let seen = |meters: f64, accuracy_m, seconds| {
            let here = trattoria();
            let latest = Sighting {
                at: NOON - SignedDuration::from_secs(seconds),
                position: Position::new(here.lat() + meters / 111_195.0, here.lng()).unwrap(),
            };
            let started = Whereabouts::starting(latest, NOON);
            Whereabouts {
                trail_end: Some(latest),
                accuracy_m,
                ..started
            }
        };
        let far = |distance_m| Presence::Elsewhere { distance_m };
        for (meters, accuracy_m, seconds, expected) in [
            (0.0, 0, 0, Presence::Seen),
            (149.0, 0, 179, Presence::Seen),
            (152.0, 0, 0, far(152)),
            (249.0, 100, 0, Presence::Seen),
            (152.0, 0, 1, Presence::Unseen),
            (1_000.0, 0, 10, far(1_000)),
            (1_000.0, 0, 30, Presence::Unseen),
            (0.0, 0, 181, Presence::Unseen),
            (90_000.0, 0, 181, Presence::Unseen),
        ] {
            let seen = seen(meters, accuracy_m, seconds);
            assert_eq!(presence(Some(&seen), trattoria(), NOON), expected, "{meters} {seconds}");
        }
        let started = Whereabouts {
            trail_end: None,
            ..seen(0.0, 0, 0)
        };
        assert_eq!(presence(Some(&started), trattoria(), NOON), Presence::Unseen);
        assert_eq!(presence(None, trattoria(), NOON + minutes(1)), Presence::Unseen);
    }
}
