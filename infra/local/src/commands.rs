//! The commands, one a file.

pub mod bench;
pub mod demo;
pub mod deploy;
pub mod down;
pub mod logs;
pub mod redrive;
pub mod republish;
pub mod seed;
pub mod status;
pub mod test;
pub mod up;
