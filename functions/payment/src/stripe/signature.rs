//! The signature of a webhook: `Stripe-Signature: t=<seconds>,v1=<hex>,…`, an HMAC-SHA256 over `<t>.<body>`.

use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{SignedDuration, Timestamp};
use sha2::Sha256;

/// How far the time of a signature may be from ours: what Stripe recommends. A later repetition is refused.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// Signatures that are looked at: while a secret is rolled Stripe sends two.
const SIGNATURES_MAX: usize = 5;

/// The secret that the webhooks of an endpoint are signed with.
#[derive(Clone)]
pub struct WebhookSecret(String);

/// Why a webhook is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// No signature, or none that can be read.
    #[error("the Stripe-Signature header is missing or malformed")]
    Malformed,
    /// Too old, or from the future.
    #[error("the signature's time is more than five minutes away")]
    Stale,
    /// Made with another secret, or for another body.
    #[error("the signature does not match")]
    Wrong,
}

impl WebhookSecret {
    /// Wraps a secret.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Checks a body, byte by byte as it came, against its header.
    ///
    /// # Errors
    /// See [`Untrusted`].
    pub fn verify(&self, header: &str, body: &[u8], now: Timestamp) -> Result<(), Untrusted> {
        let mut time = None;
        let mut signatures = Vec::new();
        for part in header.split(',') {
            match part.trim().split_once('=') {
                Some(("t", value)) => time = Some(value),
                Some(("v1", value)) if signatures.len() < SIGNATURES_MAX => signatures.push(value),
                Some(_) | None => {}
            }
        }
        let (Some(time), false) = (time, signatures.is_empty()) else {
            return Err(Untrusted::Malformed);
        };
        let signed_at = time.parse().ok().and_then(|second| Timestamp::from_second(second).ok());
        let signed_at = signed_at.ok_or(Untrusted::Malformed)?;
        if now.duration_since(signed_at).abs() > TOLERANCE {
            return Err(Untrusted::Stale);
        }
        let matches = |signature: &&str| {
            let Some(expected) = unhex(signature) else { return false };
            let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()) else {
                return false;
            };
            mac.update(time.as_bytes());
            mac.update(b".");
            mac.update(body);
            // Compares in constant time.
            mac.verify_slice(&expected).is_ok()
        };
        signatures.iter().any(matches).then_some(()).ok_or(Untrusted::Wrong)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let digits = |index| u8::from_str_radix(text.get(index..index + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with Python's hmac: hmac.new(b"whsec_test", b"1763836200." + body, "sha256").hexdigest()
    const BODY: &[u8] = b"{\n  \"id\": \"evt_1\",\n  \"note\": \"\xc3\xa9\"\n}";
    const TIME: i64 = 1_763_836_200;
    const SIGNATURE: &str = "387337fd8d7ceb8d56ffc66575bfb4bae4382f850baf81ba3b14e94070a053bc";

    fn verify(header: &str, body: &[u8], seconds_later: i64) -> Result<(), Untrusted> {
        let now = Timestamp::from_second(TIME + seconds_later).unwrap();
        WebhookSecret::new("whsec_test".to_owned()).verify(header, body, now)
    }

    #[test]
    fn believes_only_what_stripe_signed_now() {
        let good = format!("t={TIME},v1={SIGNATURE}");
        let other = "0".repeat(64);
        let changed: Vec<u8> = BODY
            .iter()
            .map(|byte| if *byte == b'1' { b'2' } else { *byte })
            .collect();
        for (header, body, later, expected) in [
            (good.clone(), BODY, 0, Ok(())),
            (good.clone(), BODY, 300, Ok(())),
            (good.clone(), BODY, -300, Ok(())),
            (good.clone(), BODY, 301, Err(Untrusted::Stale)),
            (good.clone(), BODY, -301, Err(Untrusted::Stale)),
            (format!("t={TIME},v1={other},v1={SIGNATURE},v0=x"), BODY, 0, Ok(())),
            (format!("v1={SIGNATURE}, t={TIME}"), BODY, 0, Ok(())),
            (format!("t={TIME},v1={}", SIGNATURE.to_uppercase()), BODY, 0, Ok(())),
            (good.clone(), &changed, 0, Err(Untrusted::Wrong)),
            (good.clone(), b"", 0, Err(Untrusted::Wrong)),
            (format!("t={},v1={SIGNATURE}", TIME + 1), BODY, 0, Err(Untrusted::Wrong)),
            (format!("t={TIME},v1={other}"), BODY, 0, Err(Untrusted::Wrong)),
            (
                format!("t={TIME},v1={}", &SIGNATURE[..32]),
                BODY,
                0,
                Err(Untrusted::Wrong),
            ),
            (format!("t={TIME},v1=zz"), BODY, 0, Err(Untrusted::Wrong)),
            (format!("t={TIME},v1=éé"), BODY, 0, Err(Untrusted::Wrong)),
            (format!("t={TIME},v0={SIGNATURE}"), BODY, 0, Err(Untrusted::Malformed)),
            (format!("v1={SIGNATURE}"), BODY, 0, Err(Untrusted::Malformed)),
            (format!("t=now,v1={SIGNATURE}"), BODY, 0, Err(Untrusted::Malformed)),
            (
                format!("t=99999999999999999,v1={SIGNATURE}"),
                BODY,
                0,
                Err(Untrusted::Malformed),
            ),
            (String::new(), BODY, 0, Err(Untrusted::Malformed)),
        ] {
            assert_eq!(verify(&header, body, later), expected, "{header} {later}");
        }
    }
}
