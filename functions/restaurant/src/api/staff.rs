//! Who works for a restaurant.

mod accept_invitation;
mod put_staff;
mod remove_staff;

use runtime::openapi::Register;
use runtime::routes;

use crate::app::App;

/// Registers the operations.
pub fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(accept_invitation::accept_invitation))
        .routes(routes!(put_staff::put_staff, remove_staff::remove_staff))
}
