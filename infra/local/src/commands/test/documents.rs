//! The step that lints what clients are made from: the OpenAPI and AsyncAPI documents.

use std::fs;
use std::path::{Path, PathBuf};

use crate::artefacts::SERVICES;
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

/// The AsyncAPI documents: the events between the services, and the live connection.
const ASYNCAPI: [&str; 2] = ["shared/contracts/asyncapi.json", "functions/notification/asyncapi.json"];

/// What the linter says, without failing, of a rule that it did not ask.
const UNUSED: &str = "Unused rules";

/// How much of what the linter says of one document is shown.
const SHOWN_LINES: usize = 200;

/// What the linter says of each document; `redocly.yaml` tells which rules hold, and why some do not.
pub fn lint(bench: &Bench<'_>) -> Outcome<Counts> {
    let root = &bench.instance.root;
    let documents = documents(root)?;
    demand(&documents)?;
    let packages = Packages::prepare(&bench.instance)?;
    let mut counts = Counts::default();
    for document in documents {
        let shown = document.display().to_string();
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
        let (is_good, said) = checks::run(bench, &name, &format!("Linting {shown}"), &mut linter)?;
        if is_good && asks_every_rule(&said) {
            counts.passed += 1;
        } else {
            counts.failed += 1;
            let log = checks::log(bench, &name);
            complain(format!("The end of {}:\n{}", log.display(), tail(&log, SHOWN_LINES)));
        }
    }
    Ok(counts)
}

/// Whether the linter had a use for all of its rules: one that it ignores would find nothing, ever.
fn asks_every_rule(said: &str) -> bool {
    !said.contains(UNUSED)
}

/// Every document that is committed, by its place below the root.
fn documents(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let path = root.join(folder);
        let entries = fs::read_dir(&path).or_fail(format!("Cannot read {}", path.display()), "restore it")?;
        let places = entries
            .flatten()
            .flat_map(|entry| NAMES.map(|name| Path::new(folder).join(entry.file_name()).join(name)));
        found.extend(places.filter(|place| root.join(place).is_file()));
    }
    found.sort();
    Ok(found)
}

/// One OpenAPI document for each service, the AsyncAPI ones, and no other: whatever is not found is not linted.
///
/// # Errors
/// Names what is missing and what is unknown.
fn demand(found: &[PathBuf]) -> Outcome {
    let services = SERVICES.map(|service| format!("functions/{service}/openapi.json"));
    let wanted: Vec<PathBuf> = services
        .into_iter()
        .chain(ASYNCAPI.map(str::to_owned))
        .map(PathBuf::from)
        .collect();
    let missing = wanted.iter().filter(|place| !found.contains(place));
    let missing = missing.map(|place| format!("{} is missing", place.display()));
    let unknown = found.iter().filter(|place| !wanted.contains(place));
    let unknown = unknown.map(|place| format!("{} belongs to nothing that is known", place.display()));
    let complaints: Vec<String> = missing.chain(unknown).collect();
    if complaints.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        "The API documents are not those that there should be",
        complaints.join("; "),
        "restore them with `git checkout`, or name a new one in infra/local/src/commands/test/documents.rs",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn committed() -> Vec<PathBuf> {
        documents(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
    }

    #[test]
    fn every_service_and_the_events_have_a_document() {
        let found = committed();
        demand(&found).unwrap();
        assert_eq!(found.len(), SERVICES.len() + ASYNCAPI.len());
    }

    #[test]
    fn a_rule_that_is_not_asked_is_seen() {
        assert!(asks_every_rule("Woohoo! Your API description is valid."));
        assert!(!asks_every_rule(
            "Woohoo! Your API description is valid.\n\n[WARNING] Unused rules found in redocly.yaml: paths-kebab-case.\n"
        ));
    }

    #[test]
    fn a_document_that_is_missing_is_named() {
        let all = committed();
        for index in 0..all.len() {
            let mut found = all.clone();
            let lost = found.remove(index).display().to_string();
            let failure = format!("{:?}", demand(&found).unwrap_err());
            assert!(failure.contains(&format!("{lost} is missing")), "{failure}");
        }
    }

    #[test]
    fn a_document_of_nothing_known_is_named() {
        let mut found = committed();
        found.push(PathBuf::from("functions/kiosk/openapi.json"));
        let failure = format!("{:?}", demand(&found).unwrap_err());
        assert!(
            failure.contains("functions/kiosk/openapi.json belongs to nothing"),
            "{failure}"
        );
    }
}
