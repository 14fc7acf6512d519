//! The table: `USER#<id>` holds the user (`PROFILE`), the user's events (`EVENT#…`) and the address book (`ADDRESSES`).
//!
//! Preferences are a part of the user's item, because a user's events count in one sequence. The address book is one
//! item, because it is small, seldom changed, and its rules (twenty at most, one default) then need one condition.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use ::store::{Key, Stored};
use contracts::user::Channels;
use kernel::hours::Interval;
use kernel::{AddressId, Country, Currency, Position, Role, Timestamp, UserId};
use serde::{Deserialize, Serialize};

pub use values::ZoneName;

use crate::domain::{
    Address, AddressBook, City, Email, Instructions, Label, Line, Locale, Name, Phone, PostalCode, Preferences,
    Profile, SavedAddress, Tag, User,
};

/// Where a user is.
pub fn user_key(user_id: UserId) -> Key {
    Key::new(format!("USER#{user_id}"), "PROFILE")
}

/// Where a user's address book is.
pub fn book_key(user_id: UserId) -> Key {
    Key::new(format!("USER#{user_id}"), "ADDRESSES")
}

/// Where the last sign-up with an address is. The address is only there as a digest.
pub fn sign_up_key(email: &Email) -> Key {
    Key::new(format!("SIGN_UP#{}", ::store::digest(email.as_str())), "SIGN_UP")
}

/// Where the operators are listed: the last of them must stay.
pub fn operators_key() -> Key {
    Key::new("OPERATORS", "OPERATORS")
}

/// Where the code is that was sent to a person's phone.
pub fn phone_code_key(user_id: UserId) -> Key {
    Key::new(format!("USER#{user_id}"), "PHONE_CODE")
}

/// A code that was sent to a phone. The code itself is only there as a digest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneCodeRecord {
    /// The number.
    pub phone: Phone,
    /// A digest of the person, the number and the code.
    pub code: String,
    /// When it ends, in seconds since 1970.
    pub expires_at: i64,
}

/// What a person said at sign-up, until the account is confirmed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignUpRecord {
    /// The account that the sign-up made.
    pub user_id: UserId,
    /// What to call the person.
    pub name: Name,
    /// For text messages, not verified yet.
    pub phone: Option<Phone>,
    /// The language to write in.
    pub locale: Locale,
    /// What the person wants to be.
    pub role: Role,
    /// The network address that the request came from, as a digest.
    pub from: String,
    /// True if the address was signed up for before: then a code does not tell whose sign-up it confirms.
    #[serde(default)]
    pub repeated: bool,
    /// When the table forgets it, in seconds since 1970.
    pub expires_at: i64,
}

/// A user as the table keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRecord {
    user_id: UserId,
    email: Email,
    name: Name,
    phone: Option<Phone>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    phone_verified: bool,
    locale: Locale,
    time_zone: ZoneName,
    roles: BTreeSet<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suspended: Option<BTreeSet<Role>>,
    registered_at: Timestamp,
    warned_at: Option<Timestamp>,
    #[serde(
        default,
        with = "::store::json",
        skip_serializing_if = "PreferencesRecord::is_default"
    )]
    preferences: PreferencesRecord,
}

/// Preferences as the table keeps them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct PreferencesRecord {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    diets: BTreeSet<Tag>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    allergens: BTreeSet<Tag>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    cuisines: BTreeSet<Tag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<Currency>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    notifications: BTreeMap<Tag, Channels>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quiet_hours: Option<Interval>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    marketing: bool,
}

impl PreferencesRecord {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// An address book as the table keeps it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BookRecord {
    #[serde(with = "::store::json")]
    addresses: Vec<AddressRecord>,
    default_id: Option<AddressId>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct AddressRecord {
    address_id: AddressId,
    label: Label,
    line1: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    line2: Option<Line>,
    city: City,
    postal_code: PostalCode,
    country: Country,
    position: Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<Instructions>,
}

impl From<User> for UserRecord {
    fn from(user: User) -> Self {
        let (profile, preferences) = (user.profile, user.preferences);
        Self {
            user_id: user.id,
            email: profile.email,
            name: profile.name,
            phone: profile.phone,
            phone_verified: profile.phone_verified,
            locale: profile.locale,
            time_zone: ZoneName(profile.time_zone),
            roles: user.roles,
            suspended: user.suspended,
            registered_at: user.registered_at,
            warned_at: user.warned_at,
            preferences: PreferencesRecord {
                diets: preferences.diets,
                allergens: preferences.allergens,
                cuisines: preferences.cuisines,
                currency: preferences.currency,
                notifications: preferences.notifications,
                quiet_hours: preferences.quiet_hours,
                marketing: preferences.marketing,
            },
        }
    }
}

impl From<UserRecord> for User {
    fn from(record: UserRecord) -> Self {
        let preferences = record.preferences;
        Self {
            id: record.user_id,
            profile: Profile {
                email: record.email,
                name: record.name,
                phone: record.phone,
                phone_verified: record.phone_verified,
                locale: record.locale,
                time_zone: record.time_zone.0,
            },
            roles: record.roles,
            suspended: record.suspended,
            preferences: Preferences {
                diets: preferences.diets,
                allergens: preferences.allergens,
                cuisines: preferences.cuisines,
                currency: preferences.currency,
                notifications: preferences.notifications,
                quiet_hours: preferences.quiet_hours,
                marketing: preferences.marketing,
            },
            registered_at: record.registered_at,
            warned_at: record.warned_at,
        }
    }
}

impl From<&AddressBook> for BookRecord {
    fn from(book: &AddressBook) -> Self {
        let addresses = book.saved().iter().cloned().map(AddressRecord::from).collect();
        Self {
            addresses,
            default_id: book.default_id(),
        }
    }
}

impl From<BookRecord> for AddressBook {
    fn from(record: BookRecord) -> Self {
        let saved = record.addresses.into_iter().map(SavedAddress::from).collect();
        Self::restore(saved, record.default_id)
    }
}

impl From<SavedAddress> for AddressRecord {
    fn from(saved: SavedAddress) -> Self {
        let address = saved.address;
        Self {
            address_id: saved.address_id,
            label: address.label,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            postal_code: address.postal_code,
            country: address.country,
            position: address.position,
            instructions: address.instructions,
        }
    }
}

impl From<AddressRecord> for SavedAddress {
    fn from(record: AddressRecord) -> Self {
        Self {
            address_id: record.address_id,
            address: Address {
                label: record.label,
                line1: record.line1,
                line2: record.line2,
                city: record.city,
                postal_code: record.postal_code,
                country: record.country,
                position: record.position,
                instructions: record.instructions,
            },
        }
    }
}

/// The value inside, as the domain knows it.
pub fn map<R, T: From<R>>(stored: Stored<R>) -> Stored<T> {
    Stored {
        value: stored.value.into(),
        version: stored.version,
        sequence: stored.sequence,
    }
}

#[cfg(test)]
mod tests;
