//! The replica of people: how to reach them and what they want to hear.

use std::collections::{BTreeMap, BTreeSet};

use ::store::{StoreError, Table};
use contracts::internal::Contact;
use contracts::user::PreferencesChanged;
use contracts::vocabulary::MessageCategory;
use contracts::{Cause, Envelope};
use kernel::{Country, TimeZone, Timestamp, UserId};
use runtime::{CallError, HandlerError, Internal};

use crate::app::InboxApp;
use crate::domain::{Preferences, Reach};
use crate::store::{Person, person_key, person_query};

/// Reads a person; somebody unknown has neither contact nor preferences.
///
/// # Errors
/// When the table does not answer.
pub async fn read(table: &Table, user_id: UserId) -> Result<Person, StoreError> {
    let page = table.query::<Person>(&person_query(user_id)).await?;
    Ok(page
        .items
        .into_iter()
        .next()
        .map(|stored| stored.value)
        .unwrap_or_default())
}

/// Fetches how to reach somebody and keeps it. `None` if the user service does not know them.
///
/// # Errors
/// When the user service or the table does not answer.
pub async fn refresh(app: &InboxApp, user_id: UserId, cause: &Cause) -> Result<Option<Contact>, HandlerError> {
    let contact = fetch(&app.internal, user_id).await?;
    if let Some(contact) = &contact {
        let keep = |person: &mut Person| keep_contact(person, contact);
        app.table.upsert(cause, &person_key(user_id), keep).await?;
    }
    Ok(contact)
}

async fn fetch(internal: &Internal, user_id: UserId) -> Result<Option<Contact>, CallError> {
    match internal
        .get::<Contact>(&format!("/internal/users/{user_id}/contact"))
        .await
    {
        Ok(contact) => Ok(Some(contact)),
        Err(CallError::NotFound(_)) => Ok(None),
        Err(error @ (CallError::Refused { .. } | CallError::Unavailable { .. })) => Err(error),
    }
}

/// Keeps what a person wants to hear, from an event that says so.
///
/// # Errors
/// When the table does not answer.
pub async fn keep_preferences(
    table: &Table,
    event: &Envelope,
    changed: &PreferencesChanged,
    cause: &Cause,
) -> Result<(), StoreError> {
    let keep = |person: &mut Person| replace_preferences(person, changed, event.sequence, event.time);
    table.upsert(cause, &person_key(changed.user_id), keep).await
}

/// Keeps preferences if they are newer than those there. A category whose mails were unsubscribed by a link stays so
/// until the person, later, turns them on expressly.
fn replace_preferences(person: &mut Person, changed: &PreferencesChanged, sequence: u32, at: Timestamp) -> bool {
    if sequence <= person.preferences_sequence {
        return false;
    }
    let turned_on = |name: &str| changed.notifications.get(name).is_some_and(|channels| channels.email);
    let unsubscribed = std::mem::take(&mut person.unsubscribed);
    let unsubscribed: BTreeMap<_, _> = unsubscribed
        .into_iter()
        .filter(|(name, since)| *since > at || !turned_on(name))
        .collect();
    person.unsubscribed = unsubscribed;
    person.preferences = Some(changed.clone());
    person.preferences_sequence = sequence;
    true
}

/// Whether a contact has to be asked for: there is none, or none that tells the country of its number.
pub fn is_incomplete(contact: Option<&Contact>) -> bool {
    contact.is_none_or(|known| known.phone.is_some() && known.phone_country.is_none())
}

/// Keeps a contact if it is newer, or of the same version and tells more, than the one there.
fn keep_contact(person: &mut Person, contact: &Contact) -> bool {
    let newer = person.contact.as_ref().is_none_or(|known| {
        let fuller = is_incomplete(Some(known)) && !is_incomplete(Some(contact));
        known.version < contact.version || (known.version == contact.version && fuller)
    });
    if newer {
        person.contact = Some(contact.clone());
    }
    newer
}

impl Person {
    /// What the person wants to hear.
    ///
    /// # Errors
    /// When what was set cannot be: the text says what.
    pub fn wants(&self) -> Result<Preferences, String> {
        let unsubscribed: BTreeSet<MessageCategory> =
            self.unsubscribed.keys().filter_map(|name| name.parse().ok()).collect();
        Preferences::new(self.preferences.as_ref(), unsubscribed).map_err(|error| error.to_string())
    }

    /// How the person can be reached: by a number only if it belongs to a country that is served.
    pub fn reach(&self, serves: impl Fn(Country) -> bool) -> Reach {
        self.contact.as_ref().map_or(Reach::NONE, |contact| Reach {
            email: !contact.email.is_empty(),
            phone: contact.phone.is_some() && contact.phone_country.is_some_and(serves),
        })
    }

    /// The person's time zone, or UTC.
    pub fn zone(&self) -> TimeZone {
        let zone = self.contact.as_ref().and_then(|contact| contact.time_zone.parse().ok());
        zone.unwrap_or_else(TimeZone::utc)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::user::Channels;

    fn contact(name: &str, version: u64) -> Contact {
        Contact {
            name: name.to_owned(),
            email: "ana@example.com".to_owned(),
            phone: None,
            phone_country: None,
            locale: "nl".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            version,
        }
    }

    #[test]
    fn the_newer_contact_holds() {
        let mut person = Person::default();
        assert_eq!(person.reach(|_| true), Reach::NONE);
        assert!(keep_contact(&mut person, &contact("Ana", 2)));
        assert!(!keep_contact(&mut person, &contact("Older", 1)));
        assert!(!keep_contact(&mut person, &contact("Same", 2)));
        assert!(keep_contact(&mut person, &contact("Newer", 3)));
        assert_eq!(
            person.contact.as_ref().map(|contact| contact.name.as_str()),
            Some("Newer")
        );
        assert_eq!(
            person.reach(|_| true),
            Reach {
                email: true,
                phone: false
            }
        );
        assert_eq!(person.zone().name(), "Europe/Amsterdam");
    }

    #[test]
    fn a_number_that_no_texts_are_sent_to_is_as_good_as_none() {
        let mut person = Person::default();
        let unplaced = Contact {
            phone: Some("+12025550123".to_owned()),
            ..contact("Ana", 1)
        };
        keep_contact(&mut person, &unplaced);
        assert!(!person.reach(|_| true).phone);
        // The same contact, by a user service that tells the country too.
        assert!(is_incomplete(person.contact.as_ref()));
        let placed = Contact {
            phone_country: Country::try_from("US").ok(),
            ..unplaced.clone()
        };
        assert!(keep_contact(&mut person, &placed));
        assert!(!keep_contact(&mut person, &unplaced) && !is_incomplete(person.contact.as_ref()));
        assert!(person.reach(|country| country.as_str() == "US").phone);
        assert!(!person.reach(|country| country.as_str() == "NL").phone);
    }

    #[test]
    fn nothing_personal_is_shown() {
        let mut person = Person::default();
        keep_contact(&mut person, &contact("Ana", 1));
        assert!(!format!("{person:?}").contains("ana@"));
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-20T{text}:00Z").parse().unwrap()
    }

    fn changed(categories: &[&str]) -> PreferencesChanged {
        let channels = Channels {
            email: true,
            sms: true,
            push: true,
            in_app: true,
        };
        PreferencesChanged {
            user_id: "usr_2x4bbcxr3m8ttbn9s0m1n9q8zr".parse().unwrap(),
            notifications: categories.iter().map(|name| ((*name).to_owned(), channels)).collect(),
            quiet_hours: None,
            marketing: false,
        }
    }

    #[test]
    fn the_newer_preferences_hold() {
        let mut person = Person::default();
        assert!(replace_preferences(
            &mut person,
            &changed(&["payments"]),
            3,
            at("10:00")
        ));
        assert!(!replace_preferences(&mut person, &changed(&[]), 2, at("09:00")));
        assert!(!replace_preferences(&mut person, &changed(&[]), 3, at("10:00")));
        assert_eq!(person.preferences, Some(changed(&["payments"])));
    }

    #[test]
    fn an_unsubscribed_category_comes_back_only_expressly_and_later() {
        let unsubscribed = ["payments", "account"].map(|name| (name.to_owned(), at("12:00")));
        let mut person = Person {
            unsubscribed: unsubscribed.into(),
            ..Person::default()
        };
        assert!(replace_preferences(
            &mut person,
            &changed(&["payments"]),
            1,
            at("11:00")
        ));
        assert_eq!(person.unsubscribed.len(), 2);
        assert!(replace_preferences(&mut person, &changed(&[]), 2, at("13:00")));
        assert_eq!(person.unsubscribed.len(), 2);
        assert!(replace_preferences(
            &mut person,
            &changed(&["payments"]),
            3,
            at("14:00")
        ));
        assert_eq!(person.unsubscribed.keys().collect::<Vec<_>>(), ["account"]);
    }
}
