//! The step that lints what clients are made from: the OpenAPI and AsyncAPI documents.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, OrFail, Outcome};
use crate::node::Packages;
use crate::process::tail;
use crate::ui::complain;

use super::report::Counts;
use super::{Bench, checks};

/// How the documents are called, wherever they lie.
const NAMES: [&str; 2] = ["openapi.json", "asyncapi.json"];

/// The folders whose folders hold the documents.
const FOLDERS: [&str; 2] = ["functions", "shared"];

/// How much of what the linter says of one document is shown.
const SHOWN_LINES: usize = 200;

/// What the linter says of each document; `redocly.yaml` tells which rules hold, and why some do not.
pub fn lint(bench: &Bench<'_>) -> Outcome<Counts> {
    let root = &bench.instance.root;
    let packages = Packages::prepare(&bench.instance)?;
    let documents = documents(root)?;
    if documents.is_empty() {
        let why = format!("no {} below {}", NAMES.join(" or "), FOLDERS.join(" or "));
        return Err(Failure::new(
            "There is no API document",
            why,
            "restore them with `git checkout`",
        ));
    }
    let mut counts = Counts::default();
    for document in documents {
        let shown = document.strip_prefix(root).unwrap_or(&document).display().to_string();
        let name = format!("documents-{}", shown.trim_end_matches(".json").replace('/', "-"));
        let mut linter = packages.linter();
        linter
            .current_dir(root)
            .args([
                "lint",
                "--config=redocly.yaml",
                "--lint-config=error",
                "--format=stylish",
            ])
            .arg("--max-problems=1000")
            .arg(&shown);
        if checks::run(bench, &name, &format!("Linting {shown}"), &mut linter)?.0 {
            counts.passed += 1;
        } else {
            counts.failed += 1;
            let log = checks::log(bench, &name);
            complain(format!("The end of {}:\n{}", log.display(), tail(&log, SHOWN_LINES)));
        }
    }
    Ok(counts)
}

/// Every document that is committed.
fn documents(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in FOLDERS.map(|folder| root.join(folder)) {
        let entries = fs::read_dir(&folder).or_fail(format!("Cannot read {}", folder.display()), "restore it")?;
        let places = entries
            .flatten()
            .flat_map(|entry| NAMES.map(|name| entry.path().join(name)));
        found.extend(places.filter(|place| place.is_file()));
    }
    found.sort();
    Ok(found)
}
