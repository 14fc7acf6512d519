//! Proof that the person, and not only somebody with their token, is there: a sign-in of a moment ago, which an account with
//! a one-time password cannot do without one.

use ::store::Budget;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{SignedDuration, Timestamp};
use runtime::Problem;
use serde::Deserialize;

use super::bearer::Bearer;
use crate::api::problems;

/// How long a sign-in counts as one of a moment ago. New tokens for a refresh token keep the time of the sign-in.
const LASTS: SignedDuration = SignedDuration::from_mins(10);
/// Changes of a person's one-time password, and tries of its codes.
pub const TOTP_BUDGET: Budget = Budget::new("totp", 20, SignedDuration::from_hours(1));

#[derive(Deserialize)]
struct Claims {
    auth_time: Option<i64>,
}

/// Demands that the access token comes from a sign-in of the last ten minutes.
///
/// # Errors
/// 403 if it does not, or does not say.
pub fn require(token: &Bearer, now: Timestamp) -> Result<(), Problem> {
    // The gateway has checked the signature.
    let payload = token.0.split('.').nth(1).unwrap_or_default();
    let json = URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .unwrap_or_default();
    let claims = serde_json::from_slice::<Claims>(&json).ok();
    let signed_in_at = claims.and_then(|claims| claims.auth_time).unwrap_or_default();
    if now.as_second() - signed_in_at <= LASTS.as_secs() {
        Ok(())
    } else {
        Err(problems::proof_required())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_sign_in_and_a_token_that_does_not_say_are_refused() {
        let now: Timestamp = "2026-11-20T18:30:00Z".parse().unwrap();
        let token = |payload: String| Bearer(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)));
        let at = |seconds: i64| token(format!(r#"{{"auth_time": {}}}"#, now.as_second() - seconds));
        assert!(require(&at(0), now).is_ok());
        assert!(require(&at(600), now).is_ok());
        for stale in [at(601), token("{}".to_owned()), Bearer("nothing".to_owned())] {
            assert_eq!(require(&stale, now).unwrap_err().code(), "fresh_sign_in_required");
        }
    }
}
