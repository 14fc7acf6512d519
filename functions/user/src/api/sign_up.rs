//! `POST /v1/auth/sign-up`.

use axum::extract::State;
use http::StatusCode;
use kernel::{Role, UserId};
use runtime::{Cause, Json, Problem, RequestCause, ids};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problems::{self, Step};
use crate::app::App;
use crate::domain::{Command, Email, Intent, Locale, Name, NewPassword, Phone};
use crate::identity::{Application, Fault};
use crate::{registration, users};

/// Who wants an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// A code is mailed to it.
    email: Email,
    /// At least 10 characters.
    #[schema(min_length = 10, max_length = 256, format = Password)]
    password: String,
    /// What to call the person.
    name: Name,
    /// In E.164 form.
    phone: Option<Phone>,
    /// The language to write in; English if nothing is said.
    locale: Option<Locale>,
    /// `customer`, `restaurant` or `courier`: opens that role's onboarding.
    #[serde(default, deserialize_with = "intent")]
    #[schema(value_type = Option<Role>)]
    role: Intent,
}

/// The account that waits for its code.
#[derive(Serialize, ToSchema)]
pub struct SignedUp {
    /// The new user's id; made up if the address has an account already, which is not told.
    user_id: UserId,
    /// Always `unconfirmed`.
    status: &'static str,
}

/// Open an account
///
/// A code is mailed to the address. If the address has an account already, the answer is the same and its owner gets
/// mail: another code, or word that somebody tried.
#[utoipa::path(post, path = "/v1/auth/sign-up", operation_id = "sign_up", tag = "auth", request_body = SignUp, responses(
    (status = 201, description = "Confirm with the code that was mailed", body = SignedUp),
    (status = 422, description = "`invalid_body` or `password_too_weak`", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_requests`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn sign_up(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Json(body): Json<SignUp>,
) -> Result<(StatusCode, Json<SignedUp>), Problem> {
    let password = NewPassword::new(body.password).map_err(problems::invalid_password)?;
    let email = body.email.clone();
    let application = Application {
        email: body.email,
        password,
        name: body.name,
        phone: body.phone,
        locale: body.locale.unwrap_or_default(),
        intent: body.role,
    };
    let user_id = match app.identity.sign_up(application).await {
        Ok(user_id) => user_id,
        Err(Fault::Taken) => {
            tell_owner(&app, &cause, &email).await?;
            ids::opaque()
        }
        Err(fault) => return Err(problems::fault(Step::SignUp, &fault)),
    };
    let signed_up = SignedUp {
        user_id,
        status: "unconfirmed",
    };
    Ok((StatusCode::CREATED, Json(signed_up)))
}

/// The owner of an address that is taken hears of it: with another code while the account waits for one (the owner may
/// have lost the first), and by a message otherwise.
async fn tell_owner(app: &App, cause: &Cause, email: &Email) -> Result<(), Problem> {
    let manage = |fault: Fault| problems::fault(Step::Manage, &fault);
    let account = match app.identity.account(email.as_str()).await {
        Ok(account) => account,
        // Removed at this very moment.
        Err(Fault::Unknown) => return Ok(()),
        Err(fault) => return Err(manage(fault)),
    };
    if !account.confirmed {
        return problems::accepted(app.identity.resend_code(email).await);
    }
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
