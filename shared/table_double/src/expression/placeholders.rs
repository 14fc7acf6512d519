//! What `#name` and `:value` stand for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::refusal::Refusal;
use crate::value::{Item, Value, parse_item};

const NAMES: &str = "ExpressionAttributeNames";
const VALUES: &str = "ExpressionAttributeValues";

/// The placeholders of one operation, and which of them its expressions have used.
pub(crate) struct Placeholders {
    names: BTreeMap<String, String>,
    values: Item,
    used: BTreeSet<String>,
}

impl Placeholders {
    /// Reads those of an operation.
    ///
    /// # Errors
    /// When there are none where some are said to be, or a value is none that DynamoDB stores.
    pub fn of(operation: &Json) -> Result<Self, Refusal> {
        for parameter in [NAMES, VALUES] {
            if operation[parameter].as_object().is_some_and(serde_json::Map::is_empty) {
                return Err(Refusal::invalid(format!("{parameter} must not be empty")));
            }
        }
        let names = operation[NAMES].as_object().into_iter().flatten();
        let name = |(placeholder, name): (&String, &Json)| Some((placeholder.clone(), name.as_str()?.to_owned()));
        Ok(Self {
            names: names.filter_map(name).collect(),
            values: parse_item(&operation[VALUES])?,
            used: BTreeSet::new(),
        })
    }

    pub(super) fn name(&mut self, placeholder: &str, kind: &str) -> Result<String, Refusal> {
        self.used.insert(placeholder.to_owned());
        self.names.get(placeholder).cloned().ok_or_else(|| {
            Refusal::invalid(format!(
                "Invalid {kind}: An expression attribute name used in the document path is not defined; attribute name: {placeholder}"
            ))
        })
    }

    pub(super) fn value(&mut self, placeholder: &str, kind: &str) -> Result<Value, Refusal> {
        self.used.insert(placeholder.to_owned());
        self.values.get(placeholder).cloned().ok_or_else(|| {
            Refusal::invalid(format!(
                "Invalid {kind}: An expression attribute value used in expression is not defined; attribute value: {placeholder}"
            ))
        })
    }

    /// Demands that every placeholder was used.
    ///
    /// # Errors
    /// When one was not.
    pub fn finish(self) -> Result<(), Refusal> {
        let unused = |parameter, all: Vec<&String>| {
            let left: Vec<_> = all
                .into_iter()
                .filter(|name| !self.used.contains(*name))
                .cloned()
                .collect();
            if left.is_empty() {
                return Ok(());
            }
            let what = format!(
                "Value provided in {parameter} unused in expressions: keys: {{{}}}",
                left.join(", ")
            );
            Err(Refusal::invalid(what))
        };
        unused(NAMES, self.names.keys().collect())?;
        unused(VALUES, self.values.keys().collect())
    }
}
