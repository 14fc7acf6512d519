//! Positions on the Earth and distances between them.

use serde::{Deserialize, Serialize};

/// A distance in whole metres.
pub type Meters = u32;

/// Mean Earth radius in metres (IUGG 1980).
pub const EARTH_RADIUS_METERS: f64 = 6_371_008.8;

/// A point in WGS 84 degrees: latitude within ±90, longitude within ±180.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Unchecked", deny_unknown_fields)]
pub struct Position {
    /// Degrees north of the equator.
    #[schema(minimum = -90, maximum = 90, example = 52.37)]
    lat: f64,
    /// Degrees east of Greenwich.
    #[schema(minimum = -180, maximum = 180, example = 4.9)]
    lng: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    lat: f64,
    lng: f64,
}

/// A latitude or longitude out of range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("lat must be within -90..90 and lng within -180..180 degrees")]
pub struct InvalidPosition;

impl TryFrom<Unchecked> for Position {
    type Error = InvalidPosition;
    fn try_from(raw: Unchecked) -> Result<Self, InvalidPosition> {
        Self::new(raw.lat, raw.lng)
    }
}

/// Ways are this much of the great-circle distance: 1.3 to 1.4 is usual in European cities.
const ROAD_FACTOR_PERCENT: u64 = 135;

impl Position {
    /// Latitude and longitude in degrees, as a query has them: `52.37,4.90` (ECMA-262).
    pub const PATTERN: &str =
        r"^-?(90(\.0+)?|[1-8]?[0-9](\.[0-9]+)?), ?-?(180(\.0+)?|(1[0-7]|[1-9])?[0-9](\.[0-9]+)?)$";

    /// A point from degrees.
    ///
    /// # Errors
    /// When either is out of range or not a number.
    pub fn new(lat: f64, lng: f64) -> Result<Self, InvalidPosition> {
        let valid = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lng);
        valid.then_some(Self { lat, lng }).ok_or(InvalidPosition)
    }

    /// Degrees north of the equator.
    #[must_use]
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub const fn lng(self) -> f64 {
        self.lng
    }

    /// The great-circle distance in metres, by the haversine formula on a sphere of the mean radius.
    /// At city scale it is within 0.6 % of the ellipsoid's.
    #[must_use]
    pub fn distance(self, other: Self) -> Meters {
        let (lat_a, lat_b) = (self.lat.to_radians(), other.lat.to_radians());
        let half_lat = ((lat_b - lat_a) / 2.0).sin();
        let half_lng = ((other.lng - self.lng).to_radians() / 2.0).sin();
        let chord = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lng * half_lng;
        let meters = 2.0 * EARTH_RADIUS_METERS * chord.sqrt().min(1.0).asin();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 20,015,115 metres fits"
        )]
        {
            meters.round() as Meters
        }
    }

    /// The length of the way to another point in metres, which is longer than the line between them.
    #[must_use]
    pub fn way(self, to: Self) -> Meters {
        let meters = u64::from(self.distance(to)) * ROAD_FACTOR_PERCENT / 100;
        Meters::try_from(meters).unwrap_or(Meters::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn measures_known_distances() {
        let amsterdam = Position::new(52.3791, 4.9003).unwrap();
        let utrecht = Position::new(52.0894, 5.1101).unwrap();
        assert_eq!(amsterdam.distance(amsterdam), 0);
        assert!(
            (35_000..36_000).contains(&amsterdam.distance(utrecht)),
            "{}",
            amsterdam.distance(utrecht)
        );
        let antipode = Position::new(-52.3791, -175.0997).unwrap();
        assert!((20_015_114..=20_015_115).contains(&amsterdam.distance(antipode)));
    }

    #[test]
    fn refuses_what_is_not_on_earth() {
        for (lat, lng) in [(90.1, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert!(Position::new(lat, lng).is_err());
        }
        assert!(serde_json::from_str::<Position>(r#"{"lat": 91, "lng": 0}"#).is_err());
        assert!(serde_json::from_str::<Position>(r#"{"lat": 1, "lng": 0, "alt": 3}"#).is_err());
    }

    proptest! {
        #[test]
        fn distance_is_symmetric(a in -90.0..90.0, b in -180.0..180.0, c in -90.0..90.0, d in -180.0..180.0) {
            let (x, y) = (Position::new(a, b).unwrap(), Position::new(c, d).unwrap());
            prop_assert_eq!(x.distance(y), y.distance(x));
        }
    }
}
