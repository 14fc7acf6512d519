//! `PutItem`, `UpdateItem`, `DeleteItem` and `TransactWriteItems`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::expression::{Condition, Placeholders, Update};
use crate::refusal::Refusal;
use crate::table::{KEY, Key, Table, parse_key, read_units};
use crate::value::{Item, Value, check_size, item_json, item_size, parse_item};

/// Operations of a transaction, at most.
const OPERATIONS_MAX: usize = 100;
/// Bytes of a transaction's items, at most.
const TRANSACTION_BYTES_MAX: usize = 4 * 1024 * 1024;
/// A transaction prepares each write and carries it out.
const TRANSACTION_FACTOR: usize = 2;

/// What is done to one item, and on which condition.
pub(crate) struct Write {
    key: Key,
    condition: Option<Condition>,
    action: Action,
    /// Whether a refusal shows the item.
    shows_item: bool,
}

enum Action {
    Put(Item),
    Update(Update),
    Delete,
    Check,
}

impl Write {
    /// Reads an operation by its name, such as `Put`.
    fn parse(table: &Table, name: &str, operation: &Json) -> Result<Self, Refusal> {
        let mut placeholders = Placeholders::of(operation)?;
        let condition = Condition::parse("ConditionExpression", operation, &mut placeholders)?;
        let (key, action) = match name {
            "Put" => {
                let item = parse_item(&operation["Item"])?;
                check_size(&item)?;
                (table.check_keys(&item)?, Action::Put(item))
            }
            "Update" => {
                let update = Update::parse(operation, &mut placeholders)?;
                if let Some(path) = update.paths().find(|path| KEY.contains(path)) {
                    let what = "One or more parameter values were invalid: Cannot update attribute";
                    return Err(Refusal::invalid(format!(
                        "{what} {path}. This attribute is part of the key"
                    )));
                }
                (parse_key(&operation["Key"])?, Action::Update(update))
            }
            "Delete" => (parse_key(&operation["Key"])?, Action::Delete),
            "ConditionCheck" if condition.is_none() => {
                return Err(Refusal::invalid(
                    "The ConditionExpression of a ConditionCheck is missing",
                ));
            }
            "ConditionCheck" => (parse_key(&operation["Key"])?, Action::Check),
            other => panic!("the table double knows no operation {other} of a transaction"),
        };
        placeholders.finish()?;
        Ok(Self {
            key,
            condition,
            action,
            shows_item: operation["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD",
        })
    }

    /// What becomes of the item.
    fn outcome(&self, table: &Table) -> Result<Option<Item>, Refusal> {
        let before = table.item(&self.key, true);
        let nothing = Item::new();
        if let Some(condition) = &self.condition
            && !condition.holds(before.unwrap_or(&nothing))
        {
            let refusal = Refusal::new("ConditionalCheckFailedException", "The conditional request failed");
            let shown = before.filter(|_| self.shows_item);
            return Err(match shown {
                Some(item) => refusal.with("Item", item_json(item)),
                None => refusal,
            });
        }
        match &self.action {
            Action::Put(item) => Ok(Some(item.clone())),
            Action::Delete => Ok(None),
            Action::Check => Ok(before.cloned()),
            Action::Update(update) => {
                let key = || {
                    let (pk, sk) = self.key.clone();
                    Item::from(
                        KEY.map(str::to_owned)
                            .into_iter()
                            .zip([pk, sk].map(Value::Text))
                            .collect::<BTreeMap<_, _>>(),
                    )
                };
                let item = update.apply(&before.cloned().unwrap_or_else(key))?;
                table.check_keys(&item)?;
                check_size(&item)?;
                Ok(Some(item))
            }
        }
    }
}

impl Table {
    /// Carries out `PutItem`, `UpdateItem` or `DeleteItem`, whose operation in a transaction has the name.
    pub fn write_one(&mut self, name: &str, request: &Json) -> Result<Json, Refusal> {
        let write = Write::parse(self, name, request)?;
        let after = write.outcome(self)?;
        let units = as_units(self.write_units(self.item(&write.key, true), after.as_ref(), 1));
        self.write(&write.key, after);
        Ok(json!({"ConsumedCapacity": self.consumed(units)}))
    }

    pub fn transact_write_items(&mut self, request: &Json) -> Result<Json, Refusal> {
        let operations = request["TransactItems"].as_array().cloned().unwrap_or_default();
        if operations.is_empty() || operations.len() > OPERATIONS_MAX {
            let what = format!(
                "A transaction has 1 to {OPERATIONS_MAX} operations, and this one {}",
                operations.len()
            );
            return Err(Refusal::invalid(what));
        }
        let writes = self.parse_all(&operations)?;
        if let Some(token) = request["ClientRequestToken"].as_str() {
            let asked = request["TransactItems"].clone();
            match self.transactions.get(token) {
                Some(before) if *before == asked => return Ok(self.repeated(&writes)),
                Some(_) => {
                    let what = "The token belongs to a transaction with other parameters";
                    return Err(Refusal::new("IdempotentParameterMismatchException", what));
                }
                None => {}
            }
        }
        let outcomes: Vec<_> = writes.iter().map(|write| write.outcome(self)).collect();
        if outcomes.iter().any(Result::is_err) {
            return Err(cancelled(&outcomes));
        }
        if let Some(token) = request["ClientRequestToken"].as_str() {
            let asked = request["TransactItems"].clone();
            self.transactions.insert(token.to_owned(), asked);
        }
        let mut units = 0;
        for (write, after) in writes.iter().zip(outcomes) {
            let after = after?;
            units += self.write_units(self.item(&write.key, true), after.as_ref(), TRANSACTION_FACTOR);
            // A check leaves the item as it was written last.
            if !matches!(write.action, Action::Check) {
                self.write(&write.key, after);
            }
        }
        Ok(json!({"ConsumedCapacity": [self.consumed(as_units(units))]}))
    }

    fn parse_all(&self, operations: &[Json]) -> Result<Vec<Write>, Refusal> {
        let mut writes = Vec::new();
        let (mut keys, mut bytes) = (BTreeSet::new(), 0);
        for operation in operations {
            let members: Vec<_> = operation.as_object().into_iter().flatten().collect();
            let [(name, operation)] = members[..] else {
                return Err(Refusal::invalid(
                    "TransactItems can only contain one of Check, Put, Update or Delete",
                ));
            };
            if operation["TableName"] != self.name {
                return Err(Refusal::new(
                    "ResourceNotFoundException",
                    "Requested resource not found",
                ));
            }
            let write = Write::parse(self, name, operation)?;
            if !keys.insert(write.key.clone()) {
                return Err(Refusal::invalid(
                    "Transaction request cannot include multiple operations on one item",
                ));
            }
            if let Action::Put(item) = &write.action {
                bytes += item_size(item);
            }
            writes.push(write);
        }
        if bytes > TRANSACTION_BYTES_MAX {
            return Err(Refusal::invalid("The items of a transaction have more than 4 MB"));
        }
        Ok(writes)
    }

    /// The answer to a transaction that was carried out before: it reads what it would have written.
    fn repeated(&self, writes: &[Write]) -> Json {
        let units = |write: &Write| 2.0 * read_units(self.item(&write.key, true).map_or(0, item_size), true);
        json!({"ConsumedCapacity": [self.consumed(writes.iter().map(units).sum())]})
    }
}

fn cancelled(outcomes: &[Result<Option<Item>, Refusal>]) -> Refusal {
    let reason = |outcome: &Result<Option<Item>, Refusal>| match outcome {
        Ok(_) => json!({"Code": "None"}),
        Err(refusal) => refusal.reason(),
    };
    let reasons: Vec<_> = outcomes.iter().map(reason).collect();
    let codes: Vec<_> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    let what = "Transaction cancelled, please refer cancellation reasons for specific reasons";
    Refusal::new("TransactionCanceledException", format!("{what} [{}]", codes.join(", ")))
        .with("CancellationReasons", reasons.into())
}

fn as_units(units: usize) -> f64 {
    f64::from(u32::try_from(units).unwrap_or(u32::MAX))
}
