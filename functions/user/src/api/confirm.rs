//! `POST /v1/auth/confirm`.

use axum::extract::State;
use runtime::{Cause, Json, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problems::{self, Step};
use crate::app::App;
use crate::domain::Email;
use crate::registration::{self, Incomplete};

/// The code from the mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirm {
    /// The account.
    email: Email,
    /// Six digits.
    code: String,
}

/// The account is open.
#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    /// Always `confirmed`.
    status: &'static str,
}

/// Confirm the address
///
/// If the answer is lost, sign in: whatever was left undone is done then.
#[utoipa::path(post, path = "/v1/auth/confirm", operation_id = "confirm", tag = "auth", request_body = Confirm, responses(
    (status = 200, description = "The account can be used", body = Confirmed),
    (status = 422, description = "`invalid_code`: wrong, used or expired; the same for an unknown address", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn confirm(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Json(body): Json<Confirm>,
) -> Result<Json<Confirmed>, Problem> {
    let confirmed = app.identity.confirm(&body.email, &body.code).await;
    confirmed.map_err(|fault| problems::fault(Step::Code, &fault))?;
    // The code is used up, so the account is confirmed whatever else fails: the next sign-in does the rest.
    if let Err(error) = register(&app, &cause, &body.email).await {
        tracing::warn!(error = %error, "a confirmation left something to repair");
    }
    Ok(Json(Confirmed { status: "confirmed" }))
}

async fn register(app: &App, cause: &Cause, email: &Email) -> Result<(), Incomplete> {
    let account = app.identity.account(email.as_str()).await?;
    registration::complete(app, cause, account).await.map(drop)
}
