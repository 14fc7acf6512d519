//! `cargo local redrive`: returns what could not be processed, here or in an account, and tells what became of it.

use std::process::Command;

use clap::Args;
use client::ACCESS_KEY;

use crate::artefacts::known_service;
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, REGION, STACK};
use crate::python::{Environment, Tools};
use crate::record::Record;

/// What the script answers when messages came back or could not be returned.
const EXIT_POISON: i32 = 3;

/// How `redrive` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Only this service's queues.
    service: Option<String>,
    /// Work on a stack in the AWS account of the caller's credentials, instead of the copy on this machine.
    #[arg(long)]
    aws: bool,
    /// The name of that stack.
    #[arg(long, default_value = STACK, requires = "aws")]
    stack: String,
    /// How many seconds to watch for messages that come back.
    #[arg(long, default_value_t = 10)]
    watch: u32,
}

/// Returns the messages.
///
/// # Errors
/// When nothing runs, or messages came back.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    let mut command = script(instance, &options.stack, options.aws)?;
    command.args(["--watch-seconds", &options.watch.to_string()]);
    if let Some(service) = &options.service {
        command.args(["--service", known_service(service)?]);
    }
    let status = command.status().or_fail(
        "Cannot start the redrive",
        "remove the folder .local/venv and try again",
    )?;
    match status.code() {
        Some(0) => Ok(()),
        Some(EXIT_POISON) => Err(Failure::new(
            "Not everything could be returned",
            "the messages named above came back or could not be published",
            "correct the cause (their reason says which), deploy, and redrive again",
        )),
        _ => Err(Failure::new(
            "The redrive broke off",
            "the reason stands above",
            "see `cargo local status`",
        )),
    }
}

/// The script, pointed at a stack in an account or at the copy on this machine.
pub fn script(instance: &Instance, stack: &str, is_aws: bool) -> Outcome<Command> {
    let tools = Environment::prepare(instance, Tools::Emulator)?;
    let mut command = tools.program("python");
    command.arg(instance.root.join("infra/local/python/redrive.py"));
    command.args(["--stack", stack]);
    if !is_aws {
        Record::require(instance)?;
        command.args(["--endpoint", &instance.endpoint(), "--region", REGION]);
        command
            .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .env("AWS_SECRET_ACCESS_KEY", "test");
    }
    Ok(command)
}
