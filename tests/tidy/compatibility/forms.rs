//! The forms that a value may have by its schema: alternatives, each of one type and, where values are listed, of one value.

use serde_json::{Map, Value, json};

use super::schema::{DEPTH_MAX, LOWER, UPPER, is_ignored, listed, members, part, pointed, type_of};

/// The member of a form that says where it stands; no document has one of this name.
pub const PLACE: &str = "\0place";

/// The list of values that may grow, which opens the `enum` beside it.
const EXTENSIBLE: &str = "x-extensible-enum";

/// One form that a value may have.
pub type Form = Map<String, Value>;

/// The forms that a schema allows, which stands `at` this pointer.
pub fn forms(document: &Value, schema: &Value, at: &str, depth: usize) -> Vec<Form> {
    if *schema == Value::Bool(false) {
        return Vec::new();
    }
    let mut own = schema.as_object().cloned().unwrap_or_default();
    own.insert(PLACE.to_owned(), Value::String(at.to_owned()));
    if depth > DEPTH_MAX {
        return vec![own];
    }
    let mut all = vec![own.clone()];
    if let Some(name) = own.get("$ref").and_then(Value::as_str) {
        let choices = forms(document, pointed(document, name), name, depth + 1);
        all = each_joined(&all, &choices);
    }
    for one in listed(part(&own, "allOf")) {
        let mut choices = forms(document, one, at, depth + 1);
        for choice in &mut choices {
            choice.remove(PLACE);
        }
        all = each_joined(&all, &choices);
    }
    for name in ["oneOf", "anyOf"].into_iter().filter(|name| own.contains_key(*name)) {
        let choices = listed(&own[name]).enumerate().flat_map(|(index, one)| {
            let at = format!("{at}/{name}/{index}");
            forms(document, one, &at, depth + 1)
        });
        all = each_joined(&all, &choices.collect::<Vec<_>>());
    }
    all.into_iter().flat_map(by_type).flat_map(by_value).collect()
}

fn each_joined(all: &[Form], choices: &[Form]) -> Vec<Form> {
    all.iter()
        .flat_map(|form| choices.iter().filter_map(|choice| joined(form, choice)))
        .collect()
}

/// What satisfies both; `None` if nothing does.
fn joined(one: &Form, other: &Form) -> Option<Form> {
    let mut all = one.clone();
    for (name, value) in other {
        let together = match all.get(name) {
            Some(known) if known != value => both(name, known, value)?,
            Some(_) | None => value.clone(),
        };
        all.insert(name.clone(), together);
    }
    Some(all)
}

/// What a keyword says if it says two things; `None` if nothing satisfies both.
fn both(name: &str, known: &Value, value: &Value) -> Option<Value> {
    let is_above = known.as_f64() > value.as_f64();
    let together = match name {
        "required" => Value::Array(listed(known).chain(listed(value)).cloned().collect()),
        "properties" => {
            let mut properties = known.as_object().cloned().unwrap_or_default();
            for (name, schema) in members(value) {
                let schema = properties
                    .get(name)
                    .map_or_else(|| schema.clone(), |known| each(known, schema));
                properties.insert(name.clone(), schema);
            }
            Value::Object(properties)
        }
        "prefixItems" => {
            let count = listed(known).count().max(listed(value).count());
            let schemas = (0..count).map(|index| match (known.get(index), value.get(index)) {
                (Some(one), Some(other)) => each(one, other),
                (one, other) => one.or(other).cloned().unwrap_or_default(),
            });
            Value::Array(schemas.collect())
        }
        "additionalProperties" | "items" | "propertyNames" => each(known, value),
        "uniqueItems" => Value::Bool(true),
        "type" => type_of_both(known, value)?,
        "const" => return None,
        "default" => known.clone(),
        name if LOWER.contains(&name) => if is_above { known } else { value }.clone(),
        name if UPPER.contains(&name) => if is_above { value } else { known }.clone(),
        "$ref" | "allOf" | "anyOf" | "enum" | "oneOf" | PLACE => value.clone(),
        name if is_ignored(name) => value.clone(),
        // Of two patterns, say, neither is enough.
        _ => json!([known, value]),
    };
    Some(together)
}

/// A schema that asks what two of them ask.
fn each(one: &Value, other: &Value) -> Value {
    let (all, none) = (Value::Bool(true), Value::Bool(false));
    if *one == none || *other == none {
        none
    } else if *other == all || one == other {
        one.clone()
    } else if *one == all {
        other.clone()
    } else {
        json!({"allOf": [one, other]})
    }
}

/// The types that two schemas have in common; `None` if they have none.
fn type_of_both(one: &Value, other: &Value) -> Option<Value> {
    let types = |value: &Value| value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    let (ones, others) = (types(one), types(other));
    let allows = |all: &[Value], own: &Value| all.contains(own) || (own == "integer" && all.contains(&json!("number")));
    let mut common: Vec<Value> = ones.iter().filter(|own| allows(&others, own)).cloned().collect();
    let further = others.iter().filter(|own| allows(&ones, own) && !ones.contains(own));
    common.extend(further.cloned());
    match common.len() {
        0 => None,
        1 => common.pop(),
        _ => Some(Value::Array(common)),
    }
}

fn by_type(form: Form) -> Vec<Form> {
    match form.get("type") {
        Some(Value::Array(types)) => {
            let each = types.iter().map(|one| {
                let mut form = form.clone();
                form.insert("type".to_owned(), one.clone());
                form
            });
            each.collect()
        }
        Some(_) | None => vec![form],
    }
}

/// A form for each value that is listed, with the type of that value.
fn by_value(mut form: Form) -> Vec<Form> {
    let values = form.remove("enum");
    if form.contains_key(EXTENSIBLE) {
        return vec![form];
    }
    let Some(Value::Array(values)) = values else {
        return vec![form];
    };
    let only = form.get("const").cloned();
    let fitting = values
        .into_iter()
        .filter(|value| only.as_ref().is_none_or(|only| only == value));
    let fitting = fitting.filter(|value| {
        let own = form.get("type").and_then(Value::as_str);
        own.is_none_or(|own| own == type_of(value) || (own == "number" && type_of(value) == "integer"))
    });
    let each = fitting.map(|value| {
        let mut form = form.clone();
        form.insert("const".to_owned(), value);
        form
    });
    each.collect()
}
