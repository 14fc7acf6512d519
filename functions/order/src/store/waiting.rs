//! Which orders of a customer wait for their payment.
//!
//! Counted in the transaction that places an order, and never when a payment comes: an entry whose time is over, or whose order
//! has gone on, is left out by whoever reads it.

use ::store::{Commit, Key, Stored};
use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::Waiting;

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRecord {
    /// At most [`UNPAID_MAX`](crate::domain::place::UNPAID_MAX).
    pub orders: Vec<Waiting>,
    /// When the table forgets it, in seconds since 1970.
    pub expires_at: i64,
}

/// Where a customer's list is.
#[must_use]
pub fn waiting_key(customer_id: UserId) -> Key {
    Key::new(format!("CUSTOMER#{customer_id}"), "WAITING")
}

impl WaitingRecord {
    /// Those whose time is not over.
    #[must_use]
    pub fn unexpired(&self, now: Timestamp) -> Vec<Waiting> {
        self.orders.iter().filter(|order| now < order.pay_by).copied().collect()
    }
}

/// Adds an order to those that still wait, if nobody else has changed the list since it was read.
#[must_use]
pub fn join(
    commit: Commit,
    customer_id: UserId,
    read: Option<&Stored<WaitingRecord>>,
    still: &[Waiting],
    order: Waiting,
) -> Commit {
    let key = waiting_key(customer_id);
    let mut orders = still.to_vec();
    orders.push(order);
    let last = orders.iter().map(|order| order.pay_by).max().unwrap_or(order.pay_by);
    let record = WaitingRecord {
        orders,
        expires_at: last.as_second(),
    };
    commit.also_write(&key, read, &record)
}
