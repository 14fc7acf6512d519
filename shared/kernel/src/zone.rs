//! Delivery zones: one or more polygons with holes.

mod simplify;

pub use simplify::{Simplified, Simplifier};

use serde::{Deserialize, Serialize};

use crate::{Money, Position};

/// A closed line: the last corner equals the first, as GeoJSON has it.
pub type Ring = Vec<[f64; 2]>;

/// An area in which a restaurant delivers, and its terms.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Zone {
    /// The outline, then its holes, as `[longitude, latitude]` corners (RFC 7946).
    #[schema(value_type = Vec<Vec<Vec<f64>>>)]
    pub rings: Vec<Ring>,
    /// Its other parts, such as islands: each an outline, then its holes. Missing if it has only one part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Vec<Vec<Vec<f64>>>>)]
    pub more_parts: Vec<Vec<Ring>>,
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

/// Why a zone is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidZone {
    /// A part without an outline.
    #[error("a polygon has an outline")]
    Rings,
    /// Fewer than four corners, the closing one included, or an open line.
    #[error("a ring has at least 4 corners, the last equal to the first")]
    Corners,
    /// A corner that is not on Earth.
    #[error("a corner is [longitude, latitude] in degrees")]
    Position,
}

impl Zone {
    /// The parts, each an outline and its holes.
    pub fn parts(&self) -> impl Iterator<Item = &[Ring]> {
        let first = std::iter::once(self.rings.as_slice());
        first.chain(self.more_parts.iter().map(Vec::as_slice))
    }

    /// All rings of all parts, to be changed.
    pub fn rings_mut(&mut self) -> impl Iterator<Item = &mut Ring> {
        self.rings.iter_mut().chain(self.more_parts.iter_mut().flatten())
    }

    /// Checks the polygons.
    ///
    /// # Errors
    /// When an outline is missing, or a ring is open, too short, or has a corner out of range.
    pub fn check(&self) -> Result<(), InvalidZone> {
        if self.parts().any(<[Ring]>::is_empty) {
            return Err(InvalidZone::Rings);
        }
        for ring in self.parts().flatten() {
            if ring.len() < 4 || ring.first() != ring.last() {
                return Err(InvalidZone::Corners);
            }
            if ring.iter().any(|[lng, lat]| Position::new(*lat, *lng).is_err()) {
                return Err(InvalidZone::Position);
            }
        }
        Ok(())
    }

    /// True if a position lies in one of the parts: inside its outline and outside every hole of it. The outline itself
    /// counts as inside, and so does a hole's edge.
    #[must_use]
    pub fn contains(&self, position: Position) -> bool {
        self.parts().any(|part| part_contains(part, position))
    }
}

fn part_contains(part: &[Ring], position: Position) -> bool {
    let Some((outline, holes)) = part.split_first() else {
        return false;
    };
    side(outline, position) != Side::Outside && holes.iter().all(|hole| side(hole, position) != Side::Inside)
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

    fn square(a: f64, b: f64) -> Ring {
        vec![[a, a], [b, a], [b, b], [a, b], [a, a]]
    }

    fn zone() -> Zone {
        Zone {
            rings: vec![square(0.0, 10.0), square(4.0, 6.0)],
            more_parts: vec![],
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
    fn each_part_has_its_own_outline_and_holes() {
        let mut zone = zone();
        // An island in the hole, with a pond; and an island outside that lies over the edge of the first part.
        zone.more_parts = vec![vec![square(4.5, 5.5), square(4.8, 5.2)], vec![square(9.0, 12.0)]];
        assert_eq!(zone.check(), Ok(()));
        for (at, inside) in [
            (1.0, true),
            (4.2, false),
            (4.6, true),
            (5.0, false),
            (5.2, true),
            (8.0, true),
            (9.5, true),
            (11.0, true),
            (12.5, false),
        ] {
            assert_eq!(zone.contains(Position::new(at, at).unwrap()), inside, "{at}");
        }
        zone.more_parts.push(vec![]);
        assert_eq!(zone.check(), Err(InvalidZone::Rings));
        zone.more_parts[2] = vec![vec![[0.0, 0.0]; 3]];
        assert_eq!(zone.check(), Err(InvalidZone::Corners));
    }

    #[test]
    fn a_zone_of_one_part_is_written_as_before() {
        let text = r#"{"rings":[[[0.0,0.0],[1.0,0.0],[1.0,1.0],[0.0,0.0]]]}"#;
        let zone: Zone = serde_json::from_str(text).unwrap();
        assert_eq!(zone.parts().count(), 1);
        assert_eq!(serde_json::to_string(&zone).unwrap(), text);
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
