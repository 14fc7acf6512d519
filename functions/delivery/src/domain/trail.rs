//! The trail of a courier's shift, thinned: what is kept of it for a day, for questions about a delivery.
//!
//! A point is kept when the courier has moved a street further or a while has passed. What one report adds is written as
//! one short text, so that even a report of a hundred points adds one small item.

use kernel::{Meters, Position, SignedDuration, Timestamp};

use super::track::Sighting;

/// The next point that is kept is at least so far from the last one, unless [`STEP_TIME`] has passed.
pub const STEP_M: Meters = 100;
/// After so long a point is kept even where the last one was.
pub const STEP_TIME: SignedDuration = SignedDuration::from_mins(1);
/// How long a trail is kept.
pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// The longest text of one report's points. With its keys and the rest the item then fits one write unit.
pub const TEXT_MAX: usize = 800;

/// Positions are kept to the fifth decimal of a degree: about a metre.
const PER_DEGREE: f64 = 100_000.0;
/// The letters of the text begin here and use six bits each: five of the number, and one that says that it goes on.
const FIRST_LETTER: u8 = b'?';

/// What a report adds to the trail whose last kept point is `last`: the points, thinned twice as much for as long as
/// their text is too long.
#[must_use]
pub fn stretch(last: Option<Sighting>, believed: &[Sighting]) -> Vec<Sighting> {
    let mut coarseness = 1;
    loop {
        let kept = thinned(last, believed, coarseness);
        if kept.len() <= 1 || encode(&kept).len() <= TEXT_MAX {
            return kept;
        }
        coarseness *= 2;
    }
}

fn thinned(last: Option<Sighting>, believed: &[Sighting], coarseness: u32) -> Vec<Sighting> {
    let mut last = last;
    let mut kept = Vec::new();
    for sighting in believed {
        let further = last.is_none_or(|last| {
            let far = sighting.position.distance(last.position) >= STEP_M.saturating_mul(coarseness);
            let long = sighting.at.duration_since(last.at) >= STEP_TIME.saturating_mul(coarseness.cast_signed());
            far || long
        });
        if further {
            kept.push(*sighting);
            last = Some(*sighting);
        }
    }
    kept
}

/// Points as a text: seconds, latitude and longitude of each as the difference to the one before, in the variable-length
/// letters of Google's polyline format.
#[must_use]
pub fn encode(points: &[Sighting]) -> String {
    let mut text = String::new();
    let mut before = [0; 3];
    for point in points {
        let numbers = numbers(point);
        for (number, before) in numbers.iter().zip(before) {
            write_number(&mut text, number - before);
        }
        before = numbers;
    }
    text
}

/// The points of a text; `None` if it is none.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<Sighting>> {
    let mut letters = text.bytes();
    let mut points = Vec::new();
    let mut before = [0; 3];
    while letters.len() > 0 {
        for number in &mut before {
            *number += read_number(&mut letters)?;
        }
        points.push(sighting(before)?);
    }
    Some(points)
}

fn numbers(point: &Sighting) -> [i64; 3] {
    #[expect(clippy::cast_possible_truncation, reason = "degrees times 100,000 are below 2^25")]
    let fixed = |degrees: f64| (degrees * PER_DEGREE).round() as i64;
    [
        point.at.as_second(),
        fixed(point.position.lat()),
        fixed(point.position.lng()),
    ]
}

fn sighting([seconds, lat, lng]: [i64; 3]) -> Option<Sighting> {
    let degrees = |fixed: i64| i32::try_from(fixed).ok().map(|fixed| f64::from(fixed) / PER_DEGREE);
    Some(Sighting {
        at: Timestamp::from_second(seconds).ok()?,
        position: Position::new(degrees(lat)?, degrees(lng)?).ok()?,
    })
}

fn write_number(text: &mut String, number: i64) {
    // Zigzag: small numbers of either sign become small ones without.
    let mut rest = ((number << 1) ^ (number >> 63)).cast_unsigned();
    loop {
        let five = u8::try_from(rest & 0x1f).unwrap_or_default();
        rest >>= 5;
        let more = if rest > 0 { 0x20 } else { 0 };
        text.push(char::from(FIRST_LETTER + (five | more)));
        if rest == 0 {
            return;
        }
    }
}

fn read_number(letters: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let mut number = 0_u64;
    for shift in (0..60).step_by(5) {
        let letter = letters.next()?.checked_sub(FIRST_LETTER).filter(|bits| *bits < 0x40)?;
        number |= u64::from(letter & 0x1f) << shift;
        if letter & 0x20 == 0 {
            return Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, trattoria};
    use proptest::prelude::*;

    /// Seconds after noon, and metres north of the restaurant.
    fn sighting(seconds: i64, meters: f64) -> Sighting {
        let here = trattoria();
        Sighting {
            at: NOON + SignedDuration::from_secs(seconds),
            position: Position::new(here.lat() + meters / 111_195.0, here.lng()).unwrap(),
        }
    }

    #[test]
    fn a_street_further_or_a_minute_later_is_kept() {
        for (last, points, kept) in [
            (None, vec![(0, 0.0), (5, 20.0)], vec![0]),
            (Some((0, 0.0)), vec![(5, 20.0), (59, 99.0)], vec![]),
            (Some((0, 0.0)), vec![(5, 20.0), (10, 101.0), (15, 150.0)], vec![10]),
            (
                Some((0, 0.0)),
                vec![(30, 0.0), (60, 0.0), (90, 0.0), (121, 0.0)],
                vec![60, 121],
            ),
            (
                Some((0, 0.0)),
                vec![(10, 200.0), (20, 90.0), (30, 200.0)],
                vec![10, 20, 30],
            ),
        ] {
            let last = last.map(|(seconds, meters)| sighting(seconds, meters));
            let points: Vec<_> = points
                .into_iter()
                .map(|(seconds, meters)| sighting(seconds, meters))
                .collect();
            let seconds = stretch(last, &points)
                .iter()
                .map(|point| point.at.as_second() - NOON.as_second())
                .collect::<Vec<_>>();
            assert_eq!(seconds, kept);
        }
    }

    #[test]
    fn a_hundred_points_fit_one_text_however_wild() {
        let fast: Vec<_> = (0..100)
            .map(|number| sighting(number * 17, 800.0 * number_as_f64(number)))
            .collect();
        let kept = stretch(None, &fast);
        assert!(encode(&kept).len() <= TEXT_MAX && kept.len() >= 50, "{}", kept.len());
    }

    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    const fn number_as_f64(number: i64) -> f64 {
        number as f64
    }

    #[test]
    fn what_is_no_text_is_no_trail() {
        for text in ["~", "?", "??", " ??", "~~~~~~~~~~~~~~~~~~~~~~~~"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode(""), Some(vec![]));
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(points in prop::collection::vec((0..4_000_000_000_i64, -90.0_f64..90.0, -180.0_f64..180.0), 0..20)) {
            let points: Vec<_> = points
                .into_iter()
                .map(|(seconds, lat, lng)| Sighting { at: Timestamp::from_second(seconds).unwrap(), position: Position::new(lat, lng).unwrap() })
                .collect();
            let read = decode(&encode(&points)).unwrap();
            prop_assert_eq!(read.len(), points.len());
            for (read, written) in read.iter().zip(&points) {
                prop_assert_eq!(read.at, written.at);
                prop_assert!(read.position.distance(written.position) <= 1);
            }
        }
    }
}
