//! The rooms of a service, and what each may know: `ARCHITECTURE.md`, "What always holds".

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{SERVICES, files, no_complaints, read, root, shown};

/// What lies in `src` of every service, and what each may import: rooms of a lower rank, and its own.
const ROOMS: [(&str, u8); 8] = [
    ("domain", 0),
    ("store", 1),
    ("publish", 1),
    ("app", 2),
    ("usecase", 3),
    ("api", 4),
    ("inbox", 4),
    ("timers", 4),
];
/// What only one service has: a client of another system beside the store, or an edge beside the others.
const OWN_ROOMS: [(&str, &str, u8); 9] = [
    ("user", "identity", 1),
    ("user", "texts", 1),
    ("payment", "stripe", 1),
    ("delivery", "router", 1),
    ("delivery", "learned_cache", 1),
    ("notification", "providers", 1),
    ("notification", "text", 1),
    ("notification", "live", 4),
    ("notification", "moves", 4),
];
/// The rank of what starts a function.
const MAIN: u8 = 5;

/// The rank of a room, if the service may have it.
fn rank(service: &str, room: &str) -> Option<u8> {
    let common = ROOMS.iter().find(|(name, _)| *name == room).map(|(_, rank)| *rank);
    let own = OWN_ROOMS
        .iter()
        .find(|(owner, name, _)| (*owner, *name) == (service, room));
    let main = (room == "main").then_some(MAIN);
    common.or(own.map(|(_, _, rank)| *rank)).or(main)
}

/// A source file of a service: its module's path, and the modules that it imports by `crate::` and `super::`.
struct Module {
    path: PathBuf,
    name: Vec<String>,
    imports: BTreeSet<Vec<String>>,
}

impl Module {
    fn room(&self) -> &str {
        self.name.first().map_or("main", String::as_str)
    }
}

/// The modules of a service, but for what is compiled for tests alone.
fn modules(service: &str) -> Vec<Module> {
    let source = root().join(format!("functions/{service}/src"));
    let paths = files(&format!("functions/{service}/src"), ".rs");
    let names: BTreeMap<Vec<String>, PathBuf> = paths
        .into_iter()
        .map(|path| (module_name(&source, &path), path))
        .collect();
    let texts: BTreeMap<&Vec<String>, String> = names
        .iter()
        .map(|(name, path)| (name, production(&read(path))))
        .collect();
    let is_declared = |name: &[String]| {
        let Some((last, parent)) = name.split_last() else {
            return true;
        };
        texts.get(&parent.to_vec()).is_some_and(|text| {
            text.lines().any(|line| {
                let line = line.trim_start_matches("pub ").trim_start_matches("pub(crate) ");
                line == format!("mod {last};")
            })
        })
    };
    names
        .iter()
        .filter(|(name, _)| (0..=name.len()).all(|depth| is_declared(&name[..depth])))
        .map(|(name, path)| Module {
            path: path.clone(),
            name: name.clone(),
            imports: imported(&texts[name], name)
                .into_iter()
                .map(|path| deepest(&path, &names))
                .filter(|import| import != name)
                .collect(),
        })
        .collect()
}

/// `src/api/sign_in.rs` is `api::sign_in`; `src/main.rs` is the crate itself.
fn module_name(source: &Path, path: &Path) -> Vec<String> {
    let relative = path.strip_prefix(source).unwrap().with_extension("");
    let parts = relative.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| part != "main").collect()
}

/// The deepest module of which a path names something.
fn deepest(path: &[String], names: &BTreeMap<Vec<String>, PathBuf>) -> Vec<String> {
    let found = (0..=path.len()).rev().map(|depth| path[..depth].to_vec());
    found
        .into_iter()
        .find(|name| names.contains_key(name))
        .unwrap_or_default()
}

/// The text up to its tests, without comments and without modules that are declared for tests.
fn production(text: &str) -> String {
    let mut kept = String::new();
    let mut for_tests = false;
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        if for_tests && line.ends_with('{') {
            return kept;
        }
        if !for_tests {
            kept.push_str(line);
            kept.push('\n');
        }
        for_tests = line.trim_start().starts_with("#[cfg(test)]");
    }
    kept.replace("#[cfg(test)]\n", "")
}

/// Every path that a text names from `crate` or `super`, as a path from the crate.
fn imported(text: &str, module: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (start, word) in [("crate::", 0), ("super::", 1)]
        .into_iter()
        .flat_map(|(word, up)| text.match_indices(word).map(move |(at, _)| (at, (word, up))))
    {
        let (prefix, up) = word;
        let before = text[..start].chars().next_back();
        // Part of a longer path or word, such as `super::super::`, of which the first part is looked at.
        if before.is_some_and(|before| before.is_alphanumeric() || before == '_' || before == ':') {
            continue;
        }
        let mut rest = &text[start + prefix.len()..];
        let mut base = module[..module.len().saturating_sub(up)].to_vec();
        if up == 0 {
            base.clear();
        }
        while let Some(further) = rest.strip_prefix("super::") {
            base.pop();
            rest = further;
        }
        tree(rest, &base, &mut found);
    }
    found
}

/// Reads one tree of a `use`, such as `a::{b, c::d}`, or one path.
fn tree<'a>(text: &'a str, base: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
    let mut path = base.to_vec();
    let mut rest = text.trim_start();
    loop {
        if let Some(inner) = rest.strip_prefix('{') {
            rest = inner.trim_start();
            while !rest.is_empty() && !rest.starts_with('}') {
                rest = tree(rest, &path, found).trim_start();
                rest = rest.trim_start_matches(',').trim_start();
            }
            return rest.strip_prefix('}').unwrap_or(rest);
        }
        let end = rest
            .find(|one: char| !one.is_alphanumeric() && one != '_')
            .unwrap_or(rest.len());
        if end == 0 {
            found.push(path);
            // `*`, `<` and the like end a path; one step on, so that reading ends.
            return rest.get(1..).unwrap_or_default();
        }
        path.push(rest[..end].to_owned());
        rest = &rest[end..];
        let Some(further) = rest.strip_prefix("::") else {
            if let Some(renamed) = rest.strip_prefix(" as ") {
                let end = renamed.find([',', ';', '}']).unwrap_or(renamed.len());
                rest = &renamed[end..];
            }
            found.push(path);
            return rest;
        };
        rest = further;
    }
}

#[test]
fn use_trees_are_read_as_rust_reads_them() {
    let text = "use crate::domain::{Order, price::{self, Tariff as T}};\nuse super::views::*;\nlet x = crate::store::load(y);\nuse super::super::app::App;";
    let module = ["api".to_owned(), "orders".to_owned(), "get_order".to_owned()];
    let found: BTreeSet<String> = imported(text, &module).iter().map(|path| path.join("::")).collect();
    let expected = [
        "api::orders::views",
        "api::app::App",
        "domain::Order",
        "domain::price::Tariff",
        "domain::price::self",
        "store::load",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

#[test]
fn a_service_has_only_the_rooms_of_the_house() {
    no_complaints(SERVICES.iter().flat_map(|service| {
        let folder = root().join(format!("functions/{service}/src"));
        let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let strange = entries.filter(|path| {
            let room = path.file_stem().unwrap().to_string_lossy().into_owned();
            rank(service, &room).is_none()
        });
        strange
            .map(|path| format!("{} is no room of the house", shown(&path)))
            .collect::<Vec<_>>()
    }));
}

#[test]
fn nothing_is_imported_from_a_room_above_or_beside() {
    let mut complaints = Vec::new();
    for service in SERVICES {
        for module in modules(service) {
            let room = module.room();
            let own = rank(service, room);
            for import in &module.imports {
                let other = import.first().map_or("main", String::as_str);
                if room != other && room != "main" && rank(service, other) >= own {
                    complaints.push(format!("{}: {room} imports {}", shown(&module.path), import.join("::")));
                }
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn no_domain_knows_how_it_is_documented() {
    let domains = SERVICES.iter().flat_map(|service| modules(service));
    let domains = domains.filter(|module| module.room() == "domain");
    no_complaints(domains.filter_map(|module| {
        let text = production(&read(&module.path));
        text.contains("utoipa")
            .then(|| format!("{}: utoipa belongs to the API", shown(&module.path)))
    }));
}

/// A module and those inside it are one thing; between any others, reading must have an order.
#[test]
fn files_do_not_import_each_other_in_circles() {
    let mut complaints = Vec::new();
    for service in SERVICES {
        let modules = modules(service);
        let edges: BTreeMap<&[String], BTreeSet<&[String]>> = modules
            .iter()
            .map(|module| {
                let others = module.imports.iter().map(Vec::as_slice);
                let others = others.filter(|other| !other.starts_with(&module.name) && !module.name.starts_with(other));
                (module.name.as_slice(), others.collect())
            })
            .collect();
        let reached = |from: &[String]| {
            let mut seen: BTreeSet<&[String]> = BTreeSet::new();
            let mut open: Vec<&[String]> = edges.get(from).into_iter().flatten().copied().collect();
            while let Some(next) = open.pop() {
                if seen.insert(next) {
                    open.extend(edges.get(next).into_iter().flatten());
                }
            }
            seen
        };
        let circle: Vec<String> = edges
            .keys()
            .filter(|name| reached(name).contains(*name))
            .map(|name| name.join("::"))
            .collect();
        if !circle.is_empty() {
            complaints.push(format!("{service}: {} import each other", circle.join(", ")));
        }
    }
    no_complaints(complaints);
}
