//! The commands that documents name.

use super::super::{SERVICES, files, no_complaints, read, root, shown};
use super::{code_lines, in_one_line, spans};

/// The subcommands of cargo, and of programs that are installed beside it, that documents may name.
const OF_CARGO: [&str; 10] = [
    "build", "check", "clippy", "deny", "fmt", "lambda", "nextest", "run", "test", "update",
];

/// What stands for a service in a command.
const PLACEHOLDERS: [&str; 3] = ["<service>", "[service]", "<name>"];

/// What documents may say: the packages, and the words of `cargo local`, read from where they are declared.
struct Known {
    packages: Vec<(String, String)>,
    local: Vec<String>,
    benches: Vec<String>,
    steps: Vec<String>,
    sources: String,
}

impl Known {
    fn read() -> Self {
        let source = |path: &str| read(&root().join(path));
        let manifests = files("", "Cargo.toml");
        let packages = manifests.iter().filter_map(|path| {
            let text = read(path);
            let name = text.split_once("[package]\nname = \"")?.1.split_once('"')?.0;
            Some((name.to_owned(), shown(path.parent()?)))
        });
        let all = files("infra/local/src", ".rs");
        Self {
            packages: packages.collect(),
            local: variants(&source("infra/local/src/main.rs"), "enum Command {"),
            benches: variants(&source("infra/local/src/commands/bench.rs"), "pub enum Bench {"),
            steps: steps(&source("infra/local/src/commands/test.rs")),
            sources: all.iter().map(|path| read(path)).collect(),
        }
    }

    /// What is wrong with a command of cargo, given its words after `cargo`.
    fn fault(&self, words: &[&str]) -> Option<String> {
        match words {
            [] => None,
            ["local", rest @ ..] => self.fault_of_local(rest),
            [subcommand, rest @ ..] if OF_CARGO.contains(subcommand) => self.fault_of_package(rest),
            [subcommand, ..] => Some(format!("cargo has no subcommand `{subcommand}`")),
        }
    }

    fn fault_of_local(&self, words: &[&str]) -> Option<String> {
        let [command, rest @ ..] = words else { return None };
        if !self.local.iter().any(|known| known == command) {
            return Some(format!("cargo local has no command `{command}`"));
        }
        let mut words = rest.iter().map(|word| word.trim_matches(['[', ']']));
        let takes_service = ["deploy", "logs", "redrive", "republish"].contains(command);
        if let Some(first) = rest.first().filter(|first| !first.trim_matches('[').starts_with('-')) {
            let is_known = match *command {
                "bench" => self.benches.iter().any(|bench| bench == first),
                _ => takes_service && (SERVICES.contains(first) || PLACEHOLDERS.contains(first)),
            };
            if !is_known {
                return Some(format!("`{first}` is nothing that `{command}` takes"));
            }
        }
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix("--") else {
                continue;
            };
            // What every command has.
            if option == "help" {
                continue;
            }
            let field = option.replace('-', "_");
            let declared = [
                format!("    {field}: "),
                format!("    pub {field}: "),
                format!("long = \"{option}\""),
            ];
            if !declared.iter().any(|text| self.sources.contains(text)) {
                return Some(format!("no command of cargo local has an option `--{option}`"));
            }
            if option == "only" {
                let step = words.next().unwrap_or_default();
                if !step.starts_with('<') && !self.steps.iter().any(|known| known == step) {
                    return Some(format!("there is no step `{step}`"));
                }
            }
        }
        None
    }

    fn fault_of_package(&self, words: &[&str]) -> Option<String> {
        let place = words.iter().position(|word| ["-p", "--package"].contains(word))?;
        let name = words.get(place + 1)?;
        let service = if PLACEHOLDERS.contains(name) { "order" } else { name };
        let Some((_, folder)) = self.packages.iter().find(|(known, _)| known == service) else {
            return Some(format!("there is no package `{name}`"));
        };
        let filter = words.get(place + 2).filter(|word| !word.starts_with(['-', '<']))?;
        let word = filter.trim_end_matches(':').rsplit("::").next()?;
        let is_there = files(folder, ".rs").iter().any(|path| read(path).contains(word));
        // What is shared writes and checks what services own.
        let is_shared = || files("shared", ".rs").iter().any(|path| read(path).contains(word));
        (!is_there && !is_shared()).then(|| format!("`{name}` has no test of the name `{filter}`"))
    }
}

/// The variants of an enumeration of commands, as they are typed.
fn variants(source: &str, declaration: &str) -> Vec<String> {
    let body = source.split_once(declaration).map_or("", |(_, body)| body);
    let body = body.split_once("\n}").map_or("", |(body, _)| body);
    let lines = body
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with(char::is_uppercase));
    lines
        .map(|line| line.split(['(', ',']).next().unwrap_or_default().to_lowercase())
        .collect()
}

/// The names of the steps of `cargo local test`.
fn steps(source: &str) -> Vec<String> {
    let names = source.split("    Check {\n        name: \"").skip(1);
    names
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect()
}

/// The words after `cargo` of the command that a text begins with, behind variables that are set for it.
fn command(text: &str) -> Option<Vec<&str>> {
    let text = text.split(" # ").next()?;
    let mut words = text
        .split_whitespace()
        .skip_while(|word| word.contains('=') && !word.starts_with('-'));
    (words.next()? == "cargo").then(|| words.take_while(|word| !["|", "&&", "--"].contains(word)).collect())
}

#[test]
fn every_command_of_cargo_that_a_document_names_is_one() {
    let known = Known::read();
    let mut complaints = Vec::new();
    for path in files("", ".md") {
        let text = read(&path);
        let named: Vec<String> = spans(&text)
            .map(in_one_line)
            .chain(code_lines(&text).map(in_one_line))
            .collect();
        for (text, words) in named.iter().filter_map(|text| Some((text, command(text)?))) {
            let fault = known.fault(&words);
            complaints.extend(fault.map(|fault| format!("{}: `{text}`: {fault}", shown(&path))));
        }
    }
    no_complaints(complaints);
}

#[test]
fn a_command_that_is_none_is_named() {
    let known = Known::read();
    for (text, wrong) in [
        ("cargo local up --detach", false),
        ("cargo local bench start", false),
        ("cargo local test --only contract", false),
        ("UPDATE_OPENAPI=1 cargo test -p order handlers_say", false),
        ("cargo local stop", true),
        ("cargo local bench speed", true),
        ("cargo local test --only fuzz", true),
        ("cargo local test --just unit", true),
        ("cargo local deploy kiosk", true),
        ("cargo test -p kiosk", true),
        ("cargo test -p order nobody_has_written_this", true),
        ("cargo brew", true),
    ] {
        let fault = known.fault(&command(text).unwrap());
        assert_eq!(fault.is_some(), wrong, "{text}: {fault:?}");
    }
}
