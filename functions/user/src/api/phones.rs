//! The number that a person means.

use kernel::Country;
use phone::{EnteredPhone, InvalidPhone};
use runtime::{Cause, Principal, Problem};

use crate::app::App;
use crate::domain::{Locale, Phone};
use crate::usecase::own_user;

/// Reads a number. In which country it would be dialled, says the request; if it does not, what is known of the person and
/// the market, if it has one country alone, are guesses, the first of which counts that has such a number.
///
/// # Errors
/// 422 with the number's own code when there is no such number, or it has no country.
pub fn read(
    app: &App,
    entered: &EnteredPhone,
    told: Option<Country>,
    known: &[Option<Country>],
) -> Result<Phone, Problem> {
    let read = if told.is_some() {
        entered.read(told)
    } else {
        entered.guess(&[known, &[app.texts.market()]].concat())
    };
    read.map_err(refused)
}

/// Reads a number of the signed-in person, whose profile is looked at only if neither the number nor the request names a
/// country; `locale` is what the person changes the language to.
///
/// # Errors
/// As [`read`], and when the profile cannot be read.
pub async fn read_own(
    app: &App,
    cause: &Cause,
    principal: &Principal,
    entered: &EnteredPhone,
    told: Option<Country>,
    locale: Option<&Locale>,
) -> Result<Phone, Problem> {
    match entered.read(told) {
        Err(InvalidPhone::CountryNeeded) => {
            let known = own_user::find(app, cause, principal.user_id)
                .await?
                .user
                .profile
                .country();
            read(app, entered, told, &[country_of(locale), known])
        }
        read => read.map_err(refused),
    }
}

/// The country that a language tag names.
pub fn country_of(locale: Option<&Locale>) -> Option<Country> {
    locale.and_then(Locale::country)
}

fn refused(error: InvalidPhone) -> Problem {
    Problem::invalid("/phone", error.code(), error.to_string())
}
