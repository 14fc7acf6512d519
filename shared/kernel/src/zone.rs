//! Delivery zones: polygons with holes.

use serde::{Deserialize, Serialize};

use crate::{Money, Position};

/// Corners of one ring, at most.
pub const CORNERS_MAX: usize = 500;
/// Rings of one zone, at most: the outline and its holes.
pub const RINGS_MAX: usize = 10;

/// A closed line: the last corner equals the first, as GeoJSON has it.
pub type Ring = Vec<[f64; 2]>;

/// An area in which a restaurant delivers, and its terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Zone {
    /// The outline, then its holes, as `[longitude, latitude]` corners (RFC 7946).
    #[schema(value_type = Vec<Vec<Vec<f64>>>)]
    pub rings: Vec<Ring>,
    /// What the customer pays for a delivery into it; nothing: the platform's estimate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Money>,
    /// The smallest basket delivered into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<Money>,
    /// The longest promise into it, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_minutes: Option<u32>,
}

/// Why a polygon is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidZone {
    /// No ring, or more than [`RINGS_MAX`].
    #[error("a polygon has 1 to {RINGS_MAX} rings")]
    Rings,
    /// Fewer than four corners, the closing one included, or more than [`CORNERS_MAX`].
    #[error("a ring has 4 to {CORNERS_MAX} corners, the last equal to the first")]
    Corners,
    /// A corner that is not on Earth.
    #[error("a corner is [longitude, latitude] in degrees")]
    Position,
}

impl Zone {
    /// Checks the polygon.
    ///
    /// # Errors
    /// When a ring is missing, open, too short, too long, or has a corner out of range.
    pub fn check(&self) -> Result<(), InvalidZone> {
        if self.rings.is_empty() || self.rings.len() > RINGS_MAX {
            return Err(InvalidZone::Rings);
        }
        for ring in &self.rings {
            if !(4..=CORNERS_MAX).contains(&ring.len()) || ring.first() != ring.last() {
                return Err(InvalidZone::Corners);
            }
            if ring.iter().any(|[lng, lat]| Position::new(*lat, *lng).is_err()) {
                return Err(InvalidZone::Position);
            }
        }
        Ok(())
    }

    /// True if a position lies inside the outline and outside every hole. The outline itself counts as inside, and so
    /// does a hole's edge.
    #[must_use]
    pub fn contains(&self, position: Position) -> bool {
        let Some((outline, holes)) = self.rings.split_first() else {
            return false;
        };
        side(outline, position) != Side::Outside && holes.iter().all(|hole| side(hole, position) != Side::Inside)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Inside,
    Edge,
    Outside,
}

/// The even-odd rule along a ray to the east, with an exact test for the edge.
fn side(ring: &[[f64; 2]], position: Position) -> Side {
    let (x, y) = (position.lng(), position.lat());
    let mut inside = false;
    for pair in ring.windows(2) {
        let ([x1, y1], [x2, y2]) = (pair[0], pair[1]);
        let cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
        let within = x >= x1.min(x2) && x <= x1.max(x2) && y >= y1.min(y2) && y <= y1.max(y2);
        if within && cross == 0.0 {
            return Side::Edge;
        }
        if (y1 > y) != (y2 > y) && x < x1 + (y - y1) / (y2 - y1) * (x2 - x1) {
            inside = !inside;
        }
    }
    if inside { Side::Inside } else { Side::Outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone() -> Zone {
        let square = |a: f64, b: f64| vec![[a, a], [b, a], [b, b], [a, b], [a, a]];
        Zone {
            rings: vec![square(0.0, 10.0), square(4.0, 6.0)],
            fee: None,
            minimum_order: None,
            max_minutes: None,
        }
    }

    #[test]
    fn inside_holes_and_edges() {
        for (lat, lng, inside) in [
            (5.0, 1.0, true),
            (5.0, 5.0, false),
            (0.0, 0.0, true),
            (10.0, 3.0, true),
            (5.0, 4.0, true),
            (5.0, 10.000_001, false),
            (-0.000_001, 5.0, false),
            // The ray passes exactly through corners.
            (10.0, -1.0, false),
            (4.0, 1.0, true),
        ] {
            assert_eq!(
                zone().contains(Position::new(lat, lng).unwrap()),
                inside,
                "{lat}, {lng}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_polygon() {
        assert_eq!(zone().check(), Ok(()));
        let with = |rings: Vec<Ring>| Zone { rings, ..zone() }.check();
        assert_eq!(with(vec![]), Err(InvalidZone::Rings));
        assert_eq!(
            with(vec![vec![[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]]),
            Err(InvalidZone::Corners)
        );
        assert_eq!(
            with(vec![vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]]),
            Err(InvalidZone::Corners)
        );
        assert_eq!(
            with(vec![vec![[0.0, 0.0], [200.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]),
            Err(InvalidZone::Position)
        );
    }
}
