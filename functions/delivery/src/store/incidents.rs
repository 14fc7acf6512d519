//! What went wrong on a delivery, beside its events.

use ::store::{Index, Key, Query, StoreError, Table};
use contracts::Envelope;
use kernel::{DeliveryId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::partition;
use crate::domain::incident::{IncidentKind, Reporter};

/// The sort key of a reported incident begins with it.
const INCIDENT_PREFIX: &str = "INCIDENT#";
/// Items of a delivery that are read at a time.
const PAGE: usize = 100;
/// Pages of a delivery's items, at most: a search that goes on for hours makes a few hundred events.
const PAGES_MAX: usize = 10;

/// An incident that somebody reported.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// What happened.
    pub kind: IncidentKind,
    /// In whose words.
    pub note: String,
    /// As what the person reports it.
    pub by: Reporter,
    pub user_id: UserId,
    pub at: Timestamp,
}

/// What a delivery's items say of what happened to it.
pub enum Happened {
    /// An event of the delivery.
    Event(Box<Envelope>),
    /// An incident that somebody reported.
    Reported(Incident),
}

#[derive(Deserialize)]
struct HistoryItem {
    envelope: Option<String>,
    #[serde(default, with = "::store::json")]
    incident: Option<Incident>,
}

/// An item of an incident.
#[derive(Serialize)]
pub struct IncidentItem {
    #[serde(with = "::store::json")]
    incident: Incident,
}

impl From<Incident> for IncidentItem {
    fn from(incident: Incident) -> Self {
        Self { incident }
    }
}

/// The key of a new incident. `unique` tells two of the same moment apart.
#[must_use]
pub fn incident_key(delivery_id: DeliveryId, at: Timestamp, unique: &impl ToString) -> Key {
    let sk = format!("{INCIDENT_PREFIX}{:015}#{}", at.as_millisecond(), unique.to_string());
    Key::new(partition(delivery_id), sk)
}

/// How many incidents were reported of a delivery, counted up to a limit.
///
/// # Errors
/// When the table does not answer.
pub async fn incidents(table: &Table, delivery_id: DeliveryId, limit: usize) -> Result<usize, StoreError> {
    let query = Query::new(Index::Table, partition(delivery_id), limit).prefix(INCIDENT_PREFIX);
    Ok(table.query::<HistoryItem>(&query).await?.items.len())
}

/// Everything that happened to a delivery, events first.
///
/// # Errors
/// When the table does not answer, or an event cannot be read.
pub async fn history(table: &Table, delivery_id: DeliveryId) -> Result<Vec<Happened>, StoreError> {
    let mut history = Vec::new();
    let mut query = Query::new(Index::Table, partition(delivery_id), PAGE);
    for _ in 0..PAGES_MAX {
        let page = table.query::<HistoryItem>(&query).await?;
        for item in page.items {
            if let Some(incident) = item.value.incident {
                history.push(Happened::Reported(incident));
            } else if let Some(envelope) = item.value.envelope {
                let event = Envelope::parse(&envelope).map_err(|error| StoreError::Corrupt(error.to_string()))?;
                history.push(Happened::Event(Box::new(event)));
            }
        }
        if page.next.is_none() {
            break;
        }
        query = query.after(page.next);
    }
    Ok(history)
}
