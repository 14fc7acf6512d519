//! `POST /v1/auth/sign-up`.

use ::store::Budget;
use axum::extract::State;
use http::StatusCode;
use kernel::{Country, Role, SignedDuration, UserId};
use phone::EnteredPhone;
use runtime::{ClientAddress, Json, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::{phones, problems, shapes};
use crate::app::App;
use crate::domain::{Email, Intent, Locale, Name, NewPassword};
use crate::usecase::sign_up::{self as usecase, NewAccount};

/// A household opens a few accounts an hour; a program that makes them by the hundred is stopped.
const ADDRESS_BUDGET: Budget = Budget::new("sign_up_by_address", 20, SignedDuration::from_hours(1));
/// Each sign-up sends a mail to somebody who may not have asked for it.
const EMAIL_BUDGET: Budget = Budget::new("sign_up_by_email", 8, SignedDuration::from_hours(1));

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// A code is mailed to it.
    email: Email,
    /// At least 10 characters: not one of the most common, not a few again and again, without the name and the address.
    #[schema(value_type = shapes::NewPassword)]
    password: String,
    /// What to call the person.
    #[schema(value_type = shapes::PersonName)]
    name: Name,
    /// As people write it: with or without the country's code.
    phone: Option<EnteredPhone>,
    /// The country that a number without its code is in (ISO 3166-1 alpha-2); the language's region if nothing is said.
    country: Option<Country>,
    /// The language to write in; English if nothing is said.
    locale: Option<Locale>,
    /// `customer`, `restaurant` or `courier`: opens that role's onboarding.
    #[serde(default, deserialize_with = "intent")]
    #[schema(value_type = Option<shapes::SignUpRole>)]
    role: Intent,
}

/// The account that waits for its code.
#[derive(Serialize, ToSchema)]
pub struct SignedUp {
    /// The new user's id; made up if the address has an account already, which is not told.
    user_id: UserId,
    /// The code has not come yet.
    status: SignedUpStatus,
}

/// Where a sign-up stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignedUpStatus {
    /// The account waits for its code.
    Unconfirmed,
}

/// Open an account
///
/// A code is mailed to the address. If the address has an account already, the answer is the same and its owner gets mail.
/// If an account waits for its code there, it is made anew: only the last sign-up, and only its code, counts.
#[utoipa::path(post, path = "/v1/auth/sign-up", operation_id = "sign_up", tag = "auth", request_body = SignUp, responses(
    (status = 201, description = "Confirm with the code that was mailed", body = SignedUp),
    (status = 503, description = "`code_not_sent`: the account waits, but the mail did not go out; sign up again", body = Problem),
    (status = 422, description = "`invalid_body` or `password_too_weak`. In _errors_: `phone_country_needed`, `phone_too_short`, `phone_too_long`, `phone_extension`, `phone_invalid`, `password_too_short`, `password_too_long`, `password_repetitive`, `password_personal`, `password_invisible_characters`, `password_common`", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn sign_up(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    address: ClientAddress,
    Json(mut body): Json<SignUp>,
) -> Result<(StatusCode, Json<SignedUp>), Problem> {
    let password = NewPassword::new(std::mem::take(&mut body.password), &body.email, Some(&body.name));
    let password = password.map_err(problems::invalid_password)?;
    let known = phones::country_of(body.locale.as_ref());
    let entered = body.phone.take();
    let phone = entered.map(|entered| phones::read(&app, &entered, body.country, &[known]));
    let phone = phone.transpose()?;
    address.spend(&app.edge, &ADDRESS_BUDGET, cause.now).await?;
    app.table.spend(&EMAIL_BUDGET, body.email.as_str(), cause.now).await?;
    let new = NewAccount {
        email: body.email,
        password,
        name: body.name,
        phone,
        locale: body.locale.unwrap_or_default(),
        role: body.role.role(),
        from: address.digest(),
    };
    let user_id = usecase::sign_up(&app, &cause, new).await?;
    let signed_up = SignedUp {
        user_id,
        status: SignedUpStatus::Unconfirmed,
    };
    Ok((StatusCode::CREATED, Json(signed_up)))
}

fn intent<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Intent, D::Error> {
    let Some(role) = Option::<Role>::deserialize(deserializer)? else {
        return Ok(Intent::default());
    };
    Intent::of(role).ok_or_else(|| serde::de::Error::custom("operators are appointed, not signed up"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_every_role_but_operator() {
        let read = |role: &str| {
            let json = format!(r#"{{"email":"a@b.nl","password":"long enough","name":"Ada"{role}}}"#);
            serde_json::from_str::<SignUp>(&json).map(|body| body.role).ok()
        };
        assert_eq!(read(""), Some(Intent::Customer));
        assert_eq!(read(r#","role":null"#), Some(Intent::Customer));
        assert_eq!(read(r#","role":"customer""#), Some(Intent::Customer));
        assert_eq!(read(r#","role":"courier""#), Some(Intent::Courier));
        assert_eq!(read(r#","role":"restaurant""#), Some(Intent::Restaurant));
        assert_eq!(read(r#","role":"operator""#), None);
        assert_eq!(read(r#","role":"admin""#), None);
        assert_eq!(read(r#","admin":true"#), None);
    }
}
