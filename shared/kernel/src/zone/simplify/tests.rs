use proptest::prelude::*;

use super::*;
use crate::Position;

/// Somewhere in Amsterdam.
const HERE: [f64; 2] = [4.89, 52.37];

fn plane() -> Plane {
    Plane::of(&zone(vec![vec![vec![HERE]]]))
}

/// A corner from metres east and north of [`HERE`].
fn corner(east: f64, north: f64) -> [f64; 2] {
    let per_degree = plane().per_degree;
    [HERE[0] + east / per_degree[0], HERE[1] + north / per_degree[1]]
}

/// A coast: a circle around a centre, whose radius is each time one of `radii`.
fn coast(centre: [f64; 2], radii: &[f64]) -> Ring {
    let step = std::f64::consts::TAU / number(radii.len());
    let mut ring: Ring = radii
        .iter()
        .enumerate()
        .map(|(index, radius)| {
            let (sin, cos) = (number(index) * step).sin_cos();
            corner(centre[0] + radius * cos, centre[1] + radius * sin)
        })
        .collect();
    ring.push(ring[0]);
    ring
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
const fn number(count: usize) -> f64 {
    count as f64
}

fn zone(parts: Vec<Vec<Ring>>) -> Zone {
    let mut parts = parts.into_iter();
    Zone {
        rings: parts.next().unwrap_or_default(),
        more_parts: parts.collect(),
        fee: None,
        minimum_order: None,
        max_minutes: None,
    }
}

fn simplified(zone: &Zone, tolerance_m: u32) -> Simplified {
    let mut work = Simplifier::new(zone.clone());
    work.coarsen(tolerance_m);
    let counted: Vec<usize> = work.ring_corners().collect();
    let after = work.finish();
    let kept: Vec<usize> = after.zone.parts().flatten().map(Vec::len).collect();
    assert_eq!(counted, kept);
    after
}

fn corners(zone: &Zone) -> usize {
    zone.parts().flatten().map(Vec::len).sum()
}

/// How far every corner of one zone is from the borders of another, at most.
fn farthest(from: &Zone, to: &Zone) -> f64 {
    let plane = Plane::of(from);
    let sides: Vec<[[f64; 2]; 2]> = sides(to)
        .map(|(_, side)| side.map(|corner| plane.meters(corner)))
        .collect();
    let nearest = |corner: [f64; 2]| {
        let at = plane.meters(corner);
        let distances = sides.iter().map(|[from, to]| to_line(at, *from, *to));
        distances.fold(f64::INFINITY, f64::min)
    };
    from.parts()
        .flatten()
        .flatten()
        .map(|corner| nearest(*corner))
        .fold(0.0, f64::max)
}

/// The sides of all rings with the number of their ring.
fn sides(zone: &Zone) -> impl Iterator<Item = (usize, [[f64; 2]; 2])> {
    let rings = zone.parts().flatten().enumerate();
    rings.flat_map(|(ring, corners)| corners.windows(2).map(move |side| (ring, [side[0], side[1]])))
}

/// True if some two sides cross, or touch elsewhere than where they follow each other.
fn crosses(zone: &Zone) -> bool {
    let sides: Vec<_> = sides(zone).collect();
    sides.iter().enumerate().any(|(number, (ring, [a, b]))| {
        sides[number + 1..].iter().any(|(other_ring, [c, d])| {
            let meet = ring == other_ring && (is_same(*b, *c) || is_same(*a, *d));
            let [[low, high], [other_low, other_high]] = [[*a, *b], [*c, *d]].map(|side| bounds(side.into_iter()));
            let off = (0..2).any(|axis| low[axis] > other_high[axis] || other_low[axis] > high[axis]);
            let apart = turn(*a, *b, *c) * turn(*a, *b, *d) > 0.0 || turn(*c, *d, *a) * turn(*c, *d, *b) > 0.0;
            !meet && !off && !apart
        })
    })
}

#[test]
fn a_shape_that_needs_all_its_corners_stays() {
    let square = vec![
        corner(0.0, 0.0),
        corner(100.0, 0.0),
        corner(100.0, 100.0),
        corner(0.0, 100.0),
        corner(0.0, 0.0),
    ];
    let before = zone(vec![vec![square]]);
    let after = simplified(&before, 50);
    assert_eq!((after.zone, after.moved_m), (before, 0.0));
}

#[test]
fn corners_on_a_line_and_said_twice_go_at_no_cost() {
    let mut ring: Ring = (0..=600).map(|east| corner(f64::from(east), 0.0)).collect();
    ring.insert(300, ring[300]);
    ring.extend([corner(600.0, 400.0), corner(0.0, 400.0), ring[0]]);
    let after = simplified(&zone(vec![vec![ring]]), 1);
    assert_eq!(corners(&after.zone), 5);
    assert!(after.moved_m <= 0.001, "{}", after.moved_m);
}

#[test]
fn the_border_moves_by_no_more_than_the_tolerance() {
    let radii: Vec<f64> = (0..6_000).map(|step| 900.0 + number(step * 7_919 % 17)).collect();
    let before = zone(vec![vec![coast([0.0, 0.0], &radii)]]);
    let mut fewest = corners(&before);
    for tolerance in [1, 2, 5, 10, 20, 50] {
        let after = simplified(&before, tolerance);
        let [there, back] = [farthest(&before, &after.zone), farthest(&after.zone, &before)];
        assert!(
            there <= after.moved_m && after.moved_m <= f64::from(tolerance),
            "{there}"
        );
        assert!(back <= 1e-6, "corners are never moved: {back}");
        assert!(corners(&after.zone) <= fewest);
        fewest = corners(&after.zone);
    }
    assert!(fewest < 40, "{fewest}");
}

#[test]
fn holes_and_islands_stay_on_their_side() {
    // A long hole two metres inside a wavy outline, and an island two metres outside.
    let wave = |north: f64, from: i32, to: i32| -> Vec<[f64; 2]> {
        let at = |east: i32| corner(f64::from(east), north + 4.0 * f64::from(east).sin());
        if from < to {
            (from..=to).map(at).collect()
        } else {
            (to..=from).rev().map(at).collect()
        }
    };
    let closed = |mut ring: Ring| {
        ring.push(ring[0]);
        ring
    };
    let band = |low: f64, high: f64, from: i32, to: i32| closed([wave(low, from, to), wave(high, to, from)].concat());
    let before = zone(vec![
        vec![band(0.0, 100.0, 0, 300), band(90.0, 98.0, 20, 280)],
        vec![band(102.0, 110.0, 20, 280)],
    ]);
    assert!(!crosses(&before));
    for tolerance in [1, 2, 5, 10, 50] {
        let after = simplified(&before, tolerance);
        assert!(corners(&after.zone) < corners(&before));
        assert!(!crosses(&after.zone), "at {tolerance} m");
        assert_eq!((after.parts_dropped, after.holes_dropped), (0, 0));
    }
}

#[test]
fn what_is_smaller_than_the_tolerance_goes_and_is_said() {
    let island = |east: f64, radius: f64| coast([east, 0.0], &[radius; 12]);
    let before = zone(vec![
        vec![island(5_000.0, 2.0)],
        vec![island(0.0, 500.0), island(0.0, 3.0), island(100.0, 40.0)],
        vec![island(2_000.0, 30.0), island(2_000.0, 1.0)],
    ]);
    let after = simplified(&before, 20);
    assert_eq!((after.parts_dropped, after.holes_dropped), (1, 2));
    let rings: Vec<usize> = after.zone.parts().map(<[Ring]>::len).collect();
    assert_eq!(rings, [2, 1]);
    let at = |east: f64| {
        let [lng, lat] = corner(east, 0.0);
        after.zone.contains(Position::new(lat, lng).unwrap())
    };
    assert!(at(0.0) && !at(100.0) && at(2_000.0) && !at(5_000.0));
    // Something always is left.
    let after = simplified(&zone(vec![vec![island(0.0, 2.0)], vec![island(50.0, 3.0)]]), 20);
    assert_eq!((after.zone.parts().count(), after.parts_dropped), (1, 1));
}

#[test]
fn nothing_goes_at_no_tolerance_but_what_is_needless() {
    let before = zone(vec![
        vec![coast([0.0, 0.0], &[1.0; 12])],
        vec![coast([9.0, 0.0], &[0.1; 12])],
    ]);
    assert_eq!(simplified(&before, 0).zone, before);
}

#[test]
fn many_corners_on_one_line_take_no_longer() {
    let mut ring: Ring = (0..20_000).map(|east| corner(f64::from(east) / 4.0, 0.0)).collect();
    ring.extend([corner(2_000.0, 900.0), ring[0]]);
    let after = simplified(&zone(vec![vec![ring]]), 1);
    assert!(corners(&after.zone) < 60, "{}", corners(&after.zone));
}

/// All corners of both coasts would share two squares of a grid that is drawn evenly over the whole.
#[test]
fn coasts_with_an_ocean_between_them_take_no_longer() {
    let radii: Vec<f64> = (0..10_000_u32)
        .map(|index| 3_000.0 + f64::from(index * 7 % 13))
        .collect();
    let far = zone(vec![
        vec![coast([0.0, 0.0], &radii)],
        vec![coast([2_000_000.0, 0.0], &radii)],
    ]);
    let mut work = Simplifier::new(far);
    work.coarsen(50);
    assert!(work.looks < 2_000_000, "{}", work.looks);
    assert!(work.ring_corners().all(|corners| corners < 500));
}

#[test]
fn whoever_makes_it_look_for_ever_keeps_the_corners() {
    let spike = [corner(0.0, 0.0), corner(9_000.0, 9_000.0)];
    let side = |index: u32| spike.map(|[lng, lat]| [lng + f64::from(index) * 1e-7, lat]);
    let mut ring: Ring = (0..12_000).flat_map(side).collect();
    ring.push(ring[0]);
    let mut work = Simplifier::new(zone(vec![vec![ring]]));
    for tolerance_m in [1, 2, 5, 10, 20, 50] {
        work.coarsen(tolerance_m);
    }
    assert!(work.looks <= LOOKS_MAX + 2 * 24_000 * 6, "{}", work.looks);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// An island of any coast in a lake of an island of any coast: nothing crosses, no border moves farther than the
    /// tolerance and than is said, and whoever is farther from all borders than that gets the same answer as before.
    #[test]
    fn a_zone_stays_what_it_is(
        outline in prop::collection::vec(200.0_f64..300.0, 8..90), lake in prop::collection::vec(100.0_f64..199.0, 8..90),
        island in prop::collection::vec(30.0_f64..99.0, 8..90), tolerance in 1_u32..60, east in -320.0_f64..320.0, north in -320.0_f64..320.0,
    ) {
        let [outline, lake, island] = [outline, lake, island].map(|radii| coast([0.0, 0.0], &radii));
        let before = zone(vec![vec![outline, lake], vec![island]]);
        prop_assume!(!crosses(&before));
        let after = simplified(&before, tolerance);
        prop_assert!(!crosses(&after.zone));
        prop_assert!(after.moved_m <= f64::from(tolerance));
        prop_assert!(farthest(&before, &after.zone) <= after.moved_m);
        let [lng, lat] = corner(east, north);
        let clear = farthest(&zone(vec![vec![vec![[lng, lat]]]]), &before) > f64::from(tolerance) + 1.0;
        let place = Position::new(lat, lng).unwrap();
        prop_assert!(!clear || before.contains(place) == after.zone.contains(place));
        let again = simplified(&after.zone, tolerance);
        prop_assert!(corners(&again.zone) <= corners(&after.zone));
    }
}
