//! No document breaks who was built on the last released one, unless its major version says so.
//!
//! `tests/released` holds the documents as they were released. `UPDATE_RELEASED=1 cargo test -p acceptance tidy::compatibility`
//! releases the present ones: it copies them there, and copies none as long as one breaks without a new major version. Nothing
//! is bound before the first release: until then, remove the folder before that.

mod asyncapi;
mod cases;
mod forms;
mod openapi;
mod schema;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{SERVICES, files, no_complaints, read, root};

/// Where the released documents lie, each below it where the present one lies in the repository.
const RELEASED: &str = "tests/released";

/// The folders that hold documents, and how those are called.
const FOLDERS: [&str; 2] = ["functions", "shared"];
const NAMES: [&str; 2] = ["openapi.json", "asyncapi.json"];

/// The variable that releases the present documents, if it is `1`.
const UPDATE: &str = "UPDATE_RELEASED";

/// What somebody who was built on the released document stumbles over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Break {
    /// Where, as a JSON pointer into the present document; into the released one if it is no longer there.
    pointer: String,
    /// What is different.
    sentence: String,
}

impl Break {
    fn new(pointer: &str, sentence: impl Into<String>) -> Self {
        Self {
            pointer: pointer.to_owned(),
            sentence: sentence.into(),
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "  {}: {}", self.pointer, self.sentence)
    }
}

/// All that breaks, each once, in the order of the document.
fn breaks(released: &Value, present: &Value) -> Vec<Break> {
    let mut found = if released["asyncapi"].is_string() {
        asyncapi::breaks(released, present)
    } else {
        openapi::breaks(released, present)
    };
    found.sort();
    found.dedup();
    found
}

/// The part of a document's version that is raised when it breaks (Semantic Versioning 2.0.0, 8).
///
/// # Errors
/// When there is no number.
fn major(document: &Value) -> Result<u64, String> {
    let version = document["info"]["version"].as_str().unwrap_or_default();
    let number = version.split('.').next().unwrap_or_default();
    number
        .parse()
        .map_err(|_| format!("`{version}` is no version such as `1.0.0`"))
}

/// What keeps the present document from being released: what breaks, unless the major version is higher. What is
/// compatible needs no higher version here; how much of one it deserves is for whoever releases it.
///
/// # Errors
/// Tells all of it.
fn verdict(released: &Value, present: &Value) -> Result<(), String> {
    let (before, after) = (major(released)?, major(present)?);
    if after < before {
        return Err(format!("its major version falls from {before} to {after}"));
    }
    let found = breaks(released, present);
    if after > before || found.is_empty() {
        return Ok(());
    }
    let list: Vec<String> = found.iter().map(Break::to_string).collect();
    Err(format!(
        "breaks what was released as {}; mend it, or raise `info.version` to {}.0.0:\n{}",
        released["info"]["version"],
        before + 1,
        list.join("\n")
    ))
}

/// The documents below a folder of the repository, by their places in it.
fn documents(below: &str) -> Vec<PathBuf> {
    let start = root().join(below);
    let all = FOLDERS
        .iter()
        .flat_map(|folder| NAMES.map(|name| files(&format!("{below}/{folder}"), name)))
        .flatten();
    let mut places: Vec<PathBuf> = all
        .filter_map(|path| path.strip_prefix(&start).map(Path::to_path_buf).ok())
        .collect();
    places.sort();
    places
}

fn document(path: &Path) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn releases() -> bool {
    std::env::var(UPDATE).is_ok_and(|value| value == "1")
}

#[test]
fn no_document_breaks_the_released_one() {
    let released = root().join(RELEASED);
    let mut complaints = Vec::new();
    for place in documents(RELEASED) {
        let present = root().join(&place);
        let verdict = if present.is_file() {
            verdict(&document(&released.join(&place)), &document(&present))
        } else {
            Err("is gone, though it was released".to_owned())
        };
        complaints.extend(verdict.err().map(|why| format!("{} {why}", place.display())));
    }
    if complaints.is_empty() && releases() {
        for place in documents(".") {
            let target = released.join(&place);
            fs::create_dir_all(target.parent().expect("a folder")).unwrap();
            fs::copy(root().join(&place), target).unwrap();
        }
    }
    no_complaints(complaints);
}

#[test]
fn every_document_was_released() {
    let (released, present) = (documents(RELEASED), documents("."));
    assert!(
        present.len() > SERVICES.len(),
        "the services' and the events': {present:?}"
    );
    let missing = present.iter().filter(|place| !released.contains(place) && !releases());
    no_complaints(missing.map(|place| {
        let place = place.display();
        format!("{place} has nothing to be compared with: run with {UPDATE}=1 and commit {RELEASED}")
    }));
}
