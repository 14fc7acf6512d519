//! `cargo local bench`: every benchmark of the platform.

pub mod eta;
pub mod mdrp;
pub mod requests;
pub mod routes;
pub mod start;

use clap::Subcommand;

use crate::failure::Outcome;
use crate::instance::Instance;

/// The benchmarks.
#[derive(Debug, Clone, Subcommand)]
pub enum Bench {
    /// How well it is foreseen when food is ready, and how long ways take.
    Eta(eta::Options),
    /// How well the dispatch engine serves the public instances of the Meal Delivery Routing Problem.
    Mdrp(mdrp::Options),
    /// How well, and how fast, the stops of one courier are put in sequence.
    Routes(routes::Options),
    /// How fast, how small and how frugal every service starts, beside a function that only echoes.
    Start(start::Options),
    /// What every public operation costs: round trips, capacity units, messages and processor time.
    Requests(requests::Options),
}

/// Runs one.
///
/// # Errors
/// When it cannot be measured.
pub fn run(instance: &Instance, bench: &Bench) -> Outcome {
    match bench {
        Bench::Eta(options) => eta::run(options),
        Bench::Mdrp(options) => mdrp::run(options),
        Bench::Routes(options) => routes::run(instance, options),
        Bench::Start(options) => start::run(instance, options),
        Bench::Requests(options) => requests::run(instance, options),
    }
}
