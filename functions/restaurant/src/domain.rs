//! What a restaurant is and may do. Values only: no clock, no randomness, no AWS, no HTTP.
//!
//! [`Restaurant::decide`] turns a command into events or a rejection, [`Restaurant::evolve`] applies an event.

pub mod area;
pub mod cells;
pub mod command;
pub mod menu;
pub mod opening;
pub mod overrides;
pub mod profile;
pub mod rejection;
pub mod restaurant;
pub mod review;
pub mod search;
pub mod simplify;
pub mod staff;
pub mod stage;
pub mod zone_name;

pub use area::Area;
pub use command::{Command, Event};
pub use menu::PublishedMenu;
pub use overrides::{Override, Overrides};
pub use profile::{Profile, ProfileChange};
pub use rejection::Rejection;
pub use restaurant::Restaurant;
pub use staff::{Authority, Caller, Invitation, Invitations, Staff};
pub use stage::{Action, Stage, StageName};
