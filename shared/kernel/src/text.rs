//! Text that a person wrote and that others are shown: what cannot be seen is taken out, the rest is one form of the same
//! text, not empty, bounded, and free of control characters.
//!
//! Every name, label, note and comment of every service is one of the two kinds here, so this is the one place that decides
//! what may stand in them. What people do not see, they did not mean to write, and cannot remove: it is cleaned, not refused
//! (see [`visible`]). What nobody writes by accident is refused.

mod visible;

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::coded;

/// Combining marks in a row, at most: the tallest stacks of Tibetan have eight, pointed Hebrew has five, Vietnamese two.
/// More of them run over the lines above and below.
pub const MARKS_IN_A_ROW_MAX: usize = 8;

/// A text of 1 to `MAX` characters, which may have several lines: a note, a description, a comment.
pub type Text<const MAX: usize> = Written<MAX, true>;

/// A text of 1 to `MAX` characters in one line: a name, a label, a line of an address. Line breaks become spaces.
pub type Line<const MAX: usize> = Written<MAX, false>;

/// A text of 1 to `MAX` characters; `LINES` says whether it may have several lines.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Written<const MAX: usize, const LINES: bool>(String);

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing that can be seen.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("must have at most {0} characters")]
    TooLong(usize),
    /// A control character, such as a null byte or an escape.
    #[error("must not contain control characters")]
    Control,
    /// More than [`MARKS_IN_A_ROW_MAX`].
    #[error("must not have more than {MARKS_IN_A_ROW_MAX} combining marks in a row")]
    Marks,
}

impl InvalidText {
    /// For programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "text_empty",
            Self::TooLong(_) => "text_too_long",
            Self::Control => "text_control_character",
            Self::Marks => "text_too_many_marks",
        }
    }
}

impl<const MAX: usize, const LINES: bool> TryFrom<&str> for Written<MAX, LINES> {
    type Error = InvalidText;
    fn try_from(raw: &str) -> Result<Self, InvalidText> {
        check(visible::cleaned(raw, LINES), MAX).map(Self)
    }
}

impl<const MAX: usize, const LINES: bool> TryFrom<String> for Written<MAX, LINES> {
    type Error = InvalidText;
    fn try_from(raw: String) -> Result<Self, InvalidText> {
        Self::try_from(raw.as_str())
    }
}

/// The same for every length, so it is compiled once.
fn check(text: String, characters_max: usize) -> Result<String, InvalidText> {
    if !visible::is_visible(&text) {
        return Err(InvalidText::Empty);
    }
    if text.chars().count() > characters_max {
        return Err(InvalidText::TooLong(characters_max));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(InvalidText::Control);
    }
    if visible::marks_in_a_row(&text) > MARKS_IN_A_ROW_MAX {
        return Err(InvalidText::Marks);
    }
    Ok(text)
}

thread_local! {
    static RESTORING: Cell<bool> = const { Cell::new(false) };
}

/// Reads what was stored: texts that were accepted before and would be refused now are kept as they are, since nobody could
/// change a record that cannot be read.
pub fn restored<T>(read: impl FnOnce() -> T) -> T {
    let before = RESTORING.replace(true);
    let value = read();
    RESTORING.set(before);
    value
}

impl<const MAX: usize, const LINES: bool> From<Written<MAX, LINES>> for String {
    fn from(text: Written<MAX, LINES>) -> Self {
        text.0
    }
}

impl<const MAX: usize, const LINES: bool> Deref for Written<MAX, LINES> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize, const LINES: bool> fmt::Display for Written<MAX, LINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The content may be personal, so only the length is shown.
impl<const MAX: usize, const LINES: bool> fmt::Debug for Written<MAX, LINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

impl<const MAX: usize, const LINES: bool> Serialize for Written<MAX, LINES> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: usize, const LINES: bool> Deserialize<'de> for Written<MAX, LINES> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = String::deserialize(deserializer)?;
        match Self::try_from(raw.as_str()) {
            Err(_) if RESTORING.get() => Ok(Self(raw)),
            read => read.map_err(|error| coded::error(error.code(), error)),
        }
    }
}

impl<const MAX: usize, const LINES: bool> utoipa::PartialSchema for Written<MAX, LINES> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .min_length(Some(1))
            .max_length(Some(MAX))
            .into()
    }
}

impl<const MAX: usize, const LINES: bool> utoipa::ToSchema for Written<MAX, LINES> {
    fn name() -> std::borrow::Cow<'static, str> {
        let kind = if LINES { "Text" } else { "Line" };
        format!("{kind}{MAX}").into()
    }
}

#[cfg(test)]
mod tests;
