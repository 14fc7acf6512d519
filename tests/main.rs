//! The platform as a whole. `cargo local test` starts a copy of it with IAM enforced and runs this suite on it; to run
//! parts by hand, start one with `cargo local up --detach` and call `cargo nextest run -p acceptance <name>`.
//!
//! `tidy` reads only files. Everything else talks to the copy that `TIFFIN_OUTPUTS` names, through `testkit`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "everything here is a test, which the lints see only in functions that are marked as one, and draws its own keys"
)]

mod authorisation;
mod bad_input;
mod contract;
mod live;
mod operations;
mod published;
mod resilience;
mod sample_events;
mod seeded_city;
mod store_conformance;
mod stories;
mod texts;
mod tidy;
mod zone_runner;
