//! Items as DynamoDB holds them, and the records inside.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::error::number_attribute;

/// An item's attributes by name.
pub type Item = HashMap<String, AttributeValue>;

/// An item's primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
}

impl Key {
    /// A key from its parts.
    pub fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }

    pub(crate) fn attributes(&self) -> Item {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(self.pk.clone())),
            ("sk".to_owned(), AttributeValue::S(self.sk.clone())),
        ])
    }
}

/// A record as it was read, with what the next commit must know.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored<T> {
    /// The record.
    pub value: T,
    /// How often it was written: the next write expects it unchanged.
    pub version: u64,
    /// The last event's sequence; 0 before the first.
    pub sequence: u32,
}

/// Reads a record from an item.
///
/// # Errors
/// When the item is not such a record.
pub fn read<T: DeserializeOwned>(item: Item) -> Result<Stored<T>, StoreError> {
    let version = number_attribute(&item, "version").unwrap_or_default();
    let sequence = number_attribute(&item, "sequence").unwrap_or_default();
    let value = serde_dynamo::from_item(item)?;
    Ok(Stored {
        value,
        version,
        sequence,
    })
}

/// Writes a record as an item.
pub(crate) fn write<T: Serialize>(key: &Key, record: &T, version: u64, sequence: u32) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(record)?;
    // An attribute that says nothing costs as much as one that says something.
    item.retain(|_, value| !value.is_null());
    item.extend(key.attributes());
    item.insert("version".to_owned(), AttributeValue::N(version.to_string()));
    if sequence > 0 {
        item.insert("sequence".to_owned(), AttributeValue::N(sequence.to_string()));
    }
    Ok(item)
}
