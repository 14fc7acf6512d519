//! What operators look at: failures that are to be judged, and what each courier was involved in lately.

use std::collections::{HashMap, HashSet};

use ::store::{Commit, Freshness, Index, Key, Query, StoreError, Table};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, Meters, OrderId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::partition;
use crate::domain::event::Event;
use crate::domain::presence::Presence;
use crate::domain::{Facts, FailureReason, Fault};

/// How long cases are counted: long enough to see a habit, and short enough that a bad week is forgotten.
const COUNTED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Cases counted of one courier: who has so many needs no exact number.
pub const CASES_MAX: usize = 100;
/// The index partition of the failures that wait for a judgement: few at any time.
const REVIEWS: &str = "REVIEWS";
/// The sort key of a case begins with it.
const CASE_PREFIX: &str = "CASE#";
/// The courier could not hand food over, or says so.
const FAILED: &str = "failed";
/// An operator found the courier at fault.
const AT_FAULT: &str = "at_fault";
/// The courier said a wrong PIN as often as possible.
const PIN_LOCKED: &str = "pin_locked";

/// A failure that waits for a judgement, in the second index by its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReviewRecord {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its order.
    pub order_id: OrderId,
    /// Who reported it.
    pub courier_id: CourierId,
    /// Why.
    pub reason: FailureReason,
    pub reported_at: Timestamp,
    /// Until when it may be judged.
    pub until: Timestamp,
    /// Whether the courier was seen at the door then.
    pub seen: bool,
    /// How far from it the courier was seen, if elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<Meters>,
    gsi2pk: String,
    gsi2sk: Timestamp,
}

/// What a courier was involved in lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cases {
    /// Deliveries that were not handed over.
    pub failed: usize,
    /// Those of them that an operator found to be the courier's fault.
    pub at_fault: usize,
    /// PINs that were wrong too often.
    pub pin_locked: usize,
}

#[derive(Debug, Serialize, Deserialize)]
struct CaseRecord {
    kind: String,
    /// When the table forgets it, in seconds since 1970.
    expires_at: i64,
}

fn review_key(delivery_id: DeliveryId) -> Key {
    Key::new(partition(delivery_id), "REVIEW")
}

/// Adds to an event's commit what operators look at.
#[must_use]
pub fn note(commit: Commit, cause: &Cause, delivery_id: DeliveryId, facts: &Facts, event: &Event) -> Commit {
    let counted = |commit, courier_id, kind| commit_case(commit, delivery_id, courier_id, kind, cause.now);
    match *event {
        Event::FailureReported {
            courier_id,
            reason,
            review,
            presence,
        } => {
            let record = ReviewRecord {
                delivery_id,
                order_id: facts.order_id,
                courier_id,
                reason,
                reported_at: review.reported_at,
                until: review.until,
                seen: presence == Presence::Seen,
                distance_m: distance_m(presence),
                gsi2pk: REVIEWS.to_owned(),
                gsi2sk: review.until,
            };
            counted(commit, courier_id, FAILED).also_put(&review_key(delivery_id), &record)
        }
        Event::Failed {
            courier_id,
            judged: false,
            ..
        } => counted(commit, courier_id, FAILED),
        Event::Failed {
            courier_id,
            judged: true,
            fault,
            ..
        } => {
            let commit = commit.also_delete(&review_key(delivery_id));
            if fault == Fault::Courier {
                counted(commit, courier_id, AT_FAULT)
            } else {
                commit
            }
        }
        Event::PinRefused {
            courier_id,
            attempts_left: 0,
        } => counted(commit, courier_id, PIN_LOCKED),
        Event::Offered(_)
        | Event::OfferEnded { .. }
        | Event::Unmatched { .. }
        | Event::Assigned(_)
        | Event::Released { .. }
        | Event::FoodDelayed { .. }
        | Event::FoodReady { .. }
        | Event::EtaChanged { .. }
        | Event::Arrived { .. }
        | Event::SeenThere { .. }
        | Event::CodeRefused { .. }
        | Event::PickedUp { .. }
        | Event::PinRefused { .. }
        | Event::Delivered { .. }
        | Event::Returned { .. }
        | Event::Escalated { .. }
        | Event::Withdrawn { .. } => commit,
    }
}

fn commit_case(commit: Commit, delivery_id: DeliveryId, courier_id: CourierId, kind: &str, now: Timestamp) -> Commit {
    let at = now.as_second();
    let key = Key::new(
        format!("COURIER#{courier_id}"),
        format!("{CASE_PREFIX}{at:010}#{delivery_id}#{kind}"),
    );
    let record = CaseRecord {
        kind: kind.to_owned(),
        expires_at: at + COUNTED_FOR.as_secs(),
    };
    commit.also_put(&key, &record)
}

const fn distance_m(presence: Presence) -> Option<Meters> {
    match presence {
        Presence::Elsewhere { distance_m } => Some(distance_m),
        Presence::Seen | Presence::Unseen => None,
    }
}

/// The failures that wait for a judgement, the most urgent first.
#[must_use]
pub fn reviews(limit: usize) -> Query {
    Query::new(Index::Gsi2, REVIEWS, limit)
}

/// Failures that nobody has judged in time.
///
/// # Errors
/// When the table does not answer.
pub async fn unjudged(table: &Table, now: Timestamp, limit: usize) -> Result<Vec<ReviewRecord>, StoreError> {
    let query = reviews(limit).between("0", now.to_string());
    let page = table.query::<ReviewRecord>(&query).await?;
    Ok(page.items.into_iter().map(|stored| stored.value).collect())
}

/// What couriers were involved in lately, each counted up to [`CASES_MAX`]. Each courier is read once, and all at a time.
///
/// # Errors
/// When the table does not answer.
pub async fn cases(
    table: &Table,
    couriers: impl IntoIterator<Item = CourierId>,
    now: Timestamp,
) -> Result<HashMap<CourierId, Cases>, StoreError> {
    let couriers: HashSet<CourierId> = couriers.into_iter().collect();
    let mut reads = JoinSet::new();
    for courier_id in couriers {
        let table = table.clone();
        reads.spawn(async move { cases_of(&table, courier_id, now).await.map(|cases| (courier_id, cases)) });
    }
    let mut found = HashMap::new();
    while let Some(read) = reads.join_next().await {
        found.extend([read.map_err(|error| StoreError::Unavailable(error.to_string()))??]);
    }
    Ok(found)
}

async fn cases_of(table: &Table, courier_id: CourierId, now: Timestamp) -> Result<Cases, StoreError> {
    let from = (now - COUNTED_FOR).as_second();
    let query = Query::new(Index::Table, format!("COURIER#{courier_id}"), CASES_MAX)
        .between(format!("{CASE_PREFIX}{from:010}"), format!("{CASE_PREFIX}~"))
        // The index that lists the failures is no fresher.
        .freshness(Freshness::Recent);
    let page = table.query::<CaseRecord>(&query).await?;
    let count = |kind: &str| page.items.iter().filter(|stored| stored.value.kind == kind).count();
    Ok(Cases {
        failed: count(FAILED),
        at_fault: count(AT_FAULT),
        pin_locked: count(PIN_LOCKED),
    })
}
