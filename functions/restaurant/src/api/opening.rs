//! When a restaurant takes orders, and how many: hours, breaks and capacity.

mod get_availability;
mod pause_restaurant;
mod replace_capacity;
mod replace_hours;
mod resume_restaurant;

use runtime::openapi::Register;
use runtime::routes;

use crate::app::App;

/// Registers the operations.
pub fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(replace_hours::replace_hours))
        .routes(routes!(get_availability::get_availability))
        .routes(routes!(pause_restaurant::pause_restaurant))
        .routes(routes!(resume_restaurant::resume_restaurant))
        .routes(routes!(replace_capacity::replace_capacity))
}
