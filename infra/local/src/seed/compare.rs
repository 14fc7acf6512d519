//! Whether something is still as the city says.

use serde_json::Value;

/// Coordinates come back rounded; this is less than the width of a hand.
const ROUNDING: f64 = 1e-6;

/// Whether `actual` says all that `wanted` says. What only `actual` says (ids, times) does not matter, and lists must have
/// the same members in the same order.
pub fn agrees(wanted: &Value, actual: &Value) -> bool {
    match (wanted, actual) {
        (Value::Object(wanted), Value::Object(actual)) => wanted
            .iter()
            .all(|(name, value)| agrees(value, actual.get(name).unwrap_or(&Value::Null))),
        (Value::Array(wanted), Value::Array(actual)) => {
            wanted.len() == actual.len() && wanted.iter().zip(actual).all(|(wanted, actual)| agrees(wanted, actual))
        }
        (Value::Number(wanted), Value::Number(actual)) => {
            let difference = wanted.as_f64().zip(actual.as_f64()).map(|(one, other)| one - other);
            difference.is_some_and(|difference| difference.abs() < ROUNDING)
        }
        (wanted, actual) => wanted == actual,
    }
}

/// The fields of `wanted` that `actual` does not say so.
pub fn differences(wanted: &Value, actual: &Value) -> serde_json::Map<String, Value> {
    let fields = wanted.as_object().into_iter().flatten();
    fields
        .filter(|(name, value)| !agrees(value, actual.get(name).unwrap_or(&Value::Null)))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A menu without what is sold out: that holds across versions of a menu and is mended by itself.
pub fn without_sold_out(menu: &Value) -> Value {
    let mut menu = menu.clone();
    strip(&mut menu);
    menu
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("available");
            fields.values_mut().for_each(strip);
        }
        Value::Array(members) => members.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What a menu says is sold out: the kind of entry in the API's words, and its id.
pub fn sold_out(menu: &Value) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    collect(menu, "items", &mut found);
    found.sort();
    found.dedup();
    found
}

fn collect(value: &Value, kind: &'static str, found: &mut Vec<(&'static str, String)>) {
    if value["available"] == false
        && let Some(id) = value["id"].as_str()
    {
        found.push((kind, id.to_owned()));
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        let kind = if name == "options" { "options" } else { kind };
        for member in inner.as_array().into_iter().flatten() {
            collect(member, kind, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_service_adds_and_rounds_does_not_matter() {
        let wanted = json!({"name": "Da Mario", "lat": 52.314_499_999_999_995, "open": [{"from": "00:00"}]});
        let actual = json!({"id": "rst_1", "name": "Da Mario", "lat": 52.3145, "open": [{"from": "00:00", "x": 1}]});
        assert!(agrees(&wanted, &actual));
        assert!(differences(&wanted, &actual).is_empty());
    }

    #[test]
    fn what_is_missing_more_or_other_is_a_difference() {
        let wanted = json!({"name": "Da Mario", "open": [1], "tax": {"rate_bps": 900}});
        let names = |actual| {
            let names = differences(&wanted, &actual).into_iter().map(|(name, _)| name);
            names.collect::<Vec<_>>()
        };
        assert_eq!(
            names(json!({"name": "x", "open": [1], "tax": {"rate_bps": 900}})),
            ["name"]
        );
        assert_eq!(
            names(json!({"name": "Da Mario", "open": [1, 2], "tax": {"rate_bps": 901}})),
            ["open", "tax"]
        );
        assert_eq!(names(json!({"name": "Da Mario"})), ["open", "tax"]);
    }

    #[test]
    fn sold_out_items_and_options_are_told_apart_and_are_no_other_menu() {
        let option = json!({"id": "large", "available": false, "option_groups": [{"id": "g", "options": []}]});
        let menu = json!({"categories": [{"id": "pizza", "items": [
            {"id": "diavola", "available": false, "option_groups": [{"id": "size", "options": [option]}]},
            {"id": "margherita", "available": true, "option_groups": []},
        ]}]});
        let expected = [("items", "diavola".to_owned()), ("options", "large".to_owned())];
        assert_eq!(sold_out(&menu), expected);
        let as_it_should_be = json!({"categories": [{"id": "pizza", "items": [
            {"id": "diavola", "option_groups": [{"id": "size", "options": [
                {"id": "large", "option_groups": [{"id": "g", "options": []}]}]}]},
            {"id": "margherita", "option_groups": []},
        ]}]});
        assert_eq!(without_sold_out(&menu), as_it_should_be);
    }
}
