//! Bodies, paths and query strings, read so that what is wrong with them is told.

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{FieldError, Problem};

/// A body larger than this is refused, unless a router says otherwise: no ordinary request comes near it.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON body, of a request or an answer.
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_content_type(request.headers())?;
        parse(&Box::pin(received(request)).await?).map(Self)
    }
}

/// The whole body. Whatever is the same for all types is not part of what is compiled for each of them.
async fn received(request: Request) -> Result<Bytes, Problem> {
    Bytes::from_request(request, &()).await.map_err(|rejection| {
        if let BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) = rejection {
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "The body is too large.",
            )
        } else {
            Problem::new(
                StatusCode::BAD_REQUEST,
                "body_incomplete",
                "The body could not be read.",
            )
        }
    })
}

/// A JSON body that may be missing: then it is the default.
#[derive(Debug, Clone)]
pub struct Optional<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for Optional<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = check_content_type(request.headers());
        let bytes = Box::pin(received(request)).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        is_json?;
        parse(&bytes).map(Self)
    }
}

/// A body as it came, byte by byte: for what is signed, and for what is no JSON.
#[derive(Debug, Clone)]
pub struct Raw(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Box::pin(received(request)).await.map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

#[inline(never)]
fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json") {
        return Ok(());
    }
    let detail = "Send JSON with `content-type: application/json`.";
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        detail,
    ))
}

/// Reads a JSON object: 400 for what is no JSON, 422 with the place for what is not the object that is wanted.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    check_object(bytes)?;
    fit(bytes).or_else(|problem| match with_integers(bytes, &problem) {
        Some(bytes) => fit(&bytes),
        None => Err(problem),
    })
}

fn fit<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut deserializer).map_err(unfitting)
}

/// A body that was refused for a number, with `3.0` written as `3`. JSON Schema counts both as the integer three (2020-12,
/// 6.1.1), and some clients write integers so. `None` if the body was refused for something else.
#[inline(never)]
fn with_integers(bytes: &[u8], refusal: &Problem) -> Option<Vec<u8>> {
    let is_for_number = |error: &FieldError| error.message.starts_with("invalid type: floating point");
    if !refusal.errors().iter().any(is_for_number) {
        return None;
    }
    let mut written = Vec::with_capacity(bytes.len());
    let (mut rest, mut is_text) = (bytes, false);
    while let [byte, after @ ..] = rest {
        match byte {
            b'\\' if is_text => {
                let (escape, after) = rest.split_at(rest.len().min(2));
                written.extend_from_slice(escape);
                rest = after;
                continue;
            }
            b'"' => is_text = !is_text,
            b'-' | b'0'..=b'9' if !is_text => {
                let is_of_number = |byte: &u8| byte.is_ascii_digit() || b"-+.eE".contains(byte);
                let length = rest.iter().take_while(|byte| is_of_number(byte)).count();
                let (number, after) = rest.split_at(length);
                written.extend_from_slice(without_zeros(number));
                rest = after;
                continue;
            }
            _ => {}
        }
        written.push(*byte);
        rest = after;
    }
    Some(written)
}

/// A number without a fraction of zeros.
fn without_zeros(number: &[u8]) -> &[u8] {
    let point = number.iter().position(|byte| *byte == b'.');
    match point.map(|point| number.split_at(point)) {
        Some((integer, [_, fraction @ ..])) if fraction.iter().all(|digit| *digit == b'0') => integer,
        Some(_) | None => number,
    }
}

#[inline(never)]
fn check_object(bytes: &[u8]) -> Result<(), Problem> {
    // An unknown field before the syntax error would hide it.
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map_err(|error| malformed(&error))?;
    // A list of values in the order of the fields would be read as well, and nobody means that.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::invalid("", "not_an_object", "must be a JSON object"));
    }
    Ok(())
}

#[inline(never)]
fn unfitting(error: serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let pointer = pointer(error.path());
    let inner = error.into_inner();
    if inner.is_data() {
        let told = plain(&inner);
        let (code, message) = kernel::coded::split(&told).unwrap_or(("invalid", &told));
        Problem::invalid(&pointer, code, message)
    } else {
        malformed(&inner)
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    Problem::new(
        StatusCode::BAD_REQUEST,
        "malformed_json",
        format!("The body is no valid JSON at {place}."),
    )
}

/// The message without its place, which the pointer tells better.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ")
        .map_or(text.as_str(), |(message, _)| message)
        .to_owned()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// Path parameters. What is no id names nothing, so it is not found.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Problem::not_found())
    }
}

/// Query parameters.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| Problem::new(StatusCode::BAD_REQUEST, "invalid_query", rejection.body_text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Basket {
        #[expect(dead_code, reason = "only read")]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[expect(dead_code, reason = "only read")]
        quantity: u8,
    }

    #[test]
    fn a_value_that_has_a_code_for_it_tells_it() {
        #[derive(Debug, Deserialize)]
        struct Named {
            #[expect(dead_code, reason = "only read")]
            name: kernel::Line<3>,
        }
        let problem = parse::<Named>(br#"{"name": "abcd"}"#).unwrap_err();
        let error = &problem.errors()[0];
        let told = (error.pointer.as_str(), error.code.as_str(), error.message.as_str());
        assert_eq!(told, ("/name", "text_too_long", "must have at most 3 characters"));
    }

    #[test]
    fn an_integer_may_be_written_with_a_point() {
        for body in [
            r#"{"items": [{"quantity": 3.0}]}"#,
            r#"{"items": [{"quantity": 1}, {"quantity": 20.00}]}"#,
        ] {
            assert!(parse::<Basket>(body.as_bytes()).is_ok(), "{body}");
        }
        for (item, place, message) in [
            (
                r#""quantity": 2.5"#,
                "/quantity",
                "invalid type: floating point `2.5`, expected u8",
            ),
            (
                r#""quantity": 300.0"#,
                "/quantity",
                "invalid value: integer `300`, expected u8",
            ),
            (
                r#""quantity": 1e300"#,
                "/quantity",
                "invalid type: floating point `1e+300`, expected u8",
            ),
            (r#""quantity": 3.0, "quantity": 3"#, "", "duplicate field `quantity`"),
            (
                r#""quantity": 3.0, "a\"1.0": 3"#,
                "/a\"1.0",
                "unknown field `a\"1.0`, expected `quantity`",
            ),
        ] {
            let body = format!(r#"{{"items": [{{{item}}}]}}"#);
            let problem = parse::<Basket>(body.as_bytes()).unwrap_err();
            let error = &problem.errors()[0];
            assert_eq!(error.pointer, format!("/items/0{place}"));
            assert_eq!(error.message, message);
        }
    }

    #[test]
    fn tells_what_is_wrong_and_where() {
        let nested = format!("{{\"items\": {}{}}}", "[".repeat(200), "]".repeat(200));
        for (body, status, code, pointer) in [
            ("", 400, "malformed_json", ""),
            ("{", 400, "malformed_json", ""),
            (r#"{"items": []} x"#, 400, "malformed_json", ""),
            (
                r#"{"items": [{"quantity": 300}]}"#,
                422,
                "invalid_body",
                "/items/0/quantity",
            ),
            (
                r#"{"items": [{"quantity": 1, "price": 1}]}"#,
                422,
                "invalid_body",
                "/items/0/price",
            ),
            (r#"{"items": "all"}"#, 422, "invalid_body", "/items"),
            (r#"{"other": 1"#, 400, "malformed_json", ""),
            ("[]", 422, "invalid_body", ""),
            ("null", 422, "invalid_body", ""),
            (r"{}", 422, "invalid_body", ""),
            (&nested, 422, "invalid_body", "/items/0/0"),
        ] {
            let problem = parse::<Basket>(body.as_bytes()).unwrap_err();
            assert_eq!((problem.status(), problem.code()), (status, code), "{body}");
            let place = problem.errors().first().map_or("", |error| error.pointer.as_str());
            assert_eq!(place, pointer, "{body}");
        }
    }
}
