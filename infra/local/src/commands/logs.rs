//! `cargo local logs`: what the functions and the programs behind them have logged.

use std::collections::HashSet;
use std::fs;
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use client::Aws;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::artefacts::{SERVICES, known_service};
use crate::failure::{OrFail, Outcome};
use crate::instance::Instance;
use crate::platform::Service;
use crate::record::Record;
use crate::seed::list;
use crate::ui::say;

/// The programs that have a log file instead of log groups.
const PROGRAMS: [&str; 3] = ["emulator", "localstripe", "faults"];

/// How often new lines are looked for with `--follow`.
const FOLLOW_EVERY: Duration = Duration::from_millis(700);

/// How `logs` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// A service, or one of the programs `emulator`, `localstripe` and `faults`; every service when left out.
    name: Option<String>,
    /// Go on with new lines until Ctrl-C.
    #[arg(long)]
    follow: bool,
    /// How many of the newest lines to begin with.
    #[arg(long, default_value_t = 100)]
    lines: usize,
    /// Show the runtime's own lines (START, END, REPORT) too.
    #[arg(long)]
    all: bool,
}

/// One logged line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its identity, so that none is shown twice.
    pub id: String,
    /// When it was logged, in milliseconds since 1970.
    pub at: i64,
    /// `order.api` and so on.
    pub function: String,
    /// The text.
    pub text: String,
}

/// Shows the log.
///
/// # Errors
/// When nothing runs.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    if let Some(program) = options.name.as_deref().filter(|name| PROGRAMS.contains(name)) {
        return show_file(instance, program, options);
    }
    let services = match &options.name {
        Some(name) => vec![known_service(name)?],
        None => SERVICES.to_vec(),
    };
    Record::require(instance)?;
    let aws = instance.aws();
    let deployed = Service::all(&aws)?;
    let wanted: Vec<&Service> = deployed
        .iter()
        .filter(|service| services.contains(&service.name))
        .collect();
    let mut seen = HashSet::new();
    let mut since = 0;
    loop {
        let mut lines = read(&aws, &wanted, since)?;
        lines.retain(|line| !seen.contains(&line.id) && (options.all || !is_platform(&line.text)));
        let skipped = if seen.is_empty() {
            lines.len().saturating_sub(options.lines)
        } else {
            0
        };
        for line in &lines[skipped..] {
            say(format!("{} {:<20} {}", clock_time(line.at), line.function, line.text));
        }
        since = lines.last().map_or(since, |line| line.at);
        // An empty first reading counts as read: what comes later is new.
        seen.insert(String::new());
        seen.extend(lines.into_iter().map(|line| line.id));
        if !options.follow {
            return Ok(());
        }
        sleep(FOLLOW_EVERY);
    }
}

/// The lines of some services from `since` on, oldest first.
///
/// # Errors
/// When the emulator does not answer.
pub fn read(aws: &Aws, services: &[&Service], since: i64) -> Outcome<Vec<Line>> {
    let mut lines = Vec::new();
    for service in services {
        for (function, group) in service.log_groups() {
            let mut request = json!({"logGroupName": group, "startTime": since, "limit": 10_000});
            loop {
                let answer = aws.json("logs", "Logs_20140328.FilterLogEvents", &request)?;
                lines.extend(
                    list(&answer["events"])
                        .iter()
                        .map(|event| line(service, &function, event)),
                );
                let next = &answer["nextToken"];
                if next.is_null() || *next == request["nextToken"] {
                    break;
                }
                request["nextToken"] = next.clone();
            }
        }
    }
    lines.sort_by_key(|line| line.at);
    Ok(lines)
}

fn line(service: &Service, function: &str, event: &Value) -> Line {
    let text = event["message"].as_str().unwrap_or_default().trim_end().to_owned();
    let at = event["timestamp"].as_i64().unwrap_or_default();
    let id = format!("{}{}{}", event["logStreamName"], event["eventId"], text);
    Line {
        id,
        at,
        function: format!("{}.{function}", service.name),
        text,
    }
}

/// Whether a line is the runtime's, not the function's.
fn is_platform(text: &str) -> bool {
    ["START RequestId", "END RequestId", "REPORT RequestId"]
        .iter()
        .any(|start| text.starts_with(start))
}

fn clock_time(millisecond: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(millisecond).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S%.3f").to_string()
}

/// Shows the end of a program's log file, and what is added to it.
fn show_file(instance: &Instance, program: &str, options: &Options) -> Outcome {
    let path = instance.log(program);
    let remedy = format!("start the platform with `{}`", instance.command("up"));
    let read = || fs::read(&path).or_fail(format!("Cannot read {}", path.display()), &remedy);
    let bytes = read()?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    for line in &lines[lines.len().saturating_sub(options.lines)..] {
        say(line);
    }
    if !options.follow {
        return Ok(());
    }
    let mut shown = bytes.len();
    loop {
        sleep(FOLLOW_EVERY);
        let bytes = read()?;
        // A new start begins the file anew.
        shown = if bytes.len() < shown { 0 } else { shown };
        for line in String::from_utf8_lossy(&bytes[shown..]).lines() {
            say(line);
        }
        shown = bytes.len();
    }
}
