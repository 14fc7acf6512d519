//! What a customer was last shown that cancelling an order costs: whoever then cancels agrees to that and to no more.

use ::store::{Commit, Key};
use kernel::{Money, OrderId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Longer than any order lives.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(10 * 24);

/// The terms that were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsRecord {
    /// What it would have cost.
    pub fee: Money,
    /// When the table forgets it, in seconds since 1970.
    expires_at: i64,
}

/// Where the terms of an order are: not with its events, which are read from their end.
#[must_use]
pub fn terms_key(order_id: OrderId) -> Key {
    Key::new(format!("TERMS#{order_id}"), "SHOWN")
}

/// Remembers what is shown.
#[must_use]
pub fn show_terms(commit: Commit, order_id: OrderId, fee: Money, now: Timestamp) -> Commit {
    let expires_at = (now + KEPT_FOR).as_second();
    commit.also_put(&terms_key(order_id), &TermsRecord { fee, expires_at })
}
