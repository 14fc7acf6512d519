//! The documents.

use super::{files, no_complaints, read, root, shown};

/// The targets of the links in a text in Markdown, `[text](target)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
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
