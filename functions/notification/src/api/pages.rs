//! The pages of unsubscribe links.

use axum::response::{Html, IntoResponse as _, Response};
use http::{HeaderName, StatusCode, header};
use runtime::Problem;
use serde::Deserialize;
use utoipa::IntoParams;

use super::problems;
use crate::text::expired_page;
use crate::usecase::unsubscribe::LinkError;

/// The query of an unsubscribe link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Link {
    /// The token from the mail.
    #[param(pattern = "^[A-Za-z0-9_-]+$", max_length = 2048)]
    pub token: String,
}

/// What the pages may do: nothing but send their own form back. Their address carries the token, so nobody else is told it.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// Answers a link that cannot be used: a page if it is too old, else 400.
pub fn unusable_link(error: LinkError) -> Result<Response, Problem> {
    match error {
        LinkError::Expired => page(StatusCode::GONE, expired_page()),
        LinkError::Invalid => Err(problems::invalid_link()),
    }
}

/// A page that may do nothing but send its own form back.
pub fn page(status: StatusCode, text: Result<String, askama::Error>) -> Result<Response, Problem> {
    let text = text.map_err(|error| {
        tracing::error!(error = %error, "a page could not be written");
        Problem::internal()
    })?;
    Ok((status, HEADERS, Html(text)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_is_too_old_says_what_to_do() {
        let response = unusable_link(LinkError::Expired).unwrap();
        assert_eq!(response.status(), StatusCode::GONE);
        assert!(expired_page().unwrap().contains("settings"));
        assert!(unusable_link(LinkError::Invalid).is_err());
    }
}
