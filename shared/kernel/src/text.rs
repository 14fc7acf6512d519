//! Text that a person wrote: trimmed, not empty, bounded, without control characters.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// A text of 1 to `MAX` characters after trimming, without control characters but line breaks.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// A control character, such as a null byte or an escape.
    #[error("must not contain control characters")]
    Control,
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = InvalidText;
    fn try_from(raw: String) -> Result<Self, InvalidText> {
        let trimmed = raw.trim();
        if trimmed.is_empty() {
            return Err(InvalidText::Empty);
        }
        if trimmed.chars().count() > MAX {
            return Err(InvalidText::TooLong(MAX));
        }
        if trimmed.chars().any(|c| c.is_control() && c != '\n') {
            return Err(InvalidText::Control);
        }
        Ok(Self(trimmed.to_owned()))
    }
}

impl<const MAX: usize> TryFrom<&str> for Text<MAX> {
    type Error = InvalidText;
    fn try_from(raw: &str) -> Result<Self, InvalidText> {
        Self::try_from(raw.to_owned())
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The content may be personal, so only the length is shown.
impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

impl<const MAX: usize> utoipa::PartialSchema for Text<MAX> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .min_length(Some(1))
            .max_length(Some(MAX))
            .into()
    }
}

impl<const MAX: usize> utoipa::ToSchema for Text<MAX> {
    fn name() -> std::borrow::Cow<'static, str> {
        format!("Text{MAX}").into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_bounds_and_refuses() {
        let parse = |raw: &str| Text::<5>::try_from(raw).map(String::from);
        assert_eq!(parse("  Bö\nb "), Ok("Bö\nb".to_owned()));
        assert_eq!(parse("  "), Err(InvalidText::Empty));
        assert_eq!(parse("sixsix"), Err(InvalidText::TooLong(5)));
        assert_eq!(parse("a\u{0}b"), Err(InvalidText::Control));
    }
}
