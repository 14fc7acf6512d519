//! How a value that cannot be read says why, to people and to programs, through deserialisers that carry a message only.

use std::fmt;

/// Stands between the code and the message. No message has it.
const SEPARATOR: char = '\u{1F}';

/// A deserialiser's error that carries a code beside its message.
pub fn error<E: serde::de::Error>(code: &'static str, message: impl fmt::Display) -> E {
    E::custom(format_args!("{code}{SEPARATOR}{message}"))
}

/// The code and the message of an error that was made by [`error`]; `None` for any other.
#[must_use]
pub fn split(text: &str) -> Option<(&str, &str)> {
    let (code, message) = text.split_once(SEPARATOR)?;
    let is_code = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_code.then_some((code, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_keeps_its_code() {
        let told = error::<serde_json::Error>("too_many", "must be at most 3").to_string();
        assert_eq!(split(&told), Some(("too_many", "must be at most 3")));
        for other in ["must be at most 3", "", "\u{1F}x", "unknown field `A\u{1F}b`"] {
            assert_eq!(split(other), None, "{other:?}");
        }
    }
}
