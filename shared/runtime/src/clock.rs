//! The one place that reads the clock.

use kernel::Timestamp;

/// The current instant. Read once per request or message and handed on as [`contracts::Cause::now`].
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where time enters")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
