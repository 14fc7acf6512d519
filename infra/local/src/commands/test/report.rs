//! How the steps went: told as they end, and once more at the end.

use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::ui::{complain, say, table};

/// Steps that others stand on: when one fails, those that need it are left out.
const NEEDS: [(&str, &[&str]); 7] = [
    ("clippy", &["build"]),
    ("unit", &["build"]),
    ("platform", &["build"]),
    ("acceptance", &["build", "platform"]),
    ("contract", &["build", "platform"]),
    ("events", &["build", "platform"]),
    ("faults", &["build"]),
];

/// Steps of whose tests `--filter` chooses.
const FILTERED: [&str; 3] = ["acceptance", "contract", "faults"];

/// What a runner counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// How many checks held.
    pub passed: usize,
    /// How many did not.
    pub failed: usize,
    /// How many the runner left out itself.
    pub skipped: usize,
    /// Whether an earlier run's result stands, since nothing has changed.
    pub unchanged: bool,
    /// Whether the step has no test of the name that was asked for.
    pub unmatched: bool,
}

impl Counts {
    /// One check that held.
    pub const ONE: Self = Self {
        passed: 1,
        failed: 0,
        skipped: 0,
        unchanged: false,
        unmatched: false,
    };

    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// How one step went.
enum State {
    Ended(Counts),
    Failed,
    LeftOut(String),
}

/// The steps so far.
#[derive(Default)]
pub struct Report {
    rows: Vec<(&'static str, Duration, State)>,
}

impl Report {
    /// Runs a step and notes how it went.
    pub fn add(&mut self, name: &'static str, run: impl FnOnce() -> Outcome<Counts>) {
        let started = Instant::now();
        let state = match run() {
            Ok(counts) => State::Ended(counts),
            Err(failure) => {
                complain(format!("\n{failure}\n"));
                State::Failed
            }
        };
        self.rows.push((name, started.elapsed(), state));
    }

    /// Notes that a step was not run.
    pub fn leave_out(&mut self, name: &'static str, why: String) {
        self.rows.push((name, Duration::ZERO, State::LeftOut(why)));
    }

    /// Why a step cannot be run: one that it needs did not work.
    pub fn obstacle(&self, name: &str) -> Option<String> {
        let needs = NEEDS
            .iter()
            .find(|(step, _)| *step == name)
            .map_or(&[][..], |(_, needs)| needs);
        let broken = self
            .rows
            .iter()
            .find(|(step, _, state)| needs.contains(step) && state.broken());
        broken.map(|(step, ..)| format!("not run: {step} failed"))
    }

    /// Prints all steps and, plainly, the runners' counts.
    pub fn show(&self) {
        let mut rows = vec![["step", "seconds", "outcome"].map(str::to_owned).to_vec()];
        let mut total = Counts::default();
        for (name, took, state) in &self.rows {
            total.add(state.counts());
            rows.push(vec![
                (*name).to_owned(),
                format!("{:.1}", took.as_secs_f64()),
                state.to_text(),
            ]);
        }
        let seconds: Duration = self.rows.iter().map(|(_, took, _)| *took).sum();
        rows.push(vec![
            "total".to_owned(),
            format!("{:.1}", seconds.as_secs_f64()),
            String::new(),
        ]);
        say("");
        table(&rows);
        say("");
        for (name, _, state) in &self.rows {
            let counts = state.counts();
            say(format!("{name}: {} passed, {} failed", counts.passed, counts.failed));
        }
        say(format!("\nTotal: {} passed, {} failed", total.passed, total.failed));
    }

    /// The command's own outcome.
    ///
    /// # Errors
    /// When a step did not work; why was told when it ended.
    pub fn outcome(self) -> Outcome {
        let broken = self.rows.iter().filter(|(.., state)| state.broken());
        let names: Vec<&str> = broken.map(|(name, ..)| *name).collect();
        let Some(first) = names.first() else {
            return self.matched();
        };
        // By its name alone, the fuzzer asks something else each time.
        let seed = if *first == "contract" {
            "TIFFIN_SEED=<seed> "
        } else {
            ""
        };
        Err(Failure::new(
            "Not everything holds",
            format!("{} failed; why stands above", names.join(", ")),
            format!("repeat a single step with `{seed}cargo local test --only {first}`"),
        ))
    }

    /// That some step had tests of the name that was asked for, if it was for a name: a misspelt one must not pass.
    fn matched(&self) -> Outcome {
        let unmatched: Vec<&str> = self
            .rows
            .iter()
            .filter(|(.., state)| state.counts().unmatched)
            .map(|(name, ..)| *name)
            .collect();
        let is_matched = |name: &&str| self.rows.iter().any(|(step, ..)| step == name) && !unmatched.contains(name);
        if unmatched.is_empty() || FILTERED.iter().any(is_matched) {
            return Ok(());
        }
        Err(Failure::new(
            "No test has been run of those that `--filter` asks for",
            format!("{} has no test whose name contains it", unmatched.join(", ")),
            "correct the text, or ask for another step",
        ))
    }
}

impl State {
    fn broken(&self) -> bool {
        match self {
            Self::Ended(counts) => counts.failed > 0,
            Self::Failed | Self::LeftOut(_) => true,
        }
    }

    /// A step that broke off counts as one failure, so that no sum looks better than it is.
    fn counts(&self) -> Counts {
        match self {
            Self::Ended(counts) => *counts,
            Self::Failed => Counts {
                failed: 1,
                ..Counts::default()
            },
            Self::LeftOut(_) => Counts {
                skipped: 1,
                ..Counts::default()
            },
        }
    }

    fn to_text(&self) -> String {
        match self {
            Self::Ended(counts) if counts.failed > 0 => "FAILED".to_owned(),
            Self::Ended(counts) if counts.unmatched => "left out: it has no test of this name".to_owned(),
            Self::Ended(counts) if counts.unchanged => "passed before, unchanged since".to_owned(),
            Self::Ended(counts) if counts.skipped > 0 => format!("passed, {} skipped", counts.skipped),
            Self::Ended(_) => "passed".to_owned(),
            Self::Failed => "FAILED".to_owned(),
            Self::LeftOut(why) => why.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNMATCHED: Counts = Counts {
        unmatched: true,
        passed: 0,
        ..Counts::ONE
    };

    fn report(steps: &[(&'static str, Counts)]) -> Report {
        let mut report = Report::default();
        for (name, counts) in steps {
            report.add(name, || Ok(*counts));
        }
        report
    }

    #[test]
    fn a_step_without_a_test_of_the_name_is_left_out_and_told() {
        let report = report(&[
            ("unit", Counts::ONE),
            ("acceptance", Counts::ONE),
            ("contract", UNMATCHED),
        ]);
        let (.., state) = &report.rows[2];
        assert_eq!(state.to_text(), "left out: it has no test of this name");
        assert!(report.outcome().is_ok());
    }

    #[test]
    fn a_name_that_no_test_has_is_an_error() {
        let steps = [
            ("unit", Counts::ONE),
            ("acceptance", UNMATCHED),
            ("events", Counts::ONE),
            ("faults", UNMATCHED),
        ];
        let failure = report(&steps).outcome().unwrap_err().to_string();
        assert!(
            failure.contains("acceptance, faults has no test whose name contains it"),
            "{failure}"
        );
        assert!(report(&steps[..1]).outcome().is_ok());
    }

    #[test]
    fn the_fuzzer_is_repeated_with_its_seed() {
        let failed = Counts {
            failed: 1,
            ..Counts::default()
        };
        let advice = |name| report(&[(name, failed)]).outcome().unwrap_err().to_string();
        assert!(advice("contract").contains("`TIFFIN_SEED=<seed> cargo local test --only contract`"));
        assert!(advice("unit").contains("`cargo local test --only unit`"));
    }
}
