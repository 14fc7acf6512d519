//! An event's envelope kept as JSON text, without what its other attributes say.
//!
//! Use with `#[serde(with = "store::envelope")]`, for an [`Envelope`] or an `Option` of one.

use contracts::Envelope;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

pub use crate::json::deserialize;

/// Writes the envelope as text.
///
/// # Errors
/// When the envelope cannot be written as JSON.
pub fn serialize<T: Serialize, S: Serializer>(envelope: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut json = serde_json::to_value(envelope).map_err(S::Error::custom)?;
    Envelope::shorten(&mut json);
    serializer.serialize_str(&json.to_string())
}
