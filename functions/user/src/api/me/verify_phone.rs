//! `POST /v1/users/me/phone/verify`.

use ::store::Budget;
use axum::extract::State;
use kernel::SignedDuration;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::shapes;
use crate::api::views::Profile;
use crate::app::App;
use crate::usecase::phone_code;

/// Tries of a person's codes: of a million values, far too few to guess one.
const PERSON_BUDGET: Budget = Budget::new("verify_phone", 10, SignedDuration::from_hours(1));

/// What the text said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneCode {
    /// Six digits.
    #[schema(value_type = shapes::SixDigits)]
    code: String,
}

/// Verify my phone
///
/// From now on texts may be sent to it.
#[utoipa::path(post, path = "/v1/users/me/phone/verify", operation_id = "verify_phone", tag = "users",
    security(("token" = [])), request_body = PhoneCode, responses(
    (status = 200, description = "The profile, with `phone_verified`", body = Profile),
    (status = 409, description = "`no_phone`: the number was changed since the code was sent", body = Problem),
    (status = 422, description = "`invalid_code`: wrong, or older than ten minutes", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn verify_phone(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(body): Json<PhoneCode>,
) -> Result<Profile, Problem> {
    let user_id = principal.user_id;
    app.table.spend(&PERSON_BUDGET, &user_id.to_string(), cause.now).await?;
    let verified = phone_code::verify(&app, &cause, user_id, &body.code).await?;
    Ok(verified.into())
}
