//! Waiting for a condition, never for a time; but for the clock's own windows.

use std::time::{Duration, Instant};

use kernel::Timestamp;

/// How long anything that happens elsewhere may take: far longer than it does, so that only what never happens fails.
pub const PATIENCE: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(150);

/// Tries until `attempt` succeeds.
///
/// # Panics
/// When it has not within [`PATIENCE`]; tells what was waited for and what the last attempt saw.
pub fn eventually<T>(what: &str, attempt: impl FnMut() -> Result<T, String>) -> T {
    within(PATIENCE, what, attempt)
}

/// Tries until `attempt` succeeds, for a given time.
///
/// # Panics
/// When it has not by then; tells what was waited for and what the last attempt saw.
pub fn within<T>(patience: Duration, what: &str, mut attempt: impl FnMut() -> Result<T, String>) -> T {
    let started = Instant::now();
    loop {
        match attempt() {
            Ok(value) => return value,
            Err(seen) if started.elapsed() > patience => {
                panic!("waited {patience:?} for: {what}\nlast seen: {seen}")
            }
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
}

/// Waits for the next window of a budget if the present one is nearly over, so that all that a story then does is counted
/// in one. Windows begin at whole multiples of their length since 1970, for everybody.
#[expect(clippy::disallowed_methods, reason = "a story begins when it is told")]
pub fn early_in_a_window(length: Duration) {
    const NEEDED: Duration = Duration::from_secs(45);
    let length = length.as_secs().max(1);
    let left = length - Timestamp::now().as_second().unsigned_abs() % length;
    if left < NEEDED.as_secs() {
        std::thread::sleep(Duration::from_secs(left));
    }
}
