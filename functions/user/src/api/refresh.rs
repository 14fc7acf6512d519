//! `POST /v1/auth/refresh`.

use axum::extract::State;
use runtime::{Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::problems::{self, Step};
use super::tokens::Tokens;
use crate::app::App;

/// Who stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// From the sign-in.
    refresh_token: String,
}

/// Get new tokens
#[utoipa::path(post, path = "/v1/auth/refresh", operation_id = "refresh", tag = "auth", request_body = Refresh, responses(
    (status = 200, description = "New tokens, with the roles of this moment", body = Tokens),
    (status = 401, description = "`invalid_refresh_token`: sign in again", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn refresh(State(app): State<App>, Json(body): Json<Refresh>) -> Result<Json<Tokens>, Problem> {
    let tokens = app.identity.refresh(&body.refresh_token).await;
    let tokens = tokens.map_err(|fault| problems::fault(Step::Refresh, &fault))?;
    Ok(Json(Tokens::new(tokens, body.refresh_token)))
}
