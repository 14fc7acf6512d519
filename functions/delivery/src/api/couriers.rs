//! Who brings food, and where they are.

pub mod apply_as_courier;
pub mod approve_courier;
pub mod get_courier;
pub mod get_courier_trail;
pub mod get_route;
pub mod list_applicants;
pub mod reinstate_courier;
pub mod reject_courier;
pub mod report_locations;
pub mod suspend_courier;
