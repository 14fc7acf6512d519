//! Client requests that may be sent again: `Idempotency-Key`.
//!
//! The answer is stored in the commit that the request leads to, so of two at once one commit wins and the other finds its
//! answer.

use aws_sdk_dynamodb::types::AttributeValue;
use kernel::{SignedDuration, Timestamp};

use crate::error::{number_attribute, text_attribute};
use crate::{Item, Key};

/// How long an answer can be replayed.
pub const REPLAY_WINDOW: SignedDuration = SignedDuration::from_hours(24);

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
            _ => Precedent::None,
        }
    }

    pub(crate) fn answered(&self, answer: &Answer, now: Timestamp) -> Item {
        let mut item = self.key().attributes();
        let expires_at = now.as_second() + REPLAY_WINDOW.as_secs();
        item.insert("fingerprint".to_owned(), AttributeValue::S(self.fingerprint.clone()));
        item.insert("expires_at".to_owned(), AttributeValue::N(expires_at.to_string()));
        item.insert("status".to_owned(), AttributeValue::N(answer.status.to_string()));
        item.insert("body".to_owned(), AttributeValue::S(answer.body.clone()));
        item
    }
}
