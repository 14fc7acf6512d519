//! `POST /v1/unsubscribe`: no more mails of a category.

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use runtime::{Problem, Query, Raw, RequestCause};
use utoipa::ToSchema;

use super::pages::{Link, page, unusable_link};
use super::shapes;
use crate::app::App;
use crate::text::unsubscribed_page;
use crate::usecase::unsubscribe as usecase;

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
    let (user_id, category) = match usecase::open(&app.cursor_key, &query.token, cause.now) {
        Ok(link) => link,
        Err(error) => return unusable_link(error),
    };
    usecase::unsubscribe(&app.table, user_id, category, &cause).await?;
    if body.as_ref() == OF_PAGE.as_bytes() {
        page(StatusCode::OK, unsubscribed_page(category.as_str()))
    } else {
        Ok(StatusCode::NO_CONTENT.into_response())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::unsubscribe_page;
    use http::header;

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
}
