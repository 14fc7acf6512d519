//! What happened to a user, as others hear of it. No personal data: who needs it asks for it.

use std::collections::BTreeSet;

use ::store::Commit;
use contracts::user::{PreferencesChanged, ProfileChanged, QuietHours, Registered, RolesChanged, SignUpRepeated};
use kernel::{Role, UserId};

use crate::domain::{Event, Preferences, User};

/// A new user.
#[must_use]
pub fn registered(commit: Commit, user: &User) -> Commit {
    commit.event(&Registered {
        user_id: user.id,
        roles: user.roles.iter().copied().collect(),
        locale: user.profile.locale.as_str().to_owned(),
    })
}

/// Adds the contract of each event to a commit that writes the user.
#[must_use]
pub fn events(commit: Commit, user_id: UserId, events: &[Event]) -> Commit {
    events.iter().fold(commit, |commit, event| match event {
        Event::ProfileChanged(_) => commit.event(&ProfileChanged { user_id }),
        Event::PreferencesChanged(preferences) => commit.event(&preferences_changed(user_id, preferences)),
        Event::RolesChanged { roles, by } => commit.event(&roles_changed(user_id, roles, *by)),
        Event::Reinstated { roles, by } => commit.event(&roles_changed(user_id, roles, Some(*by))),
        Event::Suspended { by } => commit.event(&RolesChanged {
            suspended: true,
            ..roles_changed(user_id, &BTreeSet::new(), Some(*by))
        }),
        Event::RepeatedSignUpReported(_) => commit.event(&SignUpRepeated { user_id }),
    })
}

fn roles_changed(user_id: UserId, roles: &BTreeSet<Role>, changed_by: Option<UserId>) -> RolesChanged {
    RolesChanged {
        user_id,
        roles: roles.iter().copied().collect(),
        suspended: false,
        changed_by,
    }
}

fn preferences_changed(user_id: UserId, preferences: &Preferences) -> PreferencesChanged {
    let notifications = preferences.notifications.iter();
    PreferencesChanged {
        user_id,
        notifications: notifications
            .map(|(tag, channels)| (tag.clone().into(), *channels))
            .collect(),
        quiet_hours: preferences.quiet_hours.map(|hours| QuietHours {
            from: hours.from.to_string(),
            to: hours.to.to_string(),
        }),
        marketing: preferences.marketing,
    }
}
