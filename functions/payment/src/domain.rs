//! The rules of a payment: values in, decisions out. Knows no provider's API, no table, no clock.
//!
//! The provider's payment intent is the truth about money. A rule therefore never says "now it is captured"; it says
//! what to ask the provider ([`ProviderRequest`]), and what the provider then shows ([`IntentStatus`]) is what becomes the state. Two
//! messages that race (a cancellation and an authorisation) ask different things of the same intent, the provider takes
//! one after the other, and whoever looks last records what came of it.

mod command;
mod decide;
mod method;
mod payment;

pub use contracts::vocabulary::VoidReason;

pub use command::{Command, Decision, Event, IntentStatus, Observation, ProviderRequest, Rejection};
pub use decide::decide;
pub use method::{Card, ProviderToken, TOKEN_LENGTH_MAX};
pub use payment::{Attempt, EXPIRY_MARGIN, IntentId, NextAction, STALLED_AFTER, State};

#[cfg(test)]
mod provider_simulation;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod transition_matrix;
#[cfg(test)]
pub use tests::states as examples;
