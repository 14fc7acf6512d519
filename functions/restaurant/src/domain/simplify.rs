//! Zones as maps have them, with thousands of corners: which of those are kept.
//!
//! What fits is kept as it was drawn. A zone that does not loses corners by the first tolerance that is enough, and then, if
//! all together are still too many, whichever has the most. So a small zone beside a large one keeps its shape.

use kernel::{Simplifier, Zone};

use super::Area;
use super::area::{CORNERS_SENT_MAX, CORNERS_TOTAL_MAX, RING_CORNERS_MAX, TOLERANCES_M, ZONES_MAX, rings};

/// What was simplified of a zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simplification {
    /// Its place in the list, from 0.
    pub zone: usize,
    /// Corners as it was sent.
    pub corners_before: usize,
    /// Corners as it is kept.
    pub corners_after: usize,
    /// By how many metres the border might be moved.
    pub tolerance_m: u32,
    /// By how many metres it was, at most.
    pub moved_m: f64,
    /// Parts smaller than the tolerance: they are gone.
    pub parts_dropped: usize,
    /// Holes smaller than the tolerance: they belong to the zone now.
    pub holes_dropped: usize,
}

/// A zone in work.
struct Work {
    simplifier: Simplifier,
    corners_before: usize,
    /// How many of [`TOLERANCES_M`] were tried.
    tried: usize,
}

impl Work {
    fn corners(&self) -> usize {
        self.simplifier.ring_corners().sum()
    }

    fn has_large_ring(&self) -> bool {
        self.simplifier.ring_corners().any(|corners| corners > RING_CORNERS_MAX)
    }

    /// Tries the next tolerance.
    fn coarsen(&mut self) {
        if let Some(tolerance_m) = TOLERANCES_M.get(self.tried) {
            self.simplifier.coarsen(*tolerance_m);
            self.tried += 1;
        }
    }

    fn may_coarsen(&self) -> bool {
        self.tried < TOLERANCES_M.len()
    }
}

/// True if an area is too large to be kept as it is drawn.
#[must_use]
pub fn is_large(area: &Area) -> bool {
    let corners = area.zones.iter().flat_map(rings);
    let (total, largest) = corners.fold((0, 0), |(total, largest), ring| (total + ring, ring.max(largest)));
    total > CORNERS_TOTAL_MAX || largest > RING_CORNERS_MAX
}

/// Makes an area small enough to be kept, as far as the tolerances allow, and says what was changed. What is no area at all
/// is left to [`Area::check`].
#[must_use]
pub fn simplify(mut area: Area) -> (Area, Vec<Simplification>) {
    let sent: usize = area.zones.iter().flat_map(rings).sum();
    let is_sound = area.zones.len() <= ZONES_MAX && area.zones.iter().all(|zone| zone.check().is_ok());
    if !is_large(&area) || !is_sound || sent > CORNERS_SENT_MAX {
        return (area, Vec::new());
    }
    area.round();
    let mut works: Vec<Work> = area.zones.drain(..).map(work).collect();
    while let Some(work) = next(&mut works) {
        work.coarsen();
    }
    let mut told = Vec::new();
    for (number, work) in works.into_iter().enumerate() {
        let (zone, simplification) = finish(number, work);
        area.zones.push(zone);
        told.extend(simplification);
    }
    (area, told)
}

fn work(zone: Zone) -> Work {
    Work {
        corners_before: rings(&zone).sum(),
        simplifier: Simplifier::new(zone),
        tried: 0,
    }
}

/// The zone that needs it most to be simplified further; `None` if none does, or none can.
fn next(works: &mut [Work]) -> Option<&mut Work> {
    let total: usize = works.iter().map(Work::corners).sum();
    let needs_it = |work: &&mut Work| work.may_coarsen() && (total > CORNERS_TOTAL_MAX || work.has_large_ring());
    let mut able: Vec<&mut Work> = works.iter_mut().filter(needs_it).collect();
    able.sort_by_key(|work| (work.has_large_ring(), work.corners()));
    able.pop()
}

fn finish(zone: usize, work: Work) -> (Zone, Option<Simplification>) {
    let tolerance_m = work
        .tried
        .checked_sub(1)
        .and_then(|last| TOLERANCES_M.get(last))
        .copied();
    let simplified = work.simplifier.finish();
    let told = tolerance_m.map(|tolerance_m| Simplification {
        zone,
        corners_before: work.corners_before,
        corners_after: rings(&simplified.zone).sum(),
        tolerance_m,
        moved_m: simplified.moved_m,
        parts_dropped: simplified.parts_dropped,
        holes_dropped: simplified.holes_dropped,
    });
    (simplified.zone, told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    /// A round island with a rough coast: so many corners, metres of radius, and metres east of the first.
    fn island(corners: u32, radius: f64, east: f64) -> Vec<[f64; 2]> {
        let mut ring: Vec<[f64; 2]> = (0..corners)
            .map(|number| {
                let (sin, cos) = (std::f64::consts::TAU * f64::from(number) / f64::from(corners)).sin_cos();
                let radius = radius + f64::from(number * 7 % 5) * radius / 10_000.0;
                [4.9 + (east + radius * cos) / 67_900.0, 52.37 + radius * sin / 111_195.0]
            })
            .collect();
        ring.push(ring[0]);
        ring
    }

    fn zone(rings: Vec<Vec<[f64; 2]>>, more_parts: Vec<Vec<Vec<[f64; 2]>>>) -> Zone {
        Zone {
            rings,
            more_parts,
            fee: None,
            minimum_order: None,
            max_minutes: None,
        }
    }

    fn simplified(zones: Vec<Zone>) -> (Area, Vec<Simplification>) {
        let area = Area {
            zones,
            ..Area::default()
        };
        let (area, told) = simplify(area);
        assert!(area.clone().check(Currency::EUR).is_ok());
        (area, told)
    }

    #[test]
    fn what_fits_stays_as_it_was_drawn() {
        let drawn = vec![
            zone(vec![island(499, 900.0, 0.0)], vec![]),
            zone(vec![island(498, 900.0, 0.0)], vec![]),
        ];
        let (area, told) = simplified(drawn.clone());
        assert_eq!((area.zones, told), (drawn, vec![]));
    }

    #[test]
    fn a_large_zone_is_simplified_and_a_small_one_beside_it_is_not() {
        let small = zone(vec![island(60, 900.0, 0.0)], vec![]);
        let large = zone(
            vec![island(5_500, 3_000.0, 0.0), island(700, 500.0, 0.0)],
            vec![vec![island(40, 0.4, 9_000.0)], vec![island(600, 200.0, 5_000.0)]],
        );
        let (area, told) = simplified(vec![small.clone(), large]);
        // All but what is rounded.
        assert_eq!(rings(&area.zones[0]).collect::<Vec<_>>(), [61]);
        let [told] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((told.zone, told.corners_before, told.parts_dropped), (1, 6_844, 1));
        assert_eq!(told.corners_after, rings(&area.zones[1]).sum::<usize>());
        assert!(
            told.moved_m > 0.0 && told.moved_m <= f64::from(told.tolerance_m),
            "{told:?}"
        );
        assert_eq!(area.zones[1].parts().count(), 2);
        assert!(area.zones[1].rings.len() == 2);
    }

    #[test]
    fn many_zones_share_what_may_be_kept() {
        let drawn = (0..20_u32).map(|number| zone(vec![island(450, 900.0, f64::from(number))], vec![]));
        let (area, told) = simplified(drawn.collect());
        assert!(!is_large(&area) && told.len() == 20, "{}", told.len());
    }

    #[test]
    fn what_cannot_be_simplified_enough_or_is_no_zone_is_left_to_the_check() {
        let large = || zone(vec![island(600, 900.0, 0.0)], vec![]);
        let open = zone(vec![vec![[4.9, 52.4]; 3]], vec![]);
        let scattered = (1..=300_u32).map(|number| vec![island(5, 300.0, f64::from(number) * 900.0)]);
        for (zones, code) in [
            (vec![large(); ZONES_MAX + 1], "too_many"),
            (vec![large(), open], "invalid_polygon"),
            (vec![zone(vec![island(5, 300.0, 0.0)], scattered.collect())], "too_many"),
            (
                vec![zone(
                    vec![island(u32::try_from(CORNERS_SENT_MAX).unwrap(), 900.0, 0.0)],
                    vec![],
                )],
                "too_many",
            ),
        ] {
            let area = Area {
                zones,
                ..Area::default()
            };
            let errors = simplify(area).0.check(Currency::EUR).unwrap_err();
            assert!(errors.iter().any(|error| error.code == code), "{code}: {errors:?}");
        }
    }
}
