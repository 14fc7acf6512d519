//! Headers that change what a request means.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::response::{IntoResponse, Response};
use contracts::Cause;
use http::request::Parts;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::{Answer, Precedent, RequestKey};

use super::{Principal, Problem};

/// The longest `Idempotency-Key`.
pub const IDEMPOTENCY_KEY_LENGTH_MAX: usize = 255;

/// The client's key for a request that it may send again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    key: String,
    path: String,
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let refuse = |code, detail| Problem::new(StatusCode::BAD_REQUEST, code, detail);
        let header = parts.headers.get("idempotency-key").ok_or_else(|| {
            refuse(
                "idempotency_key_missing",
                "Send an Idempotency-Key header, such as a UUID, new for each request.",
            )
        })?;
        let key = header
            .to_str()
            .ok()
            .filter(|key| !key.is_empty() && key.len() <= IDEMPOTENCY_KEY_LENGTH_MAX);
        let key = key.ok_or_else(|| {
            refuse(
                "idempotency_key_invalid",
                "The Idempotency-Key must have 1 to 255 printable ASCII characters.",
            )
        })?;
        Ok(Self {
            key: key.to_owned(),
            path: parts.uri.path().to_owned(),
        })
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if !parts.headers.contains_key("idempotency-key") {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}

impl IdempotencyKey {
    /// The request as the store knows it: the caller, the operation, the key, and a digest of path and body.
    #[must_use]
    pub fn request<B: Serialize>(&self, caller: &Principal, operation: &'static str, body: &B) -> RequestKey {
        let mut digest = Sha256::new();
        digest.update(self.path.as_bytes());
        digest.update([0]);
        digest.update(serde_json::to_vec(body).unwrap_or_default());
        let digest = digest.finalize();
        let fingerprint = uuid::Uuid::from_slice(&digest[..16])
            .unwrap_or_default()
            .simple()
            .to_string();
        RequestKey {
            caller: caller.user_id.to_string(),
            operation,
            key: self.key.clone(),
            fingerprint,
        }
    }
}

/// The answer that a request got before, again; `None` if it got none.
///
/// # Errors
/// When the key was used for another request.
pub fn replay(precedent: Precedent) -> Result<Option<Response>, Problem> {
    match precedent {
        Precedent::None => Ok(None),
        Precedent::Answered(answer) => Ok(Some(repeated(answer))),
        Precedent::OtherRequest => Err(Problem::key_reused()),
    }
}

fn repeated(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(
        HeaderName::from_static("idempotent-replayed"),
        HeaderValue::from_static("true"),
    );
    response
}

/// The version that a change is meant for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts.headers.get(header::IF_MATCH).ok_or_else(|| {
            let detail = "Send an If-Match header with the `version` that you read.";
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_missing", detail)
        })?;
        let text = header.to_str().unwrap_or_default().trim();
        // Both the entity tag `"7"` and the bare version are taken.
        let version = text.trim_matches('"').parse().map_err(|_| Problem::stale())?;
        Ok(Self(version))
    }
}

/// Why the request is handled, and when: handed into every change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestCause(pub Cause);

impl<S: Send + Sync> FromRequestParts<S> for RequestCause {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Cause>()
            .cloned()
            .map(Self)
            .ok_or_else(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{TypedId as _, UserId};

    async fn read<E: FromRequestParts<()>>(name: &str, value: &str) -> Result<E, E::Rejection> {
        let mut request = http::Request::builder().uri("/v1/orders");
        if !name.is_empty() {
            request = request.header(name, value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        E::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn bounds_the_key() {
        for (name, value, code) in [
            ("", "", "idempotency_key_missing"),
            ("idempotency-key", "", "idempotency_key_invalid"),
            (
                "idempotency-key",
                &"k".repeat(IDEMPOTENCY_KEY_LENGTH_MAX + 1),
                "idempotency_key_invalid",
            ),
            ("idempotency-key", "ключ", "idempotency_key_invalid"),
        ] {
            let problem = read::<IdempotencyKey>(name, value).await.unwrap_err();
            assert_eq!((problem.status(), problem.code()), (400, code));
        }
        assert!(
            read::<IdempotencyKey>("idempotency-key", &"k".repeat(IDEMPOTENCY_KEY_LENGTH_MAX))
                .await
                .is_ok()
        );
    }

    #[tokio::test]
    async fn the_fingerprint_tells_bodies_apart() {
        let key = read::<IdempotencyKey>("idempotency-key", "k").await.unwrap();
        let caller = Principal {
            user_id: UserId::from_uuid(uuid::Uuid::nil()),
            roles: vec![],
        };
        let request = |body: &str| key.request(&caller, "place_order", &body);
        assert_eq!(request("a"), request("a"));
        assert_ne!(request("a").fingerprint, request("b").fingerprint);
    }

    #[tokio::test]
    async fn reads_versions() {
        assert_eq!(read::<IfMatch>("if-match", "\"7\"").await.unwrap(), IfMatch(7));
        assert_eq!(read::<IfMatch>("if-match", "7").await.unwrap(), IfMatch(7));
        assert_eq!(read::<IfMatch>("", "").await.unwrap_err().status(), 428);
        assert_eq!(read::<IfMatch>("if-match", "\"abc\"").await.unwrap_err().status(), 412);
    }
}
