//! How often somebody may do something: a counter for each of them and each window of time.
//!
//! Counting is one conditional write that needs no read before it, so it holds however many functions count at once. The
//! windows are fixed, not sliding: whoever times it well gets twice the number within one window's length, and no more.

use std::fmt::Write as _;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use kernel::{SignedDuration, Timestamp};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{Key, StoreError, Table};

/// A counter is kept this long after its window has passed, so that a late clock still finds it.
const KEPT_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// A digest of a text, for keys that must not show it, such as an address: 128 bits of its SHA-256 in hexadecimal digits.
#[must_use]
pub fn digest(text: &str) -> String {
    let mut digits = String::new();
    for byte in &Sha256::digest(text.as_bytes())[..16] {
        // Writing to a string cannot fail.
        write!(digits, "{byte:02x}").unwrap_or_default();
    }
    digits
}

/// At most `max` times an operation in each `window`, for each person, address or number that it is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// The operation that is counted, such as `create_quote`.
    pub operation: &'static str,
    /// How often it may be done in a window.
    pub max: u32,
    /// How long a window lasts: whole seconds.
    pub window: SignedDuration,
}

/// Why an operation may not be done now.
#[derive(Debug, thiserror::Error)]
pub enum SpendError {
    /// It was done as often as it may be in this window.
    #[error("the budget of this window is spent; the next begins in {retry_after_seconds} s")]
    Exhausted {
        /// Until the next window begins, in whole seconds, at least 1.
        retry_after_seconds: u32,
    },
    /// A failure that is nobody's decision.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Budget {
    /// A budget.
    #[must_use]
    pub const fn new(operation: &'static str, max: u32, window: SignedDuration) -> Self {
        Self { operation, max, window }
    }

    /// The same budget with `factor` times as many, for where many people share what it is counted by.
    #[must_use]
    pub const fn times(self, factor: u32) -> Self {
        Self {
            max: self.max.saturating_mul(factor),
            ..self
        }
    }

    fn window_start(&self, now: Timestamp) -> i64 {
        let length = self.window.as_secs().max(1);
        now.as_second().div_euclid(length) * length
    }

    /// The counter's key. Whom it counts is only there as a digest: addresses and numbers are personal.
    fn key(&self, who: &str, now: Timestamp) -> Key {
        let pk = format!("BUDGET#{}#{}", self.operation, digest(who));
        Key::new(pk, format!("{:011}", self.window_start(now)))
    }

    /// Until the next window begins, in whole seconds, at least 1.
    #[must_use]
    pub fn retry_after_seconds(&self, now: Timestamp) -> u32 {
        let end = self.window_start(now) + self.window.as_secs().max(1);
        u32::try_from(end - now.as_second()).unwrap_or(1).max(1)
    }
}

#[derive(Deserialize)]
struct Counter {
    spent: u32,
}

impl Table {
    /// Whether a budget has room, without counting: for what is only counted when it fails, such as a wrong password.
    /// A burst at one moment may exceed the budget by as many as come at once.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn has_room(&self, budget: &Budget, who: &str, now: Timestamp) -> Result<bool, StoreError> {
        let counter = self.get::<Counter>(&budget.key(who, now)).await?;
        Ok(counter.is_none_or(|counter| counter.value.spent < budget.max))
    }

    /// Counts an operation of somebody, if the budget has room for it. One write unit, also when it is refused.
    ///
    /// A lost reply may count it twice, which errs on the safe side.
    ///
    /// # Errors
    /// [`SpendError::Exhausted`] if there is no room, and then it is not counted.
    pub async fn spend(&self, budget: &Budget, who: &str, now: Timestamp) -> Result<(), SpendError> {
        let number = |value: i64| AttributeValue::N(value.to_string());
        let expires_at = budget.window_start(now) + budget.window.as_secs() + KEPT_AFTER.as_secs();
        self.meter().call();
        let result = self
            .client()
            .update_item()
            .table_name(self.name())
            .set_key(Some(budget.key(who, now).attributes()))
            .update_expression("SET expires_at = :expires_at ADD spent :one")
            .condition_expression("attribute_not_exists(spent) OR spent < :max")
            .expression_attribute_values(":expires_at", number(expires_at))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":max", number(i64::from(budget.max)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match result {
            Ok(output) => {
                self.meter().write(output.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Err(SpendError::Exhausted {
                    retry_after_seconds: budget.retry_after_seconds(now),
                }),
                _ => Err(StoreError::from_sdk(error).into()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUDGET: Budget = Budget::new("create_quote", 3, SignedDuration::from_mins(10));

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_ends_and_the_next_counts_anew() {
        let key = |text| BUDGET.key("usr_1", at(text));
        assert_eq!(key("2026-11-20T18:30:00Z"), key("2026-11-20T18:39:59.9Z"));
        assert_ne!(key("2026-11-20T18:39:59Z"), key("2026-11-20T18:40:00Z"));
        assert_eq!(BUDGET.retry_after_seconds(at("2026-11-20T18:30:00Z")), 600);
        assert_eq!(BUDGET.retry_after_seconds(at("2026-11-20T18:39:59.9Z")), 1);
    }

    #[test]
    fn everybody_and_every_operation_has_a_counter_that_names_nobody() {
        let now = at("2026-11-20T18:30:00Z");
        let key = BUDGET.key("ada@example.com", now);
        assert!(!key.pk.contains("ada"), "{}", key.pk);
        assert_ne!(key, BUDGET.key("bob@example.com", now));
        let other = Budget {
            operation: "search",
            ..BUDGET
        };
        assert_ne!(key, other.key("ada@example.com", now));
    }
}
