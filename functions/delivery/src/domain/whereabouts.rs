//! All that is kept of where a courier on shift is, and what a report makes of it.

use kernel::{Meters, Timestamp};

use super::pace::{Pace, TooOften};
use super::track::{Point, Sighting, sift};
use super::trail::stretch;

/// Where a courier on shift is, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whereabouts {
    /// The latest sighting.
    pub latest: Sighting,
    /// Within how many metres of it the truth lies.
    pub accuracy_m: Meters,
    /// The last one that the trail keeps; nothing before the device has reported anything.
    pub trail_end: Option<Sighting>,
    /// How often reports come.
    pub pace: Pace,
    /// When the device was last heard of, by our clock, whatever it said: silence is nothing else.
    pub heard_at: Timestamp,
}

/// What a report made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The whereabouts now.
    pub whereabouts: Whereabouts,
    /// Points that were believed.
    pub accepted: usize,
    /// Points that were not.
    pub dropped: usize,
    /// What the trail gets.
    pub stretch: Vec<Sighting>,
    /// True if whoever waits for the courier should hear of it.
    pub tell: bool,
}

impl Whereabouts {
    /// Where a shift starts.
    #[must_use]
    pub const fn starting(latest: Sighting, now: Timestamp) -> Self {
        Self {
            latest,
            accuracy_m: 0,
            trail_end: None,
            pace: Pace::starting(now),
            heard_at: now,
        }
    }

    /// Takes a report. Every report counts, whatever it is worth: else a device could send worthless ones for ever.
    ///
    /// # Errors
    /// When the reports of this minute are used up.
    pub fn follow(&self, points: &[Point], has_job: bool, now: Timestamp) -> Result<Followed, TooOften> {
        let pace = self.pace.report(now)?;
        let sifted = sift(self.latest, points, now);
        let stretch = stretch(self.trail_end, &sifted.believed);
        let tell = has_job && !sifted.believed.is_empty() && pace.may_tell(now);
        Ok(Followed {
            whereabouts: Self {
                latest: sifted.latest,
                accuracy_m: sifted.accuracy_m.unwrap_or(self.accuracy_m),
                trail_end: stretch.last().copied().or(self.trail_end),
                pace: Pace {
                    told_at: if tell { Some(now) } else { pace.told_at },
                    ..pace
                },
                heard_at: now,
            },
            accepted: sifted.believed.len(),
            dropped: sifted.dropped,
            stretch,
            tell,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, kerkstraat, minutes, trattoria};
    use crate::domain::pace::REPORTS_PER_MINUTE_MAX;

    #[test]
    fn whoever_reports_is_not_silent_whatever_the_report_is_worth() {
        let vague = Point {
            at: NOON + minutes(1),
            position: kerkstraat(),
            accuracy_m: Some(200.0),
        };
        let followed = at_noon().follow(&[vague], true, NOON + minutes(15)).unwrap();
        assert_eq!((followed.accepted, followed.whereabouts.latest), (0, at_noon().latest));
        assert_eq!(followed.whereabouts.heard_at, NOON + minutes(15));
    }

    fn at_noon() -> Whereabouts {
        let latest = Sighting {
            at: NOON,
            position: trattoria(),
        };
        Whereabouts::starting(latest, NOON)
    }

    fn at_kerkstraat() -> [Point; 1] {
        [Point {
            at: NOON + minutes(2),
            position: kerkstraat(),
            accuracy_m: None,
        }]
    }

    #[test]
    fn a_move_is_told_to_those_who_wait_and_only_now_and_then() {
        let now = NOON + minutes(3);
        let idle = at_noon().follow(&at_kerkstraat(), false, now).unwrap();
        assert!(!idle.tell && idle.accepted == 1 && idle.stretch.len() == 1);
        let busy = at_noon().follow(&at_kerkstraat(), true, now).unwrap();
        assert!(busy.tell);
        let again = [Point {
            at: NOON + minutes(3),
            ..at_kerkstraat()[0]
        }];
        assert!(!busy.whereabouts.follow(&again, true, now).unwrap().tell);
    }

    #[test]
    fn worthless_reports_count_too() {
        let mut whereabouts = at_noon();
        let old = [Point {
            at: NOON - minutes(5),
            ..at_kerkstraat()[0]
        }];
        for _ in 0..REPORTS_PER_MINUTE_MAX {
            let followed = whereabouts.follow(&old, true, NOON).unwrap();
            assert!(followed.accepted == 0 && !followed.tell && followed.stretch.is_empty());
            assert_eq!(followed.whereabouts.latest, whereabouts.latest);
            whereabouts = followed.whereabouts;
        }
        assert!(whereabouts.follow(&at_kerkstraat(), true, NOON).is_err());
    }
}
