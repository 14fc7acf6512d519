//! What a courier's device reports: when each point was measured, and which points are believed.

use kernel::{Meters, Position, SignedDuration, Timestamp};

use super::clock::{Clock, Stamp};

/// Points in one report.
pub const POINTS_MAX: usize = 100;
/// Where a shift starts was measured at most so long before: points from then on may follow.
pub const START_AGE_MAX: SignedDuration = SignedDuration::from_secs(120);
/// A point that is this much ahead of us once its clock is corrected is taken as measured now: so much the correction may err.
pub const POINT_AHEAD_MAX: SignedDuration = SignedDuration::from_secs(5);
/// Older points say nothing about where the courier is.
pub const POINT_AGE_MAX: SignedDuration = SignedDuration::from_mins(30);
/// A point that alone is in the future, and later than all others by more, is a mistake and says nothing of the clock.
pub const ODD_GAP: SignedDuration = SignedDuration::from_mins(2);
/// A less accurate point is noise at the scale of a street: it would jump between blocks.
pub const ACCURACY_MAX_M: f64 = 150.0;
/// Nobody delivers faster, whatever the vehicle: 50 m/s is 180 km/h. The kind of vehicle does not matter here, because the
/// limit finds broken receivers and invented points, not riders who took a train.
pub const SPEED_MAX_MPS: f64 = 50.0;
/// Positions jitter, so a jump this short is believed whatever its speed.
pub const JITTER_M: f64 = 100.0;
/// After this long without a point, nothing follows from where the courier was before.
pub const TRAIL_GAP: SignedDuration = SignedDuration::from_mins(10);

/// A point of a report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its place in the report, from 0.
    pub index: usize,
    /// When it was measured, by the clock of whoever measured it.
    pub at: Timestamp,
    pub position: Position,
    /// The radius within which the truth lies, in metres.
    pub accuracy_m: Option<f64>,
}

/// Where a courier was last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// When, by our clock.
    pub at: Timestamp,
    pub position: Position,
}

/// The readable points of a report, and what tells when it was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// In any order.
    pub points: Vec<Point>,
    /// When it was sent.
    pub stamp: Stamp,
}

/// Why a point is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disbelief {
    /// Later than now by more than [`POINT_AHEAD_MAX`].
    InFuture,
    /// Measured longer ago than [`POINT_AGE_MAX`].
    TooOld,
    /// Less accurate than [`ACCURACY_MAX_M`].
    Inaccurate,
    /// Not newer than what is known already: said before, or overtaken by a later report.
    Older,
    /// Farther from the point before than anybody gets in the time between.
    Unreachable,
}

/// A point that was not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Its place in the report, from 0.
    pub index: usize,
    /// Why.
    pub why: Disbelief,
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Sifted {
    /// The latest sighting after the report.
    pub latest: Sighting,
    /// Within how many metres of the latest sighting the truth lies; `None` if no point was believed.
    pub accuracy_m: Option<Meters>,
    /// Points that were believed, oldest first.
    pub believed: Vec<Sighting>,
    /// Points that were not.
    pub dropped: Vec<Dropped>,
}

impl Batch {
    /// What a device reports `now`, with the time when it sent that, by its own clock, if it says so.
    #[must_use]
    pub fn of_device(points: Vec<Point>, sent_at: Option<Timestamp>, now: Timestamp) -> Self {
        let newest = || newest(&points, now).map_or(Stamp::Ours, Stamp::NotBefore);
        let stamp = sent_at.map_or_else(newest, Stamp::Sent);
        Self { points, stamp }
    }

    /// One sighting whose time is ours.
    #[must_use]
    pub fn ours(Sighting { at, position }: Sighting) -> Self {
        let point = Point {
            index: 0,
            at,
            position,
            accuracy_m: None,
        };
        Self {
            points: vec![point],
            stamp: Stamp::Ours,
        }
    }

    /// What the clock that measured the points may be ahead by, the likeliest first: as is known now; as was known before,
    /// if it was set between the measuring and the sending; and not at all, if the times come from a satellite.
    #[must_use]
    pub fn offsets(&self, before: Clock, after: Clock) -> Vec<SignedDuration> {
        let learned = match self.stamp {
            Stamp::Sent(_) | Stamp::NotBefore(_) => [after.ahead, before.ahead],
            Stamp::Ours => [None; 2],
        };
        learned.into_iter().flatten().chain([SignedDuration::ZERO]).collect()
    }
}

/// The time of the newest point that is no mistake.
fn newest(points: &[Point], now: Timestamp) -> Option<Timestamp> {
    let mut ats: Vec<Timestamp> = points.iter().map(|point| point.at).collect();
    ats.sort_unstable();
    let last = ats.pop()?;
    let odd = ats
        .last()
        .filter(|before| **before <= now && last > now && last.duration_since(**before) > ODD_GAP);
    Some(odd.copied().unwrap_or(last))
}

/// Takes the believable points of a report after what was known before, in the order in which they were measured.
#[must_use]
pub fn sift(known: Sighting, points: &[Point], offsets: &[SignedDuration], now: Timestamp) -> Sifted {
    let mut dropped = Vec::new();
    let mut dated = Vec::with_capacity(points.len());
    for point in points {
        match measured_at(point.at, offsets, now) {
            Ok(at) => dated.push(Point { at, ..*point }),
            Err(why) => dropped.push(Dropped {
                index: point.index,
                why,
            }),
        }
    }
    dated.sort_by_key(|point| point.at);
    let mut sifted = Sifted {
        latest: known,
        accuracy_m: None,
        believed: Vec::new(),
        dropped,
    };
    for point in &dated {
        sifted.weigh(point);
    }
    sifted.dropped.sort_unstable_by_key(|dropped| dropped.index);
    sifted
}

impl Sifted {
    fn weigh(&mut self, point: &Point) {
        if let Some(why) = disbelief(self.latest, point) {
            let index = point.index;
            return self.dropped.push(Dropped { index, why });
        }
        self.latest = Sighting {
            at: point.at,
            position: point.position,
        };
        self.believed.push(self.latest);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what is believed is accurate to 150 m"
        )]
        let meters = point.accuracy_m.unwrap_or_default().ceil() as Meters;
        self.accuracy_m = Some(meters);
    }
}

/// When a point was measured by our clock, to the millisecond: by the first offset that puts it neither into the future nor
/// too far back.
fn measured_at(at: Timestamp, offsets: &[SignedDuration], now: Timestamp) -> Result<Timestamp, Disbelief> {
    let ages: Vec<SignedDuration> = offsets.iter().map(|ahead| now.duration_since(at) + *ahead).collect();
    let is_past = |age: &&SignedDuration| **age >= -POINT_AHEAD_MAX;
    let age = ages.iter().filter(is_past).find(|age| **age <= POINT_AGE_MAX);
    let age = *age.ok_or_else(|| {
        if ages.iter().any(|age| is_past(&age)) {
            Disbelief::TooOld
        } else {
            Disbelief::InFuture
        }
    })?;
    let at = now - age.max(SignedDuration::ZERO);
    Ok(Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at))
}

fn disbelief(before: Sighting, point: &Point) -> Option<Disbelief> {
    let is_exact = point.accuracy_m.is_none_or(|accuracy_m| accuracy_m <= ACCURACY_MAX_M);
    if !is_exact {
        Some(Disbelief::Inaccurate)
    } else if point.at <= before.at {
        Some(Disbelief::Older)
    } else if reachable(before, point) {
        None
    } else {
        Some(Disbelief::Unreachable)
    }
}

fn reachable(before: Sighting, point: &Point) -> bool {
    let elapsed = point.at.duration_since(before.at);
    let reach_m = JITTER_M + SPEED_MAX_MPS * elapsed.as_secs_f64();
    elapsed > TRAIL_GAP || f64::from(before.position.distance(point.position)) <= reach_m
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, kerkstraat, minutes, trattoria};

    const fn seconds(count: i64) -> SignedDuration {
        SignedDuration::from_secs(count)
    }

    fn point(at: i64, position: Position) -> Point {
        Point {
            index: 0,
            at: NOON + seconds(at),
            position,
            accuracy_m: Some(8.0),
        }
    }

    fn numbered(points: Vec<Point>) -> Vec<Point> {
        let number = |(index, point)| Point { index, ..point };
        points.into_iter().enumerate().map(number).collect()
    }

    fn at_trattoria() -> Sighting {
        Sighting {
            at: NOON,
            position: trattoria(),
        }
    }

    fn sifted(points: Vec<Point>, now: Timestamp) -> Sifted {
        sift(at_trattoria(), &numbered(points), &[SignedDuration::ZERO], now)
    }

    #[test]
    fn each_point_is_believed_or_not_for_itself() {
        use Disbelief::{InFuture, Inaccurate, Older, TooOld, Unreachable};
        let vague = Point {
            accuracy_m: Some(ACCURACY_MAX_M + 0.1),
            ..point(50, trattoria())
        };
        let rome = Position::new(41.9, 12.5).unwrap();
        let now = NOON + minutes(5);
        for (points, dropped, latest) in [
            (vec![point(10, trattoria()), point(30, kerkstraat())], vec![], 30),
            (vec![point(30, kerkstraat()), point(10, trattoria())], vec![], 30),
            (
                vec![point(-10, kerkstraat()), point(0, kerkstraat())],
                vec![(0, Older), (1, Older)],
                0,
            ),
            (
                vec![point(40, kerkstraat()), point(40, kerkstraat())],
                vec![(1, Older)],
                40,
            ),
            (
                vec![point(20, rome), point(40, kerkstraat())],
                vec![(0, Unreachable)],
                40,
            ),
            (vec![point(40, kerkstraat()), vague], vec![(1, Inaccurate)], 40),
            (vec![point(1, kerkstraat())], vec![(0, Unreachable)], 0),
            (
                vec![point(306, kerkstraat()), point(305, kerkstraat())],
                vec![(0, InFuture)],
                300,
            ),
            (
                vec![point(-1_501, kerkstraat()), point(40, kerkstraat())],
                vec![(0, TooOld)],
                40,
            ),
        ] {
            let sifted = sifted(points.clone(), now);
            let found: Vec<_> = sifted
                .dropped
                .iter()
                .map(|dropped| (dropped.index, dropped.why))
                .collect();
            assert_eq!(found, dropped, "{points:?}");
            assert_eq!(sifted.believed.len() + found.len(), points.len());
            assert_eq!(sifted.latest.at, NOON + seconds(latest));
        }
    }

    #[test]
    fn after_a_long_silence_the_courier_may_be_anywhere() {
        let rome = Position::new(41.9, 12.5).unwrap();
        let believed = |point, now| sifted(vec![point], now).believed.len();
        assert_eq!(believed(point(11 * 60, rome), NOON + minutes(12)), 1);
        assert_eq!(believed(point(660, rome), NOON + minutes(60)), 0);
    }

    #[test]
    fn times_are_corrected_by_the_first_offset_that_is_possible() {
        let now = NOON + minutes(5);
        let measured = |at, offsets: &[i64]| {
            let offsets: Vec<_> = offsets.iter().copied().map(seconds).collect();
            let at = measured_at(NOON + seconds(at), &offsets, now)?;
            Ok(at.duration_since(NOON).as_secs())
        };
        assert_eq!(measured(400, &[120, 0]), Ok(280));
        // The clock was two minutes ahead when the point was measured, and right when it was sent.
        assert_eq!(measured(400, &[0, 120, 0]), Ok(280));
        // The clock is ten minutes behind, the time from a satellite is not.
        assert_eq!(measured(299, &[-600, 0]), Ok(299));
        // It is 45 minutes ahead, and the time from a satellite is not.
        assert_eq!(measured(298, &[2_700, 0]), Ok(298));
        assert_eq!(measured(303, &[0]), Ok(300), "within what the correction may err");
        assert_eq!(measured(306, &[0]), Err(Disbelief::InFuture));
        assert_eq!(measured(0, &[1_501]), Err(Disbelief::TooOld));
        for at in [Timestamp::MIN, Timestamp::MAX] {
            assert!(measured_at(at, &[seconds(-86_400), seconds(86_400)], now).is_err());
        }
    }

    #[test]
    fn the_newest_point_tells_when_a_report_was_sent_at_the_earliest() {
        let now = NOON + seconds(60);
        for (ats, expected) in [
            (vec![], None),
            (vec![50, 20], Some(50)),
            (vec![300], Some(300)),
            (vec![170, 180], Some(180)),
            (vec![55, 170], Some(170)),
            // Alone in the future, and far from all others.
            (vec![55, 200], Some(55)),
        ] {
            let points = ats.iter().map(|at| point(*at, trattoria())).collect();
            let stamp = Batch::of_device(points, None, now).stamp;
            let expected = expected.map_or(Stamp::Ours, |at| Stamp::NotBefore(NOON + seconds(at)));
            assert_eq!(stamp, expected, "{ats:?}");
        }
    }
}
