//! What a running copy left in its state folder for the commands that come after it.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, write_file};
use crate::process::Process;

/// A running copy of the platform.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The programs that were started, in that order.
    pub processes: Vec<Process>,
    /// Whether IAM policies are enforced.
    pub iam: bool,
    /// Whether the fault proxy stands before the emulator.
    pub faults: bool,
    /// The name of the root stack, once it stands.
    pub stack: Option<String>,
}

impl Record {
    /// What runs at this instance's port; `None` when nothing was started or it was stopped.
    pub fn load(instance: &Instance) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(path(instance)).ok()?).ok()
    }

    /// The copy that runs, for commands that need one.
    ///
    /// # Errors
    /// When nothing runs, or a part of it has stopped.
    pub fn require(instance: &Instance) -> Outcome<Self> {
        let up = instance.command("up");
        let Some(record) = Self::load(instance) else {
            return Err(Failure::new(
                "The platform is not running",
                format!("nothing was started at port {}", instance.port),
                format!("start it with `{up}`"),
            ));
        };
        if let Some(stopped) = record.processes.iter().find(|process| !process.alive()) {
            let log = instance.log(&stopped.name);
            return Err(Failure::new(
                format!("{} (process {}) has stopped", stopped.name, stopped.pid),
                format!("the end of {}:\n{}", log.display(), crate::process::tail(&log, 12)),
                format!("start everything again with `{up}`"),
            ));
        }
        Ok(record)
    }

    /// Whether all of it runs and the stack stands.
    pub fn healthy(&self) -> bool {
        self.stack.is_some() && self.processes.iter().all(Process::alive)
    }

    /// Writes it down.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn save(&self, instance: &Instance) -> Outcome {
        let text = serde_json::to_string_pretty(self).or_fail("Cannot write the record", "report this as a defect")?;
        write_file(&path(instance), text)
    }

    /// Stops everything, in the reverse order, and forgets it.
    pub fn stop(&self, instance: &Instance) {
        for process in self.processes.iter().rev() {
            process.stop();
        }
        for file in [path(instance), instance.outputs()] {
            // Already gone is as good as removed.
            drop(fs::remove_file(file));
        }
    }
}

fn path(instance: &Instance) -> std::path::PathBuf {
    instance.state().join("running.json")
}
