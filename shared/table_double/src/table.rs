//! The table itself: its items, its indexes, and what using them costs.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::refusal::Refusal;
use crate::value::{Item, Value, item_json, item_size};

/// The attributes of the table's own key.
pub(crate) const KEY: [&str; 2] = ["pk", "sk"];
/// Bytes of a partition key and of a sort key, at most.
const KEY_BYTES_MAX: [usize; 2] = [2048, 1024];
/// Bytes that one read unit and one write unit pay for.
const READ_UNIT_BYTES: usize = 4096;
const WRITE_UNIT_BYTES: usize = 1024;

/// What an index holds of an item beside its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Projection {
    /// The whole item.
    All,
    /// Nothing.
    KeysOnly,
}

/// A global index.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub name: String,
    pub keys: [String; 2],
    pub projection: Projection,
}

/// A partition key and a sort key.
pub(crate) type Key = (String, String);

/// An item as it is, and as it was before its last write.
#[derive(Debug, Default)]
struct Row {
    current: Option<Item>,
    previous: Option<Item>,
}

#[derive(Debug)]
pub(crate) struct Table {
    pub name: String,
    pub indexes: Vec<Index>,
    /// Whether reads that need not be consistent see each item as it was before its last write.
    pub is_stale: bool,
    rows: BTreeMap<Key, Row>,
    /// What transactions asked, by their tokens.
    pub transactions: BTreeMap<String, Json>,
}

impl Index {
    /// What the index holds of an item; nothing if the item lacks a key of it.
    pub fn entry(&self, item: &Item) -> Option<Item> {
        if !self.keys.iter().all(|name| item.contains_key(name)) {
            return None;
        }
        let mut entry = item.clone();
        if self.projection == Projection::KeysOnly {
            entry.retain(|name, _| KEY.contains(&&**name) || self.keys.contains(name));
        }
        Some(entry)
    }

    /// The index's own key of an item that is in it.
    fn key(&self, entry: &Item) -> [Option<Value>; 2] {
        [0, 1].map(|part| entry.get(&self.keys[part]).cloned())
    }

    /// The write units that a change of an item costs here.
    fn write_units(&self, before: Option<&Item>, after: Option<&Item>) -> usize {
        let entry = |item: Option<&Item>| item.and_then(|item| self.entry(item));
        let units = |entry: &Item| units(item_size(entry), WRITE_UNIT_BYTES);
        match (entry(before), entry(after)) {
            (None, None) => 0,
            (None, Some(one)) | (Some(one), None) => units(&one),
            (Some(before), Some(after)) if before == after => 0,
            (Some(before), Some(after)) if self.key(&before) == self.key(&after) => units(&before).max(units(&after)),
            (Some(before), Some(after)) => units(&before) + units(&after),
        }
    }
}

impl Table {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            indexes: Vec::new(),
            is_stale: false,
            rows: BTreeMap::new(),
            transactions: BTreeMap::new(),
        }
    }

    /// The item of a key.
    pub fn item(&self, key: &Key, is_consistent: bool) -> Option<&Item> {
        self.rows.get(key).and_then(|row| self.visible(row, is_consistent))
    }

    /// All items.
    pub fn items(&self, is_consistent: bool) -> impl Iterator<Item = &Item> {
        self.rows
            .values()
            .filter_map(move |row| self.visible(row, is_consistent))
    }

    fn visible<'a>(&self, row: &'a Row, is_consistent: bool) -> Option<&'a Item> {
        let row = if self.is_stale && !is_consistent {
            &row.previous
        } else {
            &row.current
        };
        row.as_ref()
    }

    /// Puts an item in the place of what was there, or nothing.
    pub fn write(&mut self, key: &Key, item: Option<Item>) {
        let row = self.rows.entry(key.clone()).or_default();
        row.previous = std::mem::replace(&mut row.current, item);
    }

    /// Lets what was written be seen by every read.
    pub fn catch_up(&mut self) {
        for row in self.rows.values_mut() {
            row.previous.clone_from(&row.current);
        }
    }

    /// The write units that a change of an item costs: `factor` times those of the table, and those of the indexes once,
    /// which follow by themselves.
    pub fn write_units(&self, before: Option<&Item>, after: Option<&Item>, factor: usize) -> usize {
        let size = |item: Option<&Item>| item.map_or(0, item_size);
        let own = units(size(before).max(size(after)), WRITE_UNIT_BYTES);
        let of_indexes = self.indexes.iter().map(|index| index.write_units(before, after));
        factor * own + of_indexes.sum::<usize>()
    }

    /// Demands that an item may be stored as far as its keys are concerned.
    ///
    /// # Errors
    /// When the table or an index cannot have such a key.
    pub fn check_keys(&self, item: &Item) -> Result<Key, Refusal> {
        let key = key_of(item)?;
        for index in &self.indexes {
            for name in &index.keys {
                let place = format!("IndexName: {}, IndexKey: {name}", index.name);
                match item.get(name) {
                    Some(Value::Text(text)) if text.is_empty() => {
                        let what = "One or more parameter values are not valid. A value specified for a secondary index key is not supported. \
                                    The AttributeValue for a key attribute cannot contain an empty string value.";
                        return Err(Refusal::invalid(format!("{what} {place}")));
                    }
                    None | Some(Value::Text(_)) => {}
                    Some(_) => {
                        let what = "One or more parameter values were invalid: Type mismatch for Index Key";
                        return Err(Refusal::invalid(format!("{what} {name} Expected: S {place}")));
                    }
                }
            }
        }
        Ok(key)
    }

    /// What an operation consumed, as the protocol says it.
    pub fn consumed(&self, units: f64) -> Json {
        json!({"TableName": self.name, "CapacityUnits": units})
    }
}

/// The read units of so many bytes.
pub(crate) fn read_units(bytes: usize, is_consistent: bool) -> f64 {
    let units = u32::try_from(units(bytes, READ_UNIT_BYTES)).unwrap_or(u32::MAX);
    f64::from(units) * if is_consistent { 1.0 } else { 0.5 }
}

/// Every use costs one unit at least.
fn units(bytes: usize, unit: usize) -> usize {
    bytes.div_ceil(unit).max(1)
}

/// The key of an item.
///
/// # Errors
/// When it has none that a table can have.
pub(crate) fn key_of(item: &Item) -> Result<Key, Refusal> {
    let part = |part: usize| {
        let name = KEY[part];
        let invalid = |what: &str| Err(Refusal::invalid(format!("One or more parameter values {what}")));
        match item.get(name) {
            None => invalid(&format!("were invalid: Missing the key {name} in the item")),
            Some(Value::Text(text)) if text.is_empty() => invalid(&format!(
                "are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
            )),
            Some(Value::Text(text)) if text.len() > KEY_BYTES_MAX[part] => invalid(&format!(
                "were invalid: Size of {name} has exceeded the maximum size limit of {} bytes",
                KEY_BYTES_MAX[part]
            )),
            Some(Value::Text(text)) => Ok(text.clone()),
            Some(_) => invalid(&format!("were invalid: Type mismatch for key {name} expected: S")),
        }
    };
    Ok((part(0)?, part(1)?))
}

/// The key that a request names.
///
/// # Errors
/// When it is not the table's kind of key.
pub(crate) fn parse_key(json: &Json) -> Result<Key, Refusal> {
    let item = crate::value::parse_item(json)?;
    if !item.keys().eq(KEY) {
        return Err(Refusal::invalid("The provided key element does not match the schema"));
    }
    key_of(&item)
}

/// A found item as a member of an answer.
pub(crate) fn found(item: Option<&Item>) -> Option<Json> {
    item.map(item_json)
}
