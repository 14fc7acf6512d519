//! Signatures of the card provider's webhooks, for events that its stand-in does not send.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The secret of the webhook on one machine.
const SECRET: &str = "whsec_local";

/// The header `Stripe-Signature` of a webhook with this body, made now.
///
/// # Panics
/// Never: a key of any length is one.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a signature says when it was made")]
pub fn stripe_signature(body: &str) -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else {
        panic!("a key of any length is one");
    };
    mac.update(format!("{now}.{body}").as_bytes());
    let mut signature = format!("t={now},v1=");
    for byte in mac.finalize().into_bytes() {
        // Writing to a string cannot fail.
        write!(signature, "{byte:02x}").unwrap_or_default();
    }
    signature
}
