//! Problem answers: RFC 9457 with a stable `code`.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use store::{ChangeError, CommitError, SpendError, StoreError};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// After this many seconds it is worth trying again what failed because something was not available.
const RETRY_AFTER_SECONDS: u32 = 2;

/// What a problem always may have.
const MEMBERS: [&str; 6] = ["type", "title", "status", "code", "detail", "errors"];

/// Why a request was refused, in a form that programs can act on and people can read.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Problem(Box<ProblemDetails>);

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        ProblemDetails::schema()
    }
}

impl ToSchema for Problem {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ProblemDetails::schemas(schemas);
    }
}

/// Why a request was refused, in a form that programs can act on and people can read: RFC 9457.
#[derive(Debug, Clone, Serialize, ToSchema)]
struct ProblemDetails {
    /// Always `about:blank`: the code says what it is.
    #[serde(rename = "type")]
    #[schema(example = "about:blank", pattern = "^about:blank$")]
    kind: &'static str,
    /// The status's own phrase.
    title: String,
    /// The HTTP status.
    #[schema(example = 422, minimum = 400, maximum = 599)]
    status: u16,
    /// What it is, for programs; never changes its meaning. There may be more than are listed, later.
    #[schema(example = "invalid_body", pattern = r"^[a-z][a-z0-9_]*$")]
    code: String,
    /// What it is and what to do, for people.
    detail: String,
    /// What is wrong with the body, by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// Facts that go with the code.
    #[serde(flatten)]
    #[schema(additional_properties)]
    extensions: Map<String, Value>,
    #[serde(skip)]
    retry_after: Option<u32>,
}

/// What is wrong at one place of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where, as a JSON pointer (RFC 6901); empty for the whole body.
    #[schema(example = "/items/0/quantity", format = "json-pointer")]
    pub pointer: String,
    /// What it is, for programs.
    #[schema(example = "too_large", pattern = r"^[a-z][a-z0-9_]*$")]
    pub code: String,
    /// What it is, for people.
    #[schema(example = "at most 99")]
    pub message: String,
}

impl Problem {
    /// A problem.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(ProblemDetails {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: detail.into(),
            errors: Vec::new(),
            extensions: Map::new(),
            retry_after: None,
        }))
    }

    /// 404: there is no such thing, or it is not the caller's to see.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is no such resource.")
    }

    /// 403: the right resource, the wrong role.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Your role does not allow this.")
    }

    /// 401: nobody is signed in.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            "Sign in and send the access token.",
        )
    }

    /// 409: not in this state.
    #[must_use]
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: a value that cannot be.
    #[must_use]
    pub fn invalid(pointer: &str, code: &str, message: impl Into<String>) -> Self {
        let detail = "The body has values that cannot be accepted; `errors` lists them.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", detail).error(pointer, code, message)
    }

    /// 412: the resource changed since it was read.
    #[must_use]
    pub fn stale() -> Self {
        let detail = "The resource changed since you read it: read it again and repeat the change.";
        Self::new(StatusCode::PRECONDITION_FAILED, "stale", detail)
    }

    /// 409: the same request is being worked on.
    #[must_use]
    pub fn in_progress() -> Self {
        let detail = "A request with this Idempotency-Key is still running: repeat it in a moment.";
        Self::conflict("request_in_progress", detail).retry_after(1)
    }

    /// 422: the key belongs to another request.
    #[must_use]
    pub fn key_reused() -> Self {
        let detail = "This Idempotency-Key was used for another request: send a new one.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
    }

    /// 429: done as often as it may be for now.
    #[must_use]
    pub fn too_many(retry_after_seconds: u32) -> Self {
        let detail = "This was done too often: wait as many seconds as Retry-After says, then try again.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(retry_after_seconds)
    }

    /// 503: something is not available.
    #[must_use]
    pub fn unavailable() -> Self {
        let detail = "The service cannot answer right now: try again in a moment.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(RETRY_AFTER_SECONDS)
    }

    /// 500: a defect of ours. What it is stands in the log, not in the answer.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "Something went wrong on our side. The x-request-id header names this request.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// 422: the body has values that cannot be accepted.
    #[must_use]
    pub fn invalid_fields(errors: &[kernel::FieldError]) -> Self {
        let detail = "The body has values that cannot be accepted; `errors` lists them.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", detail).fields(errors)
    }

    /// Adds what is wrong with fields of the body.
    #[must_use]
    pub fn fields(self, errors: &[kernel::FieldError]) -> Self {
        errors.iter().fold(self, |problem, error| {
            problem.error(&error.pointer, error.code, error.message.as_str())
        })
    }

    /// Adds what is wrong at a place of the body.
    #[must_use]
    pub fn error(mut self, pointer: &str, code: &str, message: impl Into<String>) -> Self {
        let error = FieldError {
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            message: message.into(),
        };
        self.0.errors.push(error);
        self
    }

    /// Adds a fact, by a name that is not one of the problem's own members.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        debug_assert!(!MEMBERS.contains(&name), "`{name}` is the problem's own");
        self.0.extensions.insert(name.to_owned(), value.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// What is wrong with the body.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.0.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Contended(_) => {
                tracing::warn!(error = %error, "the table could not be used");
                Self::unavailable()
            }
            StoreError::Corrupt(_) => {
                tracing::error!(error = %error, "a defect");
                Self::internal()
            }
        }
    }
}

impl From<SpendError> for Problem {
    fn from(error: SpendError) -> Self {
        match error {
            SpendError::Exhausted { retry_after_seconds } => Self::too_many(retry_after_seconds),
            SpendError::Store(error) => error.into(),
        }
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Store(error) => error.into(),
            CommitError::Conflict | CommitError::KeyTaken(_) => Self::in_progress(),
            CommitError::Duplicate => Self::conflict("repeated", "This was done before."),
            CommitError::Refused(label) => Self::conflict(label, "Something else changed at the same moment."),
        }
    }
}

impl<R: Into<Self>> From<ChangeError<R>> for Problem {
    fn from(error: ChangeError<R>) -> Self {
        match error {
            ChangeError::Missing => Self::not_found(),
            ChangeError::Rejected(rejection) => rejection.into(),
            ChangeError::Commit(error) => error.into(),
            ChangeError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_rfc_9457() {
        let problem = Problem::invalid("/items/0/quantity", "too_large", "at most 99").with("state", "ready");
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(json["type"], "about:blank");
        assert_eq!(json["status"], 422);
        assert_eq!(json["code"], "invalid_body");
        assert_eq!(json["state"], "ready");
        assert_eq!(json["errors"][0]["pointer"], "/items/0/quantity");
    }

    #[test]
    fn tells_nothing_of_the_inside() {
        let problem = Problem::from(StoreError::Corrupt("table tiffin-order, item ORDER#1".to_owned()));
        assert_eq!(problem.status(), 500);
        assert!(!serde_json::to_string(&problem).unwrap().contains("tiffin-order"));
    }
}
