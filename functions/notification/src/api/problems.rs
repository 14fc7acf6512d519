//! What goes wrong, as clients are told.

use http::StatusCode;
use runtime::Problem;

/// An unsubscribe link that was not made here.
pub fn invalid_link() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_token",
        "The link is not one that was mailed.",
    )
}
