//! `POST /v1/users/me/phone`.

use ::store::Commit;
use axum::extract::State;
use http::StatusCode;
use kernel::Country;
use phone::EnteredPhone;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{me, phones};
use crate::app::App;
use crate::domain::{Change, Command, PhoneChange};
use crate::store::{PhoneCodeRecord, phone_code_key};
use crate::texts::{CODE_LASTS, NotSent, Texts};

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
    let user_id = principal.user_id;
    let phone = phones::read_own(&app, &cause, &principal, &body.phone, body.country, None).await?;
    app.texts.spend(&app.table, user_id, &phone, cause.now).await?;
    let change = Change {
        phone: PhoneChange::Set(phone.clone()),
        ..Change::default()
    };
    me::execute(&app, &cause, &principal, None, Command::ChangeProfile(change)).await?;
    let code = Texts::draw();
    let record = PhoneCodeRecord {
        code: app.texts.digest(user_id, &phone, &code),
        phone,
        expires_at: (cause.now + CODE_LASTS).as_second(),
    };
    let commit = Commit::new(&cause).also_put(&phone_code_key(user_id), &record);
    app.table.commit(commit).await?;
    app.texts.send(&record.phone, &code).await?;
    Ok(StatusCode::ACCEPTED)
}

impl From<NotSent> for Problem {
    fn from(error: NotSent) -> Self {
        match error {
            NotSent::Country => Self::invalid(
                "/phone",
                "phone_country_not_served",
                "no texts are sent to numbers of this country: leave the number out",
            ),
            NotSent::Budget(error) => error.into(),
            NotSent::Provider(reason) => {
                tracing::warn!(reason, "a code could not be sent to a phone");
                let detail = "The text could not be sent: check the number, and try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "text_not_sent", detail).retry_after(5)
            }
        }
    }
}
