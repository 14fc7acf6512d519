//! `GET` and `POST /v1/unsubscribe`: no more mails of a category.

use axum::extract::State;
use axum::response::Html;
use contracts::Cause;
use http::StatusCode;
use runtime::{Problem, Query, RequestCause};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::store::Person;
use crate::text::unsubscribed_page;
use crate::{people, unsubscribe as link};

/// The query of an unsubscribe link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Link {
    /// The token from the mail.
    #[param(max_length = 2048)]
    pub token: String,
}

/// Unsubscribe from mails
///
/// The link at the end of a mail. Needs no sign-in, never expires, and may be opened again.
#[utoipa::path(
    get,
    path = "/v1/unsubscribe",
    operation_id = "unsubscribe",
    tag = "notifications",
    params(Link),
    responses(
        (status = 200, description = "A page that says so.", body = String, content_type = "text/html"),
        (status = 400, description = "`invalid_token`: the link was changed.", body = Problem),
    ),
)]
pub async fn unsubscribe(
    State(app): State<App>,
    Query(query): Query<Link>,
    RequestCause(cause): RequestCause,
) -> Result<Html<String>, Problem> {
    let category = carry_out(&app, &query.token, &cause).await?;
    unsubscribed_page(category).map(Html).map_err(|error| {
        tracing::error!(error = %error, "a page could not be written");
        Problem::internal()
    })
}

/// Unsubscribe from mails by the mail program
///
/// What a mail program does for its user's click (RFC 8058).
#[utoipa::path(
    post,
    path = "/v1/unsubscribe",
    operation_id = "unsubscribe_one_click",
    tag = "notifications",
    params(Link),
    responses(
        (status = 204, description = "Done."),
        (status = 400, description = "`invalid_token`: the link was changed.", body = Problem),
    ),
)]
pub async fn unsubscribe_one_click(
    State(app): State<App>,
    Query(query): Query<Link>,
    RequestCause(cause): RequestCause,
) -> Result<StatusCode, Problem> {
    carry_out(&app, &query.token, &cause).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn carry_out(app: &App, token: &str, cause: &Cause) -> Result<&'static str, Problem> {
    let (user_id, category) = link::open(&app.cursor_key, token).ok_or_else(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid_token",
            "The link is not one that was mailed.",
        )
    })?;
    let name = category.as_str();
    let add = |person: &mut Person| {
        let known = person.unsubscribed.contains_key(name);
        person.unsubscribed.entry(name.to_owned()).or_insert(cause.now);
        !known
    };
    people::change(&app.table, user_id, cause, add).await?;
    Ok(name)
}
