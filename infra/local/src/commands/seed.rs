//! `cargo local seed`: fills a platform that was started empty, and restores the city that people have broken.

use clap::Args;

use crate::failure::{Failure, Outcome};
use crate::instance::Instance;
use crate::outputs::Outputs;
use crate::record::Record;
use crate::seed;
use crate::ui::{Step, say};

/// How `seed` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Restore what the city's people, restaurants and couriers were: passwords, roles, menus, hours, shifts.
    #[arg(long)]
    reset: bool,
}

/// Makes or mends the city.
///
/// # Errors
/// When nothing runs, there is a city already, or the platform refuses something.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    Record::require(instance)?;
    let mut outputs = Outputs::load(instance)?;
    let is_there = !outputs.logins.is_empty();
    if is_there && !options.reset {
        return Err(Failure::new(
            "The platform has its city already",
            format!("{} lists its people", instance.outputs().display()),
            format!("restore what was changed with `{}`", instance.command("seed --reset")),
        ));
    }
    let step = Step::begin(if is_there {
        "Restoring the city"
    } else {
        "Seeding a small city"
    });
    let mended = seed::run(&mut outputs)?;
    outputs.save(instance)?;
    step.done(&count(mended.len()));
    print(&mended);
    Ok(())
}

/// How much was made or mended, in a word or two.
pub fn count(mended: usize) -> String {
    match mended {
        0 => "all was as it should be".to_owned(),
        1 => "1 thing made or mended".to_owned(),
        _ => format!("{mended} things made or mended"),
    }
}

/// Prints what was made or mended, a line each.
pub fn print(mended: &[String]) {
    for line in mended {
        say(format!("    {line}"));
    }
}
