//! What continues a sign-in: the pool wants the account's name beside its own session, clients keep one text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Separates the parts: the pool puts no line break in either.
const SEPARATOR: char = '\n';

/// One text from both.
pub(super) fn pack(username: &str, session: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{username}{SEPARATOR}{session}"))
}

/// Both again: the account's name and the pool's session.
pub(super) fn unpack(packed: &str) -> Option<(String, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(packed).ok()?).ok()?;
    let (username, session) = text.split_once(SEPARATOR)?;
    Some((username.to_owned(), session.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let packed = pack("0188bac7-4afa-48aa-bc3b-bd1eef28d881", "AYABe/+==");
        let parts = unpack(&packed).unwrap();
        assert_eq!(
            parts,
            (
                "0188bac7-4afa-48aa-bc3b-bd1eef28d881".to_owned(),
                "AYABe/+==".to_owned()
            )
        );
        for nonsense in ["", "%", "e30", "\u{e9}"] {
            assert_eq!(unpack(nonsense), None, "{nonsense}");
        }
    }
}
