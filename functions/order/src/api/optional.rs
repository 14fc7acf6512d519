//! A body that may be missing.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use runtime::{Json, Problem};
use serde::de::DeserializeOwned;

/// The largest body that may be missing: it has a number in it, no more.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// A JSON body, or the default if none is sent.
pub struct Optional<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for Optional<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let too_large = |_| {
            let detail = "The body is too large.";
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
        };
        let bytes = to_bytes(body, BODY_BYTES_MAX).await.map_err(too_large)?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        let Json(value) = Json::from_request(Request::from_parts(parts, Body::from(bytes)), state).await?;
        Ok(Self(value))
    }
}
