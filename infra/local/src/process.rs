//! The programs this one starts and stops, and who holds a port.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::make_folder;
use crate::ui::Step;

/// How long a program may take to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(5);

/// A program started by an earlier command, named so that another program with its recycled number is never taken
/// for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Process {
    /// What it is, for messages.
    pub name: String,
    /// Its process number.
    pub pid: i32,
    /// When the kernel started it, in ticks since the machine did.
    started: u64,
}

impl Process {
    /// Starts `command` in the background with its output in `log`.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Outcome<Self> {
        if let Some(folder) = log.parent() {
            make_folder(folder)?;
        }
        let what = format!("Cannot start {name}");
        let remedy = "check the rights and the space of the disk";
        let file = File::create(log).or_fail(&what, remedy)?;
        let copy = file.try_clone().or_fail(&what, remedy)?;
        // Its own process group: a Ctrl-C in the terminal reaches only this program, which stops the others in order.
        command.stdin(Stdio::null()).stdout(file).stderr(copy).process_group(0);
        let child = command.spawn().or_fail(&what, remedy)?;
        let pid = i32::try_from(child.id()).or_fail(&what, "start it by hand")?;
        Ok(Self {
            name: name.to_owned(),
            pid,
            started: start_time(pid).unwrap_or(0),
        })
    }

    /// Whether it still runs.
    pub fn alive(&self) -> bool {
        start_time(self.pid).is_some_and(|started| started == self.started)
    }

    /// Ends it and everything it started, politely first.
    pub fn stop(&self) {
        if !self.alive() {
            return;
        }
        let group = Pid::from_raw(-self.pid);
        if kill(group, Signal::SIGTERM).is_err() {
            // It has ended by itself in the meantime.
            return;
        }
        let deadline = Instant::now() + GRACE;
        while self.alive() && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        // What it started may have outlived it; that nothing is left is the usual case, and an error.
        if kill(group, Signal::SIGKILL).is_ok() {
            sleep(Duration::from_millis(20));
        }
    }
}

/// When a live process was started, in ticks since the machine was; `None` when there is none, or only its remains.
fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in parentheses and may hold anything; the fields after it are plain.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split_whitespace().collect();
    let state = *fields.first()?;
    if state == "Z" || state == "X" {
        None
    } else {
        fields.get(19)?.parse().ok()
    }
}

/// Refuses when something listens on `port` already, naming it if the system tells.
///
/// # Errors
/// When the port is taken.
pub fn require_free_port(port: u16, wanted_by: &str) -> Outcome {
    if port_is_free(port) {
        return Ok(());
    }
    let holder = port_holder(port).unwrap_or_else(|| "a program of another user".to_owned());
    Err(Failure::new(
        format!("{wanted_by} needs port {port}"),
        format!("it is in use by {holder}"),
        "stop that program, or choose other ports with `cargo local up --port <port>` (three in a row are taken)",
    ))
}

/// Whether nothing listens on `port`.
pub fn port_is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
        && TcpListener::bind(("::1", port)).map_or_else(|error| error.kind() != std::io::ErrorKind::AddrInUse, |_| true)
}

/// The program that listens on `port`, as `name (process 123)`.
fn port_holder(port: u16) -> Option<String> {
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .flat_map(|table| listeners(table, port))
        .collect();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        let Ok(handles) = fs::read_dir(entry.path().join("fd")) else {
            continue;
        };
        let holds = handles
            .flatten()
            .filter_map(|handle| fs::read_link(handle.path()).ok())
            .any(|target| {
                let target = target.to_string_lossy();
                sockets.iter().any(|inode| target == format!("socket:[{inode}]"))
            });
        if holds {
            let line = fs::read(entry.path().join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            return Some(format!(
                "`{}` (process {pid})",
                line.trim().chars().take(80).collect::<String>()
            ));
        }
    }
    None
}

/// The socket numbers that listen on `port`, out of one of the kernel's tables.
fn listeners(table: &str, port: u16) -> Vec<String> {
    /// The kernel's number of the state "listening".
    const LISTEN: &str = "0A";
    let suffix = format!(":{port:04X}");
    let Ok(table) = fs::read_to_string(table) else {
        return Vec::new();
    };
    let rows = table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.filter(|row| row.len() > 9 && row[3] == LISTEN && row[1].ends_with(&suffix))
        .map(|row| row[9].to_owned())
        .collect()
}

/// Runs a program to its end with its output in `log`, showing its last line as the step's progress.
///
/// # Errors
/// When it cannot be started. That it failed is told by the status.
pub fn run_logged(command: &mut Command, log: &Path, step: &mut Step) -> Outcome<ExitStatus> {
    let name = command.get_program().to_string_lossy().into_owned();
    let (what, remedy) = (
        format!("Cannot run {name}"),
        "check the rights and the space of the disk",
    );
    if let Some(folder) = log.parent() {
        make_folder(folder)?;
    }
    let file = File::create(log).or_fail(&what, remedy)?;
    let copy = file.try_clone().or_fail(&what, remedy)?;
    command.stdin(Stdio::null()).stdout(file).stderr(copy);
    let mut child = command.spawn().or_fail(&what, "install it")?;
    loop {
        if let Some(status) = child.try_wait().or_fail(&what, "try again")? {
            return Ok(status);
        }
        step.progress(&last_line(log));
        sleep(Duration::from_millis(200));
    }
}

/// The last line of a growing log, cut to what fits beside a step's name.
fn last_line(log: &Path) -> String {
    /// More than one line; a log may be long, and this is read several times a second.
    const END_BYTES: u64 = 2_000;
    const WIDTH: usize = 60;
    let mut end = String::new();
    let read = File::open(log).and_then(|mut file| {
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(END_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    if let Ok(bytes) = read {
        let text = String::from_utf8_lossy(&bytes);
        let line = text
            .lines()
            .map(str::trim)
            .rfind(|line| !line.is_empty())
            .unwrap_or_default();
        end = line
            .chars()
            .filter(|character| !character.is_control())
            .take(WIDTH)
            .collect();
    }
    end
}

/// The last lines of a log, indented for quoting in a message.
pub fn tail(log: &Path, lines: usize) -> String {
    let text = fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let all: Vec<&str> = text.lines().collect();
    let last = all
        .iter()
        .skip(all.len().saturating_sub(lines))
        .map(|line| format!("    {line}"));
    last.collect::<Vec<_>>().join("\n")
}
