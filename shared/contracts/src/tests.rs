//! Golden files: what each event looks like on the wire, for ever.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn golden(event_type: &str) -> serde_json::Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(format!("{event_type}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_contract_reads_and_writes_its_golden_file() {
    for published in PUBLISHED {
        let envelope: Envelope = serde_json::from_value(golden(published.event_type)).unwrap();
        assert_eq!(envelope.event_type, published.event_type);
        assert_eq!(envelope.source, published.source);
        assert_eq!(envelope.id, format!("{}/{}", envelope.subject, envelope.sequence));
        let again = (published.round_trip)(envelope.data.clone()).unwrap();
        assert_eq!(again, envelope.data, "{}", published.event_type);
    }
}

#[test]
fn every_contract_ignores_what_it_does_not_know() {
    for published in PUBLISHED {
        let mut data = golden(published.event_type)["data"].clone();
        data["added_later"] = true.into();
        assert!((published.round_trip)(data).is_ok(), "{}", published.event_type);
    }
}

/// What is left out of a stored envelope is put back, whatever the event.
#[test]
fn a_shortened_envelope_is_read_as_the_whole_one() {
    for published in PUBLISHED {
        let whole = golden(published.event_type);
        let mut short = whole.clone();
        Envelope::shorten(&mut short);
        assert!(short.to_string().len() + 80 < whole.to_string().len(), "{short}");
        let read: Envelope = serde_json::from_value(short).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), whole);
    }
}

#[test]
fn no_golden_file_without_a_contract() {
    let known: BTreeSet<_> = PUBLISHED
        .iter()
        .map(|published| format!("{}.json", published.event_type))
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name}");
    }
}

#[test]
fn the_asyncapi_document_is_what_the_contracts_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("asyncapi.json");
    let current = serde_json::to_string_pretty(&asyncapi::document().unwrap()).unwrap() + "\n";
    if std::env::vars().any(|(name, value)| name == "UPDATE_ASYNCAPI" && value == "1") {
        std::fs::write(&path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "{}: run with UPDATE_ASYNCAPI=1 and commit it",
        path.display()
    );
}

/// Every name that a schema refers to is in the document.
#[test]
fn the_asyncapi_document_is_whole() {
    let document = asyncapi::document().unwrap();
    let text = document.to_string();
    for reference in text
        .split("\"$ref\":\"#")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
    {
        assert!(document.pointer(reference).is_some(), "{reference}");
    }
}
