//! What a courier's device reports: which points are believed.

use kernel::{Meters, Position, SignedDuration, Timestamp};

/// Points in one report.
pub const POINTS_MAX: usize = 100;
/// A device's clock may be this much ahead of ours.
pub const CLOCK_SKEW_MAX: SignedDuration = SignedDuration::from_secs(120);
/// Older points say nothing about where the courier is.
pub const POINT_AGE_MAX: SignedDuration = SignedDuration::from_mins(30);
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
    /// When it was measured.
    pub at: Timestamp,
    /// Where.
    pub position: Position,
    /// The radius within which the truth lies, in metres.
    pub accuracy_m: Option<f64>,
}

/// Where a courier was last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sighting {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub position: Position,
}

impl From<Sighting> for Point {
    fn from(Sighting { at, position }: Sighting) -> Self {
        Self {
            at,
            position,
            accuracy_m: None,
        }
    }
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Sifted {
    /// The latest sighting after the report.
    pub latest: Sighting,
    /// Within how many metres of the latest sighting the truth lies; nothing if no point was believed.
    pub accuracy_m: Option<Meters>,
    /// Points that were believed, oldest first.
    pub believed: Vec<Sighting>,
    /// Points that were not: too old, too vague, or too far from the one before.
    pub dropped: usize,
}

/// The first point that breaks the report's order: earlier than the one before it, or from the future.
#[must_use]
pub fn first_misplaced(points: &[Point], now: Timestamp) -> Option<usize> {
    let in_future = points.iter().position(|point| point.at > now + CLOCK_SKEW_MAX);
    let backwards = points.windows(2).position(|pair| pair[1].at < pair[0].at);
    in_future.into_iter().chain(backwards.map(|index| index + 1)).min()
}

/// Takes the believable points of a report, oldest first, after what was known before.
#[must_use]
pub fn sift(known: Sighting, points: &[Point], now: Timestamp) -> Sifted {
    let mut latest = known;
    let mut accuracy_m = None;
    let mut believed = Vec::new();
    for point in points {
        if believable(latest, point, now) {
            latest = Sighting {
                at: point.at,
                position: point.position,
            };
            believed.push(latest);
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "what is believed is accurate to 150 m"
            )]
            let meters = point.accuracy_m.unwrap_or_default().ceil() as Meters;
            accuracy_m = Some(meters);
        }
    }
    Sifted {
        latest,
        accuracy_m,
        dropped: points.len() - believed.len(),
        believed,
    }
}

fn believable(before: Sighting, point: &Point, now: Timestamp) -> bool {
    let fresh = point.at > before.at && point.at >= now - POINT_AGE_MAX;
    let exact = point.accuracy_m.is_none_or(|accuracy_m| accuracy_m <= ACCURACY_MAX_M);
    fresh && exact && reachable(before, point)
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
            at: NOON + seconds(at),
            position,
            accuracy_m: Some(8.0),
        }
    }

    fn at_trattoria() -> Sighting {
        Sighting {
            at: NOON,
            position: trattoria(),
        }
    }

    #[test]
    fn the_latest_believable_point_counts() {
        let vague = Point {
            accuracy_m: Some(2_000.0),
            ..point(50, trattoria())
        };
        let rome = Position::new(41.9, 12.5).unwrap();
        let now = NOON + minutes(5);
        for (points, accepted, latest) in [
            (vec![point(10, trattoria()), point(30, kerkstraat())], 2, 30),
            (vec![point(-10, kerkstraat()), point(0, kerkstraat())], 0, 0),
            (vec![point(20, rome), point(40, kerkstraat())], 1, 40),
            (vec![point(40, kerkstraat()), vague], 1, 40),
            (vec![point(1, kerkstraat())], 0, 0),
        ] {
            let sifted = sift(at_trattoria(), &points, now);
            assert_eq!(
                (sifted.believed.len(), sifted.dropped),
                (accepted, points.len() - accepted)
            );
            assert_eq!(sifted.latest.at, NOON + seconds(latest));
        }
    }

    #[test]
    fn after_a_long_silence_the_courier_may_be_anywhere() {
        let rome = Position::new(41.9, 12.5).unwrap();
        let now = NOON + minutes(12);
        let believed = |point, now| sift(at_trattoria(), &[point], now).believed.len();
        assert_eq!(believed(point(11 * 60, rome), now), 1);
        assert_eq!(believed(point(660, rome), NOON + minutes(60)), 0);
    }

    #[test]
    fn a_report_goes_forward_in_time() {
        let here = trattoria();
        for (ats, misplaced) in [
            (vec![1, 2, 2, 3], None),
            (vec![1, 3, 2], Some(2)),
            (vec![1, 200], Some(1)),
            (vec![500, 2], Some(0)),
        ] {
            let points: Vec<_> = ats.into_iter().map(|at| point(at, here)).collect();
            assert_eq!(first_misplaced(&points, NOON + seconds(10)), misplaced);
        }
    }
}
