//! The user: what is known of a person with a confirmed account, and how it may change.

use std::collections::BTreeSet;

use kernel::{Country, Line, Role, SignedDuration, TimeZone, Timestamp, UserId};

use super::{Email, Locale, Phone, Preferences};

/// Characters of a name, at most.
pub const NAME_MAX: usize = 100;
/// How a person wants to be called: at most 100 characters.
pub type Name = Line<NAME_MAX>;

/// The owner of an address hears at most this often that somebody else tried to sign up with it: else everybody could
/// fill the owner's mailbox.
pub const REPEATED_SIGN_UP_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// How long an account may wait for its code.
pub const UNCONFIRMED_MAX: SignedDuration = SignedDuration::from_hours(24);

/// What a person asks to be at sign-up: it opens the onboarding of that role and nothing more. An operator is never
/// made by asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Intent {
    /// To order meals.
    #[default]
    Customer,
    /// To open a restaurant or work in one.
    Restaurant,
    /// To bring meals.
    Courier,
}

impl Intent {
    /// The role that comes of it.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Customer => Role::Customer,
            Self::Restaurant => Role::Restaurant,
            Self::Courier => Role::Courier,
        }
    }

    /// What was asked for, if it may be asked for.
    #[must_use]
    pub const fn of(role: Role) -> Option<Self> {
        match role {
            Role::Customer => Some(Self::Customer),
            Role::Restaurant => Some(Self::Restaurant),
            Role::Courier => Some(Self::Courier),
            Role::Operator => None,
        }
    }
}

/// How to address and reach a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Confirmed by a code that was mailed to it.
    pub email: Email,
    /// What to call the person.
    pub name: Name,
    /// For text messages.
    pub phone: Option<Phone>,
    /// Whether a code has shown that the number is the person's: nothing is sent to it before.
    pub phone_verified: bool,
    /// The language to write in.
    pub locale: Locale,
    /// Where the person's days begin and end.
    pub time_zone: TimeZone,
}

impl Profile {
    /// The country whose numbers the person is likely to write without its code: the number's own, else the language's.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        let of_number = self.phone.as_ref().and_then(Phone::country);
        of_number.or_else(|| self.locale.country())
    }
}

/// A person with a confirmed account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// How to address and reach the person.
    pub profile: Profile,
    /// What the person may be: a copy of the identity provider's groups, which are what counts. None while suspended.
    pub roles: BTreeSet<Role>,
    /// The roles that come back when an operator lifts the suspension; `None` means that the person is not suspended.
    pub suspended: Option<BTreeSet<Role>>,
    /// What the person likes, must avoid, and wants to be told.
    pub preferences: Preferences,
    /// When the account was confirmed.
    pub registered_at: Timestamp,
    /// When the person last heard of somebody else's sign-up with the same address.
    pub warned_at: Option<Timestamp>,
}

/// New values for parts of the profile; nothing leaves the part as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// What to call the person.
    pub name: Option<Name>,
    /// For text messages.
    pub phone: PhoneChange,
    /// The language to write in.
    pub locale: Option<Locale>,
    /// Where the person's days begin and end.
    pub time_zone: Option<TimeZone>,
}

/// What becomes of the number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum PhoneChange {
    /// It stays.
    #[default]
    Keep,
    /// There is none from now on.
    Remove,
    /// It is another one.
    Set(Phone),
}

/// What can be asked of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The person changes the profile.
    ChangeProfile(Change),
    /// The person replaces the preferences.
    ReplacePreferences(Preferences),
    /// An operator replaces the roles.
    ReplaceRoles {
        /// The new ones.
        roles: BTreeSet<Role>,
        /// The operator.
        by: UserId,
    },
    /// The person has shown by a code that the number is theirs.
    VerifyPhone(Phone),
    /// An operator bars the person from the platform.
    Suspend {
        /// The operator.
        by: UserId,
    },
    /// An operator lifts the suspension.
    Reinstate {
        /// The operator.
        by: UserId,
    },
    /// The identity provider says something else than what is kept here.
    FollowIdentity {
        /// Its confirmed address.
        email: Email,
        /// Its groups.
        roles: BTreeSet<Role>,
    },
    /// Somebody signed up with the address of this account.
    ReportRepeatedSignUp { at: Timestamp },
}

/// What happened to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The profile is another one.
    ProfileChanged(Profile),
    /// The preferences are other ones.
    PreferencesChanged(Preferences),
    /// The roles are other ones; `by` whom, if not by the identity provider itself.
    RolesChanged {
        /// All of them.
        roles: BTreeSet<Role>,
        /// The operator.
        by: Option<UserId>,
    },
    /// The person has no roles until the suspension is lifted.
    Suspended {
        /// The operator.
        by: UserId,
    },
    /// The roles from before the suspension are back.
    Reinstated {
        /// All of them.
        roles: BTreeSet<Role>,
        /// The operator.
        by: UserId,
    },
    /// The person is to hear of somebody else's sign-up.
    RepeatedSignUpReported(Timestamp),
}

/// Why a command is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Taking every role is what a suspension does.
    #[error("a user has at least one role")]
    NoRole,
    /// Nobody decides on their own suspension.
    #[error("another operator must do this")]
    OwnAccount,
    /// Roles are given back by lifting the suspension.
    #[error("the account is suspended: reinstate it first")]
    Suspended,
    /// The profile has no such number, or no longer.
    #[error("the profile has another number by now: ask for another code")]
    NoPhone,
    /// Else the last operator could lock everybody out.
    #[error("operators cannot take the role from themselves")]
    OwnOperatorRole,
}

/// A new user, from what the identity provider knows.
#[must_use]
pub fn register(id: UserId, profile: Profile, roles: BTreeSet<Role>, now: Timestamp) -> User {
    User {
        id,
        profile,
        roles,
        preferences: Preferences::default(),
        suspended: None,
        registered_at: now,
        warned_at: None,
    }
}

/// What a command does to a user: the same again does nothing.
///
/// # Errors
/// When the rules forbid it.
pub fn decide(user: &User, command: Command) -> Result<Vec<Event>, Rejection> {
    Ok(match command {
        Command::ChangeProfile(change) => change_profile(user, change),
        Command::ReplacePreferences(preferences) if preferences == user.preferences => Vec::new(),
        Command::ReplacePreferences(preferences) => vec![Event::PreferencesChanged(preferences)],
        Command::ReplaceRoles { roles, by } => replace_roles(user, roles, by)?,
        Command::FollowIdentity { email, roles } => follow_identity(user, email, roles),
        Command::VerifyPhone(phone) => verify_phone(user, &phone)?,
        Command::Suspend { by } | Command::Reinstate { by } if by == user.id => return Err(Rejection::OwnAccount),
        Command::Suspend { by } => match user.suspended {
            Some(_) => Vec::new(),
            None => vec![Event::Suspended { by }],
        },
        Command::Reinstate { by } => match &user.suspended {
            Some(roles) => vec![Event::Reinstated {
                roles: roles.clone(),
                by,
            }],
            None => Vec::new(),
        },
        Command::ReportRepeatedSignUp { at } => {
            let recently = user
                .warned_at
                .is_some_and(|warned| at < warned + REPEATED_SIGN_UP_PAUSE);
            if recently {
                Vec::new()
            } else {
                vec![Event::RepeatedSignUpReported(at)]
            }
        }
    })
}

/// The user after an event.
#[must_use]
pub fn evolve(mut user: User, event: &Event) -> User {
    match event {
        Event::ProfileChanged(profile) => user.profile = profile.clone(),
        Event::PreferencesChanged(preferences) => user.preferences = preferences.clone(),
        Event::RolesChanged { roles, .. } => user.roles.clone_from(roles),
        Event::Suspended { .. } => user.suspended = Some(std::mem::take(&mut user.roles)),
        Event::Reinstated { roles, .. } => {
            user.roles.clone_from(roles);
            user.suspended = None;
        }
        Event::RepeatedSignUpReported(at) => user.warned_at = Some(*at),
    }
    user
}

fn change_profile(user: &User, change: Change) -> Vec<Event> {
    let old = &user.profile;
    let phone = match change.phone {
        PhoneChange::Keep => old.phone.clone(),
        PhoneChange::Remove => None,
        PhoneChange::Set(phone) => Some(phone),
    };
    let profile = Profile {
        email: old.email.clone(),
        name: change.name.unwrap_or_else(|| old.name.clone()),
        // Another number is another proof.
        phone_verified: old.phone_verified && phone == old.phone,
        phone,
        locale: change.locale.unwrap_or_else(|| old.locale.clone()),
        time_zone: change.time_zone.unwrap_or_else(|| old.time_zone.clone()),
    };
    if profile == *old {
        Vec::new()
    } else {
        vec![Event::ProfileChanged(profile)]
    }
}

fn replace_roles(user: &User, roles: BTreeSet<Role>, by: UserId) -> Result<Vec<Event>, Rejection> {
    if roles.is_empty() {
        return Err(Rejection::NoRole);
    }
    if by == user.id && !roles.contains(&Role::Operator) {
        return Err(Rejection::OwnOperatorRole);
    }
    if user.suspended.is_some() {
        return Err(Rejection::Suspended);
    }
    let same = roles == user.roles;
    Ok(if same {
        Vec::new()
    } else {
        vec![Event::RolesChanged { roles, by: Some(by) }]
    })
}

fn verify_phone(user: &User, phone: &Phone) -> Result<Vec<Event>, Rejection> {
    if user.profile.phone.as_ref() != Some(phone) {
        return Err(Rejection::NoPhone);
    }
    Ok(if user.profile.phone_verified {
        Vec::new()
    } else {
        vec![Event::ProfileChanged(Profile {
            phone_verified: true,
            ..user.profile.clone()
        })]
    })
}

fn follow_identity(user: &User, email: Email, roles: BTreeSet<Role>) -> Vec<Event> {
    let mut events = Vec::new();
    if email != user.profile.email {
        events.push(Event::ProfileChanged(Profile {
            email,
            ..user.profile.clone()
        }));
    }
    // A suspension is decided here, and the groups follow it.
    if roles != user.roles && user.suspended.is_none() {
        events.push(Event::RolesChanged { roles, by: None });
    }
    events
}

#[cfg(test)]
mod tests;
