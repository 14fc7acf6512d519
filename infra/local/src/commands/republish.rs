//! `cargo local republish`: publishes a service's events once more, so that whoever lost what they said builds it anew.

use clap::Args;

use crate::artefacts::known_service;
use crate::failure::{Failure, OrFail as _, Outcome};
use crate::instance::{Instance, STACK};

use super::redrive;

/// How `republish` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Whose events: `restaurant` heals the replicas of restaurants, `user` those of people.
    service: String,
    /// Only the events of this aggregate, such as `rst_01jd…`.
    #[arg(long)]
    subject: Option<String>,
    /// Only events from this moment on, such as `2026-11-20T18:30:00Z`.
    #[arg(long)]
    since: Option<String>,
    /// Work on a stack in the AWS account of the caller's credentials, instead of the copy on this machine.
    #[arg(long)]
    aws: bool,
    /// The name of that stack.
    #[arg(long, default_value = STACK, requires = "aws")]
    stack: String,
}

/// Publishes the events.
///
/// # Errors
/// When nothing runs, or an event cannot be published.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    let mut command = redrive::script(instance, &options.stack, options.aws)?;
    command.args(["--republish", "--service", known_service(&options.service)?]);
    for (name, value) in [("--subject", &options.subject), ("--since", &options.since)] {
        if let Some(value) = value {
            command.args([name, value]);
        }
    }
    let status = command
        .status()
        .or_fail("Cannot start publishing", "remove the folder .local/venv and try again")?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(
        "Not all events were published",
        "the reason stands above",
        "see `cargo local status`, and publish again: consumers refuse what they have had",
    ))
}
