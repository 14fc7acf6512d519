//! Where a restaurant delivers.

mod replace_zones;

use runtime::openapi::Register;
use runtime::routes;

use crate::app::App;

/// The largest area that is taken, in bytes: twenty quarters with five hundred corners each, as tools write them, or one with
/// a coast.
pub const ZONES_BODY_BYTES_MAX: usize = 1024 * 1024;

/// Registers the operations.
pub fn operations<R: Register<App>>(register: R) -> R {
    register.routes(routes!(replace_zones::replace_zones).body_limit(ZONES_BODY_BYTES_MAX))
}
