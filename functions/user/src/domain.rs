//! The rules: what a user is, what may change, and what an address book holds. Values only.

mod addresses;
mod email;
mod locale;
mod password;
mod preferences;
mod user;

#[cfg(test)]
pub use addresses::{ADDRESSES_MAX, CITY_MAX, INSTRUCTIONS_MAX, LABEL_MAX, LINE_MAX, POSTAL_CODE_MAX};
pub use addresses::{
    Address, AddressBook, AddressRejection, City, Instructions, Label, Line, PostalCode, SavedAddress,
};
pub use email::Email;
pub use locale::Locale;
pub use password::{InvalidPassword, NewPassword, PASSWORD_CHARACTERS_MAX};
pub use phone::Phone;
#[cfg(test)]
pub use preferences::DIETS_MAX;
pub use preferences::{InvalidPreferences, Preferences, Tag};
pub use user::{
    Change, Command, Event, Intent, Name, PhoneChange, Profile, Rejection, UNCONFIRMED_MAX, User, decide, evolve,
    register,
};
