//! `PATCH /v1/users/me`.

use axum::extract::State;
use kernel::Country;
use phone::EnteredPhone;
use runtime::{IfMatch, Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::api::phones;
use crate::api::shapes;
use crate::api::views::Profile;
use crate::app::App;
use crate::domain::{Change, Command, Locale, Name, PhoneChange};
use crate::store::ZoneName;
use crate::usecase::own_user;

/// New values; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMe {
    /// What to call the person.
    #[schema(value_type = Option<shapes::PersonName>)]
    name: Option<Name>,
    /// As people write it, with or without the country's code; null removes it.
    #[serde(default, deserialize_with = "phone_change")]
    #[schema(value_type = Option<EnteredPhone>)]
    phone: NewPhone,
    /// The country that a number without its code is in (ISO 3166-1 alpha-2); if nothing is said, that of the language or of the
    /// number before.
    country: Option<Country>,
    /// The language to write in.
    locale: Option<Locale>,
    /// An IANA name.
    time_zone: Option<ZoneName>,
}

/// What the person says of the number.
#[derive(Debug, Default, PartialEq, Eq)]
enum NewPhone {
    #[default]
    Keep,
    Remove,
    Set(EnteredPhone),
}

/// Change my profile
#[utoipa::path(patch, path = "/v1/users/me", operation_id = "change_me", tag = "users", security(("token" = [])),
    params(("If-Match" = String, Header, description = "The `version` that was read")), request_body = ChangeMe, responses(
    (status = 200, description = "As it is now", body = Profile),
    (status = 412, description = "`stale`: changed since it was read", body = Problem),
    (status = 428, description = "`if_match_missing`", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `phone_country_needed`, `phone_too_short`, `phone_too_long`, `phone_extension`, `phone_invalid`", body = Problem),
))]
pub async fn change_me(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    IfMatch(expected): IfMatch,
    Json(body): Json<ChangeMe>,
) -> Result<Profile, Problem> {
    let phone = match body.phone {
        NewPhone::Keep => PhoneChange::Keep,
        NewPhone::Remove => PhoneChange::Remove,
        NewPhone::Set(entered) => {
            let locale = body.locale.as_ref();
            PhoneChange::Set(phones::read_own(&app, &cause, &principal, &entered, body.country, locale).await?)
        }
    };
    let change = Change {
        name: body.name,
        phone,
        locale: body.locale,
        time_zone: body.time_zone.map(|zone| zone.0),
    };
    let changed = own_user::execute(
        &app,
        &cause,
        principal.user_id,
        Some(expected),
        Command::ChangeProfile(change),
    )
    .await;
    Ok(changed?.into())
}

/// Null means "none", which a field that is left out does not.
fn phone_change<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NewPhone, D::Error> {
    let phone = Option::deserialize(deserializer)?;
    Ok(phone.map_or(NewPhone::Remove, NewPhone::Set))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_null_from_nothing() {
        let phone = |json| serde_json::from_str::<ChangeMe>(json).map(|body| body.phone).ok();
        let number: EnteredPhone = serde_json::from_str(r#""06 12345678""#).unwrap();
        assert_eq!(phone("{}"), Some(NewPhone::Keep));
        assert_eq!(phone(r#"{"phone": null}"#), Some(NewPhone::Remove));
        assert_eq!(phone(r#"{"phone": "06 12345678"}"#), Some(NewPhone::Set(number)));
        assert_eq!(phone(r#"{"phone": ""}"#), None);
        assert_eq!(phone(r#"{"email": "ada@example.com"}"#), None);
        assert_eq!(phone(r#"{"roles": ["operator"]}"#), None);
    }
}
