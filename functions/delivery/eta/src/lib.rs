//! When food is ready, how long a way takes, and when an order arrives: as distributions, learned while the day goes on.
//!
//! The crate knows no clock, no storage, no network and no randomness. Whoever uses it keeps the small states
//! ([`Kitchen`], [`Market`], [`Roads`], [`Effect`]) wherever it likes, asks before something happens and teaches after it
//! has happened. The service and the public benchmark use the same functions and the same constants.
//!
//! - [`prep`] *Preparation*: a kitchen's own recent orders, shrunk to its market, moved by the hour and by what still
//!   waits in its queue.
//! - [`travel`] *Travel*: a prior (road factor and speed, or a router) corrected by distance, hour, weekday and the
//!   zones at both ends.
//! - [`arrival`] *Arrival*: the parts put together on a grid of minutes ([`Spread`]), and told as earliest, likely, latest.
//!
//! Both estimators track how often the truth fell outside what they said ([`Levels`]), and say it wider or narrower next
//! time; so a tenth stays a tenth whatever the shape of the truth.

pub mod arrival;
mod effect;
mod levels;
mod moment;
pub mod prep;
mod spread;
pub mod travel;

pub use arrival::{Interval, Remaining, arrival};
pub use effect::Effect;
pub use levels::Levels;
pub use moment::Moment;
pub use prep::{Kitchen, Market};
pub use spread::Spread;
pub use travel::{Leg, Places, Roads, Way};

#[cfg(test)]
mod tests;
