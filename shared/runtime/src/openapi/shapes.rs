//! Shapes: what descriptions say of texts whose own type says nothing, such as a code of six digits.
//!
//! A field is described by one with `#[schema(value_type = …)]`. Each has the bounds of the named constants that the service
//! itself checks by, the words of its vocabularies, and an example, which the attributes of a field cannot have together.

use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// The vendor extension for a list of words that may grow without a new version.
pub(super) const WORDS: &str = "x-extensible-enum";

/// A text that a person writes: 1 to `characters_max` characters.
#[must_use]
pub fn text(characters_max: usize, example: &str) -> ObjectBuilder {
    string(example).min_length(Some(1)).max_length(Some(characters_max))
}

/// A text that programs write: what a regular expression (ECMA-262) matches.
#[must_use]
pub fn pattern(pattern: &str, example: &str) -> ObjectBuilder {
    string(example).pattern(Some(pattern))
}

/// One of the words of a closed vocabulary, each named once. The first is the example.
#[must_use]
pub fn words<'a>(all: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    let words = distinct(all);
    string(words.first().copied().unwrap_or_default()).enum_values(Some(words))
}

/// One of the words of a vocabulary of answers that may grow without a new version. The first is the example.
#[must_use]
pub fn growing_words<'a>(all: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    let words = distinct(all);
    extensible(string(words.first().copied().unwrap_or_default()), words)
}

fn distinct<'a>(all: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut distinct: Vec<&str> = Vec::new();
    for word in all {
        if !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    distinct
}

/// A text that may be one of these words, or of others that come later.
#[must_use]
pub fn extensible<'a>(shape: ObjectBuilder, known: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    let known: Vec<&str> = known.into_iter().collect();
    shape.extensions(Some(Extensions::builder().add(WORDS, known).build()))
}

fn string(example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .examples([Value::from(example)])
}

/// Declares shapes: `shapes! { /// Six digits. Code = pattern("^[0-9]{6}$", "042917"); }`. They are types without values; the comment
/// is the description.
#[macro_export]
macro_rules! shapes {
    ($($(#[doc = $doc:literal])* $name:ident = $schema:expr;)*) => {$(
        $(#[doc = $doc])*
        pub enum $name {}

        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                let shape: ::utoipa::openapi::schema::ObjectBuilder = $schema;
                shape.description(Some(concat!($($doc),*).trim())).into()
            }
        }

        impl ::utoipa::ToSchema for $name {}
    )*};
}
