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
    let value = kernel::restored(|| serde_dynamo::from_item(item))?;
    Ok(Stored {
        value,
        version,
        sequence,
    })
}

/// The least that a number of DynamoDB may be apart from zero; what is closer, such as a longitude of 1e-199 degrees, is
/// refused together with its item.
const NUMBER_MIN: f64 = 1e-130;
/// No number that is written out in fewer characters is that close to zero.
const SHORT_NUMBER: usize = 128;

/// Makes zeros of the numbers that are too close to zero to be stored.
fn make_storable(value: &mut AttributeValue) {
    if let AttributeValue::N(digits) = value {
        let is_tiny = digits.len() > SHORT_NUMBER || digits.contains('e');
        if is_tiny && digits.parse::<f64>().is_ok_and(|number| number.abs() < NUMBER_MIN) {
            "0".clone_into(digits);
        }
    } else if let AttributeValue::M(members) = value {
        members.values_mut().for_each(make_storable);
    } else if let AttributeValue::L(items) = value {
        items.iter_mut().for_each(make_storable);
    }
}

/// Writes a record as an item.
pub(crate) fn write<T: Serialize>(key: &Key, record: &T, version: u64, sequence: u32) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(record)?;
    // An attribute that says nothing costs as much as one that says something.
    item.retain(|_, value| !value.is_null());
    item.values_mut().for_each(make_storable);
    item.extend(key.attributes());
    item.insert("version".to_owned(), AttributeValue::N(version.to_string()));
    if sequence > 0 {
        item.insert("sequence".to_owned(), AttributeValue::N(sequence.to_string()));
    }
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_close_to_zero_is_zero() {
        #[derive(Serialize)]
        struct Place {
            position: [f64; 2],
            accuracy: Option<f64>,
        }
        let place = Place {
            position: [7.088_450_968_052_656e-199, -3.25],
            accuracy: Some(-1e-131),
        };
        let item = write(&Key::new("A", "B"), &place, 1, 0).unwrap();
        let number = |digits: &str| AttributeValue::N(digits.to_owned());
        assert_eq!(item["position"], AttributeValue::L(vec![number("0"), number("-3.25")]));
        assert_eq!(item["accuracy"], number("0"));
        assert!(matches!(&item["version"], AttributeValue::N(digits) if digits == "1"));
    }
}
