//! The commands, one a file.

pub mod down;
pub mod status;
pub mod up;
