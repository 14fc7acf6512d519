//! What continues a sign-in: the pool wants the account's name beside its own session, clients keep one text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Separates the parts: the pool puts no line break in either.
const SEPARATOR: char = '\n';

/// A sign-in that waits for a one-time password.
#[derive(Clone, PartialEq, Eq)]
pub struct Challenged {
    /// The account's name in the pool.
    pub username: String,
    /// The pool's session.
    pub session: String,
}

impl Challenged {
    /// One text from both.
    #[must_use]
    pub fn pack(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}{SEPARATOR}{}", self.username, self.session))
    }

    /// Both from one text.
    #[must_use]
    pub fn unpack(packed: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(packed).ok()?).ok()?;
        let (username, session) = text.split_once(SEPARATOR)?;
        Some(Self {
            username: username.to_owned(),
            session: session.to_owned(),
        })
    }
}

/// Half a sign-in, so nothing of it is shown.
impl fmt::Debug for Challenged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Challenged(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let challenged = Challenged {
            username: "0188bac7-4afa-48aa-bc3b-bd1eef28d881".to_owned(),
            session: "AYABe/+==".to_owned(),
        };
        assert_eq!(Challenged::unpack(&challenged.pack()), Some(challenged));
        for nonsense in ["", "%", "e30", "\u{e9}"] {
            assert_eq!(Challenged::unpack(nonsense), None, "{nonsense}");
        }
    }
}
