//! Who is told what, and how: pure decisions over events, preferences and local time.
//!
//! Nothing here sends, stores, or reads a clock.

mod coalesce;
mod decide;
mod happening;
mod kind;
mod message;
mod notice;
mod preferences;
mod route;

pub use coalesce::is_worth_a_text;
pub use decide::{Recipient, decide};
pub use happening::Happening;
pub use kind::Kind;
pub use message::message_id;
pub use notice::{Frequency, Notice, Rule, Urgency};
pub use preferences::Preferences;
#[cfg(test)]
use preferences::QuietHours;
pub use route::{Reach, Route, route};

#[cfg(test)]
mod tests;
