//! The access token itself, for what the user pool lets only its owner do.

use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;
use runtime::Problem;

/// The token that the gateway has checked.
pub struct Bearer(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let header = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let (scheme, token) = header
            .and_then(|text| text.split_once(' '))
            .ok_or_else(Problem::unauthorized)?;
        let bearer = scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| Self(token.trim().to_owned()));
        bearer.ok_or_else(Problem::unauthorized)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reads_bearer_tokens_only() {
        for (value, token) in [
            ("Bearer e30.e30.c2ln", Some("e30.e30.c2ln")),
            ("bearer  e30.e30.c2ln", Some("e30.e30.c2ln")),
            ("Basic YTpi", None),
            ("e30.e30.c2ln", None),
            ("", None),
        ] {
            let request = http::Request::builder()
                .header(header::AUTHORIZATION, value)
                .body(())
                .unwrap();
            let (mut parts, ()) = request.into_parts();
            let read = Bearer::from_request_parts(&mut parts, &()).await;
            assert_eq!(read.ok().map(|bearer| bearer.0).as_deref(), token, "{value:?}");
        }
    }
}
