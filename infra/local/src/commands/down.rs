//! `cargo local down`: stops what `up` started.

use crate::instance::Instance;
use crate::record::Record;
use crate::ui::{Step, say};

/// Stops the copy at this instance's port, whatever is left of it.
pub fn run(instance: &Instance) {
    let Some(record) = Record::load(instance) else {
        say(format!("Nothing was started at port {}.", instance.port));
        return;
    };
    let step = Step::begin("Stopping the platform");
    record.stop(instance);
    step.done("");
}
