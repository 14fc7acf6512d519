//! Where the signed-in person has orders brought to.

mod views;

pub mod add_address;
pub mod get_address;
pub mod list_addresses;
pub mod remove_address;
pub mod replace_address;
