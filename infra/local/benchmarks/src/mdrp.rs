//! The Meal Delivery Routing Problem (Reyes, Erera, Savelsbergh, Sahasrabudhe and O'Neil, 2018) on its public instances,
//! `github.com/grubhub/mdrplib`.
//!
//! A day is simulated minute by minute ([`simulate`]); a [`Policy`] sees only what is known by then. What was done is written
//! down as a [`Solution`] and judged by [`evaluate`], which trusts neither the simulator nor the policy.

mod evaluate;
mod greedy;
mod instance;
mod ours;
mod rolling;
mod simulate;
mod solution;
mod unseen;

pub use evaluate::{Figures, Violation, evaluate, percentile};
pub use greedy::Greedy;
pub use instance::{Courier, Instance, Order, Point, Restaurant, Roads, Unreadable};
pub use ours::Ours;
pub use rolling::Rolling;
pub use simulate::{CourierNow, Day, OrderNow, Policy, Regime, Step, Tour, View, simulate};
pub use solution::{Delivery, Files, Move, Pickup, Solution, Stop};
pub use unseen::{CITY_COURIERS, CITY_ORDERS, city, redrawn};

/// Half of the service time at a restaurant or an address: it is split evenly before and after the hand-over.
#[must_use]
pub const fn half(service: i32) -> i32 {
    service / 2
}

#[cfg(test)]
mod tests;
