//! The steps that run tests, and what their runner counts.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use crate::artefacts::clear_package_variables;
use crate::clock;
use crate::failure::Outcome;
use crate::process::tail;
use crate::python::{Environment, Tools};
use crate::ui::{complain, say};

use super::report::Counts;
use super::{Bench, checks, platform};

/// The crate that tests the platform as a whole.
const ACCEPTANCE: &str = "acceptance";

/// Its tests that read only files, and so need no platform.
const TIDY: &str = "test(/^tidy::/)";

/// Its tests that tell a story from beginning to end, and must come out the same under faults.
const STORIES: &str = "test(/^stories::/)";

/// Its test of what the other tests have left in the tables, which comes after them.
const RECORDED: &str = "test(=published::every_event_in_every_table_is_described)";

/// Its tests that fuzz the contract, which take a program of their own.
const CONTRACT: &str = "test(/^contract::/)";

/// What the fuzzer draws its requests from in a whole run.
const CONTRACT_SEED: &str = "1";

/// What the tables must hold after the tests, for the test of them.
const EXPECTED_EVENTS: &str = "TIFFIN_EXPECTED_EVENTS";

/// What the runner says when its filter leaves nothing, which it takes for a failure.
const NO_TESTS: &str = "no tests to run";

/// How many tests of the platform run at once: they mostly wait, and two cores are enough for the programs they wait for.
const ACCEPTANCE_THREADS: &str = "4";

/// The tests that need no platform.
pub fn unit(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut command = runner(bench)?;
    command.args([
        "--workspace",
        "--filterset",
        &format!("not package({ACCEPTANCE}) or {TIDY}"),
    ]);
    run(bench, "unit", "Running the unit tests", &mut command)
}

/// The whole acceptance suite, with IAM enforced.
pub fn acceptance(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut command = runner(bench)?;
    on_the_platform(
        bench,
        &mut command,
        &format!("not {TIDY} and not {CONTRACT} and not {RECORDED}"),
    );
    run(bench, ACCEPTANCE, "Running the acceptance suite", &mut command)
}

/// The contract as each role, with whatever the documents allow and do not allow; the seeds are printed. The whole run
/// draws from the same seed each time, so that it judges the change rather than chance; by its name, the step takes new ones.
pub fn contract(bench: &Bench<'_>) -> Outcome<Counts> {
    let fuzzer = Environment::prepare(&bench.instance, Tools::Contract)?;
    let mut command = runner(bench)?;
    on_the_platform(bench, &mut command, CONTRACT);
    if bench.options.only.is_empty() && clock::variable("TIFFIN_SEED").is_none_or(|seed| seed.is_empty()) {
        command.env("TIFFIN_SEED", CONTRACT_SEED);
    }
    command
        .args(["--success-output", "final"])
        .env("TIFFIN_SCHEMATHESIS", fuzzer.programs().join("schemathesis"));
    let counts = run(bench, "contract", "Fuzzing the contract", &mut command)?;
    let log = fs::read(checks::log(bench, "contract")).unwrap_or_default();
    let seeds: BTreeSet<String> = String::from_utf8_lossy(&log)
        .lines()
        .filter(|line| line.contains("TIFFIN_SEED="))
        .map(|line| line.trim().to_owned())
        .collect();
    for seed in seeds {
        say(format!("  {seed}"));
    }
    Ok(counts)
}

/// The stories once more, on a platform whose calls to AWS fail now and then, with IAM enforced.
pub fn faults(bench: &Bench<'_>) -> Outcome<Counts> {
    platform::down(bench);
    platform::start(bench, &["--faults"])?;
    let mut command = runner(bench)?;
    on_the_platform(bench, &mut command, STORIES);
    command.env("TIFFIN_FAULTS", "true");
    let mut counts = run(bench, "faults", "Running the stories under faults", &mut command)?;
    if !counts.unmatched {
        counts.add(recorded(bench, "faults-events", None)?);
    }
    Ok(counts)
}

/// What the suite and the fuzzer have led to: the whole suite leads to every type of event.
pub fn events(bench: &Bench<'_>) -> Outcome<Counts> {
    recorded(bench, "events", Some("each_type"))
}

/// Holds every event in the tables against the document. No filter of tests leaves it out: it is about whichever were run.
/// What must be there, beside something of each service, is the test's to know.
fn recorded(bench: &Bench<'_>, name: &str, expected: Option<&str>) -> Outcome<Counts> {
    let mut command = runner(bench)?;
    of_the_suite(bench, &mut command, RECORDED);
    command.env_remove(EXPECTED_EVENTS);
    let of_a_part = bench.options.filter.as_ref().map(|_| "anything");
    if let Some(expected) = of_a_part.or(expected) {
        command.env(EXPECTED_EVENTS, expected);
    }
    run(bench, name, "Checking every event of the tests", &mut command)
}

/// The runner, on what has been built.
fn runner(bench: &Bench<'_>) -> Outcome<Command> {
    let tools = Environment::prepare(&bench.instance, Tools::Cargo)?;
    let mut command = tools.program("cargo-nextest");
    command
        .current_dir(&bench.instance.root)
        .args(["nextest", "run", "--locked", "--no-fail-fast"]);
    clear_package_variables(&mut command);
    Ok(command)
}

/// Points a suite at the running platform.
fn on_the_platform(bench: &Bench<'_>, command: &mut Command, filter: &str) {
    let filter = match &bench.options.filter {
        Some(text) => format!("({filter}) and test({text})"),
        None => filter.to_owned(),
    };
    of_the_suite(bench, command, &filter);
}

/// Points the tests of a filter, and no others, at the running platform.
fn of_the_suite(bench: &Bench<'_>, command: &mut Command, filter: &str) {
    command.args([
        "--package",
        ACCEPTANCE,
        "--test-threads",
        ACCEPTANCE_THREADS,
        "--filterset",
        filter,
    ]);
    command.env("TIFFIN_OUTPUTS", bench.instance.outputs());
    command.env("TIFFIN_PORT", bench.instance.port.to_string());
    if let Ok(program) = platform::program() {
        command.env("TIFFIN_LOCAL", program);
    }
}

fn run(bench: &Bench<'_>, name: &str, title: &str, command: &mut Command) -> Outcome<Counts> {
    let (good, text) = checks::run(bench, name, title, command)?;
    let mut counts = nextest_counts(&text);
    counts.unmatched = !good && bench.options.filter.is_some() && has_no_tests(&text);
    if !good && !counts.unmatched {
        let log = checks::log(bench, name);
        complain(format!("The end of {}:\n{}", log.display(), tail(&log, 150)));
        // A runner that broke off has counted nothing.
        counts.failed = counts.failed.max(1);
    }
    Ok(counts)
}

/// Whether the runner built everything and found no test that its filter asks for.
fn has_no_tests(text: &str) -> bool {
    text.lines().any(|line| line.trim_start_matches("error: ") == NO_TESTS)
}

/// The runner's own counts: `Summary [ 1.2s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 3 skipped`.
fn nextest_counts(text: &str) -> Counts {
    let summary = text
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary ["));
    let results = summary
        .and_then(|line| line.split_once("run: "))
        .map_or("", |(_, results)| results);
    let mut counts = Counts::default();
    for part in results.split(", ") {
        let Some((number, word)) = part.trim().split_once(' ') else {
            continue;
        };
        let number = number.parse().unwrap_or(0);
        match word.split(' ').next().unwrap_or_default() {
            "passed" => counts.passed += number,
            // Those that the filter leaves out are other steps' tests.
            "skipped" => {}
            _ => counts.failed += number,
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::{has_no_tests, nextest_counts};

    #[test]
    fn whatever_did_not_pass_counts_as_failed() {
        let text = "   Summary [   1.2s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 3 skipped\n";
        let counts = nextest_counts(text);
        assert_eq!((counts.passed, counts.failed), (7, 2));
    }

    #[test]
    fn a_set_without_a_test_is_no_failed_one() {
        let empty = "     Summary [   0.000s] 0 tests run: 0 passed, 226 skipped\nerror: no tests to run\n(hint: use `--no-tests` to customize)\n";
        assert!(has_no_tests(empty));
        assert!(!has_no_tests(
            "   Summary [   1.2s] 1 test run: 0 passed, 1 failed, 3 skipped\nerror: test run failed\n"
        ));
        assert!(!has_no_tests(
            "error: could not compile `acceptance`: no tests to run\n"
        ));
    }

    #[test]
    fn a_runner_without_a_summary_counted_nothing() {
        let counts = nextest_counts("error: could not compile");
        assert_eq!((counts.passed, counts.failed), (0, 0));
    }
}
