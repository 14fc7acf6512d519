//! `cargo local test`: everything that must hold before a change is taken, in one run; it is what CI calls.

mod checks;
mod documents;
mod platform;
mod report;
mod suites;

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::failure::{OrFail, Outcome};
use crate::instance::Instance;
use crate::record::Record;

use report::{Counts, Report};

/// How far the ports of the copy under test are from those of the copy one works with, so that both run side by side.
const PORT_DISTANCE: u16 = 30;

/// What a shell expects of a program that Ctrl-C ended.
const EXIT_INTERRUPTED: i32 = 130;

/// How `test` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Run only this step and those it needs; may be given more than once.
    #[arg(long = "only", value_name = "STEP", value_parser = PossibleValuesParser::new(CHECKS.iter().map(Check::value)))]
    only: Vec<String>,
    /// The folder of a copy of the `RustSec` advisory database, for a machine that cannot reach it.
    #[arg(long, value_name = "FOLDER")]
    advisories: Option<PathBuf>,
    /// Leave the platform under test running, to look into it.
    #[arg(long)]
    keep: bool,
    /// Run only the tests of the acceptance suite whose names contain this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

/// What a step needs to know.
pub struct Bench<'a> {
    /// The repository, and the copy that is tested.
    pub instance: Instance,
    /// How the command was called.
    pub options: &'a Options,
}

/// One step: its name, what it checks, and how.
struct Check {
    name: &'static str,
    about: &'static str,
    run: fn(&Bench<'_>) -> Outcome<Counts>,
}

impl Check {
    /// The step as a value of `--only`.
    fn value(&self) -> PossibleValue {
        PossibleValue::new(self.name).help(self.about)
    }
}

/// All steps, the quick ones first.
const CHECKS: [Check; 12] = [
    Check {
        name: "format",
        about: "the source is formatted",
        run: checks::format,
    },
    Check {
        name: "build",
        about: "everything compiles, from the dependencies that are locked",
        run: checks::build,
    },
    Check {
        name: "clippy",
        about: "no lint complains",
        run: checks::clippy,
    },
    Check {
        name: "dependencies",
        about: "licences, sources, bans and advisories",
        run: checks::dependencies,
    },
    Check {
        name: "templates",
        about: "sam validate, cfn-lint and checkov find nothing",
        run: checks::templates,
    },
    Check {
        name: "documents",
        about: "the linter of the OpenAPI and AsyncAPI documents finds nothing",
        run: documents::lint,
    },
    Check {
        name: "unit",
        about: "the tests that need no platform",
        run: suites::unit,
    },
    Check {
        name: "platform",
        about: "the platform comes up with IAM enforced",
        run: platform::up,
    },
    Check {
        name: "acceptance",
        about: "the platform through its public API",
        run: suites::acceptance,
    },
    Check {
        name: "contract",
        about: "a fuzzer holds every document against what is answered, as each role",
        run: suites::contract,
    },
    Check {
        name: "events",
        about: "every event that the tests have led to is as the AsyncAPI document describes it",
        run: suites::events,
    },
    Check {
        name: "faults",
        about: "the stories while calls to AWS fail now and then",
        run: suites::faults,
    },
];

/// Runs the steps.
///
/// # Errors
/// When one of them does.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    let mut only = options.only.clone();
    bring_along(&mut only);
    let instance = Instance {
        port: instance.port + PORT_DISTANCE,
        ..instance.clone()
    };
    stop_on_interrupt(&instance)?;
    let bench = Bench { instance, options };
    let mut report = Report::default();
    for check in CHECKS
        .iter()
        .filter(|check| only.is_empty() || only.iter().any(|name| name == check.name))
    {
        match report.obstacle(check.name) {
            Some(obstacle) => report.leave_out(check.name, obstacle),
            None => report.add(check.name, || (check.run)(&bench)),
        }
    }
    if !options.keep {
        platform::down(&bench);
    }
    report.show();
    report.outcome()
}

/// Adds the steps without which those that were asked for say nothing: the platform is no end in itself, and the events
/// are those of the suite.
fn bring_along(only: &mut Vec<String>) {
    let has = |only: &[String], names: &[&str]| only.iter().any(|name| names.contains(&name.as_str()));
    if has(only, &["events"]) && !has(only, &["acceptance"]) {
        only.push("acceptance".to_owned());
    }
    if has(only, &["acceptance", "contract"]) && !has(only, &["platform"]) {
        only.push("platform".to_owned());
    }
}

/// Makes Ctrl-C stop the platform under test.
fn stop_on_interrupt(instance: &Instance) -> Outcome {
    let instance = instance.clone();
    let stop = move || {
        if let Some(record) = Record::load(&instance) {
            record.stop(&instance);
        }
        std::process::exit(EXIT_INTERRUPTED);
    };
    ctrlc::set_handler(stop).or_fail("Cannot listen for Ctrl-C", "try again")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{CHECKS, Options, bring_along};

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn a_step_that_there_is_not_is_refused_with_the_names_of_those_there_are() {
        let refused = Command::try_parse_from(["test", "--only", "units"])
            .unwrap_err()
            .to_string();
        for check in CHECKS {
            assert!(refused.contains(check.name), "{} in {refused}", check.name);
            let options = Command::try_parse_from(["test", "--only", check.name]).unwrap().options;
            assert_eq!(options.only, [check.name]);
        }
    }

    #[test]
    fn steps_bring_along_what_they_stand_on() {
        for (asked, run) in [
            ("unit", "unit"),
            ("contract", "contract platform"),
            ("acceptance platform", "acceptance platform"),
            ("events", "events acceptance platform"),
            ("events contract", "events contract acceptance platform"),
        ] {
            let mut only: Vec<String> = asked.split(' ').map(str::to_owned).collect();
            bring_along(&mut only);
            assert_eq!(only.join(" "), run, "{asked}");
        }
    }
}
