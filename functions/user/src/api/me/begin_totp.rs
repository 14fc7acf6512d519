//! `POST /v1/users/me/mfa/totp`.

use std::fmt::Write as _;

use axum::extract::State;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use super::bearer::Bearer;
use super::fresh_sign_in::{self, TOTP_BUDGET};
use crate::api::problems::{self, Step};
use crate::api::shapes;
use crate::app::App;
use crate::domain::Email;
use crate::usecase::own_user;

/// What authenticator apps show above the code.
const ISSUER: &str = "Tiffin";

/// The secret for an authenticator app. It is shown once.
#[derive(Serialize, ToSchema)]
pub struct TotpSecret {
    /// In base32, to be typed.
    #[schema(value_type = shapes::Base32)]
    secret: String,
    /// The same, to be shown as a QR code.
    #[schema(
        format = "uri",
        example = "otpauth://totp/Tiffin:ada%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Tiffin"
    )]
    otpauth_uri: String,
}

/// Begin to set up a one-time password
///
/// Nothing changes until the first code is verified. Beginning again makes another secret.
#[utoipa::path(post, path = "/v1/users/me/mfa/totp", operation_id = "begin_totp", tag = "users",
    security(("token" = [])), responses(
    (status = 200, description = "The secret", body = TotpSecret),
    (status = 403, description = "`fresh_sign_in_required`: sign in again first", body = Problem),
    (status = 429, description = "`too_many_requests`", body = Problem),
))]
pub async fn begin_totp(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    token: Bearer,
) -> Result<Json<TotpSecret>, Problem> {
    fresh_sign_in::require(&token, cause.now)?;
    app.table
        .spend(&TOTP_BUDGET, &principal.user_id.to_string(), cause.now)
        .await?;
    let found = own_user::find(&app, &cause, principal.user_id).await?;
    let secret = app.identity.begin_totp(&token.0).await;
    let secret = secret.map_err(|error| problems::identity(Step::Totp, &error))?;
    let otpauth_uri = otpauth_uri(&found.user.profile.email, &secret);
    Ok(Json(TotpSecret { secret, otpauth_uri }))
}

/// The address of a secret, as authenticator apps read it from QR codes (the "Key Uri Format").
fn otpauth_uri(email: &Email, secret: &str) -> String {
    let account = email.as_str().bytes().fold(String::new(), |mut escaped, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else if write!(escaped, "%{byte:02X}").is_err() {
            // Writing to a string cannot fail.
            escaped.push('_');
        }
        escaped
    });
    format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_escaped() {
        let email = Email::try_from("ada+food@example.com".to_owned()).unwrap();
        let expected = "otpauth://totp/Tiffin:ada%2Bfood%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Tiffin";
        assert_eq!(otpauth_uri(&email, "JBSWY3DPEHPK3PXP"), expected);
    }
}
