//! Everything this program prints. The terminal is its interface, so this is the one module that writes to it.
#![expect(clippy::print_stdout, reason = "the terminal is this program's interface")]

use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Where the output is no terminal (a log of CI), progress inside a step is told at most this often.
const PLAIN_PROGRESS_EVERY: Duration = Duration::from_secs(15);

/// One line at a time, whichever thread speaks.
static TERMINAL: Mutex<()> = Mutex::new(());

/// Prints one line.
pub fn say(line: impl AsRef<str>) {
    let _guard = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner);
    println!("{}", line.as_ref());
}

/// Prints to the error stream; for failures and warnings.
pub fn complain(line: impl AsRef<str>) {
    let _guard = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner);
    eprintln!("{}", line.as_ref());
}

/// A piece of work with a name, whose progress and duration are shown.
pub struct Step {
    title: String,
    started: Instant,
    told: Instant,
    live: bool,
    open: bool,
}

impl Step {
    /// Announces the work.
    pub fn begin(title: impl Into<String>) -> Self {
        let live = std::io::stdout().is_terminal();
        let step = Self {
            title: title.into(),
            started: Instant::now(),
            told: Instant::now(),
            live,
            open: true,
        };
        if live {
            step.redraw("");
        } else {
            say(format!("  {} …", step.title));
        }
        step
    }

    /// Shows how far the work is; cheap enough to call in every turn of a waiting loop.
    pub fn progress(&mut self, detail: &str) {
        if self.live {
            self.redraw(detail);
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
        if self.live {
            say(format!("\r\u{1b}[K  {} …", self.title));
        }
    }

    fn redraw(&self, detail: &str) {
        let _guard = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = self.started.elapsed().as_secs();
        let seconds = if seconds < 2 {
            String::new()
        } else {
            format!(" ({seconds} s)")
        };
        print!("\r\u{1b}[K  {} … {detail}{seconds}", self.title);
        // A terminal that cannot be written to cannot be told so either.
        drop(std::io::stdout().flush());
    }

    fn close(&self, mark: &str, detail: &str) {
        let clear = if self.live { "\r\u{1b}[K" } else { "" };
        let detail = if detail.is_empty() {
            String::new()
        } else {
            format!(", {detail}")
        };
        say(format!(
            "{clear}{mark} {} ({:.1} s{detail})",
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
