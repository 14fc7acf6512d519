//! The services' programs: built once for all, and laid out where the templates look for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use client::SERVICES;

use crate::clock;
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, make_folder};
use crate::ui::Step;

/// How the programs are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// As the tests are: quick to build.
    Dev,
    /// As for production: small and quick to start, slow to build.
    Release,
}

impl Profile {
    /// The profile that a switch `--release` chooses.
    pub fn of(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// The folder that cargo puts the programs into.
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }
}

/// The name of the service as this program knows it.
///
/// # Errors
/// When there is no such service.
pub fn known_service(name: &str) -> Outcome<&'static str> {
    SERVICES.into_iter().find(|service| *service == name).ok_or_else(|| {
        Failure::new(
            format!("There is no service `{name}`"),
            format!("the services are {}", SERVICES.join(", ")),
            "name one of them",
        )
    })
}

/// Cargo, to be run in the repository, without what the cargo that started this program has left in the environment
/// about this program's own package.
pub fn cargo(instance: &Instance) -> Command {
    let mut command = Command::new(clock::variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.current_dir(&instance.root);
    clear_package_variables(&mut command);
    command
}

/// Removes the variables that describe this program's own package.
pub fn clear_package_variables(command: &mut Command) {
    for name in clock::variable_names() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
}

/// Builds the packages in one call of cargo, whose own progress is shown.
///
/// # Errors
/// When one does not compile.
pub fn build(instance: &Instance, packages: &[&str], profile: Profile) -> Outcome {
    let mut step = Step::begin(format!("Building {}", packages.join(", ")));
    step.hand_over();
    let mut command = cargo(instance);
    command
        .arg("build")
        .args(packages.iter().flat_map(|name| ["--package", name]));
    if profile == Profile::Release {
        command.arg("--release");
    }
    let status = command
        .stdin(Stdio::null())
        .status()
        .or_fail("Cannot start cargo", "install Rust with rustup")?;
    if !status.success() {
        return Err(Failure::new(
            "The services do not compile",
            "cargo told why above",
            "correct it and try again",
        ));
    }
    step.done("");
    Ok(())
}

/// The program that cargo built of a package.
///
/// # Errors
/// When this program's own place cannot be told.
pub fn built(package: &str, profile: Profile) -> Outcome<PathBuf> {
    let own = std::env::current_exe().or_fail("Cannot tell where the programs are", "call it as `cargo local`")?;
    let target = own.ancestors().nth(2).unwrap_or(Path::new("target"));
    Ok(target.join(profile.folder()).join(package))
}

/// Copies a service's program, without its debug information, to `target/lambda/<service>/bootstrap`.
///
/// # Errors
/// When the file system refuses.
pub fn lay_out(instance: &Instance, service: &str, profile: Profile) -> Outcome {
    let source = built(service, profile)?;
    let folder = instance.root.join("target/lambda").join(service);
    let bootstrap = folder.join("bootstrap");
    make_folder(&folder)?;
    // A running function may execute the old file: replace it, never write into it.
    // Two copies of the platform may be started at once, so each writes a file of its own.
    let fresh = folder.with_extension(format!("{}.new", std::process::id()));
    let stripped = Command::new("strip")
        .arg("-o")
        .arg(&fresh)
        .arg(&source)
        .stderr(Stdio::null())
        .status();
    if !stripped.is_ok_and(|status| status.success()) {
        fs::copy(&source, &fresh).or_fail(
            format!("Cannot copy {}", source.display()),
            "check the space of the disk",
        )?;
    }
    fs::rename(&fresh, &bootstrap).or_fail(format!("Cannot write {}", bootstrap.display()), "check the rights")
}

/// Builds and lays out the services.
///
/// # Errors
/// When one does not compile or cannot be copied.
pub fn prepare(instance: &Instance, services: &[&str], profile: Profile) -> Outcome {
    build(instance, services, profile)?;
    services
        .iter()
        .try_for_each(|service| lay_out(instance, service, profile))
}
