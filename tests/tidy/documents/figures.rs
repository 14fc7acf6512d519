//! The figures of documents that repeat a constant of the code.

use std::collections::BTreeMap;

use super::super::{files, no_complaints, read, root};
use super::in_one_line;

/// Of each document: what it says (`{}` is the figure), the folder of the constant, and what the figure follows there.
type Figures = BTreeMap<String, Vec<[String; 3]>>;

/// The figure that follows a text in the code; if it stands there more than once, always the same.
fn figure(code: &str, after: &str) -> Result<String, String> {
    let figures = code.split(after).skip(1).map(|rest| {
        let end = rest.find(|character: char| !character.is_ascii_digit() && !['_', '.'].contains(&character));
        let digits = rest[..end.unwrap_or(rest.len())].replace('_', "");
        digits.trim_end_matches('.').to_owned()
    });
    let mut found: Vec<String> = figures.filter(|figure| !figure.is_empty()).collect();
    found.dedup();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        _ => Err(format!("no single figure follows `{after}`: {found:?}")),
    }
}

/// A figure as documents write it: with commas between thousands, or as a word.
fn written(figure: &str) -> [String; 2] {
    const WORDS: &str = "none one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
        sixteen seventeen eighteen nineteen twenty";
    let figure = figure.strip_suffix(".0").unwrap_or(figure);
    let word = figure
        .parse()
        .ok()
        .and_then(|number: usize| WORDS.split(' ').nth(number));
    let mut digits = figure.to_owned();
    let whole = figure.find('.').unwrap_or(figure.len());
    for place in (1..whole).rev().filter(|place| (whole - place).is_multiple_of(3)) {
        digits.insert(place, ',');
    }
    [word.map_or(digits.clone(), str::to_owned), digits]
}

#[test]
fn figures_are_those_of_the_code() {
    let figures: Figures = serde_json::from_str(include_str!("figures.json")).unwrap();
    let mut codes: BTreeMap<&str, String> = BTreeMap::new();
    let mut complaints = Vec::new();
    for (document, rows) in &figures {
        let text = in_one_line(&read(&root().join(document)));
        for [phrase, folder, after] in rows {
            let code = codes.entry(folder).or_insert_with(|| {
                let sources: String = files(folder, ".rs").iter().map(|path| read(path)).collect();
                in_one_line(&sources)
            });
            let says = |figure: &String| text.contains(&phrase.replace("{}", figure));
            match figure(code, after) {
                Ok(figure) if written(&figure).iter().any(says) => {}
                Ok(figure) => complaints.push(format!(
                    "{document} does not say `{phrase}` with {figure}, as {folder} does (`{after}`)"
                )),
                Err(complaint) => complaints.push(format!("{folder}: {complaint}")),
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn a_figure_is_read_from_the_code() {
    let code = "const SHARDS: u8 = 8; const LIST_MAX: usize = 5_000; Budget::new(\"sign_up\", 20, HOUR) const SHARDS: u8 = 16;";
    assert_eq!(figure(code, "LIST_MAX: usize = "), Ok("5000".to_owned()));
    assert_eq!(figure(code, "\"sign_up\", "), Ok("20".to_owned()));
    assert!(figure(code, "SHARDS: u8 = ").is_err());
    assert!(figure(code, "KEPT: u8 = ").is_err());
}

#[test]
fn figures_are_written_with_commas_or_as_words() {
    assert_eq!(written("10000"), ["10,000", "10,000"]);
    assert_eq!(written("15"), ["fifteen", "15"]);
    assert_eq!(written("2.0"), ["two", "2"]);
}
