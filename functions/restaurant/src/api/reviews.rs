//! What customers say of a restaurant.

mod list_reviews;
mod views;
mod write_review;

use runtime::openapi::Register;
use runtime::routes;

use crate::app::App;

/// Registers the operations.
pub fn operations<R: Register<App>>(register: R) -> R {
    register.routes(routes!(list_reviews::list_reviews, write_review::write_review))
}
