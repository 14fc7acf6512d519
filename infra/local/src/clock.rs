//! The wall clock and the environment, which only this program and the tests may read directly.
#![expect(
    clippy::disallowed_methods,
    reason = "this program is the edge: nothing hands it the time or the environment"
)]

use jiff::Timestamp;

/// The present instant.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A variable of the environment, if it is set and is text.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
