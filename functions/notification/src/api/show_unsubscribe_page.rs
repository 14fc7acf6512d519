//! `GET /v1/unsubscribe`: asks before mails of a category end.
//!
//! Mail programs and scanners open every link of a mail, so opening one changes nothing: it shows a button.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use runtime::{Problem, Query, RequestCause};

use super::pages::{Link, page, unusable_link};
use super::shapes;
use crate::app::App;
use crate::text::unsubscribe_page;
use crate::usecase::unsubscribe;

/// Ask whether to unsubscribe from mails
///
/// The link at the end of a mail. Shows a page with one button, which posts the same link; by itself it changes nothing. Needs
/// no sign-in, and works for sixty days.
#[utoipa::path(
    get,
    path = "/v1/unsubscribe",
    operation_id = "show_unsubscribe_page",
    tag = "notifications",
    params(Link),
    responses(
        (status = 200, description = "A page with one button.", body = shapes::Page, content_type = "text/html"),
        (status = 400, description = "`invalid_token`: the link was changed.", body = Problem),
        (status = 410, description = "A page that says that the link is too old, and what to do.", body = shapes::Page, content_type = "text/html"),
    ),
)]
pub async fn show_unsubscribe_page(
    State(app): State<App>,
    Query(query): Query<Link>,
    RequestCause(cause): RequestCause,
) -> Result<Response, Problem> {
    match unsubscribe::open(&app.cursor_key, &query.token, cause.now) {
        Ok((_, category)) => page(StatusCode::OK, unsubscribe_page(category.as_str(), &query.token)),
        Err(error) => unusable_link(error),
    }
}
