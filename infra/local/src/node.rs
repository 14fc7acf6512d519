//! The Node programs: installed at fixed versions into a folder of the project's own, with a Node of its own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::clock;
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, make_folder, write_file};
use crate::process::{run_logged, tail};
use crate::python::{Environment, Tools};
use crate::ui::Step;

/// What npm reads: the packages, their locked versions, and npm's settings.
const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// What would make npm leave packages out, and Node run code of others.
const FOREIGN: [&str; 8] = [
    "NODE_ENV",
    "NODE_OPTIONS",
    "npm_config_omit",
    "NPM_CONFIG_OMIT",
    "npm_config_only",
    "NPM_CONFIG_ONLY",
    "npm_config_production",
    "NPM_CONFIG_PRODUCTION",
];

/// The linter's program, below the folder of the packages.
const LINTER: &str = "node_modules/@redocly/cli/bin/cli.js";

/// The packages, installed.
#[derive(Debug, Clone)]
pub struct Packages {
    folder: PathBuf,
    node: Environment,
}

impl Packages {
    /// Installs Node and the packages, unless the same versions are installed already.
    ///
    /// # Errors
    /// When there is no Python, from whose index Node comes, a registry cannot be reached, or npm leaves the linter out.
    pub fn prepare(instance: &Instance) -> Outcome<Self> {
        let node = Environment::prepare(instance, Tools::Node)?;
        let source = instance.root.join("infra/local/node");
        let mut wanted = String::new();
        for name in FILES {
            let file = source.join(name);
            let what = format!("Cannot read {}", file.display());
            wanted += &fs::read_to_string(&file).or_fail(what, "restore it with `git checkout`")?;
        }
        let packages = Self {
            folder: instance.local().join("node"),
            node,
        };
        let marker = packages.folder.join("installed.txt");
        let is_same = fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted);
        if is_same && packages.folder.join(LINTER).is_file() {
            return Ok(packages);
        }
        let mut step = Step::begin("Installing the Node tools");
        make_folder(&packages.folder)?;
        for name in FILES {
            let copy = packages.folder.join(name);
            let what = format!("Cannot write {}", copy.display());
            fs::copy(source.join(name), copy).or_fail(what, "check the rights and the space of the disk")?;
        }
        // `ci` removes what an interrupted run left behind, and installs what is locked. No package runs code of its own.
        let mut npm = packages.command("npm");
        npm.current_dir(&packages.folder).args([
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
        ]);
        let log = instance.local().join("install-node-packages.log");
        let status = run_logged(&mut npm, &log, &mut step)?;
        if !status.success() {
            return Err(Failure::new(
                "Installing the Node tools failed",
                format!("{status}; the end of {}:\n{}", log.display(), tail(&log, 12)),
                "check that npm's registry can be reached, and try again",
            ));
        }
        if !packages.folder.join(LINTER).is_file() {
            return Err(Failure::new(
                "Installing the Node tools left the linter out",
                format!("there is no {LINTER} in {}", packages.folder.display()),
                "look for an npm setting that leaves packages out, such as `npm config get omit`",
            ));
        }
        write_file(&marker, wanted)?;
        step.done("");
        Ok(packages)
    }

    /// The linter of API documents, which tells nobody that it runs and looks for no newer version.
    pub fn linter(&self) -> Command {
        let mut command = self.command("node");
        command
            .arg(self.folder.join(LINTER))
            .env("REDOCLY_TELEMETRY", "off")
            .env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        command
    }

    /// A program of the Node environment, for which that Node comes before any other of the machine.
    fn command(&self, name: &str) -> Command {
        let path = clock::variable("PATH").unwrap_or_default();
        let mut command = self.node.program(name);
        command.env("PATH", format!("{}:{path}", self.node.programs().display()));
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        command
    }
}
