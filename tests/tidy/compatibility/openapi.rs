//! Compares two OpenAPI documents as somebody would whose program calls the API.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Break;
use super::schema::{Comparison, Direction, below, listed, member, members};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// All that breaks.
pub fn breaks(before: &Value, after: &Value) -> Vec<Break> {
    let mut comparison = Comparison::new(before, after);
    let mut found = schemes(before, after);
    for (path, item) in members(&before["paths"]) {
        let at = below("#/paths", path);
        let now = &after["paths"][path];
        if now.is_null() {
            found.push(Break::new(&at, "the path is gone"));
            continue;
        }
        for method in METHODS.into_iter().filter(|method| item[method].is_object()) {
            let at = below(&at, method);
            if now[method].is_null() {
                found.push(Break::new(&at, "the operation is gone"));
            } else {
                found.extend(operation(&mut comparison, item, now, method, &at));
            }
        }
    }
    found
}

/// How callers prove who they are, where anything asks for it.
pub fn schemes(before: &Value, after: &Value) -> Vec<Break> {
    let place = "/components/securitySchemes";
    let none = Value::Null;
    let now = after.pointer(place).unwrap_or(&none);
    let was = before.pointer(place).unwrap_or(&none);
    let changed = members(was).filter(|(name, scheme)| {
        let parts = ["type", "scheme", "in", "name"];
        !now[name.as_str()].is_null() && parts.iter().any(|part| scheme[*part] != now[name.as_str()][*part])
    });
    changed
        .map(|(name, _)| {
            Break::new(
                &below(&format!("#{place}"), name),
                "callers have to prove who they are in another way",
            )
        })
        .collect()
}

fn operation(comparison: &mut Comparison<'_>, item: &Value, now: &Value, method: &str, at: &str) -> Vec<Break> {
    let (before, after) = (&item[method], &now[method]);
    let mut found = Vec::new();
    if before["operationId"] != after["operationId"] {
        let sentence = format!("the operation was called {}", before["operationId"]);
        found.push(Break::new(&below(at, "operationId"), sentence));
    }
    found.extend(security(comparison, before, after, at));
    found.extend(parameters(comparison, (item, before), (now, after), at));
    found.extend(body(
        comparison,
        &before["requestBody"],
        &after["requestBody"],
        &below(at, "requestBody"),
    ));
    found.extend(answers(
        comparison,
        &before["responses"],
        &after["responses"],
        &below(at, "responses"),
    ));
    found
}

/// Each set of proofs that was enough must still be.
fn security(comparison: &Comparison<'_>, before: &Value, after: &Value, at: &str) -> Vec<Break> {
    let ways = |operation: &Value, document: &Value| -> Vec<BTreeSet<String>> {
        let own = &operation["security"];
        let list = if own.is_null() { &document["security"] } else { own };
        let ways: Vec<_> = listed(list)
            .map(|way| members(way).map(|(name, _)| name.clone()).collect())
            .collect();
        if ways.is_empty() { vec![BTreeSet::new()] } else { ways }
    };
    let now = ways(after, comparison.after);
    let lost = ways(before, comparison.before)
        .into_iter()
        .filter(|way| !now.iter().any(|enough| enough.is_subset(way)));
    lost.map(|way| {
        let way: Vec<String> = way.into_iter().collect();
        let had = if way.is_empty() {
            "no proof".to_owned()
        } else {
            format!("`{}`", way.join("` and `"))
        };
        Break::new(&below(at, "security"), format!("{had} was enough, and is not any more"))
    })
    .collect()
}

type Owner<'a> = (&'a Value, &'a Value);

fn parameters(comparison: &mut Comparison<'_>, before: Owner<'_>, after: Owner<'_>, at: &str) -> Vec<Break> {
    let (before, after) = (
        all_parameters(comparison.before, before),
        all_parameters(comparison.after, after),
    );
    let mut found = Vec::new();
    for (key, was) in &before {
        let place = below(&below(at, "parameters"), key);
        let Some((_, now)) = after.iter().find(|(other, _)| other == key) else {
            found.push(Break::new(&place, "the parameter is not heeded any more"));
            continue;
        };
        if is_required(now) && !is_required(was) {
            found.push(Break::new(&place, "the parameter has to be sent now"));
        }
        if writing(was) != writing(now) {
            found.push(Break::new(
                &place,
                "the parameter is written in another way: `style`, `explode` or `allowReserved` is different",
            ));
        }
        if was["content"].is_object() != now["content"].is_object() {
            found.push(Break::new(
                &below(&place, "content"),
                "the parameter is encoded in another way",
            ));
            continue;
        }
        found.extend(contents(comparison, was, now, &place, Direction::Request));
        let schema = below(&place, "schema");
        found.extend(comparison.schemas(&was["schema"], &now["schema"], &schema, Direction::Request));
    }
    let added = after
        .iter()
        .filter(|(key, now)| is_required(now) && !before.iter().any(|(other, _)| other == key));
    found.extend(
        added.map(|(key, _)| Break::new(&below(&below(at, "parameters"), key), "a new parameter has to be sent")),
    );
    found
}

/// The parameters of a path and of its operation, by place and name: `query limit`. Headers have no capitals.
fn all_parameters<'a>(document: &'a Value, (item, operation): Owner<'a>) -> Vec<(String, &'a Value)> {
    let both = listed(&operation["parameters"]).chain(listed(&item["parameters"]));
    let resolved = both.map(|parameter| member(document, parameter));
    let mut all: Vec<(String, &Value)> = Vec::new();
    for parameter in resolved {
        let (place, name) = (&parameter["in"], parameter["name"].as_str().unwrap_or_default());
        let place = place.as_str().unwrap_or_default();
        let name = if place == "header" {
            name.to_lowercase()
        } else {
            name.to_owned()
        };
        let key = format!("{place} {name}");
        // What the operation says goes before what its path says.
        if !all.iter().any(|(known, _)| *known == key) {
            all.push((key, parameter));
        }
    }
    all
}

/// How a parameter is written: its `style`, `explode` and `allowReserved`, or what each is where it is not said
/// (OpenAPI 3.1, Parameter Object).
fn writing(parameter: &Value) -> (&str, bool, bool) {
    let usual = match parameter["in"].as_str() {
        Some("query" | "cookie") => "form",
        Some(_) | None => "simple",
    };
    let style = parameter["style"].as_str().unwrap_or(usual);
    let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
    (style, explode, parameter["allowReserved"].as_bool().unwrap_or_default())
}

fn is_required(value: &Value) -> bool {
    value["required"].as_bool().unwrap_or_default()
}

fn body(comparison: &mut Comparison<'_>, before: &Value, after: &Value, at: &str) -> Vec<Break> {
    let (before, after) = (member(comparison.before, before), member(comparison.after, after));
    match (before.is_object(), after.is_object()) {
        (false, false) => Vec::new(),
        (true, false) => vec![Break::new(at, "the body is not read any more")],
        (had, true) => {
            let mut found = Vec::new();
            if is_required(after) && !(had && is_required(before)) {
                found.push(Break::new(at, "a body has to be sent now"));
            }
            if had {
                found.extend(contents(comparison, before, after, at, Direction::Request));
            }
            found
        }
    }
}

/// Success must stay what it was, and all there is. A refusal may disappear or be new; one that stays keeps its form.
fn answers(comparison: &mut Comparison<'_>, before: &Value, after: &Value, at: &str) -> Vec<Break> {
    let mut found = Vec::new();
    for (status, was) in members(before) {
        let at = below(at, status);
        let now = &after[status.as_str()];
        if now.is_null() {
            if is_success(status) {
                found.push(Break::new(&at, "the operation does not answer so any more"));
            }
            continue;
        }
        let (was, now) = (member(comparison.before, was), member(comparison.after, now));
        found.extend(headers(
            comparison,
            &was["headers"],
            &now["headers"],
            &below(&at, "headers"),
        ));
        found.extend(contents(comparison, was, now, &at, Direction::Answer));
    }
    let added = members(after).filter(|(status, _)| is_success(status) && before[status.as_str()].is_null());
    found.extend(added.map(|(status, _)| Break::new(&below(at, status), "the operation may answer so now")));
    found
}

/// Whether a status, or a range of them such as `2XX`, tells a caller that it is done or redirected.
fn is_success(status: &str) -> bool {
    status < "4"
}

/// Those of an answer, whose names have no capitals. One that is new bothers nobody.
fn headers(comparison: &mut Comparison<'_>, before: &Value, after: &Value, at: &str) -> Vec<Break> {
    let mut found = Vec::new();
    for (name, was) in members(before) {
        let at = below(at, name);
        let Some((_, now)) = members(after).find(|(other, _)| other.eq_ignore_ascii_case(name)) else {
            found.push(Break::new(&at, "the header is gone"));
            continue;
        };
        let (was, now) = (member(comparison.before, was), member(comparison.after, now));
        if is_required(was) && !is_required(now) {
            found.push(Break::new(&at, "the header may be missing now"));
        }
        found.extend(comparison.schemas(&was["schema"], &now["schema"], &below(&at, "schema"), Direction::Answer));
    }
    found
}

fn contents(comparison: &mut Comparison<'_>, was: &Value, now: &Value, at: &str, direction: Direction) -> Vec<Break> {
    let mut found = Vec::new();
    if direction == Direction::Answer {
        let added = members(&now["content"]).filter(|(media_type, _)| was["content"][media_type.as_str()].is_null());
        found.extend(added.map(|(media_type, _)| {
            Break::new(
                &below(&below(at, "content"), media_type),
                "the answer may be of this media type now",
            )
        }));
    }
    for (media_type, content) in members(&was["content"]) {
        let at = below(&below(at, "content"), media_type);
        let now = &now["content"][media_type.as_str()];
        if now.is_null() {
            found.push(Break::new(&at, "the media type is gone"));
        } else {
            found.extend(comparison.schemas(&content["schema"], &now["schema"], &below(&at, "schema"), direction));
        }
    }
    found
}
