//! Where somebody is, coarsely: zones, which are dispatched one by one, and the cells in which a zone's couriers are sifted.
//!
//! A zone is H3's hexagon of resolution 5, about 250 km²: a town, or a large part of a city. Whoever is on shift is listed
//! by zone, so its runner reads a few lists instead of one for each cell. Candidates for an order are then taken by cells of
//! resolution 7, about 5 km², around its restaurant.
//!
//! The hottest partitions. Of 100,000 couriers on shift at once at most one in twenty is in one zone: 5,000, each seen every
//! 15 seconds, make 333 writes a second into the list of a zone, and a move into the next zone counts twice. Of 10,000 orders
//! a minute the same share makes 8 a second, with four writes of its row each, and a run of the zone writes its record
//! twice, a few times a second at most: below 50. A partition may take 1,000.

use std::str::FromStr;

use h3o::{CellIndex, LatLng, Resolution};
use kernel::{Meters, Position};

/// What is dispatched together.
const ZONE: Resolution = Resolution::Five;

/// Rings of cells around the restaurant's that are searched, the own cell first. Three rings reach at least
/// [`SEARCH_RADIUS_M`] from anywhere inside the middle cell.
pub const RINGS: u32 = 3;
/// Nobody farther from the restaurant than this, as the crow flies, is asked.
pub const SEARCH_RADIUS_M: Meters = 5_000;

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell(CellIndex);

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cell {
    type Err = h3o::error::InvalidCellIndex;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Cell {
    fn zone(self) -> Option<Zone> {
        self.0.parent(ZONE).map(Zone)
    }
}

/// A zone. Its name is H3's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Zone(CellIndex);

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A text that names no zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a zone is named by H3's index of a cell of resolution 5")]
pub struct NoZone;

impl FromStr for Zone {
    type Err = NoZone;

    fn from_str(text: &str) -> Result<Self, NoZone> {
        let index: CellIndex = text.parse().map_err(|_| NoZone)?;
        let zone = Self(index);
        // Other spellings of the same number would be other partitions.
        (index.resolution() == ZONE && zone.to_string() == text)
            .then_some(zone)
            .ok_or(NoZone)
    }
}

/// The cell around a position; `None` for a position that is no number, which a [`Position`] never is.
#[must_use]
pub fn cell(position: Position) -> Option<Cell> {
    let point = LatLng::new(position.lat(), position.lng()).ok()?;
    Some(Cell(point.to_cell(Resolution::Seven)))
}

/// The cell around a position and the cell of resolution 6, about 36 km², that it is part of.
#[must_use]
pub fn nested(position: Position) -> Option<(Cell, Cell)> {
    let cell = cell(position)?;
    Some((cell, Cell(cell.0.parent(Resolution::Six)?)))
}

/// The zone around a position.
///
/// It is the parent of the position's cell, not the hexagon of that size around the position: the two differ at the edges,
/// and only so every cell belongs to one zone.
#[must_use]
pub fn zone(position: Position) -> Option<Zone> {
    cell(position).and_then(Cell::zone)
}

/// The zones in which couriers within reach of a position may be: one, or at its edge two or three.
#[must_use]
pub fn zones_in_reach(position: Position) -> Vec<Zone> {
    let mut zones: Vec<Zone> = Vec::new();
    for cell in cells_in_reach(position) {
        zones.extend(cell.zone().filter(|zone| !zones.contains(zone)));
    }
    zones
}

/// The cells in which couriers within reach of a position are: its own, and [`RINGS`] around it.
#[must_use]
pub fn cells_in_reach(position: Position) -> Vec<Cell> {
    cell(position).map_or_else(Vec::new, |Cell(middle)| {
        middle.grid_disk::<Vec<_>>(RINGS).into_iter().map(Cell).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_zone_has_a_name() {
        let dam = Position::new(52.3731, 4.8926).unwrap();
        let name = zone(dam).unwrap().to_string();
        assert_eq!(name.parse(), Ok(zone(dam).unwrap()));
        assert_eq!(cells_in_reach(dam).len(), 37);
        let cell = cell(dam).unwrap().0.to_string();
        for other in ["", "amsterdam", &cell, &name.to_uppercase(), &format!("0{name}")] {
            assert_eq!(other.parse::<Zone>(), Err(NoZone), "{other}");
        }
    }

    proptest! {
        /// Whoever is within the radius is in one of the cells, and listed in one of the zones, anywhere that people live.
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
            let cells = cells_in_reach(middle);
            prop_assert!(cells.contains(&cell(there).unwrap()), "{}", middle.distance(there));
            let zones = zones_in_reach(middle);
            prop_assert!(zones.contains(&zone(there).unwrap()) && zones.len() <= 4, "{zones:?}");
        }
    }
}
