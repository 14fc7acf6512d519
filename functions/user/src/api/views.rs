//! A user as the API shows it.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use kernel::{Country, Role, Timestamp, UserId};
use runtime::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes;
use crate::domain::{Email, Locale, Name, Phone};
use crate::store::ZoneName;
use crate::usecase::user::Versioned;

/// A user.
#[derive(Serialize, ToSchema)]
pub struct Profile {
    /// Who.
    user_id: UserId,
    /// Confirmed.
    email: Email,
    /// What to call the person.
    #[schema(value_type = shapes::PersonName)]
    name: Name,
    /// In E.164 form.
    phone: Option<Phone>,
    /// The number as it is dialled within its country, such as `06 12345678`.
    #[schema(value_type = Option<shapes::NationalPhone>)]
    phone_national: Option<String>,
    /// The number as it is written for people elsewhere, such as `+31 6 12345678`.
    #[schema(value_type = Option<shapes::InternationalPhone>)]
    phone_international: Option<String>,
    /// The country that the number belongs to; null if it belongs to none.
    phone_country: Option<Country>,
    /// Whether a code has shown that the number is theirs: no text is sent to it before.
    phone_verified: bool,
    /// The language to write in.
    locale: Locale,
    /// Where the person's days begin and end.
    time_zone: ZoneName,
    /// What the person may be.
    roles: Vec<Role>,
    /// True while an operator bars the person from the platform; then there are no roles.
    suspended: bool,
    /// When the account was confirmed.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Send it as `If-Match` with a change.
    #[schema(example = 7)]
    version: u64,
}

impl From<Versioned> for Profile {
    fn from(Versioned { user, version }: Versioned) -> Self {
        let profile = user.profile;
        Self {
            user_id: user.id,
            email: profile.email,
            name: profile.name,
            phone_national: profile.phone.as_ref().map(Phone::national),
            phone_international: profile.phone.as_ref().map(Phone::international),
            phone_country: profile.phone.as_ref().and_then(Phone::country),
            phone: profile.phone,
            phone_verified: profile.phone_verified,
            locale: profile.locale,
            time_zone: ZoneName(profile.time_zone),
            roles: user.roles.into_iter().collect(),
            suspended: user.suspended.is_some(),
            created_at: user.registered_at,
            version,
        }
    }
}

impl IntoResponse for Profile {
    fn into_response(self) -> Response {
        let version = self.version;
        let mut response = Json(self).into_response();
        if let Ok(tag) = HeaderValue::try_from(format!("\"{version}\"")) {
            response.headers_mut().insert(header::ETAG, tag);
        }
        response
    }
}
