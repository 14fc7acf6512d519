//! People: their contacts are fetched, their preferences kept.

use std::collections::BTreeMap;

use contracts::user::{PreferencesChanged, ProfileChanged, Registered, RolesChanged, SignUpRepeated};
use contracts::{Cause, Envelope};
use kernel::{Timestamp, UserId};
use runtime::{Consumed, Done, Standing};

use crate::app::Desk;
use crate::domain::{Notice, Recipient};
use crate::live::end_lost;
use crate::people;
use crate::store::Person;
use crate::tell::tell;

/// Somebody can be reached from now on.
pub async fn registered(desk: &Desk, event: &Registered, cause: &Cause) -> Consumed {
    refresh(desk, event.user_id, cause).await
}

/// Somebody may be something else: connections from before that end at once. What is known is looked at, not the event, so
/// that one which comes late gives nothing back.
pub async fn roles_changed(desk: &Desk, event: &Envelope, cause: &Cause) -> Consumed {
    let Done = Standing::keep(&desk.table, event, cause).await?;
    let changed: RolesChanged = event.data()?;
    end_lost(&desk.table, &desk.connections, changed.user_id, cause).await?;
    Ok(Done)
}

/// Somebody's contact may have changed.
pub async fn profile_changed(desk: &Desk, event: &ProfileChanged, cause: &Cause) -> Consumed {
    refresh(desk, event.user_id, cause).await
}

async fn refresh(desk: &Desk, user_id: UserId, cause: &Cause) -> Consumed {
    if let Some(contact) = people::ask(&desk.internal, user_id).await? {
        let keep = |person: &mut Person| people::keep_contact(person, &contact);
        people::change(&desk.table, user_id, cause, keep).await?;
    }
    Ok(Done)
}

/// Somebody wants to hear of other things, or otherwise.
pub async fn preferences_changed(
    desk: &Desk,
    event: &Envelope,
    changed: &PreferencesChanged,
    cause: &Cause,
) -> Consumed {
    let keep = |person: &mut Person| keep_preferences(person, changed, event.sequence, event.time);
    people::change(&desk.table, changed.user_id, cause, keep).await?;
    Ok(Done)
}

/// Keeps preferences if they are newer than those there. A category whose mails were unsubscribed by a link stays so
/// until the person, later, turns them on expressly.
fn keep_preferences(person: &mut Person, changed: &PreferencesChanged, sequence: u32, at: Timestamp) -> bool {
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

/// The owner of an address should know that somebody tried it.
pub async fn sign_up_repeated(desk: &Desk, event: &Envelope, repeated: &SignUpRepeated, cause: &Cause) -> Consumed {
    tell(
        desk,
        event,
        cause,
        Recipient::Person(repeated.user_id),
        &Notice::SignUpRepeated,
        None,
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::user::Channels;

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
        assert!(keep_preferences(&mut person, &changed(&["payments"]), 3, at("10:00")));
        assert!(!keep_preferences(&mut person, &changed(&[]), 2, at("09:00")));
        assert!(!keep_preferences(&mut person, &changed(&[]), 3, at("10:00")));
        assert_eq!(person.preferences, Some(changed(&["payments"])));
    }

    #[test]
    fn an_unsubscribed_category_comes_back_only_expressly_and_later() {
        let unsubscribed = ["payments", "account"].map(|name| (name.to_owned(), at("12:00")));
        let mut person = Person {
            unsubscribed: unsubscribed.into(),
            ..Person::default()
        };
        assert!(keep_preferences(&mut person, &changed(&["payments"]), 1, at("11:00")));
        assert_eq!(person.unsubscribed.len(), 2);
        assert!(keep_preferences(&mut person, &changed(&[]), 2, at("13:00")));
        assert_eq!(person.unsubscribed.len(), 2);
        assert!(keep_preferences(&mut person, &changed(&["payments"]), 3, at("14:00")));
        assert_eq!(person.unsubscribed.keys().collect::<Vec<_>>(), ["account"]);
    }
}
