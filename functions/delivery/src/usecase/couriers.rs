//! What couriers are, and where they are.

pub mod apply_as_courier;
pub mod bar_courier;
pub mod report_locations;
pub mod review_courier;
