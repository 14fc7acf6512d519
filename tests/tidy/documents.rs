//! The documents: what they link, name, call and repeat is there.

mod commands;
mod figures;

use std::path::{Path, PathBuf};

use super::{files, no_complaints, read, root, shown};

/// What is made by running something, and so is missing from a fresh clone.
const MADE: [&str; 2] = [".local", "target"];

/// How the names of files end that documents name.
const ENDINGS: [&str; 9] = [".html", ".json", ".md", ".py", ".rs", ".toml", ".txt", ".yaml", ".yml"];

/// The targets of the links in a text in Markdown, `[text](target)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
}

/// What stands in backticks in a text in Markdown, outside of its blocks of code.
fn spans(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|part| part.split('`').skip(1).step_by(2))
}

/// The lines of the blocks of code of a text in Markdown.
fn code_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("```").skip(1).step_by(2).flat_map(str::lines)
}

/// A text with each stretch of white space as one blank, so that it does not matter where lines end.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Every file and folder of the repository, from its root.
fn entries() -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for path in files("", "") {
        let file = shown(&path);
        let folders = file.match_indices('/').map(|(end, _)| file[..end].to_owned());
        found.extend(folders.filter(|folder| !found.contains(folder)).collect::<Vec<_>>());
        found.push(file);
    }
    found.extend([".cargo", ".devcontainer", ".local", ".vscode", "target"].map(str::to_owned));
    found
}

/// Whether a path ends as a pattern says, in which a `*` or a `<placeholder>` stands for any part of a name.
fn ends_as(path: &str, pattern: &str) -> bool {
    let names: Vec<&str> = path.split('/').collect();
    let patterns: Vec<&str> = pattern.split('/').collect();
    let matches = |(name, pattern): (&&str, &&str)| match pattern.split_once(['*', '<']) {
        Some((before, rest)) => {
            let after = rest.split_once('>').map_or(rest, |(_, after)| after);
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
        None => name == pattern,
    };
    names.len() >= patterns.len() && names.iter().rev().zip(patterns.iter().rev()).all(matches)
}

/// The path that a span names, if it names one: it begins in the root of the repository, or ends like a file.
fn named_path<'a>(span: &'a str, entries: &[String]) -> Option<&'a str> {
    let path = span.trim_end_matches('/');
    let first = path.split('/').next()?;
    let is_plain = !path.starts_with('/') && !path.contains([' ', '{', '…', ':', '=', '#', '?']) && !path.is_empty();
    let is_file = ENDINGS
        .iter()
        .any(|ending| path.ends_with(ending) && path.len() > ending.len());
    let in_root = path.contains('/') && entries.iter().any(|entry| entry == first);
    (is_plain && !MADE.contains(&first) && (is_file || in_root)).then_some(path)
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut complaints = Vec::new();
    for path in files("", ".md") {
        for link in links(&read(&path)) {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.starts_with("mailto:") {
                continue;
            }
            let target = path.parent().unwrap_or(root()).join(file);
            if !target.exists() {
                complaints.push(format!("{}: {link} leads nowhere", shown(&path)));
            }
        }
    }
    no_complaints(complaints);
}

/// A path is named from the root or from the folder of the document, or by its end where that says enough.
#[test]
fn every_path_that_a_document_names_is_there() {
    let entries = entries();
    let documents: Vec<PathBuf> = files("", ".md");
    let complaints = documents.iter().flat_map(|document| {
        let text = read(document);
        let folder = shown(document.parent().unwrap_or(Path::new("")));
        let missing = spans(&text).filter_map(|span| {
            let path = named_path(span, &entries)?;
            let is_there = root().join(path).exists()
                || entries.iter().any(|entry| {
                    let is_whole = entry.split('/').count() == path.split('/').count();
                    ends_as(entry, path) && (is_whole || entry.starts_with(&folder))
                });
            (!is_there).then(|| format!("{}: `{span}` is not there", shown(document)))
        });
        missing.collect::<Vec<_>>()
    });
    no_complaints(complaints);
}

#[test]
fn the_readme_names_the_two_commands() {
    let readme = read(&root().join("README.md"));
    no_complaints(
        ["cargo local up", "cargo local test"]
            .iter()
            .filter(|command| !readme.contains(**command))
            .map(|command| format!("README.md does not name `{command}`")),
    );
}

#[test]
fn patterns_stand_for_parts_of_names() {
    assert!(ends_as(
        "functions/order/openapi.json",
        "functions/<service>/openapi.json"
    ));
    assert!(ends_as(
        "functions/order/src/api/place_order.rs",
        "src/api/<operation>.rs"
    ));
    assert!(ends_as("infra/local/python/lint.txt", "python/*.txt"));
    assert!(!ends_as("functions/order/src/store.rs", "domain/*.rs"));
    assert!(!ends_as("store.rs", "src/store.rs"));
}
