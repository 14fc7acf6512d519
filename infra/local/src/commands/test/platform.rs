//! The platform under test: a copy of its own, with deadlines that a test can wait for.

use std::path::PathBuf;
use std::process::Command;

use crate::artefacts::{Profile, built};
use crate::failure::{Failure, Outcome};
use crate::process::tail;
use crate::record::Record;

use super::report::Counts;
use super::{Bench, checks};

/// Deadlines in seconds. Long enough for a story on a busy machine to do in time what it wants to do in time, and short
/// enough to wait for.
const DEADLINES: [&str; 5] = [
    "PaymentDeadlineSeconds=40",
    "RestaurantDeadlineSeconds=25",
    "CourierDeadlineSeconds=40",
    "OfferSeconds=15",
    "DoorWaitSeconds=8",
];

/// The step: the platform comes up with IAM enforced.
pub fn up(bench: &Bench<'_>) -> Outcome<Counts> {
    // What an interrupted run has left would be taken for the platform under test.
    down(bench);
    start(bench, &[])?;
    Ok(Counts::ONE)
}

/// Starts the platform with switches of `up`; IAM is enforced, as everywhere.
///
/// # Errors
/// When it does not come up.
pub fn start(bench: &Bench<'_>, switches: &[&str]) -> Outcome {
    let mut command = Command::new(program()?);
    command
        .current_dir(&bench.instance.root)
        .args([
            "--port",
            &bench.instance.port.to_string(),
            "up",
            "--detach",
            "--no-build",
        ])
        .args(switches)
        .args(DEADLINES.iter().flat_map(|deadline| ["--set", deadline]));
    let switches = switches.concat();
    let title = format!("Starting the platform {switches}");
    let name = format!("up{switches}");
    if checks::run(bench, &name, &title, &mut command)?.0 {
        return Ok(());
    }
    let log = checks::log(bench, &name);
    let why = format!("the end of {}:\n{}", log.display(), tail(&log, 40));
    Err(Failure::new(
        "The platform did not come up",
        why,
        format!("try `cargo local up {switches}`"),
    ))
}

/// Stops it.
pub fn down(bench: &Bench<'_>) {
    if let Some(record) = Record::load(&bench.instance) {
        record.stop(&bench.instance);
    }
}

/// This program, by its place in the target folder: the build step may have replaced the file that this process runs.
///
/// # Errors
/// When the place cannot be told.
pub fn program() -> Outcome<PathBuf> {
    built("local", Profile::Dev)
}
