//! `cargo local`: the whole platform on one machine, from the real templates, without an account or a network.
//!
//! One file per command in `commands/`; what they share lies beside this file. Nothing here is deployed.

mod artefacts;
mod clock;
mod commands;
mod failure;
mod instance;
mod live;
mod node;
mod outputs;
mod package;
mod platform;
mod process;
mod python;
mod record;
mod secrets;
mod seed;
mod servers;
mod stack;
mod throttle;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Outcome;
use crate::instance::{DEFAULT_PORT, Instance};

/// Runs the whole platform on this machine.
#[derive(Debug, Parser)]
#[command(name = "cargo local", bin_name = "cargo local", version, max_term_width = 100)]
struct Arguments {
    /// The port of the AWS emulator; the next two belong to localstripe and the fault proxy. Copies with different
    /// ports run side by side.
    #[arg(long, global = true, default_value_t = DEFAULT_PORT)]
    port: u16,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds, starts and deploys everything, seeds a small city, and stays until Ctrl-C.
    Up(commands::up::Options),
    /// Lets customers, kitchens and couriers live through orders, and shows what happens and what it costs.
    Demo(commands::demo::Options),
    /// Fills a platform that was started empty; with `--reset`, restores the city that people have broken.
    Seed(commands::seed::Options),
    /// Builds one service and updates its stack alone, while the others go on.
    Deploy(commands::deploy::Options),
    /// Stops what `up` started.
    Down,
    /// Shows what the functions have logged.
    Logs(commands::logs::Options),
    /// Returns messages that could not be processed, and tells what became of them.
    Redrive(commands::redrive::Options),
    /// Publishes a service's events once more, so that whoever lost what they said builds it anew.
    Republish(commands::republish::Options),
    /// Measures the platform.
    #[command(subcommand)]
    Bench(commands::bench::Bench),
    /// Tells what runs and where, and what waits in the queues.
    Status,
    /// Checks everything that must hold before a change is taken; what CI runs.
    Test(commands::test::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            ui::complain(format!("\n{failure}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Outcome {
    let instance = Instance::locate(arguments.port)?;
    match &arguments.command {
        Command::Bench(bench) => commands::bench::run(&instance, bench),
        Command::Up(options) => commands::up::run(&instance, options),
        Command::Demo(options) => commands::demo::run(&instance, options),
        Command::Seed(options) => commands::seed::run(&instance, options),
        Command::Deploy(options) => commands::deploy::run(&instance, options),
        Command::Logs(options) => commands::logs::run(&instance, options),
        Command::Redrive(options) => commands::redrive::run(&instance, options),
        Command::Republish(options) => commands::republish::run(&instance, options),
        Command::Down => {
            commands::down::run(&instance);
            Ok(())
        }
        Command::Status => commands::status::run(&instance),
        Command::Test(options) => commands::test::run(&instance, options),
    }
}
