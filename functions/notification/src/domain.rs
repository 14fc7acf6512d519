//! Who is told what, and how: pure decisions over events, preferences and local time.
//!
//! Nothing here sends, stores, or reads a clock.

mod allowance;
mod coalesce;
mod decide;
mod kind;
mod message;
mod notice;
mod order_event;
mod parcel;
mod preferences;
mod route;
mod topic;

pub use allowance::{MARKET_SAMPLE, ServedCountries, Withheld, is_sampled};
pub use coalesce::is_worth_a_text;
pub use decide::{Recipient, decide};
pub use kind::Kind;
pub use message::message_id;
pub use notice::{Frequency, Notice, Rule, Urgency};
pub use order_event::OrderEvent;
pub use parcel::{Mail, Parcel};
pub use preferences::Preferences;
#[cfg(test)]
use preferences::QuietHours;
pub use route::{Reach, Route, route};
pub use topic::{Topic, TopicKind};

#[cfg(test)]
mod tests;
