//! Where a restaurant delivers.

use contracts::restaurant::{Capacity, SLOT_MINUTES};
use kernel::{Currency, FieldError, FieldErrors, Meters, Position, Zone};
use serde::{Deserialize, Serialize};

use super::profile::amount;

/// Zones of one restaurant, at most.
pub const ZONES_MAX: usize = 20;
/// Corners of one ring as it is kept, at most.
pub const RING_CORNERS_MAX: usize = 500;
/// Corners of all its zones together as they are kept, at most: what a snapshot of the restaurant can carry to other services.
pub const CORNERS_TOTAL_MAX: usize = 1000;
/// By how much a border may be moved, in metres, tried in this order. The first is less than a position of a phone is
/// accurate to, and the last about the width of a street with its houses.
pub const TOLERANCES_M: [u32; 6] = [1, 2, 5, 10, 20, 50];
/// The largest of them.
pub const TOLERANCE_MAX_M: u32 = TOLERANCES_M[TOLERANCES_M.len() - 1];
/// Corners of all zones together as they are sent, at most: taking them out takes time. A body cannot hold many more.
pub const CORNERS_SENT_MAX: usize = 50_000;
/// The farthest delivery that a restaurant may offer, in metres.
pub const DISTANCE_MAX: Meters = 20_000;
/// The farthest delivery until the restaurant says otherwise, in metres.
pub const DISTANCE_DEFAULT: Meters = 5000;
/// The longest promise that a zone may allow, in minutes.
pub const ZONE_MINUTES_MAX: u32 = 240;
/// Orders per slot, at most.
pub const SLOT_ORDERS_MAX: u32 = 10_000;

const _: () = assert!(
    SLOT_ORDERS_MAX == 10_000,
    "the schema of `contracts::restaurant::Capacity` says so"
);

/// Where a restaurant delivers: within the distance, and inside one of the zones if there are any.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// The first zone that contains an address sets its terms.
    pub zones: Vec<Zone>,
    /// The farthest delivery in metres.
    pub max_distance_m: Meters,
}

impl Default for Area {
    fn default() -> Self {
        Self {
            zones: Vec::new(),
            max_distance_m: DISTANCE_DEFAULT,
        }
    }
}

impl Area {
    /// Rounds the corners to a centimetre, which is what keeps it small.
    pub fn round(&mut self) {
        for corner in self.zones.iter_mut().flat_map(Zone::rings_mut).flatten() {
            *corner = corner.map(|degrees| (degrees * 1e7).round() / 1e7);
        }
    }

    /// Checks an area and rounds its corners.
    ///
    /// # Errors
    /// Everything that is out of range.
    pub fn check(mut self, currency: Currency) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        errors.unless(
            self.zones.len() <= ZONES_MAX,
            "/features",
            "too_many",
            format!("must have at most {ZONES_MAX} zones"),
        );
        let corners: usize = self.zones.iter().map(|zone| rings(zone).sum::<usize>()).sum();
        errors.unless(
            corners <= CORNERS_TOTAL_MAX,
            "/features",
            "too_many",
            format!(
                "must have at most {CORNERS_SENT_MAX} corners in all zones together, and {CORNERS_TOTAL_MAX} once they are \
                 simplified by {TOLERANCE_MAX_M} metres"
            ),
        );
        errors.unless(
            (1..=DISTANCE_MAX).contains(&self.max_distance_m),
            "/max_distance_m",
            "out_of_range",
            format!("must be 1 to {DISTANCE_MAX}"),
        );
        for (index, zone) in self.zones.iter().take(ZONES_MAX).enumerate() {
            check_zone(zone, index, currency, &mut errors);
        }
        self.round();
        errors.into_result(self)
    }

    /// True if it delivers to a position, being itself at `from`.
    #[must_use]
    pub fn reaches(&self, from: Position, to: Position) -> bool {
        let inside = self.zones.is_empty() || self.zones.iter().any(|zone| zone.contains(to));
        inside && from.distance(to) <= self.max_distance_m
    }
}

/// The corners of each ring of a zone.
pub fn rings(zone: &Zone) -> impl Iterator<Item = usize> {
    zone.parts().flatten().map(Vec::len)
}

fn check_zone(zone: &Zone, index: usize, currency: Currency, errors: &mut FieldErrors) {
    let at = format!("/features/{index}");
    errors.unless(
        rings(zone).all(|corners| corners <= RING_CORNERS_MAX),
        &format!("{at}/geometry/coordinates"),
        "too_many",
        format!("must have rings of at most {RING_CORNERS_MAX} corners once simplified by {TOLERANCE_MAX_M} metres"),
    );
    if let Err(error) = zone.check() {
        errors.unless(
            false,
            &format!("{at}/geometry/coordinates"),
            "invalid_polygon",
            error.to_string(),
        );
    }
    let amounts = [("fee", zone.fee), ("minimum_order", zone.minimum_order)];
    for (name, money) in amounts {
        if let Some(money) = money {
            amount(money, currency, &format!("{at}/properties/{name}"), errors);
        }
    }
    let minutes = zone.max_minutes.unwrap_or(ZONE_MINUTES_MAX);
    errors.unless(
        (1..=ZONE_MINUTES_MAX).contains(&minutes),
        &format!("{at}/properties/max_minutes"),
        "out_of_range",
        format!("must be 1 to {ZONE_MINUTES_MAX}"),
    );
}

/// Checks how much a kitchen takes per slot.
///
/// # Errors
/// Everything that is out of range.
pub fn check_capacity(capacity: Capacity, currency: Currency) -> Result<Capacity, Vec<FieldError>> {
    let mut errors = FieldErrors::default();
    errors.unless(
        SLOT_MINUTES.contains(&capacity.slot_minutes),
        "/slot_minutes",
        "out_of_range",
        "must be 5, 10, 15, 20, 30 or 60",
    );
    let orders = capacity.max_orders.unwrap_or(SLOT_ORDERS_MAX);
    errors.unless(
        (1..=SLOT_ORDERS_MAX).contains(&orders),
        "/max_orders",
        "out_of_range",
        format!("must be 1 to {SLOT_ORDERS_MAX}"),
    );
    if let Some(value) = capacity.max_value {
        amount(value, currency, "/max_value", &mut errors);
        errors.unless(
            !value.is_zero(),
            "/max_value/amount",
            "out_of_range",
            "must be more than 0: pause instead",
        );
    }
    errors.into_result(capacity)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Money;
    use proptest::prelude::*;

    fn square(low: f64, high: f64) -> Zone {
        Zone {
            rings: vec![vec![[low, low], [high, low], [high, high], [low, high], [low, low]]],
            more_parts: vec![],
            fee: None,
            minimum_order: None,
            max_minutes: None,
        }
    }

    fn errors(area: Area) -> Vec<(String, &'static str)> {
        let errors = area.check(Currency::EUR).unwrap_err();
        errors.into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    fn area(zones: Vec<Zone>) -> Area {
        Area {
            zones,
            ..Area::default()
        }
    }

    fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
        vec![(pointer.to_owned(), code)]
    }

    #[test]
    fn every_limit_of_an_area_is_checked() {
        assert_eq!(
            errors(area(vec![square(0.0, 1.0); ZONES_MAX + 1])),
            one("/features", "too_many")
        );
        let mut ring = vec![[0.0, 0.0]; 400];
        ring[1] = [1.0, 1.0];
        let large = |ring: &Vec<[f64; 2]>| Zone {
            rings: vec![ring.clone()],
            ..square(0.0, 1.0)
        };
        assert_eq!(errors(area(vec![large(&ring); 3])), one("/features", "too_many"));
        let mut split = large(&ring);
        split.more_parts = vec![vec![ring.clone()]; 2];
        assert_eq!(errors(area(vec![split])), one("/features", "too_many"));
        ring.extend(vec![[0.0, 0.0]; RING_CORNERS_MAX - ring.len() + 1]);
        assert_eq!(
            errors(area(vec![large(&ring)])),
            one("/features/0/geometry/coordinates", "too_many")
        );
        for max_distance_m in [0, DISTANCE_MAX + 1] {
            let area = Area {
                max_distance_m,
                ..Area::default()
            };
            assert_eq!(errors(area), one("/max_distance_m", "out_of_range"));
        }
        let open = Zone {
            rings: vec![vec![[0.0, 0.0]; 3]],
            ..square(0.0, 1.0)
        };
        assert_eq!(
            errors(area(vec![square(0.0, 1.0), open])),
            one("/features/1/geometry/coordinates", "invalid_polygon")
        );
        let dollars = Zone {
            fee: Some(Money::new(1, Currency::USD)),
            ..square(0.0, 1.0)
        };
        assert_eq!(
            errors(area(vec![dollars])),
            one("/features/0/properties/fee/currency", "wrong_currency")
        );
        for minutes in [0, ZONE_MINUTES_MAX + 1] {
            let zone = Zone {
                max_minutes: Some(minutes),
                ..square(0.0, 1.0)
            };
            assert_eq!(
                errors(area(vec![zone])),
                one("/features/0/properties/max_minutes", "out_of_range")
            );
        }
    }

    #[test]
    fn every_limit_of_a_capacity_is_checked() {
        let valid = Capacity {
            slot_minutes: 15,
            max_orders: Some(8),
            max_value: None,
        };
        let check = |capacity| {
            let errors = check_capacity(capacity, Currency::EUR).unwrap_err();
            errors
                .into_iter()
                .map(|error| (error.pointer, error.code))
                .collect::<Vec<_>>()
        };
        assert_eq!(check_capacity(valid, Currency::EUR), Ok(valid));
        assert_eq!(
            check(Capacity {
                slot_minutes: 7,
                ..valid
            }),
            one("/slot_minutes", "out_of_range")
        );
        for orders in [0, SLOT_ORDERS_MAX + 1] {
            let max_orders = Some(orders);
            assert_eq!(
                check(Capacity { max_orders, ..valid }),
                one("/max_orders", "out_of_range")
            );
        }
        let max_value = Some(Money::zero(Currency::EUR));
        assert_eq!(
            check(Capacity { max_value, ..valid }),
            one("/max_value/amount", "out_of_range")
        );
    }

    #[test]
    fn it_delivers_inside_a_zone_and_within_the_distance() {
        let at = |lat, lng| Position::new(lat, lng).unwrap();
        let area = Area {
            zones: vec![square(0.0, 0.1)],
            max_distance_m: 5000,
        };
        assert!(area.reaches(at(0.05, 0.05), at(0.06, 0.06)));
        assert!(!area.reaches(at(0.05, 0.05), at(-0.01, 0.05)), "outside the zone");
        assert!(!area.reaches(at(0.0, 0.0), at(0.1, 0.1)), "15 km away");
        let anywhere = Area::default();
        assert!(anywhere.reaches(at(0.0, 0.0), at(0.0, 0.04)));
        assert!(!anywhere.reaches(at(0.0, 0.0), at(0.0, 0.05)));
    }

    #[test]
    fn corners_are_rounded_and_rings_stay_closed() {
        let zone = square(0.123_456_789_123, 0.2);
        let checked = area(vec![zone]).check(Currency::EUR).unwrap();
        assert!((checked.zones[0].rings[0][0][0] - 0.123_456_8).abs() < f64::EPSILON);
        assert_eq!(checked.zones[0].check(), Ok(()));
    }

    /// A convex outline around the origin: corners on an ellipse, in order of their angle.
    fn convex(mut angles: Vec<f64>, width: f64, height: f64) -> Vec<[f64; 2]> {
        angles.sort_by(f64::total_cmp);
        let mut ring: Vec<_> = angles
            .iter()
            .map(|angle| [width * angle.cos(), height * angle.sin()])
            .collect();
        ring.push(ring[0]);
        ring
    }

    /// Left of every edge, which is what inside means for a convex outline.
    fn left_of_all(ring: &[[f64; 2]], x: f64, y: f64) -> Option<bool> {
        let sides = ring.windows(2).map(|edge| {
            let ([x1, y1], [x2, y2]) = (edge[0], edge[1]);
            (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        });
        let sides: Vec<f64> = sides.collect();
        // So near to an edge either answer is right.
        let is_clear = sides.iter().all(|side| side.abs() > 1e-9);
        is_clear.then(|| sides.iter().all(|side| *side > 0.0))
    }

    proptest! {
        #[test]
        fn a_zone_and_its_hole_are_judged_as_geometry_says(
            angles in proptest::collection::vec(0.0..std::f64::consts::TAU, 3..40),
            width in 0.01..0.1, height in 0.01..0.1, x in -0.12..0.12, y in -0.12..0.12,
        ) {
            let outline = convex(angles, width, height);
            let hole: Vec<_> = outline.iter().map(|[x, y]| [x / 2.0, y / 2.0]).collect();
            let expected = left_of_all(&outline, x, y).zip(left_of_all(&hole, x, y));
            let zone = Zone { rings: vec![outline, hole], ..square(0.0, 1.0) };
            let area = Area { zones: vec![zone], max_distance_m: DISTANCE_MAX };
            let to = Position::new(y, x).unwrap();
            if let Some((in_outline, in_hole)) = expected {
                prop_assert_eq!(area.reaches(to, to), in_outline && !in_hole);
            }
        }

        #[test]
        fn what_passes_the_check_passes_it_again_unchanged(
            angles in proptest::collection::vec(0.0..std::f64::consts::TAU, 3..40), width in 0.0..100.0, distance in 0_u32..30_000,
        ) {
            let zone = Zone { rings: vec![convex(angles, width, width)], ..square(0.0, 1.0) };
            let area = Area { zones: vec![zone], max_distance_m: distance };
            if let Ok(checked) = area.check(Currency::EUR) {
                prop_assert_eq!(checked.clone().check(Currency::EUR), Ok(checked));
            }
        }
    }
}
