//! Who brings what, and when to say so.
//!
//! A snapshot of one zone goes in ([`Snapshot`]), decisions come out ([`Decisions`]), once an epoch; usually each minute.
//! The crate knows no clock, no storage, no network and no randomness: the same snapshot gives the same decisions. The
//! service and the public benchmark call the same function, [`decide`].
//!
//! # Method
//! 1. *Plan.* The plan of the last epoch comes back in with the snapshot, without what has been committed or is gone.
//! 2. *Repair.* What has become impossible is taken out; every order without a place is inserted where it costs least: as a
//!    trip of its own between two others of any courier, or into a trip from the same restaurant (`insert`).
//! 3. *Improve.* Whole sequences of trips are exchanged among all couriers at once, by an optimal assignment (`assignment`);
//!    then orders are moved one by one as long as that pays (`improve`). A courier who is about to be free, or about to
//!    start, takes part like one who is free now.
//! 4. *Commit late, but never harmfully.* A trip is committed in the epoch in which its courier has to leave so as not to
//!    keep the food waiting. Everything else is held: a better courier, or a companion for the order, may turn up.
//!    If it is not yet known when the food will be ready, the courier is only sent to the restaurant ([`Approach`]), and the
//!    trip is committed when it is.
//!
//! What a plan costs is the time from click to door of its orders, plus a price for the couriers' time that rises with the
//! load (see [`Parameters`]). Under load that price is what makes bundles worth their detour.

pub mod assignment;
mod clean;
mod engine;
mod improve;
mod insert;
mod parameters;
mod plan;
pub mod route;
mod snapshot;
mod tables;
mod trips;

pub use clean::ORDERS_MAX;
pub use engine::decide;
pub use parameters::{Parameters, decline_debit, fair_credit};
pub use snapshot::{
    Approach, Commitment, Courier, DEMAND_PLACES_MAX, Decisions, Order, Service, Snapshot, Time, Travel, Trip,
};

#[cfg(test)]
mod tests;
