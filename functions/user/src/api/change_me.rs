//! `PATCH /v1/users/me`.

use axum::extract::State;
use runtime::{IfMatch, Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::me;
use super::profile::Profile;
use crate::app::App;
use crate::domain::{Change, Command, Locale, Name, Phone, PhoneChange};
use crate::wire::ZoneName;

/// New values; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMe {
    /// What to call the person.
    name: Option<Name>,
    /// In E.164 form; null removes it.
    #[serde(default, deserialize_with = "phone_change")]
    #[schema(value_type = Option<Phone>)]
    phone: PhoneChange,
    /// The language to write in.
    locale: Option<Locale>,
    /// An IANA name.
    time_zone: Option<ZoneName>,
}

/// Change my profile
#[utoipa::path(patch, path = "/v1/users/me", operation_id = "change_me", tag = "users", security(("token" = [])),
    params(("If-Match" = String, Header, description = "The `version` that was read")), request_body = ChangeMe, responses(
    (status = 200, description = "As it is now", body = Profile),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 412, description = "`stale`: changed since it was read", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`", body = Problem, content_type = "application/problem+json"),
    (status = 428, description = "`if_match_missing`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn change_me(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    IfMatch(expected): IfMatch,
    Json(body): Json<ChangeMe>,
) -> Result<Profile, Problem> {
    let change = Change {
        name: body.name,
        phone: body.phone,
        locale: body.locale,
        time_zone: body.time_zone.map(|zone| zone.0),
    };
    let changed = me::execute(&app, &cause, &principal, Some(expected), Command::ChangeProfile(change)).await;
    changed.map(Profile::from)
}

/// Null means "none", which a field that is left out does not.
fn phone_change<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PhoneChange, D::Error> {
    let phone = Option::deserialize(deserializer)?;
    Ok(phone.map_or(PhoneChange::Remove, PhoneChange::Set))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_null_from_nothing() {
        let phone = |json| serde_json::from_str::<ChangeMe>(json).map(|body| body.phone).ok();
        let number = Phone::try_from("+31612345678".to_owned()).unwrap();
        assert_eq!(phone("{}"), Some(PhoneChange::Keep));
        assert_eq!(phone(r#"{"phone": null}"#), Some(PhoneChange::Remove));
        assert_eq!(phone(r#"{"phone": "+31612345678"}"#), Some(PhoneChange::Set(number)));
        assert_eq!(phone(r#"{"phone": "0612345678"}"#), None);
        assert_eq!(phone(r#"{"email": "ada@example.com"}"#), None);
        assert_eq!(phone(r#"{"roles": ["operator"]}"#), None);
    }
}
