use std::collections::BTreeSet;
use std::str::FromStr;

use serde_json::{Value, json};

use super::*;

/// A vocabulary, whichever it is.
pub struct Vocabulary {
    name: &'static str,
    words: fn() -> Vec<&'static str>,
    /// Reads a word as a field of an event and writes it again.
    round_trip: fn(Value) -> (bool, Value),
    /// Whether the word is read and written by the closed vocabulary as well.
    is_read: fn(&str) -> bool,
}

impl Vocabulary {
    pub const fn of<W>() -> Self
    where
        W: super::Vocabulary + FromStr + fmt::Display + fmt::Debug + PartialEq + Serialize + for<'a> Deserialize<'a>,
    {
        Self {
            name: W::NAME,
            words: || W::WORDS.iter().map(|word| word.word()).collect(),
            round_trip: |text| {
                let word: Word<W> = serde_json::from_value(text).unwrap();
                (matches!(word, Word::Known(_)), serde_json::to_value(word).unwrap())
            },
            is_read: |text| {
                let read: Result<W, _> = serde_json::from_value(json!(text));
                let parsed = text.parse::<W>().ok();
                assert_eq!(read.as_ref().ok(), parsed.as_ref(), "{text}");
                parsed.is_some_and(|word| word.to_string() == text && serde_json::to_value(word).unwrap() == text)
            },
        }
    }
}

#[test]
fn every_word_is_read_and_written_as_it_is_called() {
    for vocabulary in VOCABULARIES {
        for word in (vocabulary.words)() {
            assert!((vocabulary.is_read)(word), "{} {word}", vocabulary.name);
            assert_eq!(
                (vocabulary.round_trip)(json!(word)),
                (true, json!(word)),
                "{}",
                vocabulary.name
            );
        }
    }
}

#[test]
fn a_word_of_a_newer_publisher_is_read_and_written_unchanged() {
    for vocabulary in VOCABULARIES {
        for word in ["struck_by_lightning", "", "Other", "customer "] {
            assert_eq!(
                (vocabulary.round_trip)(json!(word)),
                (false, json!(word)),
                "{}",
                vocabulary.name
            );
            assert!(!(vocabulary.is_read)(word), "{}: {word}", vocabulary.name);
        }
    }
}

#[test]
fn what_is_no_text_is_no_word() {
    for value in [json!(1), json!(null), json!({"other": 1})] {
        assert!(serde_json::from_value::<word::FailureReason>(value).is_err());
    }
}

#[test]
fn words_are_distinct_and_in_snake_case() {
    for vocabulary in VOCABULARIES {
        let words = (vocabulary.words)();
        let distinct: BTreeSet<_> = words.iter().collect();
        assert_eq!(distinct.len(), words.len(), "{}", vocabulary.name);
        let is_plain = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(words.iter().all(is_plain), "{} {words:?}", vocabulary.name);
    }
}

/// The document describes each vocabulary by all of its words, and no other text of an event by a list of words.
#[test]
fn the_asyncapi_document_lists_every_word_of_every_vocabulary() {
    let document = crate::asyncapi::document().unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for vocabulary in VOCABULARIES {
        let words = &schemas[vocabulary.name]["x-extensible-enum"];
        assert_eq!(words, &json!((vocabulary.words)()), "{}", vocabulary.name);
    }
    let extensible = schemas
        .iter()
        .filter(|(_, schema)| schema.get("x-extensible-enum").is_some());
    for (name, _) in extensible {
        assert!(VOCABULARIES.iter().any(|vocabulary| vocabulary.name == name), "{name}");
    }
}
