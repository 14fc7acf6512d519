//! The Python programs: found, and installed at fixed versions into environments of the project's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::Instance;
use crate::process::{run_logged, tail};
use crate::ui::Step;

/// The oldest Python that the emulator runs on.
const MINOR_MIN: u32 = 10;

/// A set of tools that share one environment. Tools whose dependencies collide have environments of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tools {
    /// The AWS emulator, the SAM transform and localstripe: all that `up` needs.
    Emulator,
    /// The SAM command line, for `sam validate`.
    Sam,
    /// The linters of the templates.
    Lint,
    /// The fault proxy.
    Faults,
    /// What checks the dependencies and runs the tests.
    Cargo,
    /// The fuzzer that tries the contract.
    Contract,
    /// Node, for the linter of the API documents.
    Node,
    /// The solvers that `bench routes` compares with.
    Peers,
}

impl Tools {
    /// The name of the requirements file and of the environment.
    fn name(self) -> &'static str {
        match self {
            Self::Emulator => "emulator",
            Self::Sam => "sam",
            Self::Lint => "lint",
            Self::Faults => "faults",
            Self::Cargo => "cargo",
            Self::Contract => "contract",
            Self::Node => "node",
            Self::Peers => "peers",
        }
    }
}

/// An environment with its tools installed.
#[derive(Debug, Clone)]
pub struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// Installs the tools, unless the same versions are installed already.
    ///
    /// # Errors
    /// When there is no Python of 3.10 or newer, or the package index cannot be reached.
    pub fn prepare(instance: &Instance, tools: Tools) -> Outcome<Self> {
        let name = tools.name();
        let requirements = instance.root.join(format!("infra/local/python/{name}.txt"));
        let wanted = fs::read_to_string(&requirements).or_fail(
            format!("Cannot read {}", requirements.display()),
            "restore it with `git checkout`",
        )?;
        let environment = Self {
            folder: instance.local().join("venv").join(name),
        };
        let marker = environment.folder.join("installed.txt");
        if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) && environment.works() {
            return Ok(environment);
        }
        let python = find_python()?;
        let mut step = Step::begin(format!("Installing the Python tools ({name})"));
        let log = instance.local().join(format!("install-{name}.log"));
        // What an interrupted run left behind is not to be trusted.
        if environment.folder.exists() {
            fs::remove_dir_all(&environment.folder).or_fail(
                format!("Cannot remove {}", environment.folder.display()),
                "remove it by hand",
            )?;
        }
        run(
            Command::new(&python).args(["-m", "venv"]).arg(&environment.folder),
            &log,
            &mut step,
        )?;
        let mut pip = environment.program("pip");
        pip.args(["install", "--disable-pip-version-check", "--no-input", "--requirement"])
            .arg(&requirements);
        run(&mut pip, &log, &mut step)?;
        crate::instance::write_file(&marker, wanted)?;
        step.done("");
        Ok(environment)
    }

    /// A command of the environment; its own Python for `python`.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs().join(name));
        // What is set for the user's own Python must not leak into this one.
        command
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .env("SAM_CLI_TELEMETRY", "0");
        command
    }

    /// The folder of its programs.
    pub fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// Whether its Python still starts: the one it was made from may be gone since.
    fn works(&self) -> bool {
        let probe = self
            .program("python")
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        probe.is_ok_and(|status| status.success())
    }
}

/// The first Python on the path that is new enough.
///
/// # Errors
/// When there is none, or none new enough.
fn find_python() -> Outcome<PathBuf> {
    let mut too_old = Vec::new();
    for name in [
        "python3",
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
        "python3.10",
        "python",
    ] {
        let script = "import sys, ensurepip, venv; print(sys.version_info.minor)";
        let Ok(output) = Command::new(name).args(["-c", script]).output() else {
            continue;
        };
        let minor = String::from_utf8_lossy(&output.stdout).trim().parse::<u32>();
        match minor {
            Ok(minor) if minor >= MINOR_MIN => return Ok(PathBuf::from(name)),
            Ok(minor) => too_old.push(format!("`{name}` is 3.{minor}")),
            Err(_) if output.status.success() => {}
            Err(_) => too_old.push(format!("`{name}` lacks `venv` or `ensurepip`, or does not start")),
        }
    }
    let found = if too_old.is_empty() {
        "none is on the path".to_owned()
    } else {
        too_old.join(", ")
    };
    Err(Failure::new(
        format!("Python 3.{MINOR_MIN} or newer is needed"),
        format!("{found}; the AWS emulator is a Python program"),
        "install it (on Debian or Ubuntu: `apt-get install python3 python3-venv`; on macOS: `brew install python`)",
    ))
}

/// Runs one installation command with its output in a log.
fn run(command: &mut Command, log: &Path, step: &mut Step) -> Outcome {
    let status = run_logged(command, log, step)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(
        "Installing the Python tools failed",
        format!("{status}; the end of {}:\n{}", log.display(), tail(log, 12)),
        "check that the Python package index can be reached, and try again",
    ))
}
