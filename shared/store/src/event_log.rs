//! An aggregate kept as its events: each event's item also carries the state after the event.
//!
//! Writing event `n + 1`, which can be done once, is the whole optimistic lock, so a step of an aggregate is one
//! conditional put of one item instead of a transaction over two.

use contracts::{Envelope, Timer};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Commit, EVENT_PREFIX, Freshness, Index, Key, Query, StoreError, StoredEvent, StoredTimer, Table};

/// Events that are read at once for a history: an aggregate has some ten.
const HISTORY_PAGE: usize = 100;

/// What others hear of a step of an aggregate.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The event.
    pub envelope: Envelope,
    /// The deadlines that it sets.
    pub timers: Vec<Timer>,
}

/// A step as its item is written: what a [`StoredEvent`] has if others hear of it, and the state after it.
#[derive(Debug, Clone, Serialize)]
pub struct StepItem<S> {
    sequence: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::envelope")]
    envelope: Option<Envelope>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    timers: Vec<StoredTimer>,
    #[serde(flatten)]
    state: S,
}

impl<S> StepItem<S> {
    /// The step with this sequence. Nobody hears of one that publishes nothing: the relay passes it over.
    pub fn new(sequence: u32, published: Option<Published>, state: S) -> Self {
        let (envelope, timers) = published.map_or((None, Vec::new()), |it| (Some(it.envelope), it.timers));
        Self {
            sequence,
            event_type: envelope.as_ref().map(|envelope| envelope.event_type.clone()),
            envelope,
            timers: timers.into_iter().map(StoredTimer::from).collect(),
            state,
        }
    }

    /// The same without the event's type as an attribute of its own, where every byte of a write unit counts: the envelope
    /// says it too.
    #[must_use]
    pub fn without_type(mut self) -> Self {
        self.event_type = None;
        self
    }
}

/// A step as it is read: what a reader of the state needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Step<S> {
    /// The position among the aggregate's events, from 1.
    pub sequence: u32,
    /// The state after it.
    #[serde(flatten)]
    pub state: S,
}

/// The events of one aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLog {
    partition: String,
}

impl EventLog {
    /// The events in a partition, such as `ORDER#ord_…`.
    pub fn new(partition: impl Into<String>) -> Self {
        Self {
            partition: partition.into(),
        }
    }

    /// Where an event is.
    #[must_use]
    pub fn key(&self, sequence: u32) -> Key {
        Key::new(self.partition.clone(), format!("{EVENT_PREFIX}{sequence:08}"))
    }

    /// Reads the last step; `None` before the first.
    ///
    /// # Errors
    /// When the table does not answer or the item is no such step.
    pub async fn last<S: DeserializeOwned>(
        &self,
        table: &Table,
        freshness: Freshness,
    ) -> Result<Option<Step<S>>, StoreError> {
        let newest = Query::new(Index::Table, &self.partition, 1)
            .prefix(EVENT_PREFIX)
            .newest_first();
        let page = table.query::<Step<S>>(&newest.freshness(freshness)).await?;
        Ok(page.items.into_iter().next().map(|stored| stored.value))
    }

    /// Reads what happened to the aggregate, oldest first, of which every step must have been published.
    ///
    /// # Errors
    /// When the table does not answer or an item is no event.
    pub async fn history(&self, table: &Table) -> Result<Vec<Envelope>, StoreError> {
        let mut query = Query::new(Index::Table, &self.partition, HISTORY_PAGE).prefix(EVENT_PREFIX);
        let mut events = Vec::new();
        loop {
            let page = table.query::<StoredEvent>(&query).await?;
            events.extend(page.items.into_iter().map(|stored| stored.value.envelope));
            if page.next.is_none() {
                return Ok(events);
            }
            query = query.after(page.next);
        }
    }

    /// Adds a step to a commit, which is a [`crate::CommitError::Conflict`] if somebody else has written that step.
    #[must_use]
    pub fn append<S: Serialize>(&self, commit: Commit, step: &StepItem<S>) -> Commit {
        commit.also_create(&self.key(step.sequence), step)
    }
}
