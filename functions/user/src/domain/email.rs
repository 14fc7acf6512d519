//! E-mail addresses.

use std::fmt;

/// The longest address that mail can be sent to (RFC 5321, section 4.5.3.1.3, less the angle brackets).
const CHARACTERS_MAX: usize = 254;
/// The longest part before the `@` (RFC 5321, section 4.5.3.1.1).
const LOCAL_CHARACTERS_MAX: usize = 64;
/// The longest label of a domain name (RFC 1035, section 2.3.4).
const LABEL_CHARACTERS_MAX: usize = 63;

/// An e-mail address in lower case: the same mailbox is the same text. Only a mail that arrives proves it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// A text that no mail can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address such as ada@example.com")]
pub struct InvalidEmail;

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.split_once('@').map_or(&self.0, |(local, _)| local)
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidEmail;
    fn try_from(raw: String) -> Result<Self, InvalidEmail> {
        let text = raw.trim().to_ascii_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmail)?;
        let valid = text.len() <= CHARACTERS_MAX && is_local(local) && is_domain(domain);
        valid.then_some(Self(text)).ok_or(InvalidEmail)
    }
}

/// Dot-separated atoms (RFC 5322, section 3.2.3); quoted forms are valid mail but in practice a mistake.
fn is_local(local: &str) -> bool {
    let is_atom = |atom: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
        !atom.is_empty() && atom.bytes().all(allowed)
    };
    local.len() <= LOCAL_CHARACTERS_MAX && local.split('.').all(is_atom)
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let edges = !label.starts_with('-') && !label.ends_with('-');
        (1..=LABEL_CHARACTERS_MAX).contains(&label.len()) && edges && label.bytes().all(allowed)
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// Personal, so nothing of it is shown.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_in_lower_case() {
        for (raw, read) in [
            ("ada@example.com", "ada@example.com"),
            (
                " Ada.Lovelace+Food@Mail.Example.COM ",
                "ada.lovelace+food@mail.example.com",
            ),
            ("o'brien@xn--bcher-kva.example", "o'brien@xn--bcher-kva.example"),
        ] {
            assert_eq!(Email::try_from(raw.to_owned()).map(String::from), Ok(read.to_owned()));
        }
    }

    #[test]
    fn refuses_what_is_no_address() {
        let long_local = format!("{}@example.com", "a".repeat(LOCAL_CHARACTERS_MAX + 1));
        let long_label = format!("a@{}.com", "b".repeat(LABEL_CHARACTERS_MAX + 1));
        let long = format!("a@{}com", "abcdefg.".repeat(CHARACTERS_MAX / 8 + 1));
        for raw in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "a b@example.com",
            "ada@exa mple.com",
            "ada@.com",
            "ada@example..com",
            ".ada@example.com",
            "ada.@example.com",
            "a..a@example.com",
            "a@b@example.com",
            "ada@-example.com",
            "ada@example-.com",
            "ada\u{0}@example.com",
            "ada@example.com\nbcc:x@y.z",
            "ädä@example.com",
            &long_local,
            &long_label,
            &long,
        ] {
            assert_eq!(Email::try_from(raw.to_owned()), Err(InvalidEmail), "{raw:?}");
        }
    }

    #[test]
    fn takes_the_longest_address() {
        let local = "a".repeat(LOCAL_CHARACTERS_MAX);
        let label = "b".repeat(LABEL_CHARACTERS_MAX);
        let domain = format!(
            "{label}.{label}.{}",
            "c".repeat(CHARACTERS_MAX - 1 - LOCAL_CHARACTERS_MAX - 2 * 64)
        );
        assert!(Email::try_from(format!("{local}@{domain}")).is_ok());
        assert!(Email::try_from(format!("{local}@{domain}c")).is_err());
    }

    #[test]
    fn shows_nothing_of_it() {
        let email = Email::try_from("ada@example.com".to_owned()).unwrap();
        assert_eq!(format!("{email:?}"), "Email(redacted)");
    }
}
