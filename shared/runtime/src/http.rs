//! The HTTP edge: from gateway requests to axum handlers, and from their outcomes to answers.

mod address;
mod body;
mod headers;
mod listing;
mod principal;
mod problem;

use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use contracts::Cause;
use http::{HeaderName, HeaderValue, StatusCode};
use lambda_http::request::RequestContext;
use tracing::Instrument as _;

pub use address::ClientAddress;
pub use body::{BODY_BYTES_MAX, Json, Optional, Path, Query, Raw};
pub use headers::{IDEMPOTENCY_KEY_LENGTH_MAX, IdempotencyKey, IfMatch, RequestCause, replay};
pub use listing::{LIMIT_DEFAULT, LIMIT_MAX, Listing, Paging};
pub use principal::{InternalCaller, Principal};
pub use problem::{FieldError, Problem};

use crate::{Edge, Error, ids, telemetry};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Lets a router's bodies be larger or smaller than [`BODY_BYTES_MAX`].
pub fn body_limit(bytes: usize) -> DefaultBodyLimit {
    DefaultBodyLimit::max(bytes)
}

/// Answers the gateway's requests with a router until the environment ends.
///
/// # Errors
/// When the Runtime API fails.
pub async fn serve(edge: &Edge, router: Router) -> Result<(), Error> {
    lambda_http::run(behind_edge(edge, router)).await
}

/// A service's router with everything that surrounds each of its requests.
pub fn behind_edge(edge: &Edge, router: Router) -> Router {
    router
        .fallback(async || Problem::new(StatusCode::NOT_FOUND, "not_found", "There is no such resource."))
        .method_not_allowed_fallback(async || {
            let detail = "The resource does not take this method.";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(edge.clone(), around))
}

/// What happens around every request: its cause is made, and one line tells how it went.
async fn around(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let now = edge.now();
    let request_id = request_id(&request).unwrap_or_else(|| ids::random().simple().to_string());
    let trace = request
        .headers()
        .get("x-amzn-trace-id")
        .and_then(|value| value.to_str().ok());
    let cause = Cause {
        now,
        correlation_id: request_id.clone(),
        causation_id: request_id.clone(),
        traceparent: trace.and_then(telemetry::traceparent),
    };
    // The route, never the path: a path holds ids.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("unmatched", MatchedPath::as_str)
        .to_owned();
    let operation = format!("{} {route}", request.method());
    let span = tracing::info_span!("request", request.id = %request_id);
    request.extensions_mut().insert(cause);
    let handled = async {
        match Principal::admit(&edge, &mut request).await {
            Ok(()) => next.run(request).await,
            Err(problem) => problem.into_response(),
        }
    };
    let mut response = handled.instrument(span.clone()).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(
        http::header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers
        .entry(http::header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    span.in_scope(|| edge.account(&operation, response.status().as_str(), started.elapsed()));
    response
}

fn request_id(request: &Request) -> Option<String> {
    match request.extensions().get::<RequestContext>()? {
        RequestContext::ApiGatewayV2(context) => context.request_id.clone(),
        _ => None,
    }
}
