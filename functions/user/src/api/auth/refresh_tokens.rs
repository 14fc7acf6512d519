//! `POST /v1/auth/refresh`.

use ::store::Budget;
use axum::extract::State;
use kernel::{Role, SignedDuration, TypedId as _};
use runtime::{ClientAddress, Json, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::Tokens;
use crate::api::problems::{self, Step};
use crate::api::shapes;
use crate::app::App;
use crate::identity::Claims;
use crate::usecase::registration;

/// Refreshes from one network address: an app asks once an hour.
const ADDRESS_BUDGET: Budget = Budget::new("refresh_by_address", 200, SignedDuration::from_mins(15));

/// Who stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// From the sign-in.
    #[schema(value_type = shapes::RefreshToken)]
    refresh_token: String,
}

/// Get new tokens
#[utoipa::path(post, path = "/v1/auth/refresh", operation_id = "refresh_tokens", tag = "auth", request_body = Refresh, responses(
    (status = 200, description = "New tokens, with the roles of this moment", body = Tokens),
    (status = 401, description = "`invalid_refresh_token`: sign in again", body = Problem),
    (status = 403, description = "`suspended`, or `second_factor_required`: an operator who gave up the one-time password", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn refresh_tokens(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    address: ClientAddress,
    Json(body): Json<Refresh>,
) -> Result<Json<Tokens>, Problem> {
    address.spend(&app.edge, &ADDRESS_BUDGET, cause.now).await?;
    let tokens = app.identity.refresh(&body.refresh_token).await;
    let tokens = tokens.map_err(|error| problems::identity(Step::Refresh, &error))?;
    let claims = Claims::of(&tokens.id_token).map_err(|error| problems::identity(Step::Refresh, &error))?;
    if registration::is_suspended(&app, claims.user_id).await? {
        return Err(problems::suspended());
    }
    if claims.roles.contains(&Role::Operator) {
        require_second_factor(&app, &claims).await?;
    }
    Ok(Json(Tokens::new(tokens, body.refresh_token)))
}

/// An operator's session does not outlive the second factor that it began with.
async fn require_second_factor(app: &App, claims: &Claims) -> Result<(), Problem> {
    let is_exempt = |email| app.may_do_without_second_factor(email);
    if claims.email.as_ref().is_some_and(is_exempt) {
        return Ok(());
    }
    let account = app.identity.account(&claims.user_id.uuid().to_string()).await;
    let account = account.map_err(|error| problems::identity(Step::Refresh, &error))?;
    let has_totp = account.has_totp;
    has_totp.then_some(()).ok_or_else(problems::second_factor_required)
}
