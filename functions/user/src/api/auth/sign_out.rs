//! `POST /v1/auth/sign-out`.

use axum::extract::State;
use http::StatusCode;
use kernel::TypedId as _;
use runtime::{Principal, Problem};

use crate::api::problems::{self, Step};
use crate::app::App;
use crate::identity::IdentityError;

/// Sign out everywhere
///
/// All refresh tokens end now, on every device. Access tokens end by themselves within the hour.
#[utoipa::path(post, path = "/v1/auth/sign-out", operation_id = "sign_out", tag = "auth", security(("token" = [])), responses(
    (status = 204, description = "Out"),
))]
pub async fn sign_out(State(app): State<App>, principal: Principal) -> Result<StatusCode, Problem> {
    match app.identity.sign_out(&principal.user_id.uuid().to_string()).await {
        Ok(()) | Err(IdentityError::Unknown) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(problems::identity(Step::Manage, &error)),
    }
}
