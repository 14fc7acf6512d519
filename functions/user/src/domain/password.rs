//! Passwords that are about to be set.

use std::fmt;

/// The fewest characters; the user pool's own policy says the same. Length is what resists guessing, so no classes of
/// characters are asked for.
pub const PASSWORD_CHARACTERS_MIN: usize = 10;
/// The most bytes that the user pool takes.
pub const PASSWORD_CHARACTERS_MAX: usize = 256;

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
    #[error("must have at most {PASSWORD_CHARACTERS_MAX} bytes")]
    TooLong,
    /// White space at an end, which people do not see, or a control character.
    #[error("must not begin or end with white space or contain control characters")]
    Invisible,
}

impl NewPassword {
    /// Checks a password against the policy.
    ///
    /// # Errors
    /// When the policy forbids it.
    pub fn new(raw: String) -> Result<Self, InvalidPassword> {
        if raw.chars().count() < PASSWORD_CHARACTERS_MIN {
            return Err(InvalidPassword::TooShort);
        }
        if raw.len() > PASSWORD_CHARACTERS_MAX {
            return Err(InvalidPassword::TooLong);
        }
        if raw.trim() != raw || raw.chars().any(char::is_control) {
            return Err(InvalidPassword::Invisible);
        }
        Ok(Self(raw))
    }

    /// The password.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A secret, so nothing of it is shown.
impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_what_counts() {
        let check = |raw: &str| NewPassword::new(raw.to_owned()).err();
        assert_eq!(check(&"a".repeat(PASSWORD_CHARACTERS_MIN)), None);
        assert_eq!(check(&"ü".repeat(PASSWORD_CHARACTERS_MIN)), None);
        assert_eq!(
            check(&"a".repeat(PASSWORD_CHARACTERS_MIN - 1)),
            Some(InvalidPassword::TooShort)
        );
        assert_eq!(check(&"a".repeat(PASSWORD_CHARACTERS_MAX)), None);
        assert_eq!(
            check(&"a".repeat(PASSWORD_CHARACTERS_MAX + 1)),
            Some(InvalidPassword::TooLong)
        );
        assert_eq!(check(" long enough"), Some(InvalidPassword::Invisible));
        assert_eq!(check("long\u{7}enough"), Some(InvalidPassword::Invisible));
        assert_eq!(check("correct horse battery staple"), None);
    }

    #[test]
    fn the_user_pool_asks_for_the_same() {
        let template = include_str!("../../../../infra/user.yaml");
        assert!(template.contains(&format!("MinimumLength: {PASSWORD_CHARACTERS_MIN}\n")));
    }

    #[test]
    fn shows_nothing_of_it() {
        let password = NewPassword::new("correct horse".to_owned()).unwrap();
        assert_eq!(format!("{password:?}"), "NewPassword(redacted)");
    }
}
