//! Calls to other services' internal routes: `/internal/…` through the gateway, signed with `SigV4`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings};
use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::breaker::Breaker;
use crate::outbound::{Http, Trust};
use crate::signing::Signer;
use crate::{clock, ids};

/// One try. With two tries and the pause, a call takes less than a third of an API function's ten seconds.
const TRY_TIMEOUT: Duration = Duration::from_millis(1500);
/// Tries of one call.
const TRIES: u32 = 2;
/// The longest pause before the second try; the actual one is drawn evenly below it.
const RETRY_PAUSE_MS_MAX: u32 = 100;

/// A client for internal routes. Cheap to clone; its clones share the circuit breaker.
#[derive(Clone)]
pub struct Internal {
    http: Http,
    signer: Signer,
    base: String,
    breaker: Arc<Breaker>,
    /// Every try, for the line that an invocation leaves.
    calls: Arc<AtomicU64>,
}

/// Why an internal call has no result.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// There is no such thing.
    #[error("{0}: not found")]
    NotFound(String),
    /// The callee refuses, and would again.
    #[error("{path}: refused with status {status}")]
    Refused {
        /// What was called.
        path: String,
        /// The HTTP status.
        status: u16,
    },
    /// No answer, or one that says to try later.
    #[error("{path}: {reason}")]
    Unavailable {
        /// What was called.
        path: String,
        /// What happened.
        reason: String,
    },
}

impl Internal {
    pub(crate) fn new(sdk: &SdkConfig, trust: &Trust, base: &str, calls: Arc<AtomicU64>) -> Self {
        let http = Http::new(trust.clone(), Duration::from_millis(500), TRY_TIMEOUT);
        Self {
            http,
            signer: Signer::new(sdk, "execute-api"),
            base: base.trim_end_matches('/').to_owned(),
            breaker: Arc::default(),
            calls,
        }
    }

    /// Asks for a resource. `path` begins with `/internal/`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.call("GET", path, Bytes::new()).await
    }

    /// Asks a question that needs a body. Internal posts only ask: they change nothing, so they may be repeated.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn post<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, CallError> {
        let body = serde_json::to_vec(body).map_err(|error| unavailable(path, &error))?;
        self.call("POST", path, body.into()).await
    }

    async fn call<T: DeserializeOwned>(&self, method: &str, path: &str, body: Bytes) -> Result<T, CallError> {
        let mut outcome = Err(unavailable(path, &"the circuit is open"));
        for attempt in 0..TRIES {
            if attempt > 0 {
                let pause = ids::below(RETRY_PAUSE_MS_MAX);
                tokio::time::sleep(Duration::from_millis(u64::from(pause))).await;
            }
            if !self.breaker.permits(clock::now()) {
                break;
            }
            self.calls.fetch_add(1, Ordering::Relaxed);
            outcome = self.exchange(method, path, body.clone()).await;
            let answered = !matches!(outcome, Err(CallError::Unavailable { .. }));
            self.breaker.record(answered, clock::now());
            if answered {
                break;
            }
        }
        let answer = outcome?;
        serde_json::from_slice(&answer).map_err(|error| unavailable(path, &error))
    }

    async fn exchange(&self, method: &str, path: &str, body: Bytes) -> Result<Bytes, CallError> {
        let request = self.signed(method, path, body).await?;
        let response = self
            .http
            .send(request)
            .await
            .map_err(|error| unavailable(path, &error))?;
        match response.status().as_u16() {
            200..=299 => Ok(response.into_body()),
            404 => Err(CallError::NotFound(path.to_owned())),
            status @ (429 | 500..) => Err(unavailable(path, &format_args!("status {status}"))),
            status => Err(CallError::Refused {
                path: path.to_owned(),
                status,
            }),
        }
    }

    async fn signed(&self, method: &str, path: &str, body: Bytes) -> Result<http::Request<Bytes>, CallError> {
        let failed = |error: &dyn std::fmt::Display| unavailable(path, error);
        let uri = format!("{}{path}", self.base);
        let mut request = http::Request::builder()
            .method(method)
            .uri(&uri)
            .header("content-type", "application/json")
            .body(body.clone())
            .map_err(|error| failed(&error))?;
        let headers = [("content-type", "application/json")].into_iter();
        let signable =
            SignableRequest::new(method, &uri, headers, SignableBody::Bytes(&body)).map_err(|error| failed(&error))?;
        let signed = self.signer.sign(signable, SigningSettings::default()).await;
        let instructions = signed.map_err(|error| failed(&error))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}

fn unavailable(path: &str, reason: &dyn std::fmt::Display) -> CallError {
    CallError::Unavailable {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}
