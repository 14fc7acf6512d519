//! One-time passwords, as an authenticator app shows them (RFC 6238).

use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// How long a password lasts.
const STEP_SECONDS: u64 = 30;

/// The password of this moment for a secret in base32.
///
/// # Panics
/// When the secret is none.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "an authenticator app reads the clock")]
pub fn totp(secret: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    password(&decoded(secret), now.as_secs() / STEP_SECONDS)
}

fn password(key: &[u8], step: u64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(key) else {
        panic!("a key of any length is one");
    };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    // RFC 4226, section 5.3: the last four bits say where the number begins.
    let at = usize::from(digest[19] & 0xf);
    let number = digest[at..at + 4]
        .iter()
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// RFC 4648, section 6, without padding.
fn decoded(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for character in text.trim_end_matches('=').bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'2'..=b'7' => character - b'2' + 26,
            _ => panic!("{text} is not base32"),
        };
        (bits, count) = (bits << 5 | u32::from(value), count + 5);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count & 0xff) as u8);
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_standard() {
        // RFC 6238, appendix B, the last six digits.
        let key = b"12345678901234567890";
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(password(key, seconds / STEP_SECONDS), expected);
        }
        assert_eq!(decoded("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), key);
    }
}
