//! A field kept as JSON text: for nested values that are only ever read whole, such as hours or lines.
//!
//! Use with `#[serde(with = "store::json")]`.

use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes the value as text.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&serde_json::to_string(value).map_err(S::Error::custom)?)
}

/// Reads the value from text.
///
/// # Errors
/// When the text is not the value's JSON.
pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    kernel::restored(|| serde_json::from_str(&text)).map_err(D::Error::custom)
}
