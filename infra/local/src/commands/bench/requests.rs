//! `cargo local bench requests`: what every public operation costs.

use clap::Args;

use crate::failure::Outcome;
use crate::instance::Instance;

/// How `bench requests` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {}

/// Measures and shows the costs.
///
/// # Errors
/// When nothing runs.
pub fn run(_instance: &Instance, _options: &Options) -> Outcome {
    Ok(())
}
