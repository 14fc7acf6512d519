//! A grid over the Earth, whose cells are the partitions that a search by position reads.
//!
//! Bands of equal height run along the parallels; each is cut into as many cells as keep them about square. So no cell
//! holds more than some thirty square kilometres anywhere, no city shares a partition, and a search knows which cells
//! its circle can touch.

use std::fmt;

use kernel::{EARTH_RADIUS_METERS, Meters, Position};

/// Bands per degree of latitude: 5.6 km high. Smaller cells cost more reads for a wide search, larger ones more items
/// for a narrow one; a usual search of 3 to 5 km touches four to nine of these.
const BANDS_PER_DEGREE: f64 = 20.0;
const BANDS: i32 = 3600;
/// What rounding may make of a distance, in metres: added on the side of reading too much.
const SLACK_METERS: f64 = 2.0;

/// A cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    band: i32,
    column: i32,
}

/// A cell that a circle may touch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NearbyCell {
    /// The cell.
    pub cell: Cell,
    /// Nothing in it is nearer to the centre than this, in metres.
    pub distance_min: f64,
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.band, self.column)
    }
}

impl Cell {
    /// The cell that a position lies in.
    #[must_use]
    pub fn of(position: Position) -> Self {
        let band = whole((position.lat() + 90.0) * BANDS_PER_DEGREE).clamp(0, BANDS - 1);
        let columns = columns(band);
        let column = whole((position.lng() + 180.0) / 360.0 * f64::from(columns)).clamp(0, columns - 1);
        Self { band, column }
    }

    /// Every cell that a circle may touch, the nearest first.
    #[must_use]
    pub fn around(center: Position, radius: Meters) -> Vec<NearbyCell> {
        let radius = f64::from(radius) + SLACK_METERS;
        let angle = radius / EARTH_RADIUS_METERS;
        let degrees = angle.to_degrees();
        let lowest = whole((center.lat() - degrees + 90.0) * BANDS_PER_DEGREE).clamp(0, BANDS - 1);
        let highest = whole((center.lat() + degrees + 90.0) * BANDS_PER_DEGREE).clamp(0, BANDS - 1);
        // How far the circle reaches east and west; everywhere, if a pole lies in it.
        let sine = angle.sin() / center.lat().to_radians().cos();
        let reach = if (0.0..1.0).contains(&sine) {
            sine.asin().to_degrees()
        } else {
            180.0
        };
        let mut cells: Vec<NearbyCell> = (lowest..=highest)
            .flat_map(|band| columns_within(band, center.lng(), reach).map(move |column| Self { band, column }))
            .map(|cell| NearbyCell {
                cell,
                distance_min: cell.distance_min(center),
            })
            .filter(|reach| reach.distance_min <= radius)
            .collect();
        cells.sort_by(|a, b| a.distance_min.total_cmp(&b.distance_min));
        cells
    }

    /// A lower bound of the distance from a position to anything in the cell, in metres.
    fn distance_min(self, from: Position) -> f64 {
        let south = f64::from(self.band) / BANDS_PER_DEGREE - 90.0;
        let north = south + 1.0 / BANDS_PER_DEGREE;
        let width = 360.0 / f64::from(columns(self.band));
        let west = f64::from(self.column) * width - 180.0;
        // Degrees east of the western edge, once around at most.
        let east_of_west = (from.lng() - west).rem_euclid(360.0);
        let bound = if east_of_west <= width {
            let gap = (south - from.lat()).max(from.lat() - north).max(0.0);
            gap.to_radians() * EARTH_RADIUS_METERS
        } else {
            let to_east = east_of_west - width;
            let to_west = 360.0 - east_of_west;
            to_meridian(from.lat(), to_east.min(to_west), south, north)
        };
        (bound - SLACK_METERS).max(0.0)
    }
}

/// The distance from a latitude to a stretch of the meridian that lies some degrees of longitude away, in metres.
fn to_meridian(lat: f64, away: f64, south: f64, north: f64) -> f64 {
    // From a quarter of the Earth away the nearest point is a pole's side; only tiny circles there care: no bound.
    if away >= 90.0 {
        return 0.0;
    }
    let (lat, away) = (lat.to_radians(), away.to_radians());
    // The foot of the perpendicular on the meridian's great circle; along it the distance grows both ways.
    let foot = (lat.tan() / away.cos()).atan();
    let nearest = foot.clamp(south.to_radians(), north.to_radians());
    let half_lat = ((nearest - lat) / 2.0).sin();
    let half_lng = (away / 2.0).sin();
    let chord = half_lat * half_lat + lat.cos() * nearest.cos() * half_lng * half_lng;
    2.0 * EARTH_RADIUS_METERS * chord.sqrt().min(1.0).asin()
}

/// How many cells a band has: about square ones at its edge nearer to the equator.
fn columns(band: i32) -> i32 {
    let south = f64::from(band) / BANDS_PER_DEGREE - 90.0;
    let north = south + 1.0 / BANDS_PER_DEGREE;
    let nearest_to_equator = if south >= 0.0 { south } else { (-north).max(0.0) };
    whole(360.0 * BANDS_PER_DEGREE * nearest_to_equator.to_radians().cos()).max(1)
}

/// The columns of a band within some degrees of a longitude, once around at most.
fn columns_within(band: i32, lng: f64, reach: f64) -> impl Iterator<Item = i32> {
    let columns = columns(band);
    let per_degree = f64::from(columns) / 360.0;
    let first = whole((lng - reach + 180.0) * per_degree - 1e-9);
    let last = whole((lng + reach + 180.0) * per_degree + 1e-9).min(first + columns - 1);
    (first..=last).map(move |column| column.rem_euclid(columns))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "degrees times cells per degree: a few thousand at most"
)]
fn whole(value: f64) -> i32 {
    value.floor() as i32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::search::RADIUS_MAX;
    use proptest::prelude::*;

    /// The position some metres away in a direction, on the sphere.
    fn travel(from: Position, bearing: f64, meters: f64) -> Position {
        let angle = meters / EARTH_RADIUS_METERS;
        let (lat, lng, bearing) = (from.lat().to_radians(), from.lng().to_radians(), bearing.to_radians());
        let to = (lat.sin() * angle.cos() + lat.cos() * angle.sin() * bearing.cos()).asin();
        let east = (bearing.sin() * angle.sin() * lat.cos()).atan2(angle.cos() - lat.sin() * to.sin());
        let lng = (lng + east).to_degrees();
        let lng = (lng + 180.0).rem_euclid(360.0) - 180.0;
        Position::new(to.to_degrees().clamp(-90.0, 90.0), lng.clamp(-180.0, 180.0)).unwrap()
    }

    fn everything_is_found(lat: f64, lng: f64, bearing: f64, share: f64, radius: Meters) {
        let center = Position::new(lat, lng).unwrap();
        let restaurant = travel(center, bearing, f64::from(radius) * share);
        if center.distance(restaurant) > radius {
            return;
        }
        let found = Cell::around(center, radius);
        let reach = found.iter().find(|reach| reach.cell == Cell::of(restaurant));
        let reach = reach.unwrap_or_else(|| panic!("{center:?} {radius} m misses {restaurant:?}"));
        let distance = f64::from(center.distance(restaurant));
        assert!(reach.distance_min <= distance + 1.0, "{reach:?} is {distance} m away");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5000))]

        #[test]
        fn every_restaurant_within_the_radius_is_found(
            lat in -90.0..=90.0, lng in -180.0..=180.0, bearing in 0.0..360.0, share in 0.0..=1.0, radius in 1..=RADIUS_MAX,
        ) {
            everything_is_found(lat, lng, bearing, share, radius);
        }

        #[test]
        fn also_at_the_poles_and_the_date_line(
            lat in prop_oneof![89.5..=90.0, -90.0..=-89.5, -1.0..=1.0], lng in prop_oneof![179.7..=180.0, -180.0..=-179.7, -0.1..=0.1],
            bearing in 0.0..360.0, share in 0.9..=1.0, radius in 1..=RADIUS_MAX,
        ) {
            everything_is_found(lat, lng, bearing, share, radius);
        }

        #[test]
        fn a_search_reads_few_cells_each_once(lat in -70.0..=70.0, lng in -180.0..=180.0) {
            let center = Position::new(lat, lng).unwrap();
            for (radius, most) in [(3000, 9), (5000, 12), (RADIUS_MAX, 90)] {
                let cells = Cell::around(center, radius);
                prop_assert!(cells.len() <= most, "{} cells for {} m", cells.len(), radius);
                let distinct: BTreeSet<_> = cells.iter().map(|reach| reach.cell).collect();
                prop_assert_eq!(distinct.len(), cells.len());
                prop_assert!(cells.is_sorted_by_key(|reach| reach.distance_min));
                prop_assert!(cells[0].distance_min == 0.0);
            }
        }
    }

    #[test]
    fn cities_share_no_cell() {
        let cities = [
            (52.3676, 4.9041),
            (52.0907, 5.1214),
            (51.9244, 4.4777),
            (52.1601, 4.497),
            (52.3874, 4.6462),
        ];
        let cells: BTreeSet<_> = cities
            .map(|(lat, lng)| Cell::of(Position::new(lat, lng).unwrap()))
            .into();
        assert_eq!(cells.len(), cities.len());
    }
}
