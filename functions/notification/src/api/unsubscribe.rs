//! `POST /v1/unsubscribe`: no more mails of a category.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use contracts::Cause;
use http::{HeaderName, StatusCode, header};
use runtime::{Problem, Query, Raw, RequestCause};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::shapes;
use crate::app::App;
use crate::store::Person;
use crate::text::{expired_page, unsubscribed_page};
use crate::unsubscribe::NoLink;
use crate::{people, unsubscribe as link};

/// The query of an unsubscribe link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Link {
    /// The token from the mail.
    #[param(pattern = "^[A-Za-z0-9_-]+$", max_length = 2048)]
    pub token: String,
}

/// What says that a person, and not a program that opens every link, means it. Only who asks is told by it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "what comes is only compared; here it is described")]
struct UnsubscribeForm {
    /// What a mail program sends for its user's click (RFC 8058).
    #[schema(
        rename = "List-Unsubscribe",
        pattern = "^One-Click$",
        example = "One-Click",
        nullable = false
    )]
    list_unsubscribe: Option<String>,
    /// What the page's button sends.
    #[schema(pattern = "^page$", example = "page", nullable = false)]
    answer: Option<String>,
}

/// The field of the page's form. A mail program sends `List-Unsubscribe=One-Click` instead (RFC 8058).
const OF_PAGE: &str = "answer=page";

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

/// Unsubscribe from mails
///
/// What the page's button does, and what a mail program does for its user's click (RFC 8058). May be done again.
#[utoipa::path(
    post,
    path = "/v1/unsubscribe",
    operation_id = "unsubscribe",
    tag = "notifications",
    params(Link),
    request_body(content = Option<UnsubscribeForm>, description = "`List-Unsubscribe=One-Click`, the page's form, or nothing.",
        content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Done: a page that says so, for the page's button.", body = shapes::Page, content_type = "text/html"),
        (status = 204, description = "Done."),
        (status = 400, description = "`invalid_token`: the link was changed.", body = Problem),
        (status = 410, description = "A page that says that the link is too old, and what to do.", body = shapes::Page, content_type = "text/html"),
    ),
)]
pub async fn unsubscribe(
    State(app): State<App>,
    Query(query): Query<Link>,
    RequestCause(cause): RequestCause,
    Raw(body): Raw,
) -> Result<Response, Problem> {
    let (user_id, category) = match link::open(&app.cursor_key, &query.token, cause.now) {
        Ok(found) => found,
        Err(reason) => return useless(reason),
    };
    carry_out(&app, user_id, category.as_str(), &cause).await?;
    if body.as_ref() == OF_PAGE.as_bytes() {
        page(StatusCode::OK, unsubscribed_page(category.as_str()))
    } else {
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

async fn carry_out(app: &App, user_id: kernel::UserId, name: &str, cause: &Cause) -> Result<(), Problem> {
    let add = |person: &mut Person| {
        let known = person.unsubscribed.contains_key(name);
        person.unsubscribed.entry(name.to_owned()).or_insert(cause.now);
        !known
    };
    Ok(people::change(&app.table, user_id, cause, add).await?)
}

/// The answer to a link that does nothing: a page, or 400.
pub fn useless(reason: NoLink) -> Result<Response, Problem> {
    match reason {
        NoLink::Expired => page(StatusCode::GONE, expired_page()),
        NoLink::Invalid => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid_token",
            "The link is not one that was mailed.",
        )),
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
    use crate::text::unsubscribe_page;

    #[test]
    fn the_page_shows_a_button_that_posts_and_needs_no_script() {
        let text = unsubscribe_page("order_updates", "abc-123").unwrap();
        assert!(
            text.contains("action=\"?token=abc-123\"") && text.contains("method=\"post\""),
            "{text}"
        );
        let (name, value) = OF_PAGE.split_once('=').unwrap();
        assert!(text.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{text}");
        assert!(!text.contains("<script") && !text.contains("style=") && !text.contains("http"));
        let response = page(StatusCode::OK, Ok(text)).unwrap();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && policy.contains("form-action 'self'"));
        assert_eq!(response.headers()[header::REFERRER_POLICY], "no-referrer");
    }

    #[test]
    fn a_link_that_is_too_old_says_what_to_do() {
        let response = useless(NoLink::Expired).unwrap();
        assert_eq!(response.status(), StatusCode::GONE);
        assert!(expired_page().unwrap().contains("settings"));
        assert!(useless(NoLink::Invalid).is_err());
    }
}
