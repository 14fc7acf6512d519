//! What the service does, step by step: each file is one subject, read top-down.

pub mod address_book;
pub mod change_roles;
pub mod confirm_sign_up;
pub mod own_user;
pub mod phone_code;
pub mod registration;
pub mod sign_up;
pub mod user;
