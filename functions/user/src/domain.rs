//! The rules: what a user is, what may change, and what an address book holds. Values only.

mod addresses;
mod email;
mod locale;
mod password;
mod preferences;
mod user;

#[cfg(test)]
pub use addresses::ADDRESSES_MAX;
pub use addresses::{
    Address, AddressBook, AddressRejection, CITY_MAX, City, INSTRUCTIONS_MAX, Instructions, LABEL_MAX, LINE_MAX, Label,
    Line, POSTAL_CODE_MAX, PostalCode, SavedAddress,
};
pub use email::Email;
pub use locale::Locale;
pub use password::{InvalidPassword, NewPassword, PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN};
pub use phone::Phone;
pub use preferences::{
    ALLERGENS_MAX, CATEGORIES_MAX, CUISINES_MAX, DIETS_MAX, InvalidPreferences, Preferences, Tag, distinct,
};
pub use user::{
    Change, Command, Event, Intent, NAME_MAX, Name, PhoneChange, Profile, Rejection, UNCONFIRMED_MAX, User, decide,
    evolve, register,
};
