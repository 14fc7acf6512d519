//! `POST /v1/users/me/phone/verify`.

use ::store::Budget;
use axum::extract::State;
use http::StatusCode;
use kernel::SignedDuration;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::me;
use super::profile::Profile;
use super::shapes;
use crate::app::App;
use crate::domain::Command;
use crate::store::{PhoneCodeRecord, phone_code_key};

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
    let sent = app.table.get::<PhoneCodeRecord>(&phone_code_key(user_id)).await?;
    let sent = sent.map(|stored| stored.value).filter(|sent| {
        sent.expires_at > cause.now.as_second() && sent.code == app.texts.digest(user_id, &sent.phone, &body.code)
    });
    let sent = sent.ok_or_else(|| {
        let detail = "The code is wrong or older than ten minutes: ask for another one.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_code", detail).error("/code", "invalid_code", detail)
    })?;
    let verified = me::execute(&app, &cause, &principal, None, Command::VerifyPhone(sent.phone)).await;
    verified.map(Profile::from)
}
