//! Passwords that are about to be set.

mod common;

use std::collections::BTreeSet;
use std::fmt;

use super::{Email, Name};

/// The fewest characters; the user pool's own policy says the same. Length is what resists guessing, so no classes of
/// characters are asked for (NIST SP 800-63B, section 3.1.1.2: 8 at least, no rules of composition).
pub const PASSWORD_CHARACTERS_MIN: usize = 10;
/// The most bytes that the user pool takes; NIST asks for at least 64 characters.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// The fewest different characters.
pub const DISTINCT_CHARACTERS_MIN: usize = 5;
/// The fewest characters that neither repeat the one before nor are its neighbour in the alphabet or among the digits.
pub const FRESH_CHARACTERS_MIN: usize = 5;
/// Shorter words of a person's name or address stand in many passwords by chance.
const OWN_WORD_CHARACTERS_MIN: usize = 4;

/// A password that the policy allows. It is checked here, before the pool is asked, so that the answer is the same
/// whether or not the address has an account.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPassword {
    /// Too easy to guess.
    #[error("must have at least {PASSWORD_CHARACTERS_MIN} characters")]
    TooShort,
    /// More than the user pool takes.
    #[error("must have at most {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// White space at an end, which people do not see, or a control character.
    #[error("must not begin or end with white space or contain control characters")]
    Invisible,
    /// Long, but made of little.
    #[error("must not repeat a few characters or a short pattern, or follow a row such as 123456 or abcdef")]
    Repetitive,
    /// Among the first that are tried.
    #[error("must not be one of the most common passwords, nor one with digits or signs around it")]
    Common,
    /// Whoever knows the person tries it.
    #[error("must not contain your name or your e-mail address")]
    Personal,
}

impl InvalidPassword {
    /// For programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password_too_short",
            Self::TooLong => "password_too_long",
            Self::Invisible => "password_invisible_characters",
            Self::Repetitive => "password_repetitive",
            Self::Common => "password_common",
            Self::Personal => "password_personal",
        }
    }
}

impl NewPassword {
    /// Checks a password against the policy; `name` is only known of who signs up: what an account says may not be told to
    /// whoever asks for another password.
    ///
    /// # Errors
    /// When the policy forbids it.
    pub fn new(raw: String, email: &Email, name: Option<&Name>) -> Result<Self, InvalidPassword> {
        if raw.chars().count() < PASSWORD_CHARACTERS_MIN {
            return Err(InvalidPassword::TooShort);
        }
        if raw.len() > PASSWORD_BYTES_MAX {
            return Err(InvalidPassword::TooLong);
        }
        if raw.trim() != raw || raw.chars().any(char::is_control) {
            return Err(InvalidPassword::Invisible);
        }
        let characters: Vec<char> = raw.to_lowercase().chars().collect();
        if is_repetitive(&characters) {
            return Err(InvalidPassword::Repetitive);
        }
        if common::is_common(&raw) {
            return Err(InvalidPassword::Common);
        }
        if is_personal(&raw.to_lowercase(), email, name) {
            return Err(InvalidPassword::Personal);
        }
        Ok(Self(raw))
    }

    /// The password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_repetitive(characters: &[char]) -> bool {
    let distinct: BTreeSet<char> = characters.iter().copied().collect();
    let is_neighbour = |pair: &&[char]| u32::from(pair[0]).abs_diff(u32::from(pair[1])) <= 1;
    let fresh = characters.len() - characters.windows(2).filter(is_neighbour).count();
    // What is written again and again must be long enough by itself.
    let repeats = |length: &usize| {
        characters
            .iter()
            .skip(*length)
            .eq(characters[..characters.len() - length].iter())
    };
    let shortest = (1..=characters.len() / 2).find(repeats);
    distinct.len() < DISTINCT_CHARACTERS_MIN
        || fresh < FRESH_CHARACTERS_MIN
        || shortest.is_some_and(|length| length < PASSWORD_CHARACTERS_MIN)
}

fn is_personal(password: &str, email: &Email, name: Option<&Name>) -> bool {
    let name = name.map(|name| name.to_lowercase()).unwrap_or_default();
    let words = [email.local_part(), &name];
    let parts = words
        .iter()
        .flat_map(|word| word.split(|c: char| !c.is_alphanumeric()))
        .chain(words);
    parts
        .filter(|word| word.chars().count() >= OWN_WORD_CHARACTERS_MIN)
        .any(|word| password.contains(word))
}

/// A secret, so nothing of it is shown.
impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(redacted)")
    }
}

#[cfg(test)]
mod tests;
