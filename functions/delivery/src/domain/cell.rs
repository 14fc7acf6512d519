//! Where somebody is, coarsely: the cells by which couriers and waiting deliveries are found.
//!
//! Cells are H3's hexagons of resolution 7, about 5 km² each: the cell is the shard. Even with 800 couriers in one, each
//! seen every 15 seconds, its partition takes 110 writes a second with twice that for a move, of the 1,000 it may.

use h3o::{CellIndex, LatLng, Resolution};
use kernel::{Meters, Position};

/// Waiting deliveries are few, so they are listed by a whole city: cells of resolution 4, about 1,800 km².
const CITY: Resolution = Resolution::Four;

/// Rings of cells around the restaurant's that are searched, the own cell first. Three rings reach at least
/// [`SEARCH_RADIUS_M`] from anywhere inside the middle cell.
pub const RINGS: u32 = 3;
/// Nobody farther from the restaurant than this, as the crow flies, is asked.
pub const SEARCH_RADIUS_M: Meters = 5_000;

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell(CellIndex);

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The cell around a position; nothing for a position that is no number, which a [`Position`] never is.
#[must_use]
pub fn cell(position: Position) -> Option<Cell> {
    let point = LatLng::new(position.lat(), position.lng()).ok()?;
    Some(Cell(point.to_cell(Resolution::Seven)))
}

/// The city-sized cell around a position.
#[must_use]
pub fn city(position: Position) -> Option<Cell> {
    let Cell(index) = cell(position)?;
    index.parent(CITY).map(Cell)
}

/// The city-sized cells in which couriers within reach of a position may be: one, or at its edge two or three.
#[must_use]
pub fn cities_in_reach(position: Position) -> Vec<Cell> {
    let mut cities: Vec<Cell> = Vec::new();
    for Cell(index) in (0..=RINGS).flat_map(|steps| ring(position, steps)) {
        let city = index.parent(CITY).map(Cell);
        cities.extend(city.filter(|city| !cities.contains(city)));
    }
    cities
}

/// The cells at a number of steps from a position's cell.
#[must_use]
pub fn ring(position: Position, steps: u32) -> Vec<Cell> {
    let Some(Cell(middle)) = cell(position) else {
        return Vec::new();
    };
    middle
        .grid_disk_distances::<Vec<_>>(steps)
        .into_iter()
        .filter(|(_, distance)| *distance == steps)
        .map(|(index, _)| Cell(index))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covered(position: Position) -> Vec<Cell> {
        (0..=RINGS).flat_map(|steps| ring(position, steps)).collect()
    }

    #[test]
    fn rings_grow_by_six() {
        let dam = Position::new(52.3731, 4.8926).unwrap();
        let sizes = (0..=RINGS).map(|steps| ring(dam, steps).len());
        assert_eq!(sizes.collect::<Vec<_>>(), [1, 6, 12, 18]);
        assert_eq!(ring(dam, 0), [cell(dam).unwrap()]);
    }

    proptest! {
        /// Whoever is within the radius is in one of the cells, anywhere that people live.
        #[test]
        fn the_rings_cover_the_radius(
            lat in -60.0_f64..70.0, lng in -180.0_f64..180.0,
            bearing in 0.0_f64..std::f64::consts::TAU, share in 0.0..0.99,
        ) {
            let middle = Position::new(lat, lng).unwrap();
            let degrees = share * f64::from(SEARCH_RADIUS_M) / 111_195.0;
            let lng_there: f64 = lng + degrees * bearing.sin() / lat.to_radians().cos();
            prop_assume!(lng_there.abs() <= 180.0);
            let there = Position::new(lat + degrees * bearing.cos(), lng_there).unwrap();
            prop_assert!(covered(middle).contains(&cell(there).unwrap()), "{}", middle.distance(there));
            let cities = cities_in_reach(middle);
            prop_assert!(cities.contains(&city(there).unwrap()) && cities.len() <= 3, "{cities:?}");
        }
    }
}
