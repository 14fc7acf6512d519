//! Calls of other services.

pub mod get_contact;
pub mod get_delivery_address;
