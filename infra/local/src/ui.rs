//! Everything this program prints. The terminal is its interface, so this is the one module that writes to it.
#![expect(clippy::print_stdout, reason = "the terminal is this program's interface")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// Where the output is no terminal (a log of CI), progress inside a step is told at most this often.
const PLAIN_PROGRESS_EVERY: Duration = Duration::from_secs(15);

/// How often a step's seconds move on by themselves.
const TICK: Duration = Duration::from_millis(500);

/// A step that is done sooner shows no seconds.
const SECONDS_SHOWN_FROM: u64 = 2;

/// The steps that run, below the lines that were printed. One thread writes at a time.
static TERMINAL: LazyLock<MultiProgress> =
    LazyLock::new(|| MultiProgress::with_draw_target(ProgressDrawTarget::stdout()));

/// Prints one line.
pub fn say(line: impl AsRef<str>) {
    TERMINAL.suspend(|| println!("{}", line.as_ref()));
}

/// Prints to the error stream; for failures and warnings.
pub fn complain(line: impl AsRef<str>) {
    TERMINAL.suspend(|| eprintln!("{}", line.as_ref()));
}

/// A piece of work with a name, whose progress and duration are shown.
pub struct Step {
    title: String,
    started: Instant,
    told: Instant,
    /// Shown where the output is a terminal, hidden elsewhere.
    bar: ProgressBar,
    open: bool,
}

impl Step {
    /// Announces the work.
    pub fn begin(title: impl Into<String>) -> Self {
        let step = Self {
            title: title.into(),
            started: Instant::now(),
            told: Instant::now(),
            bar: TERMINAL.add(ProgressBar::new_spinner().with_style(style())),
            open: true,
        };
        if step.bar.is_hidden() {
            step.announce();
        } else {
            step.bar.set_prefix(step.title.clone());
            step.bar.enable_steady_tick(TICK);
        }
        step
    }

    /// Shows how far the work is; cheap enough to call in every turn of a waiting loop.
    pub fn progress(&mut self, detail: &str) {
        if !self.bar.is_hidden() {
            self.bar.set_message(detail.to_owned());
        } else if self.told.elapsed() >= PLAIN_PROGRESS_EVERY {
            self.told = Instant::now();
            say(format!(
                "  {} … {detail} ({} s)",
                self.title,
                self.started.elapsed().as_secs()
            ));
        }
    }

    /// Ends the work well.
    pub fn done(mut self, detail: &str) {
        self.open = false;
        self.close("✓", detail);
    }

    /// Lets another program (cargo, pip) write to the terminal during this step.
    pub fn hand_over(&mut self) {
        if !self.bar.is_hidden() {
            self.bar.finish_and_clear();
            self.announce();
        }
    }

    fn announce(&self) {
        say(format!("  {} …", self.title));
    }

    fn close(&self, mark: &str, detail: &str) {
        self.bar.finish_and_clear();
        let detail = if detail.is_empty() {
            String::new()
        } else {
            format!(", {detail}")
        };
        say(format!(
            "{mark} {} ({:.1} s{detail})",
            self.title,
            self.started.elapsed().as_secs_f64()
        ));
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if self.open {
            self.close("✗", "");
        }
    }
}

/// The line of a step that runs: its title, its detail and its seconds.
fn style() -> ProgressStyle {
    let seconds = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        let seconds = state.elapsed().as_secs();
        if seconds >= SECONDS_SHOWN_FROM {
            // What is too long for the line is cut by the library.
            write!(text, " ({seconds} s)").unwrap_or_default();
        }
    };
    let line = ProgressStyle::with_template("  {prefix} … {msg}{seconds}");
    line.unwrap_or_else(|_| ProgressStyle::default_spinner())
        .with_key("seconds", seconds)
}

/// Prints rows as a table: the first row is the head, columns are as wide as their widest cell.
pub fn table(rows: &[Vec<String>]) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).map(|(cell, width)| {
            let numeric = index > 0 && cell.chars().next().is_some_and(|first| first.is_ascii_digit());
            if numeric {
                format!("{cell:>width$}")
            } else {
                format!("{cell:<width$}")
            }
        });
        say(format!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end()));
    }
}
