//! The way of an order to its customer.

pub mod begin_photo_upload;
pub mod estimate_delivery;
pub mod judge_failure;
pub mod list_failure_reviews;
pub mod mark_arrived_at_customer;
pub mod mark_arrived_at_restaurant;
pub mod mark_delivered;
pub mod mark_failed;
pub mod mark_picked_up;
pub mod mark_returned;
pub mod track_delivery;
pub mod unassign_courier;
