//! What one commit writes, and how a refusal is read.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Delete, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use contracts::{Cause, Contract, Envelope, Timer};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use crate::item::write;
use crate::{Answer, CommitError, Item, Key, RequestKey, StoreError, Stored};

/// The sort key of an event item begins with it.
pub const EVENT_PREFIX: &str = "EVENT#";
/// How long a consumed event is remembered: longer than any queue keeps it (14 days).
const CONSUMED_FOR_SECONDS: i64 = 15 * 24 * 3600;

/// An event item's own attributes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "EventItem", into = "EventItem")]
pub struct StoredEvent {
    /// The event's type, for whoever reads the table.
    pub event_type: String,
    /// The envelope as it is published.
    pub envelope: Envelope,
    /// Deadlines of the event's own aggregate that the event sets.
    pub timers: Vec<Timer>,
}

/// A deadline as an event item holds it: what the envelope beside it says is not said again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredTimer {
    /// What is due.
    pub name: String,
    /// When it is due.
    pub due_at: Timestamp,
}

#[derive(Clone, Serialize, Deserialize)]
struct EventItem {
    /// Left out by who counts every byte: the envelope says it too.
    #[serde(default)]
    event_type: Option<String>,
    #[serde(with = "crate::envelope")]
    envelope: Envelope,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    timers: Vec<StoredTimer>,
}

impl From<StoredEvent> for EventItem {
    fn from(event: StoredEvent) -> Self {
        Self {
            event_type: Some(event.event_type),
            envelope: event.envelope,
            timers: event.timers.into_iter().map(StoredTimer::from).collect(),
        }
    }
}

impl From<EventItem> for StoredEvent {
    fn from(item: EventItem) -> Self {
        let timer = |timer: StoredTimer| Timer {
            name: timer.name,
            subject: item.envelope.subject.clone(),
            sequence: item.envelope.sequence,
            due_at: timer.due_at,
            correlationid: item.envelope.correlationid.clone(),
        };
        Self {
            timers: item.timers.into_iter().map(timer).collect(),
            event_type: item.event_type.unwrap_or_else(|| item.envelope.event_type.clone()),
            envelope: item.envelope,
        }
    }
}

impl From<Timer> for StoredTimer {
    fn from(timer: Timer) -> Self {
        Self {
            name: timer.name,
            due_at: timer.due_at,
        }
    }
}

/// Why a write is there, which is what its refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// What was decided on: a refusal means that somebody else was faster.
    Lock,
    Consumed,
    Answer,
    Condition(&'static str),
}

/// One commit: build it, then hand it to [`crate::Table::commit`].
#[derive(Debug)]
pub struct Commit {
    cause: Cause,
    writes: Vec<(Purpose, Write)>,
    aggregate: Option<Aggregate>,
    failure: Option<StoreError>,
}

#[derive(Debug)]
struct Aggregate {
    write: usize,
    key: Key,
    subject: String,
    sequence: u32,
}

#[derive(Debug, Clone)]
enum Write {
    Put {
        item: Item,
        condition: Condition,
    },
    Update {
        key: Key,
        expression: String,
        condition: Condition,
    },
    Delete {
        key: Key,
        condition: Condition,
    },
    Check {
        key: Key,
        condition: Condition,
    },
}

#[derive(Debug, Clone, Default)]
struct Condition {
    expression: Option<String>,
    values: HashMap<String, AttributeValue>,
}

impl Condition {
    fn new<const N: usize>(expression: &str, values: [(&str, AttributeValue); N]) -> Self {
        let values = values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        Self {
            expression: Some(expression.to_owned()),
            values,
        }
    }
}

impl Commit {
    /// An empty commit.
    #[must_use]
    pub fn new(cause: &Cause) -> Self {
        Self {
            cause: cause.clone(),
            writes: Vec::new(),
            aggregate: None,
            failure: None,
        }
    }

    fn put<T: Serialize>(
        mut self,
        purpose: Purpose,
        key: &Key,
        record: &T,
        version: u64,
        sequence: u32,
        condition: Condition,
    ) -> Self {
        match write(key, record, version, sequence) {
            Ok(item) => self.writes.push((purpose, Write::Put { item, condition })),
            Err(failure) => self.failure = Some(failure),
        }
        self
    }

    /// Creates the aggregate that the commit is about. `subject` is its id, which its events carry.
    #[must_use]
    pub fn create<T: Serialize>(mut self, key: &Key, subject: &impl ToString, record: &T) -> Self {
        let write = self.writes.len();
        self.aggregate = Some(Aggregate {
            write,
            key: key.clone(),
            subject: subject.to_string(),
            sequence: 0,
        });
        self.put(
            Purpose::Lock,
            key,
            record,
            1,
            0,
            Condition::new("attribute_not_exists(pk)", []),
        )
    }

    /// Replaces the aggregate that the commit is about, if it still is what was read.
    #[must_use]
    pub fn replace<T: Serialize, U>(
        mut self,
        key: &Key,
        subject: &impl ToString,
        read: &Stored<U>,
        record: &T,
    ) -> Self {
        let write = self.writes.len();
        let sequence = read.sequence;
        self.aggregate = Some(Aggregate {
            write,
            key: key.clone(),
            subject: subject.to_string(),
            sequence,
        });
        let condition = Condition::new(
            "version = :version",
            [(":version", AttributeValue::N(read.version.to_string()))],
        );
        self.put(Purpose::Lock, key, record, read.version + 1, sequence, condition)
    }

    /// Publishes an event of the aggregate, after those added before. Call it after `create` or `replace`.
    #[must_use]
    pub fn event<C: Contract>(mut self, payload: &C) -> Self {
        let Some(aggregate) = &mut self.aggregate else {
            self.failure = Some(StoreError::Corrupt(format!("{} without its aggregate", C::TYPE)));
            return self;
        };
        aggregate.sequence += 1;
        let sequence = aggregate.sequence;
        let key = Key::new(aggregate.key.pk.clone(), format!("{EVENT_PREFIX}{sequence:08}"));
        let envelope = match Envelope::new(&aggregate.subject, sequence, &self.cause, payload) {
            Ok(envelope) => envelope,
            Err(error) => {
                self.failure = Some(StoreError::Corrupt(error.to_string()));
                return self;
            }
        };
        if let Some((_, Write::Put { item, .. })) = self.writes.get_mut(aggregate.write) {
            item.insert("sequence".to_owned(), AttributeValue::N(sequence.to_string()));
        }
        let record = StoredEvent {
            event_type: C::TYPE.to_owned(),
            envelope,
            timers: Vec::new(),
        };
        self.put(
            Purpose::Lock,
            &key,
            &record,
            1,
            0,
            Condition::new("attribute_not_exists(pk)", []),
        )
    }

    /// Marks an event as consumed: a second commit for the same one is [`CommitError::Duplicate`]. A consumer whose
    /// transition refuses repetition by itself needs no mark, which saves its write.
    #[must_use]
    pub fn consumed(mut self, event_id: &str) -> Self {
        let mut item = Key::new(format!("INBOX#{event_id}"), "MARKER").attributes();
        let expires_at = self.cause.now.as_second() + CONSUMED_FOR_SECONDS;
        item.insert("expires_at".to_owned(), AttributeValue::N(expires_at.to_string()));
        let condition = Condition::new("attribute_not_exists(pk)", []);
        self.writes.push((Purpose::Consumed, Write::Put { item, condition }));
        self
    }

    /// Stores the answer to a client's request under its key: a second commit for the key is
    /// [`CommitError::KeyTaken`].
    #[must_use]
    pub fn answer(mut self, request: &RequestKey, answer: &Answer) -> Self {
        let condition = Condition::new(
            "attribute_not_exists(pk) OR expires_at <= :now",
            [(":now", AttributeValue::N(self.cause.now.as_second().to_string()))],
        );
        let item = request.answered(answer, self.cause.now);
        self.writes.push((Purpose::Answer, Write::Put { item, condition }));
        self
    }

    /// Writes a further record, whatever was there.
    #[must_use]
    pub fn also_put<T: Serialize>(self, key: &Key, record: &T) -> Self {
        self.put(Purpose::Condition("put"), key, record, 1, 0, Condition::default())
    }

    /// Creates a further record: if it is there already, the commit is [`CommitError::Conflict`].
    #[must_use]
    pub fn also_create<T: Serialize>(self, key: &Key, record: &T) -> Self {
        let condition = Condition::new("attribute_not_exists(pk)", []);
        self.put(Purpose::Lock, key, record, 1, 0, condition)
    }

    /// Creates a further record of which there can be one for good; `refusal` names what it means if it is there already.
    #[must_use]
    pub fn also_claim<T: Serialize>(self, key: &Key, record: &T, refusal: &'static str) -> Self {
        let condition = Condition::new("attribute_not_exists(pk)", []);
        self.put(Purpose::Condition(refusal), key, record, 1, 0, condition)
    }

    /// Replaces a further record: if it is no longer what was read, the commit is [`CommitError::Conflict`].
    #[must_use]
    pub fn also_replace<T: Serialize, U>(self, key: &Key, read: &Stored<U>, record: &T) -> Self {
        let condition = Condition::new(
            "version = :version",
            [(":version", AttributeValue::N(read.version.to_string()))],
        );
        self.put(Purpose::Lock, key, record, read.version + 1, read.sequence, condition)
    }

    /// Creates a further record if none was read, or replaces the one that was.
    #[must_use]
    pub fn also_write<T: Serialize, U>(self, key: &Key, read: Option<&Stored<U>>, record: &T) -> Self {
        match read {
            Some(read) => self.also_replace(key, read, record),
            None => self.also_create(key, record),
        }
    }

    /// Deletes a further record, whether or not it is there.
    #[must_use]
    pub fn also_delete(mut self, key: &Key) -> Self {
        let delete = Write::Delete {
            key: key.clone(),
            condition: Condition::default(),
        };
        self.writes.push((Purpose::Lock, delete));
        self
    }

    /// Deletes a further record; `refusal` names what it means if it is not there.
    #[must_use]
    pub fn also_remove(mut self, key: &Key, refusal: &'static str) -> Self {
        let delete = Write::Delete {
            key: key.clone(),
            condition: Condition::new("attribute_exists(pk)", []),
        };
        self.writes.push((Purpose::Condition(refusal), delete));
        self
    }

    /// Updates a further record by an expression, if a condition on it holds. An empty condition always holds.
    #[must_use]
    pub fn also_update<const N: usize>(
        mut self,
        key: &Key,
        expression: &str,
        condition: &str,
        values: [(&str, AttributeValue); N],
        refusal: &'static str,
    ) -> Self {
        let mut built = Condition::new(condition, values);
        built.expression = built.expression.filter(|text| !text.is_empty());
        let update = Write::Update {
            key: key.clone(),
            expression: expression.to_owned(),
            condition: built,
        };
        self.writes.push((Purpose::Condition(refusal), update));
        self
    }

    /// Demands that a condition on a further record holds.
    #[must_use]
    pub fn also_check<const N: usize>(
        mut self,
        key: &Key,
        condition: &str,
        values: [(&str, AttributeValue); N],
        refusal: &'static str,
    ) -> Self {
        let check = Write::Check {
            key: key.clone(),
            condition: Condition::new(condition, values),
        };
        self.writes.push((Purpose::Condition(refusal), check));
        self
    }

    /// Puts a record only if it is newer than the one there, by a sequence that its owner counts: how a replica of
    /// somebody else's data is kept. If the one there is as new, the refusal is [`CommitError::Duplicate`].
    #[must_use]
    pub fn put_newer<T: Serialize>(self, key: &Key, record: &T, sequence: u32) -> Self {
        let value = AttributeValue::N(sequence.to_string());
        let condition = Condition::new(
            "attribute_not_exists(pk) OR #sequence < :sequence",
            [(":sequence", value)],
        );
        self.put(Purpose::Consumed, key, record, 1, sequence, condition)
    }

    /// True if it would write nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    pub(crate) fn into_plan(self, table: &str) -> Result<Plan, StoreError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut plan = Plan {
            purposes: Vec::new(),
            items: Vec::new(),
            sole_put: None,
            sole_delete: None,
        };
        if let [(_, Write::Delete { key, condition })] = &self.writes[..]
            && condition.expression.is_none()
        {
            plan.sole_delete = Some(key.clone());
        }
        if let [(_, Write::Put { item, condition })] = &self.writes[..] {
            plan.sole_put = Some((item.clone(), condition.expression.clone(), condition.values.clone()));
        }
        for (purpose, write) in self.writes {
            plan.purposes.push(purpose);
            plan.items.push(transact_item(table, write)?);
        }
        Ok(plan)
    }
}

/// A put that needs no transaction: the item, its condition, and the condition's values.
pub(crate) type SolePut = (Item, Option<String>, HashMap<String, AttributeValue>);

/// A commit ready to send.
pub(crate) struct Plan {
    purposes: Vec<Purpose>,
    pub items: Vec<TransactWriteItem>,
    pub sole_put: Option<SolePut>,
    /// The key of an unconditional delete that is all there is to do: it needs no transaction either.
    pub sole_delete: Option<Key>,
}

impl Plan {
    /// What the refusal of the only write means.
    pub fn sole_refusal(&self, old: Option<Item>) -> CommitError {
        self.purposes
            .first()
            .map_or(CommitError::Conflict, |purpose| refusal(*purpose, old))
    }

    /// What a cancelled transaction means. A repetition outranks a lost race, since both show after it, and a lost race
    /// outranks a refusal, which was decided on what is no longer so.
    pub fn cancelled(&self, reasons: &[CancellationReason]) -> CommitError {
        let mut failed: Vec<(Purpose, Option<Item>)> = self
            .purposes
            .iter()
            .zip(reasons)
            .filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"))
            .map(|(purpose, reason)| (*purpose, reason.item().cloned()))
            .collect();
        failed.sort_by_key(|(purpose, _)| match purpose {
            Purpose::Consumed => 0,
            Purpose::Answer => 1,
            Purpose::Lock => 2,
            Purpose::Condition(_) => 3,
        });
        if let Some((purpose, old)) = failed.into_iter().next() {
            return refusal(purpose, old);
        }
        let invalid = reasons.iter().find(|reason| reason.code() == Some("ValidationError"));
        match invalid {
            Some(reason) => StoreError::Corrupt(reason.message().unwrap_or_default().to_owned()).into(),
            // Somebody else's transaction holds an item, or the table is throttled.
            None => CommitError::Conflict,
        }
    }
}

fn refusal(purpose: Purpose, old: Option<Item>) -> CommitError {
    match purpose {
        Purpose::Lock => CommitError::Conflict,
        Purpose::Consumed => CommitError::Duplicate,
        Purpose::Answer => CommitError::KeyTaken(old),
        Purpose::Condition(label) => CommitError::Refused(label),
    }
}

/// `sequence` is a reserved word in expressions, so it is written `#sequence`.
pub(crate) fn names(expression: Option<&str>) -> Option<HashMap<String, String>> {
    expression?
        .contains("#sequence")
        .then(|| HashMap::from([("#sequence".to_owned(), "sequence".to_owned())]))
}

fn transact_item(table: &str, write: Write) -> Result<TransactWriteItem, StoreError> {
    let defect = |error: aws_sdk_dynamodb::error::BuildError| StoreError::Corrupt(error.to_string());
    let values = |values: HashMap<String, AttributeValue>| (!values.is_empty()).then_some(values);
    let all_old = ReturnValuesOnConditionCheckFailure::AllOld;
    let item = TransactWriteItem::builder();
    Ok(match write {
        Write::Put {
            item: attributes,
            condition,
        } => item
            .put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(attributes))
                    .set_expression_attribute_names(names(condition.expression.as_deref()))
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_values(values(condition.values))
                    .return_values_on_condition_check_failure(all_old)
                    .build()
                    .map_err(defect)?,
            )
            .build(),
        Write::Update {
            key,
            expression,
            condition,
        } => item
            .update(
                Update::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .update_expression(expression)
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_values(values(condition.values))
                    .build()
                    .map_err(defect)?,
            )
            .build(),
        Write::Delete { key, condition } => item
            .delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_values(values(condition.values))
                    .build()
                    .map_err(defect)?,
            )
            .build(),
        Write::Check { key, condition } => item
            .condition_check(
                ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key.attributes()))
                    .set_condition_expression(condition.expression)
                    .set_expression_attribute_values(values(condition.values))
                    .build()
                    .map_err(defect)?,
            )
            .build(),
    })
}
