//! How the source is laid out, and who may depend on whom.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{SERVICES, files, no_complaints, read, root, shown};

/// No file is longer; most are far shorter.
const LINES_MAX: usize = 600;

/// What decides must not reach for: the world outside, wire and storage formats, clocks, randomness and the environment.
const IMPURE: [&str; 22] = [
    "async fn",
    ".await",
    "aws_",
    "axum",
    "lambda_http",
    "lambda_runtime",
    "runtime::",
    "::store",
    "store::",
    "serde_json",
    "serde_dynamo",
    "tokio",
    "ureq",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "Timestamp::now",
    "SystemTime",
    "Instant::now",
    "now_v7",
    "new_v4",
];

/// The order of the shared crates: each may know those before it, and services know all of them.
const LAYERS: [&str; 5] = ["kernel", "phone", "contracts", "store", "runtime"];

/// The files of the domains, but for what is compiled for tests alone.
fn domain_files() -> Vec<PathBuf> {
    let sources: Vec<PathBuf> = SERVICES
        .iter()
        .flat_map(|service| files(&format!("functions/{service}/src"), ".rs"))
        .collect();
    let for_tests: BTreeSet<String> = sources.iter().flat_map(|path| test_modules(&read(path))).collect();
    let is_domain = |path: &Path| {
        let text = path.to_string_lossy();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        (text.contains("/src/domain/") || text.ends_with("/src/domain.rs")) && !for_tests.contains(&*stem)
    };
    sources.into_iter().filter(|path| is_domain(path)).collect()
}

/// The names of the modules that a file declares for tests.
fn test_modules(text: &str) -> Vec<String> {
    let declared = text
        .split("#[cfg(test)]\n")
        .skip(1)
        .filter_map(|rest| rest.lines().next());
    let names = declared.filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';'));
    names.map(str::to_owned).collect()
}

/// The lines of a file that are code and no tests, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let tests = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    let lines = text[..tests].lines().enumerate();
    lines
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn each_line(paths: Vec<PathBuf>, complain: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    for path in paths {
        for (number, line) in code(&read(&path)) {
            complaints.extend(complain(line).map(|what| format!("{}:{number}: {what}: {}", shown(&path), line.trim())));
        }
    }
    complaints
}

#[test]
fn every_service_has_a_domain() {
    no_complaints(SERVICES.iter().filter_map(|service| {
        let missing = !root().join(format!("functions/{service}/src/domain.rs")).is_file();
        missing.then(|| format!("functions/{service} has no src/domain.rs"))
    }));
}

#[test]
fn domains_decide_and_touch_nothing() {
    no_complaints(each_line(domain_files(), |line| {
        let found = IMPURE.iter().find(|word| line.contains(**word))?;
        Some(format!("`{found}` has no place in a domain"))
    }));
}

#[test]
fn domains_name_every_case() {
    no_complaints(each_line(domain_files(), |line| {
        let (pattern, _) = line.split_once("=>")?;
        let pattern = pattern.split(" if ").next()?.trim();
        let catches_all = pattern.contains('_') && pattern.chars().all(|character| "_(), |".contains(character));
        catches_all.then(|| "a match on states or commands lists all of them".to_owned())
    }));
}

#[test]
fn no_result_is_thrown_away() {
    let shipped = ["functions", "shared", "infra"]
        .iter()
        .flat_map(|folder| files(folder, ".rs"))
        .collect();
    no_complaints(each_line(shipped, |line| {
        line.trim_start()
            .starts_with("let _ =")
            .then(|| "a result is handled, or dropped with a reason".to_owned())
    }));
}

#[test]
fn modules_are_named_after_themselves() {
    no_complaints(
        files("", "mod.rs")
            .iter()
            .filter(|path| path.ends_with("mod.rs"))
            .map(|path| shown(path)),
    );
}

#[test]
fn no_file_is_too_long() {
    no_complaints(files("", ".rs").iter().filter_map(|path| {
        let lines = read(path).lines().count();
        (lines > LINES_MAX).then(|| format!("{} has {lines} lines, more than {LINES_MAX}", shown(path)))
    }));
}

#[test]
fn there_is_one_set_of_lints() {
    let settings: Vec<String> = files("", "clippy.toml").iter().map(|path| shown(path)).collect();
    assert_eq!(settings, ["clippy.toml"], "a nested clippy.toml replaces the root's");
    no_complaints(files("", "Cargo.toml").iter().filter_map(|path| {
        let text = read(path);
        let shares = text.contains("[lints]\nworkspace = true") || text.contains("[workspace]");
        (!shares).then(|| format!("{} does not share the lints of the workspace", shown(path)))
    }));
}

#[test]
fn versions_of_dependencies_are_chosen_once() {
    no_complaints(
        files("", "Cargo.toml")
            .iter()
            .filter(|path| !read(path).contains("[workspace]"))
            .flat_map(|path| {
                let text = read(path);
                let table = |line: &str| {
                    line.trim_start_matches('[')
                        .trim_end_matches(']')
                        .ends_with("dependencies")
                };
                let mut inside = false;
                let mut complaints = Vec::new();
                for line in text.lines().map(str::trim) {
                    if line.starts_with('[') {
                        inside = table(line);
                    } else if inside && !line.is_empty() && !line.starts_with('#') && !line.contains("workspace = true")
                    {
                        complaints.push(format!(
                            "{}: `{line}` does not take the workspace's version",
                            shown(path)
                        ));
                    }
                }
                complaints
            }),
    );
}

/// True for a crate inside a service's own folder: its core, cut off so that others (a benchmark) can use it too.
fn is_inside(service: &str, other: &str, metadata: &Value) -> bool {
    let folder = format!("/functions/{service}/");
    let packages = metadata["packages"].as_array().unwrap();
    let own = packages.iter().find(|package| package["name"] == other).unwrap();
    own["manifest_path"].as_str().unwrap().contains(&folder)
}

#[test]
fn dependencies_point_one_way() {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut complaints = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let known = package["dependencies"].as_array().unwrap();
        // What only tests use is not shipped.
        let known = known
            .iter()
            .filter(|one| one["kind"].is_null() && one["path"].is_string());
        for other in known.filter_map(|one| one["name"].as_str()) {
            let may = match LAYERS.iter().position(|layer| *layer == name) {
                Some(layer) => LAYERS[..layer].contains(&other),
                None if SERVICES.contains(&name) => LAYERS.contains(&other) || is_inside(name, other, &metadata),
                None => !SERVICES.contains(&other),
            };
            if !may {
                complaints.push(format!("{name} depends on {other}"));
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn every_service_has_the_same_anatomy() {
    let parts = [
        "README.md",
        "openapi.json",
        "Cargo.toml",
        "src/main.rs",
        "src/app.rs",
        "src/api.rs",
        "src/publish.rs",
        "src/store.rs",
    ];
    no_complaints(SERVICES.iter().flat_map(|service| {
        let missing = parts
            .iter()
            .filter(move |part| !root().join(format!("functions/{service}/{part}")).is_file());
        missing.map(move |part| format!("functions/{service} lacks {part}"))
    }));
}

/// A client must know from the document that it may be told to wait, and for how long.
#[test]
fn every_budget_stands_beside_its_route_and_in_its_document() {
    let mut complaints = Vec::new();
    for service in SERVICES {
        for path in files(&format!("functions/{service}/src/api"), ".rs") {
            let text = read(&path);
            let counts = text.contains("Budget::new(") || text.contains(".spend(");
            if counts && text.contains("#[utoipa::path(") && !text.contains("status = 429") {
                complaints.push(format!("{}: it counts, and its document names no 429", shown(&path)));
            }
        }
        let document: Value =
            serde_json::from_str(&read(&root().join(format!("functions/{service}/openapi.json")))).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), &operation["responses"]["429"]))
        });
        for (operation, response) in operations {
            let reference = response["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
            let response = reference.and_then(|place| document.pointer(place)).unwrap_or(response);
            let headers = response["headers"].as_object();
            let says_when =
                headers.is_some_and(|headers| headers.keys().any(|name| name.eq_ignore_ascii_case("retry-after")));
            if !response.is_null() && !says_when {
                complaints.push(format!(
                    "{service}: the 429 of {operation} does not say when to try again"
                ));
            }
        }
    }
    no_complaints(complaints);
}
