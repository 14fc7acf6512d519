//! Telephone numbers.

use std::fmt;

/// The fewest digits of a number that can be dialled from abroad.
const DIGITS_MIN: usize = 8;
/// The most digits of an international number (ITU-T E.164, section 6.2.1).
const DIGITS_MAX: usize = 15;

/// A number in E.164 form: `+`, then 8 to 15 digits, the first of them not 0.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// A text that is no international number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an international number such as +31612345678")]
pub struct InvalidPhone;

impl Phone {
    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Phone {
    type Error = InvalidPhone;
    fn try_from(raw: String) -> Result<Self, InvalidPhone> {
        let digits = raw.strip_prefix('+').ok_or(InvalidPhone)?;
        let valid = (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        valid.then_some(Self(raw)).ok_or(InvalidPhone)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// Personal, so nothing of it is shown.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_international_numbers_only() {
        for (raw, valid) in [
            ("+31612345678", true),
            ("+12345678", true),
            ("+123456789012345", true),
            ("+1234567", false),
            ("+1234567890123456", false),
            ("31612345678", false),
            ("0031612345678", false),
            ("+0612345678", false),
            ("+31 612345678", false),
            ("+3161234567x", false),
            ("+٣١٦١٢٣٤", false),
            ("+", false),
            ("", false),
        ] {
            assert_eq!(Phone::try_from(raw.to_owned()).is_ok(), valid, "{raw:?}");
        }
    }

    #[test]
    fn shows_nothing_of_it() {
        let phone = Phone::try_from("+31612345678".to_owned()).unwrap();
        assert_eq!(format!("{phone:?}"), "Phone(redacted)");
    }
}
