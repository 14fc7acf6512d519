//! The platform as a whole. `cargo local test` starts a copy of it with IAM enforced and runs this suite on it; to run
//! parts by hand, start one with `cargo local up --detach` and call `cargo nextest run -p acceptance <name>`.
//!
//! `tidy` reads only files. Everything else talks to the copy that `TIFFIN_OUTPUTS` names, through `testkit`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "everything here is a test; the lint knows only functions that are marked as one"
)]

mod resilience;
mod sample_events;
mod stories;
mod tidy;
