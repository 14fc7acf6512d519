//! `POST /v1/users/me/phone`.

use axum::extract::State;
use http::StatusCode;
use kernel::Country;
use phone::EnteredPhone;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::phones;
use crate::app::App;
use crate::usecase::phone_code;

/// Which number is the person's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneToVerify {
    /// As people write it: with or without the country's code.
    phone: EnteredPhone,
    /// The country that a number without its code is in (ISO 3166-1 alpha-2); if nothing is said, that of the profile's number or
    /// language.
    country: Option<Country>,
}

/// Send a code to my phone
///
/// The number becomes the profile's and is not verified before the code is entered; a code lasts ten minutes and takes the
/// place of the one before. Nothing else is sent to a number that is not verified.
#[utoipa::path(post, path = "/v1/users/me/phone", operation_id = "send_phone_code", tag = "users",
    security(("token" = [])), request_body = PhoneToVerify, responses(
    (status = 202, description = "A code is under way"),
    (status = 422, description = "`invalid_body`. In _errors_: `phone_country_not_served`, `phone_country_needed`, `phone_too_short`, `phone_too_long`, `phone_extension`, `phone_invalid`", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
    (status = 503, description = "`text_not_sent`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn send_phone_code(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(body): Json<PhoneToVerify>,
) -> Result<StatusCode, Problem> {
    let phone = phones::read_own(&app, &cause, &principal, &body.phone, body.country, None).await?;
    phone_code::send(&app, &cause, principal.user_id, phone).await?;
    Ok(StatusCode::ACCEPTED)
}
