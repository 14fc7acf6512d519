//! Restaurants: finding them, keeping one, and letting it onto the platform.

mod address;
mod approve_restaurant;
mod change_restaurant;
mod create_restaurant;
mod get_management;
mod get_restaurant;
mod list_my_restaurants;
mod list_submitted_restaurants;
mod search_restaurants;
mod submit_restaurant;
mod suspend_restaurant;
pub mod views;

use runtime::openapi::Register;
use runtime::routes;

use crate::app::App;

/// Registers the operations.
pub fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(
            search_restaurants::search_restaurants,
            create_restaurant::create_restaurant
        ))
        .routes(routes!(list_my_restaurants::list_my_restaurants))
        .routes(routes!(list_submitted_restaurants::list_submitted_restaurants))
        .routes(routes!(
            get_restaurant::get_restaurant,
            change_restaurant::change_restaurant
        ))
        .routes(routes!(get_management::get_management))
        .routes(routes!(submit_restaurant::submit_restaurant))
        .routes(routes!(approve_restaurant::approve_restaurant))
        .routes(routes!(suspend_restaurant::suspend_restaurant))
}
