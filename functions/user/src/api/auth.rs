//! Signing up, in and out, and lost passwords.

mod views;

pub mod answer_challenge;
pub mod confirm_sign_up;
pub mod refresh_tokens;
pub mod request_password_reset;
pub mod resend_code;
pub mod reset_password;
pub mod sign_in;
pub mod sign_out;
pub mod sign_up;
