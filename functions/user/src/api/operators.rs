//! What operators do with accounts.

pub mod get_user;
pub mod reinstate_user;
pub mod replace_roles;
pub mod suspend_user;
