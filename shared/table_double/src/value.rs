//! Items and their attributes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value as Json, json};

use crate::number::Number;
use crate::refusal::Refusal;

/// Bytes that a list or a map takes beside what is in it, and each of its members.
const DOCUMENT_BYTES: usize = 3;
const MEMBER_BYTES: usize = 1;
/// Bytes of an item, at most.
const ITEM_BYTES_MAX: usize = 400 * 1024;

/// An attribute's value. Binary values and sets of numbers are not in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(Number),
    Bool(bool),
    Null,
    Map(Item),
    List(Vec<Value>),
    Texts(BTreeSet<String>),
}

/// An item's attributes by name.
pub(crate) type Item = BTreeMap<String, Value>;

impl Value {
    /// Reads a value as the protocol writes it: `{"S": "text"}`.
    ///
    /// # Errors
    /// When DynamoDB does not store such a value.
    ///
    /// # Panics
    /// For a kind of value that is not in use.
    pub fn parse(json: &Json) -> Result<Self, Refusal> {
        let (kind, inner) = json
            .as_object()
            .and_then(|members| members.iter().next())
            .unwrap_or_else(|| panic!("the table double knows no such value: {json}"));
        let text = || inner.as_str().unwrap_or_default().to_owned();
        Ok(match kind.as_str() {
            "S" => Self::Text(text()),
            "N" => Self::Number(Number::parse(&text())?),
            "BOOL" => Self::Bool(inner.as_bool().unwrap_or_default()),
            "NULL" => Self::Null,
            "M" => Self::Map(parse_item(inner)?),
            "L" => Self::List(
                inner
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(Self::parse)
                    .collect::<Result<_, _>>()?,
            ),
            "SS" => {
                let all: Vec<_> = inner
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str)
                    .collect();
                let texts: BTreeSet<_> = all.iter().map(|text| (*text).to_owned()).collect();
                if texts.is_empty() {
                    let what = "One or more parameter values were invalid: An string set  may not be empty";
                    return Err(Refusal::invalid(what));
                }
                if texts.len() < all.len() {
                    let what = "One or more parameter values were invalid: Input collection contains duplicates.";
                    return Err(Refusal::invalid(what));
                }
                Self::Texts(texts)
            }
            _ => panic!("the table double knows no such value: {json}"),
        })
    }

    /// The value as the protocol writes it.
    pub fn json(&self) -> Json {
        match self {
            Self::Text(text) => json!({"S": text}),
            Self::Number(number) => json!({"N": number.to_string()}),
            Self::Bool(value) => json!({"BOOL": value}),
            Self::Null => json!({"NULL": true}),
            Self::Map(members) => json!({"M": item_json(members)}),
            Self::List(values) => json!({"L": values.iter().map(Self::json).collect::<Vec<_>>()}),
            Self::Texts(texts) => json!({"SS": texts}),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Number(number) => number.size(),
            Self::Bool(_) | Self::Null => 1,
            Self::Map(members) => DOCUMENT_BYTES + MEMBER_BYTES * members.len() + item_size(members),
            Self::List(values) => {
                DOCUMENT_BYTES + values.iter().map(|value| MEMBER_BYTES + value.size()).sum::<usize>()
            }
            Self::Texts(texts) => texts.iter().map(String::len).sum(),
        }
    }
}

/// Reads an item as the protocol writes it.
///
/// # Errors
/// When it has a value that DynamoDB does not store.
pub(crate) fn parse_item(json: &Json) -> Result<Item, Refusal> {
    let members = json.as_object().into_iter().flatten();
    members
        .map(|(name, value)| Ok((name.clone(), Value::parse(value)?)))
        .collect()
}

/// An item as the protocol writes it.
pub(crate) fn item_json(item: &Item) -> Json {
    item.iter().map(|(name, value)| (name.clone(), value.json())).collect()
}

/// An item's bytes, by which DynamoDB limits and charges.
pub(crate) fn item_size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value.size()).sum()
}

/// Demands that an item is no larger than DynamoDB stores.
///
/// # Errors
/// When it is larger.
pub(crate) fn check_size(item: &Item) -> Result<(), Refusal> {
    if item_size(item) > ITEM_BYTES_MAX {
        return Err(Refusal::invalid("Item size has exceeded the maximum allowed size"));
    }
    Ok(())
}

/// An item as the SDK's clients have it.
pub(crate) fn attributes(item: Item) -> HashMap<String, AttributeValue> {
    item.into_iter().map(|(name, value)| (name, value.into())).collect()
}

impl From<Value> for AttributeValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => Self::S(text),
            Value::Number(number) => Self::N(number.to_string()),
            Value::Bool(value) => Self::Bool(value),
            Value::Null => Self::Null(true),
            Value::Map(members) => Self::M(attributes(members)),
            Value::List(values) => Self::L(values.into_iter().map(Self::from).collect()),
            Value::Texts(texts) => Self::Ss(texts.into_iter().collect()),
        }
    }
}
