//! A running copy of the platform, as tests see it: people who sign in, places where they order, queues to look into,
//! and the patience to wait for what happens elsewhere.
//!
//! Everything goes through the public API and the AWS interfaces of the copy that `TIFFIN_OUTPUTS` names. What does not
//! turn out as it should panics with what was asked and what came back: this crate is for tests alone.

pub mod asyncapi;
mod aws;
mod city;
mod documents;
mod live;
mod person;
mod signature;
mod stack;
mod totp;
mod wait;

pub use aws::{Aws, SNS};
pub use city::{Basket, Kitchen, Rider, menu, menu_in, place, restaurant};
pub use client::{Method, Reply, SERVICES, elements};
pub use documents::Documents;
pub use live::Live;
pub use person::Person;
pub use signature::stripe_signature;
pub use stack::{Login, Outputs, Stack};
pub use totp::totp;
pub use wait::{PATIENCE, early_in_a_window, eventually, within};
