//! The signed-in person: profile, phone, second factor and preferences.

mod bearer;
mod fresh_sign_in;
mod preferences;

pub mod begin_totp;
pub mod change_me;
pub mod get_me;
pub mod get_preferences;
pub mod remove_totp;
pub mod replace_preferences;
pub mod send_phone_code;
pub mod verify_phone;
pub mod verify_totp;
