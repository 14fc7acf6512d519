//! Client requests that may be sent again: `Idempotency-Key`.
//!
//! Most requests are one commit: the answer is stored in it, and of two at once one commit wins and the other finds its
//! answer. A request that must call somebody else between two commits is begun first ([`crate::Table::begin`]) and
//! answered by its last commit.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{SignedDuration, Timestamp};

use crate::error::{number_attribute, text_attribute};
use crate::{Item, Key};

/// How long an answer can be replayed.
pub const REPLAY_WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// How long a begun request blocks its key: longer than any function that serves requests may run.
pub const IN_PROGRESS_LEASE: SignedDuration = SignedDuration::from_secs(60);

/// A request as its `Idempotency-Key` identifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Who asks: keys of different callers are different keys.
    pub caller: String,
    /// The operation, such as `place_order`.
    pub operation: &'static str,
    /// The client's key.
    pub key: String,
    /// A digest of the path and the body: the same key with another one is a mistake.
    pub fingerprint: String,
}

/// The answer that a request got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: String,
}

/// What is known of a request's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precedent {
    /// Nothing: go ahead.
    None,
    /// The same request was answered: answer the same.
    Answered(Answer),
    /// The same request is being worked on.
    InProgress,
    /// The key was used for another request.
    OtherRequest,
}

impl RequestKey {
    /// The marker's key, to be read together with whatever else the request needs.
    #[must_use]
    pub fn key(&self) -> Key {
        Key::new(
            format!("IDEMPOTENCY#{}#{}#{}", self.caller, self.operation, self.key),
            "MARKER",
        )
    }

    /// Judges the marker that was found, if any.
    #[must_use]
    pub fn judge(&self, marker: Option<&Item>, now: Timestamp) -> Precedent {
        let Some(marker) = marker else { return Precedent::None };
        let seconds = |name| number_attribute::<i64>(marker, name).unwrap_or_default();
        // The table removes what expired hours late, so it is looked at here.
        if seconds("expires_at") <= now.as_second() {
            return Precedent::None;
        }
        if text_attribute(marker, "fingerprint").as_deref() != Some(&self.fingerprint) {
            return Precedent::OtherRequest;
        }
        match (number_attribute(marker, "status"), text_attribute(marker, "body")) {
            (Some(status), Some(body)) => Precedent::Answered(Answer { status, body }),
            _ if seconds("lease_until") <= now.as_second() => Precedent::None,
            _ => Precedent::InProgress,
        }
    }

    fn marker(&self, now: Timestamp) -> Item {
        let mut item = self.key().attributes();
        let expires_at = now.as_second() + REPLAY_WINDOW.as_secs();
        item.insert("fingerprint".to_owned(), AttributeValue::S(self.fingerprint.clone()));
        item.insert("expires_at".to_owned(), AttributeValue::N(expires_at.to_string()));
        item
    }

    pub(crate) fn in_progress(&self, now: Timestamp) -> Item {
        let mut item = self.marker(now);
        let lease_until = now.as_second() + IN_PROGRESS_LEASE.as_secs();
        item.insert("lease_until".to_owned(), AttributeValue::N(lease_until.to_string()));
        item
    }

    pub(crate) fn answered(&self, answer: &Answer, now: Timestamp) -> Item {
        let mut item = self.marker(now);
        item.insert("status".to_owned(), AttributeValue::N(answer.status.to_string()));
        item.insert("body".to_owned(), AttributeValue::S(answer.body.clone()));
        item
    }

    /// The key is free, or its marker expired, or (for whoever begun it) not answered yet.
    pub(crate) fn condition(&self, begun: bool, now: Timestamp) -> (String, HashMap<String, AttributeValue>) {
        let mut values = HashMap::from([(":now".to_owned(), AttributeValue::N(now.as_second().to_string()))]);
        let mut condition = "attribute_not_exists(pk) OR expires_at <= :now".to_owned();
        let lease = if begun { "" } else { " AND lease_until <= :now" };
        condition.push_str(" OR (attribute_not_exists(body) AND fingerprint = :fingerprint");
        condition.push_str(lease);
        condition.push(')');
        values.insert(":fingerprint".to_owned(), AttributeValue::S(self.fingerprint.clone()));
        (condition, values)
    }
}
