//! `GET /internal/users/{user_id}/contact`: for the service that writes to people.

use axum::extract::State;
use contracts::internal::Contact;
use kernel::UserId;
use runtime::{InternalCaller, Json, Path, Problem};

use crate::app::App;
use crate::domain::Phone;
use crate::usecase::user::{self, Versioned};

/// How to reach a user.
pub async fn get_contact(
    State(app): State<App>,
    _: InternalCaller,
    Path(user_id): Path<UserId>,
) -> Result<Json<Contact>, Problem> {
    let found = user::find(&app.table, user_id).await?;
    let Versioned { user, version } = found.ok_or_else(Problem::not_found)?;
    let profile = user.profile;
    // A number that nobody has shown to be theirs may be anybody's: nothing is sent to it.
    let phone = profile.phone.filter(|_| profile.phone_verified);
    Ok(Json(Contact {
        name: profile.name.into(),
        email: profile.email.into(),
        phone_country: phone.as_ref().and_then(Phone::country),
        phone: phone.map(Into::into),
        locale: profile.locale.into(),
        time_zone: profile.time_zone.name().to_owned(),
        version,
    }))
}
