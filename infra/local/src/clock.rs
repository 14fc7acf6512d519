//! The wall clock and the environment, which only this program and the tests may read directly.
#![expect(
    clippy::disallowed_methods,
    reason = "this program is the edge: nothing hands it the time or the environment"
)]

use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

/// The present instant.
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A variable of the environment, if it is set and is text.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The names of all variables of the environment.
pub fn variable_names() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

/// A text that is used once: the process and a counter tell it from others of this machine, the time from earlier ones.
pub fn unique() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    format!("local-{}-{}-{count}", std::process::id(), now().as_nanosecond())
}
