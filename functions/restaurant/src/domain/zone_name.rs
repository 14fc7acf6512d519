//! A time zone as its name. Use with `#[serde(with = "zone_name")]`.

use kernel::TimeZone;
use serde::{Deserialize, Deserializer, Serializer};

/// Writes the name.
///
/// # Errors
/// Never of itself.
pub fn serialize<S: Serializer>(zone: &TimeZone, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(zone.name())
}

/// Reads a name.
///
/// # Errors
/// When the time-zone database does not list it.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().map_err(serde::de::Error::custom)
}
