//! What the service does, one file a step that a reader asks for: load, decide, commit, and what follows.

pub mod advance_delivery;
pub mod answer_offer;
pub mod arrive;
pub mod begin_delivery;
pub mod close_delivery;
pub mod courier_sync;
pub mod couriers;
pub mod deadlines;
pub mod dispatch_zone;
pub mod estimates;
pub mod follow_up;
pub mod judge_failure;
pub mod learn;
pub mod open_deliveries;
pub mod pick_up;
pub mod reestimate;
pub mod shifts;
pub mod unassign_courier;
pub mod withdraw_delivery;
