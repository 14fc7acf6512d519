//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

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
