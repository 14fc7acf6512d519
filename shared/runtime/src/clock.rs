//! The one place that reads the clock.

use kernel::Timestamp;

/// The current instant, to the millisecond: what is finer says nothing and would be written into every event. Read once
/// per request or message and handed on as [`contracts::Cause::now`].
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where time enters")]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
