//! The steps that look at the source and the templates.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::artefacts::{Profile, SERVICES, cargo, clear_package_variables, lay_out};
use crate::clock;
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, make_folder, write_file};
use crate::process::{run_logged, tail};
use crate::python::{Environment, Tools};
use crate::ui::{Step, say};

use super::Bench;
use super::report::Counts;

/// How much of a failed step's log is shown.
const SHOWN_LINES: usize = 80;

/// Where cargo-deny keeps the advisory database, below `.local`; its name is cargo-deny's own, made of the address.
const ADVISORIES: &str = "advisory-dbs/advisory-db-3157b0e258782691";

/// The log file of a step.
pub fn log(bench: &Bench<'_>, name: &str) -> PathBuf {
    bench.instance.local().join("test").join(format!("{name}.log"))
}

/// Runs a program as a step of this name; its output, whether it succeeded or not.
///
/// # Errors
/// When it cannot be started.
pub fn run(bench: &Bench<'_>, name: &str, title: &str, command: &mut Command) -> Outcome<(bool, String)> {
    let log = log(bench, name);
    let mut step = Step::begin(title);
    let good = run_logged(command, &log, &mut step)?.success();
    if good {
        step.done("");
    }
    let text = fs::read(&log).or_fail(format!("Cannot read {}", log.display()), "try again")?;
    Ok((good, String::from_utf8_lossy(&text).into_owned()))
}

/// Runs a program that must succeed.
fn require(bench: &Bench<'_>, name: &str, title: &str, command: &mut Command, remedy: &str) -> Outcome<Counts> {
    if run(bench, name, title, command)?.0 {
        return Ok(Counts::ONE);
    }
    let log = log(bench, name);
    let why = format!("the end of {}:\n{}", log.display(), tail(&log, SHOWN_LINES));
    Err(Failure::new(format!("{title} failed"), why, remedy))
}

/// The source is formatted.
pub fn format(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut command = cargo(&bench.instance);
    command.args(["fmt", "--all", "--check"]);
    require(
        bench,
        "format",
        "Checking the format",
        &mut command,
        "run `cargo fmt --all`",
    )
}

/// Everything compiles. All of it in one call, tests included, so that each dependency is compiled with one set of
/// features and therefore once.
pub fn build(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut command = cargo(&bench.instance);
    command.args(["build", "--workspace", "--all-targets", "--locked"]);
    let counts = require(
        bench,
        "build",
        "Building everything",
        &mut command,
        "correct it and try again",
    )?;
    for service in SERVICES {
        lay_out(&bench.instance, service, Profile::Dev)?;
    }
    Ok(counts)
}

/// No lint complains.
pub fn clippy(bench: &Bench<'_>) -> Outcome<Counts> {
    let mut command = cargo(&bench.instance);
    command.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]);
    require(
        bench,
        "clippy",
        "Linting the source",
        &mut command,
        "correct what clippy names",
    )
}

/// Licences, sources, bans and advisories of the dependencies.
pub fn dependencies(bench: &Bench<'_>) -> Outcome<Counts> {
    let tools = Environment::prepare(&bench.instance, Tools::Cargo)?;
    let deny = |arguments: &[&str]| {
        let mut command = tools.program("cargo-deny");
        command.current_dir(&bench.instance.root).args(arguments);
        clear_package_variables(&mut command);
        command
    };
    if let Some(folder) = &bench.options.advisories {
        adopt_advisories(&bench.instance, folder)?;
    }
    let title = "Checking the dependencies";
    let mut graph = deny(&["check", "licenses", "bans", "sources"]);
    require(
        bench,
        "dependencies",
        title,
        &mut graph,
        "see deny.toml for what is allowed and why",
    )?;
    let title = "Looking for security advisories";
    let (mut good, mut text) = run(bench, "advisories", title, &mut deny(&["check", "advisories"]))?;
    if !good && text.contains("failed to fetch advisory database") {
        if !bench.instance.local().join(ADVISORIES).is_dir() {
            say("  The advisory database cannot be reached; `--advisories <folder>` takes a copy of it.");
            return Ok(Counts {
                passed: 3,
                skipped: 1,
                ..Counts::default()
            });
        }
        let title = "Looking for security advisories in the copy at hand";
        (good, text) = run(
            bench,
            "advisories",
            title,
            &mut deny(&["--offline", "check", "advisories"]),
        )?;
    }
    if good {
        return Ok(Counts {
            passed: 4,
            ..Counts::default()
        });
    }
    Err(Failure::new(
        "A dependency has a security advisory",
        text,
        "update it: `cargo update --package <name>`",
    ))
}

/// Makes a plain copy of the advisory database into the repository that cargo-deny wants.
fn adopt_advisories(instance: &Instance, folder: &Path) -> Outcome {
    let what = "Cannot take over the advisory database";
    let remedy = "give the folder that holds `crates/`";
    let source = folder.canonicalize().or_fail(what, remedy)?;
    if !source.join("crates").is_dir() {
        return Err(Failure::new(
            what,
            format!("{} has no folder `crates`", source.display()),
            remedy,
        ));
    }
    let target = instance.local().join(ADVISORIES);
    if target.exists() {
        fs::remove_dir_all(&target).or_fail(what, "remove it by hand")?;
    }
    make_folder(&target)?;
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=local", "-c", "user.email=local@localhost"];
        let output = Command::new("git")
            .current_dir(&target)
            .args(identity)
            .args(arguments)
            .output();
        let output = output.or_fail(what, "install git")?;
        if output.status.success() {
            return Ok(());
        }
        Err(Failure::new(
            what,
            String::from_utf8_lossy(&output.stderr).into_owned(),
            remedy,
        ))
    };
    git(&["init", "--quiet", "--initial-branch=main"])?;
    let copied = Command::new("cp")
        .arg("-R")
        .arg(source.join("crates"))
        .arg(&target)
        .status();
    copied.or_fail(what, remedy)?;
    git(&["add", "--all"])?;
    git(&["commit", "--quiet", "--message", "A copy of the advisory database"])
}

/// What the linters say of the templates; remembered until a template, a setting or a linter changes.
pub fn templates(bench: &Bench<'_>) -> Outcome<Counts> {
    let root = &bench.instance.root;
    let templates = template_files(root)?;
    let marker = bench.instance.local().join("test/templates.ok");
    let mark = fingerprint(root, &templates)?;
    let known = fs::read_to_string(&marker).unwrap_or_default();
    if let Some(passed) = known
        .strip_prefix(&format!("{mark} "))
        .and_then(|count| count.trim().parse().ok())
    {
        return Ok(Counts {
            passed,
            unchanged: true,
            ..Counts::default()
        });
    }
    let sam = Environment::prepare(&bench.instance, Tools::Sam)?;
    let lint = Environment::prepare(&bench.instance, Tools::Lint)?;
    let mut counts = Counts::default();
    for template in &templates {
        let name = template
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let mut command = sam.program("sam");
        command
            .current_dir(root)
            .env("AWS_DEFAULT_REGION", crate::instance::REGION);
        command.args(["validate", "--lint", "--template"]).arg(template);
        let title = format!("sam validate --lint {name}");
        counts.add(require(
            bench,
            &format!("sam-{name}"),
            &title,
            &mut command,
            "correct the template",
        )?);
    }
    let mut command = lint.program("cfn-lint");
    command.current_dir(root).env("PATH", path_with(&lint));
    require(
        bench,
        "cfn-lint",
        "cfn-lint with the serverless rules",
        &mut command,
        "correct the template",
    )?;
    counts.passed += templates.len();
    let mut command = lint.program("checkov");
    command.current_dir(root).arg("--skip-download");
    let (good, text) = run(bench, "checkov", "checkov", &mut command)?;
    let found = checkov_counts(&text);
    if !good || found.passed == 0 {
        let log = log(bench, "checkov");
        let why = format!("the end of {}:\n{}", log.display(), tail(&log, SHOWN_LINES));
        return Err(Failure::new(
            "checkov found something",
            why,
            "correct the template, or justify it beside the resource",
        ));
    }
    counts.add(found);
    counts.skipped = 0;
    write_file(&marker, format!("{mark} {}\n", counts.passed))?;
    Ok(counts)
}

/// The root template and those it is made of.
fn template_files(root: &Path) -> Outcome<Vec<PathBuf>> {
    let infra = root.join("infra");
    let entries = fs::read_dir(&infra).or_fail(format!("Cannot read {}", infra.display()), "restore it")?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.push(root.join("template.yaml"));
    files.sort();
    Ok(files)
}

/// Tells one state of the templates, the linters' settings and their versions from another.
fn fingerprint(root: &Path, templates: &[PathBuf]) -> Outcome<String> {
    let settings = [".cfnlintrc.yaml", ".checkov.yaml", "samconfig.toml"].map(|name| root.join(name));
    let tools = ["sam", "lint"].map(|name| root.join(format!("infra/local/python/{name}.txt")));
    let mut hasher = DefaultHasher::new();
    for file in templates.iter().chain(&settings).chain(&tools) {
        let what = format!("Cannot read {}", file.display());
        fs::read(file)
            .or_fail(what, "restore it with `git checkout`")?
            .hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// The path with an environment's programs first: cfn-lint looks for its rules beside itself.
fn path_with(environment: &Environment) -> String {
    format!(
        "{}:{}",
        environment.programs().display(),
        clock::variable("PATH").unwrap_or_default()
    )
}

/// checkov's own counts: `Passed checks: 264, Failed checks: 0, Skipped checks: 64`.
fn checkov_counts(text: &str) -> Counts {
    let count = |label: &str| {
        let rest = text.rsplit_once(label).map_or("", |(_, rest)| rest);
        rest.split(|character: char| !character.is_ascii_digit())
            .find(|part| !part.is_empty())
    };
    let number = |label| count(label).and_then(|text| text.parse().ok()).unwrap_or(0);
    Counts {
        passed: number("Passed checks:"),
        failed: number("Failed checks:"),
        skipped: number("Skipped checks:"),
        ..Counts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::checkov_counts;

    #[test]
    fn the_counts_of_checkov_are_read_from_its_summary() {
        let counts = checkov_counts("results:\n\nPassed checks: 264, Failed checks: 2, Skipped checks: 64\n\n");
        assert_eq!((counts.passed, counts.failed, counts.skipped), (264, 2, 64));
    }
}
