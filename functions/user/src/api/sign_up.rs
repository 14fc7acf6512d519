//! `POST /v1/auth/sign-up`.

use ::store::{Budget, Commit};
use axum::extract::State;
use http::StatusCode;
use kernel::{Country, Role, SignedDuration, UserId};
use phone::EnteredPhone;
use runtime::{Cause, ClientAddress, Json, Problem, RequestCause, ids};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::phones;
use super::problems::{self, Step};
use super::shapes;
use crate::app::App;
use crate::domain::{Command, Email, Intent, Locale, Name, NewPassword, Phone, UNCONFIRMED_MAX};
use crate::identity::Fault;
use crate::store::{SignUpRecord, sign_up_key};
use crate::{registration, users};

/// A household opens a few accounts an hour; a program that makes them by the hundred is stopped.
const ADDRESS_BUDGET: Budget = Budget::new("sign_up_by_address", 20, SignedDuration::from_hours(1));
/// Each sign-up sends a mail to somebody who may not have asked for it.
const EMAIL_BUDGET: Budget = Budget::new("sign_up_by_email", 8, SignedDuration::from_hours(1));
/// Rounds of taking the place of an account that waits, when others sign up with the same address at the same moment.
const ATTEMPTS_MAX: u32 = 3;

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
    let user_id = if let Some(opened) = open(&app, &body.email, &password).await? {
        let user_id = opened.user_id;
        remember(&app, &cause, &address, body, phone, opened).await?;
        user_id
    } else {
        tell_owner(&app, &cause, &body.email).await?;
        ids::opaque()
    };
    let signed_up = SignedUp {
        user_id,
        status: SignedUpStatus::Unconfirmed,
    };
    Ok((StatusCode::CREATED, Json(signed_up)))
}

/// An account that waits for its code.
struct Opened {
    user_id: UserId,
    /// True if it took the place of another one that waited.
    replaced: bool,
}

/// Makes an account; none if the address has a confirmed one.
///
/// A code proves the mailbox, and not who chose the password before it was entered. So an account that still waits is made
/// anew: the password, and the codes that were mailed, of whoever came before are worth nothing from then on.
async fn open(app: &App, email: &Email, password: &NewPassword) -> Result<Option<Opened>, Problem> {
    let refuse = |fault: Fault| problems::fault(Step::SignUp, &fault);
    let mut replaced = false;
    for _ in 0..ATTEMPTS_MAX {
        match app.identity.sign_up(email, password).await {
            Ok(user_id) => return Ok(Some(Opened { user_id, replaced })),
            Err(Fault::Taken) => {}
            Err(fault) => return Err(refuse(fault)),
        }
        match app.identity.account(email.as_str()).await {
            Ok(account) if account.confirmed => return Ok(None),
            Ok(account) => app.identity.delete(account.user_id).await.map_err(refuse)?,
            // Removed at this very moment.
            Err(Fault::Unknown) => {}
            Err(fault) => return Err(problems::fault(Step::Manage, &fault)),
        }
        replaced = true;
    }
    Err(Problem::unavailable())
}

/// Keeps what the person said, bound to the account. A crash before this leaves an account that its code confirms, with the
/// role of a customer and the address for a name.
async fn remember(
    app: &App,
    cause: &Cause,
    address: &ClientAddress,
    body: SignUp,
    phone: Option<Phone>,
    opened: Opened,
) -> Result<(), Problem> {
    let key = sign_up_key(&body.email);
    let before = app.table.get::<SignUpRecord>(&key).await?;
    let before = before.filter(|stored| stored.value.expires_at > cause.now.as_second());
    let record = SignUpRecord {
        user_id: opened.user_id,
        name: body.name,
        phone,
        locale: body.locale.unwrap_or_default(),
        role: body.role.role(),
        from: address.digest(),
        repeated: opened.replaced || before.is_some(),
        expires_at: (cause.now + UNCONFIRMED_MAX).as_second(),
    };
    app.table.commit(Commit::new(cause).also_put(&key, &record)).await?;
    Ok(())
}

/// The owner of an address that has an account hears of it.
async fn tell_owner(app: &App, cause: &Cause, email: &Email) -> Result<(), Problem> {
    let account = match app.identity.account(email.as_str()).await {
        Ok(account) => account,
        // Removed at this very moment.
        Err(Fault::Unknown) => return Ok(()),
        Err(fault) => return Err(problems::fault(Step::Manage, &fault)),
    };
    let user_id = account.user_id;
    // A crash between confirmation and registration may have left the owner without a record.
    if users::find(&app.table, user_id).await?.is_none() {
        registration::complete(app, cause, account)
            .await
            .map_err(problems::incomplete)?;
    }
    let report = Command::ReportRepeatedSignUp { at: cause.now };
    users::execute(&app.table, cause, user_id, None, report).await?;
    Ok(())
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
