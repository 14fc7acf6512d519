//! A key that may be missing.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use runtime::{IdempotencyKey, Problem};

/// An `Idempotency-Key`, where the request may go without.
pub struct MaybeKey(pub Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for MaybeKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.headers.contains_key("idempotency-key") {
            let key = IdempotencyKey::from_request_parts(parts, state).await?;
            return Ok(Self(Some(key)));
        }
        Ok(Self(None))
    }
}
