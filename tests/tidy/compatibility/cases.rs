//! What breaks and what does not: `cases.json` tells it case by case.

use serde::Deserialize;
use serde_json::{Value, json};

use super::schema::{Comparison, Direction};
use super::{Break, breaks, verdict};

/// All cases, and the documents that they change.
#[derive(Deserialize)]
struct Cases {
    /// What the schemas of the cases refer to.
    document: Value,
    schemas: Vec<SchemaCase>,
    api: Value,
    api_changes: Vec<Change>,
    events: Value,
    events_changes: Vec<Change>,
}

/// A schema before and after, and where a request and an answer break by it: nowhere, unless it says so.
#[derive(Deserialize)]
struct SchemaCase {
    about: String,
    before: Value,
    after: Value,
    request: Option<String>,
    answer: Option<String>,
}

/// A place of a document, and what it becomes: without a value it is taken out. Then where the document breaks.
#[derive(Deserialize)]
struct Change {
    about: String,
    place: String,
    #[serde(default)]
    value: Value,
    breaks: Option<String>,
}

fn cases() -> Cases {
    serde_json::from_str(include_str!("cases.json")).expect("cases")
}

/// A document with a value at a pointer, or without what is there if the value is `null`.
fn with(document: &Value, pointer: &str, value: &Value) -> Value {
    let mut document = document.clone();
    let (parent, name) = pointer.rsplit_once('/').expect("a place within");
    let name = name.replace("~1", "/");
    let parent = document.pointer_mut(parent).expect("the place exists");
    if let Some(items) = parent.as_array_mut() {
        items.push(value.clone());
    } else if value.is_null() {
        parent
            .as_object_mut()
            .expect("members")
            .remove(&name)
            .expect("a member");
    } else {
        parent[name] = value.clone();
    }
    document
}

#[track_caller]
fn expect(about: &str, found: &[Break], expected: Option<&str>) {
    let places: Vec<&str> = found.iter().map(|one| one.pointer.as_str()).collect();
    assert_eq!(places, Vec::from_iter(expected), "{about}: {found:?}");
}

#[test]
fn a_schema_breaks_where_a_value_is_refused_or_unexpected() {
    let cases = cases();
    for case in cases.schemas {
        for (direction, expected) in [(Direction::Request, case.request), (Direction::Answer, case.answer)] {
            let mut comparison = Comparison::new(&cases.document, &cases.document);
            let found = comparison.schemas(&case.before, &case.after, "#", direction);
            expect(&format!("{}, {direction:?}", case.about), &found, expected.as_deref());
            let same = comparison.schemas(&case.after, &case.after, "#", direction);
            expect(&format!("nothing after {}", case.about), &same, None);
        }
    }
}

#[test]
fn a_schema_that_contains_itself_is_compared() {
    const PLACE: &str = "/components/schemas/Circle/properties/a";
    let before = cases().document;
    let after = with(&before, PLACE, &json!({"type": "integer"}));
    let circle = json!({"$ref": "#/components/schemas/Circle"});
    let found = Comparison::new(&before, &after).schemas(&circle, &circle, "#", Direction::Answer);
    expect("a circle", &found, Some(&format!("#{PLACE}")));
}

#[test]
fn an_api_breaks_where_a_caller_fails() {
    let cases = cases();
    for Change {
        about,
        place,
        value,
        breaks: expected,
    } in cases.api_changes
    {
        let found = breaks(&cases.api, &with(&cases.api, &place, &value));
        expect(&about, &found, expected.as_deref());
    }
}

#[test]
fn events_break_where_who_hears_or_tells_them_fails() {
    let cases = cases();
    for Change {
        about,
        place,
        value,
        breaks: expected,
    } in cases.events_changes
    {
        let found = breaks(&cases.events, &with(&cases.events, &place, &value));
        expect(&about, &found, expected.as_deref());
    }
}

#[test]
fn a_message_is_compared_in_the_directions_of_both_documents() {
    const WORDS: &str = "/channels/talk/messages/word/payload/enum";
    let before = cases().events;
    let heard = with(&before, WORDS, &json!(["a", "b", "c"]));
    expect("a further word is heard", &breaks(&before, &heard), None);
    let say = json!({"action": "send", "channel": {"$ref": "#/channels/talk"}});
    let told = with(&heard, "/operations/say", &say);
    let place = "#/channels/talk/messages/word/payload";
    expect("a further word is told", &breaks(&before, &told), Some(place));
}

#[test]
fn what_breaks_needs_a_higher_major_version() {
    let api = cases().api;
    let broken = with(&api, "/paths/~1meal", &Value::Null);
    let refusal = verdict(&api, &broken).unwrap_err();
    assert!(refusal.contains("#/paths/~1meal: the path is gone"), "{refusal}");
    assert!(refusal.contains("2.0.0"), "{refusal}");
    verdict(&api, &with(&broken, "/info/version", &json!("1.3.0"))).unwrap_err();
    let major = with(&broken, "/info/version", &json!("2.0.0"));
    verdict(&api, &major).unwrap();
    verdict(&major, &api).unwrap_err();
    verdict(&api, &with(&api, "/info/version", &json!("latest"))).unwrap_err();
}

#[test]
fn what_is_compatible_needs_no_higher_version() {
    let api = cases().api;
    let extended = with(
        &api,
        "/components/schemas/Meal/properties/price",
        &json!({"type": "integer"}),
    );
    verdict(&api, &extended).unwrap();
}
