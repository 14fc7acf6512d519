//! Cursors of paged lists: opaque to clients, and no use to whoever changes one.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

const TAG_LENGTH: usize = 16;
/// Longer than any cursor that was handed out.
const CURSOR_LENGTH_MAX: usize = 2048;

/// The key that cursors are sealed with.
#[derive(Clone)]
pub struct CursorKey(Vec<u8>);

/// A cursor that was not made by this service for this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one that this list returned")]
pub struct InvalidCursor;

impl CursorKey {
    /// A key from a secret.
    #[must_use]
    pub fn new(secret: &str) -> Self {
        Self(secret.as_bytes().to_vec())
    }

    fn mac(&self, scope: &str, payload: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(scope.as_bytes());
        mac.update(&[0]);
        mac.update(payload);
        Some(mac)
    }

    /// Seals where a page ended. `scope` names the list: its index, its partition and its filters.
    #[must_use]
    pub fn seal<P: Serialize>(&self, scope: &str, position: &P) -> Option<String> {
        let payload = serde_json::to_vec(position).ok()?;
        let tag = self.mac(scope, &payload)?.finalize().into_bytes();
        let mut sealed = tag[..TAG_LENGTH].to_vec();
        sealed.extend(payload);
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// Opens what [`Self::seal`] made for the same scope.
    ///
    /// # Errors
    /// When it was changed, or made for another list or with another key.
    pub fn open<P: DeserializeOwned>(&self, scope: &str, cursor: &str) -> Result<P, InvalidCursor> {
        if cursor.len() > CURSOR_LENGTH_MAX {
            return Err(InvalidCursor);
        }
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| InvalidCursor)?;
        let (tag, payload) = sealed.split_at_checked(TAG_LENGTH).ok_or(InvalidCursor)?;
        let mac = self.mac(scope, payload).ok_or(InvalidCursor)?;
        mac.verify_truncated_left(tag).map_err(|_| InvalidCursor)?;
        serde_json::from_slice(payload).map_err(|_| InvalidCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_what_it_sealed_for_the_same_list() {
        let key = CursorKey::new("secret");
        let cursor = key.seal("orders of usr_1", &("a", 7)).unwrap();
        assert_eq!(key.open("orders of usr_1", &cursor), Ok(("a".to_owned(), 7)));
        let other = CursorKey::new("other");
        assert_eq!(
            other.open::<(String, u32)>("orders of usr_1", &cursor),
            Err(InvalidCursor)
        );
        assert_eq!(
            key.open::<(String, u32)>("orders of usr_2", &cursor),
            Err(InvalidCursor)
        );
        for index in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(key.open::<(String, u32)>("orders of usr_1", &changed).is_err());
        }
        for garbage in ["", "A", "%%%", &"A".repeat(5000)] {
            assert!(key.open::<(String, u32)>("orders of usr_1", garbage).is_err());
        }
    }
}
