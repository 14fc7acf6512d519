//! The rules of quotes and orders: values in, decisions out.
//!
//! Nothing here reads a clock, a table or a network. What a restaurant offers comes in as the platform's shared
//! description of it ([`contracts::restaurant::Snapshot`], [`contracts::menu::Menu`]).

pub mod basket;
pub mod command;
pub mod decide;
pub mod estimate;
pub mod kitchen;
pub mod order;
pub mod overrides;
pub mod place;
pub mod price;
pub mod quote;
pub mod reach;
pub mod reasons;
pub mod tariff;
pub mod transitions;

#[cfg(test)]
pub mod cast;

pub use contracts::vocabulary::{CancelReason, KitchenReason, RejectReason, UndeliverableReason};

pub use basket::{Basket, Choice, Line};
pub use command::{Command, Event};
pub use decide::{Decision, Rejection, cancellation, decide};
pub use order::{Deadlines, Facts, Order, State};
pub use overrides::Overrides;
pub use place::{PlaceRejection, Placed, Placing, Waiting, place};
pub use quote::{Priced, Refusal};
pub use tariff::Tariff;
pub use transitions::{CommandName, Party, StateName};
