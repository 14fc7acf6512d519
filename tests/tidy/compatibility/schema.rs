//! Compares two JSON schemas: whether all that was sent is still accepted, or all that is answered was expected.
//!
//! A schema is taken apart into alternatives, each of one type and, where values are listed, of one value; `null` is one of
//! them. Of a request each alternative that there was needs one that accepts it, of an answer each that there is one that
//! allowed it. A list that may grow (`x-extensible-enum`) is no list of values. A keyword that is not understood may only stay as it is.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};

use super::Break;
use super::forms::{Form, PLACE, forms};

/// References in a circle end here.
pub const DEPTH_MAX: usize = 40;

/// Bounds from below and from above: a request breaks when they come closer.
pub const LOWER: [&str; 5] = ["minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"];
pub const UPPER: [&str; 5] = ["maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum"];

/// What else is compared, or taken apart before.
const COMPARED: [&str; 18] = [
    PLACE,
    "$ref",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "enum",
    "format",
    "items",
    "multipleOf",
    "oneOf",
    "pattern",
    "prefixItems",
    "properties",
    "propertyNames",
    "required",
    "type",
    "uniqueItems",
];

/// What only people read. A `default` tells a request what happens without the value, and is compared there.
const ANNOTATIONS: [&str; 7] = [
    "$comment",
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "title",
];

/// Who writes the value: whoever was built on the released document writes a request and reads an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// What was right to send must stay right.
    Request,
    /// What comes must be what was described.
    Answer,
}

/// Two documents, and what was found out about their schemas.
pub struct Comparison<'a> {
    /// The released document.
    pub before: &'a Value,
    /// The present one.
    pub after: &'a Value,
    /// What was found for a pair of named schemas. While it is compared, nothing: a schema may contain itself.
    known: HashMap<(String, String, Direction), Vec<Break>>,
}

impl<'a> Comparison<'a> {
    /// Nothing compared yet.
    pub fn new(before: &'a Value, after: &'a Value) -> Self {
        Self {
            before,
            after,
            known: HashMap::new(),
        }
    }

    /// What breaks between two schemas, of which the present one stands `at` this pointer.
    pub fn schemas(&mut self, was: &Value, now: &Value, at: &str, direction: Direction) -> Vec<Break> {
        let (Some(_), Some(named)) = (was["$ref"].as_str(), now["$ref"].as_str()) else {
            return self.forms(was, now, at, direction);
        };
        // What stands beside a reference belongs to the schema, too.
        let key = (was.to_string(), now.to_string(), direction);
        if let Some(found) = self.known.get(&key) {
            return found.clone();
        }
        self.known.insert(key.clone(), Vec::new());
        let found = self.forms(was, now, named, direction);
        self.known.insert(key, found.clone());
        found
    }

    fn forms(&mut self, was: &Value, now: &Value, at: &str, direction: Direction) -> Vec<Break> {
        let (was, now) = (forms(self.before, was, at, 0), forms(self.after, now, at, 0));
        let (given, takers) = match direction {
            Direction::Request => (was, now),
            Direction::Answer => (now, was),
        };
        let mut found = Vec::new();
        for form in &given {
            let fitting = takers.iter().filter(|taker| fits(form, taker));
            let mut least: Option<Vec<Break>> = None;
            for taker in fitting {
                let breaks = match direction {
                    Direction::Request => self.request(form, taker),
                    Direction::Answer => self.answer(taker, form),
                };
                if least.as_ref().is_none_or(|least| breaks.len() < least.len()) {
                    least = Some(breaks);
                }
            }
            let unknown = || {
                let sentence = match direction {
                    Direction::Request => format!("{} is not accepted any more", shown(form)),
                    Direction::Answer => format!("{} may come now", shown(form)),
                };
                vec![Break::new(at, sentence)]
            };
            found.extend(least.unwrap_or_else(unknown));
        }
        found
    }

    fn request(&mut self, was: &Form, now: &Form) -> Vec<Break> {
        let at = place(now);
        let mut found = bounds(was, now, at);
        found.extend(incomparable(was, now));
        let both = was.get("default").zip(now.get("default"));
        if let Some((old, _)) = both.filter(|(old, new)| old != new) {
            let sentence = format!("whoever leaves it out got {}", brief(old));
            found.push(Break::new(&below(at, "default"), sentence));
        }
        for name in ["format", "pattern", "multipleOf"] {
            if now.contains_key(name) && was.get(name) != now.get(name) {
                found.push(Break::new(
                    &below(at, name),
                    format!("{} is asked for now", brief(&now[name])),
                ));
            }
        }
        if now.get("uniqueItems") == Some(&Value::Bool(true)) && was.get("uniqueItems") != Some(&Value::Bool(true)) {
            found.push(Break::new(
                &below(at, "uniqueItems"),
                "the same twice is not accepted any more",
            ));
        }
        for name in required(now).difference(&required(was)) {
            found.push(Break::new(&property(at, name), "has to be sent now"));
        }
        let closed = |form: &Form| form.get("additionalProperties") == Some(&Value::Bool(false));
        if closed(now) && !closed(was) {
            found.push(Break::new(
                &below(at, "additionalProperties"),
                "what is not described is refused now",
            ));
        }
        found.extend(self.parts(was, now, Direction::Request));
        found
    }

    fn answer(&mut self, was: &Form, now: &Form) -> Vec<Break> {
        let at = place(now);
        let mut found = incomparable(was, now);
        if was.contains_key("format") && was.get("format") != now.get("format") {
            found.push(Break::new(
                &below(at, "format"),
                format!("the format was {}", brief(&was["format"])),
            ));
        }
        let both = was.get("pattern").zip(now.get("pattern"));
        if let Some((old, _)) = both.filter(|(old, new)| old != new) {
            found.push(Break::new(
                &below(at, "pattern"),
                format!("the pattern was {}", brief(old)),
            ));
        }
        for name in required(was).difference(&required(now)) {
            // What is gone altogether is told as that.
            if now.get("properties").is_some_and(|all| !all[name.as_str()].is_null()) {
                found.push(Break::new(&property(at, name), "may be missing now"));
            }
        }
        found.extend(self.parts(was, now, Direction::Answer));
        found
    }

    /// The members and items of a value.
    fn parts(&mut self, was: &Form, now: &Form, direction: Direction) -> Vec<Break> {
        let at = place(now);
        let mut found = Vec::new();
        let (old, new) = (part(was, "properties"), part(now, "properties"));
        for (name, schema) in members(old) {
            let at = property(at, name);
            let other = &new[name.as_str()];
            if other.is_null() {
                found.push(Break::new(&at, "is gone"));
            } else {
                found.extend(self.schemas(schema, other, &at, direction));
            }
        }
        let others = (part(was, "additionalProperties"), part(now, "additionalProperties"));
        // What has a name of its own now was one of the others before.
        for (name, schema) in members(new).filter(|(name, _)| is_schema(others.0) && old[name.as_str()].is_null()) {
            found.extend(self.schemas(others.0, schema, &property(at, name), direction));
        }
        let compared = match direction {
            Direction::Request => is_schema(others.1) && *others.0 != Value::Bool(false),
            // Without a schema, members of an answer were and are only what is described.
            Direction::Answer => is_schema(others.0) && is_schema(others.1),
        };
        if compared {
            found.extend(self.schemas(others.0, others.1, &below(at, "additionalProperties"), direction));
        }
        let names = (part(was, "propertyNames"), part(now, "propertyNames"));
        if names.0 != names.1 {
            let (old, new) = (text(names.0), text(names.1));
            found.extend(self.schemas(&old, &new, &below(at, "propertyNames"), direction));
        }
        found.extend(self.items(was, now, direction));
        found
    }

    /// The items of an array: those that have a place of their own, then all further ones, if there can be any.
    fn items(&mut self, was: &Form, now: &Form, direction: Direction) -> Vec<Break> {
        let at = place(now);
        let given = match direction {
            Direction::Request => was,
            Direction::Answer => now,
        };
        let most = part(given, "maxItems").as_u64().unwrap_or(u64::MAX);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let placed = |form: &Form| listed(part(form, "prefixItems")).count();
        let first = placed(was).max(placed(now));
        let mut found = Vec::new();
        for index in 0..first.min(most) {
            let at = below(&below(at, "prefixItems"), &index.to_string());
            found.extend(self.schemas(item(was, index), item(now, index), &at, direction));
        }
        let (old, new) = (part(was, "items"), part(now, "items"));
        let says = match direction {
            Direction::Request => new,
            Direction::Answer => old,
        };
        if first < most && (is_schema(says) || *says == Value::Bool(false)) {
            found.extend(self.schemas(old, new, &below(at, "items"), direction));
        }
        found
    }
}

/// The schema of the item at an index.
fn item(form: &Form, index: usize) -> &Value {
    listed(part(form, "prefixItems"))
        .nth(index)
        .unwrap_or(part(form, "items"))
}

/// Whether a schema says anything of the values that it allows.
fn is_schema(value: &Value) -> bool {
    value.as_object().is_some_and(|all| !all.is_empty())
}

/// A schema of names, which are texts.
fn text(names: &Value) -> Value {
    if names.is_null() {
        json!({"type": "string"})
    } else {
        json!({"allOf": [{"type": "string"}, names]})
    }
}

/// Whether nobody is bound by a keyword: what begins with `x-` may be overlooked.
pub fn is_ignored(name: &str) -> bool {
    name.starts_with("x-") || ANNOTATIONS.contains(&name)
}

/// What is different and not understood: nobody can say that it breaks nothing.
fn incomparable(was: &Form, now: &Form) -> Vec<Break> {
    let names: BTreeSet<&str> = was.keys().chain(now.keys()).map(String::as_str).collect();
    let is_compared = |name: &str| {
        [&COMPARED[..], &LOWER, &UPPER]
            .iter()
            .any(|known| known.contains(&name))
    };
    let different = names
        .into_iter()
        .filter(|name| !is_compared(name) && !is_ignored(name) && was.get(*name) != now.get(*name));
    different
        .map(|name| {
            let sentence = format!("`{name}` is different, and cannot be compared");
            Break::new(&below(place(now), name), sentence)
        })
        .collect()
}

/// Bounds that have come closer.
fn bounds(was: &Form, now: &Form, at: &str) -> Vec<Break> {
    let number = |form: &Form, name: &str| form.get(name).and_then(Value::as_f64);
    let closer = |name: &str, is_lower: bool| match (number(was, name), number(now, name)) {
        (_, None) => false,
        // No length and no count is below nothing.
        (None, Some(new)) => !is_lower || name.ends_with("imum") || new > 0.0,
        (Some(old), Some(new)) if is_lower => new > old,
        (Some(old), Some(new)) => new < old,
    };
    let lower = LOWER.into_iter().filter(|name| closer(name, true));
    let upper = UPPER.into_iter().filter(|name| closer(name, false));
    lower
        .chain(upper)
        .map(|name| Break::new(&below(at, name), format!("{} is closer than it was", now[name])))
        .collect()
}

pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The type of a form, by what it says of its parts if it does not say it; `None` for any.
fn type_of_form(form: &Form) -> Option<String> {
    if let Some(own) = form.get("type") {
        return own.as_str().map(str::to_owned);
    }
    let told = form.get("const").map(type_of);
    let parts = [
        ("properties", "object"),
        ("additionalProperties", "object"),
        ("propertyNames", "object"),
        ("items", "array"),
        ("prefixItems", "array"),
    ];
    let implied = parts
        .iter()
        .find(|(part, _)| form.contains_key(*part))
        .map(|(_, own)| *own);
    told.or(implied).map(str::to_owned)
}

/// Whether values of a form may be of another, by their types and by the values that are listed.
fn fits(form: &Form, taker: &Form) -> bool {
    let types = match (type_of_form(form), type_of_form(taker)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(own), Some(other)) => own == other || (own == "integer" && other == "number"),
    };
    let values = taker.get("const").is_none_or(|value| form.get("const") == Some(value));
    types && values
}

/// A form as it is named in a sentence.
fn shown(form: &Form) -> String {
    if let Some(value) = form.get("const") {
        return format!("`{value}`");
    }
    let title = form
        .get("title")
        .and_then(Value::as_str)
        .map(|title| format!(" ({title})"));
    match type_of_form(form) {
        Some(own) => format!("`{own}`{}", title.unwrap_or_default()),
        None => "any value".to_owned(),
    }
}

/// A value as it is named in a sentence: a pattern may fill a page.
fn brief(value: &Value) -> String {
    const SHOWN: usize = 60;
    let text = value.to_string();
    let mut start: String = text.chars().take(SHOWN).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

fn required(form: &Form) -> BTreeSet<String> {
    let names = listed(part(form, "required")).filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

fn place(form: &Form) -> &str {
    part(form, PLACE).as_str().unwrap_or_default()
}

pub fn part<'a>(form: &'a Form, name: &str) -> &'a Value {
    form.get(name).unwrap_or(&Value::Null)
}

fn property(at: &str, name: &str) -> String {
    below(&below(at, "properties"), name)
}

/// A step further of a JSON pointer (RFC 6901).
pub fn below(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// The items of an array; none of anything else.
pub fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The members of an object; none of anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// A part of a document, or what it refers to.
pub fn member<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..DEPTH_MAX {
        match value["$ref"].as_str() {
            Some(place) => value = pointed(document, place),
            None => break,
        }
    }
    value
}

pub fn pointed<'a>(document: &'a Value, place: &str) -> &'a Value {
    let pointer = place.strip_prefix('#');
    pointer
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(&Value::Null)
}
