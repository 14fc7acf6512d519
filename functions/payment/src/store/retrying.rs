//! Settlements that did not succeed at once, by when they are tried again: should their timers be lost, they are found here.

use ::store::{EVENT_PREFIX, Index, Query};
use contracts::Timer;
use kernel::{PaymentId, Timestamp};
use serde::Deserialize;

use crate::domain::State;

/// A step from which only a timer goes on.
#[derive(Debug, Clone, Deserialize)]
pub struct Retrying {
    pk: String,
    sk: String,
}

impl Retrying {
    /// Whose step it is, and which.
    #[must_use]
    pub fn step(&self) -> Option<(PaymentId, u32)> {
        let payment_id = self.pk.strip_prefix("PAYMENT#")?.parse().ok()?;
        let sequence = self.sk.strip_prefix(EVENT_PREFIX)?.parse().ok()?;
        Some((payment_id, sequence))
    }
}

/// The index partition of the steps from which only a timer goes on: a settlement that was tried and did not succeed. An
/// ordinary payment never stands in it.
pub(super) const SETTLING: &str = "SETTLING";

/// The steps whose next try was due between two moments.
#[must_use]
pub fn retrying(from: Timestamp, until: Timestamp, limit: usize) -> Query {
    Query::new(Index::Gsi1, SETTLING, limit).between(from.to_string(), until.to_string())
}

/// When a timer is due that alone goes on with a settlement. The first try is made at once, by a message that comes again until
/// it is done.
pub(super) fn next_try(state: &State, timers: &[Timer]) -> Option<Timestamp> {
    let is_retried = matches!(state, State::Settling { tries, .. } if *tries > 0);
    timers.iter().map(|timer| timer.due_at).max().filter(|_| is_retried)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::TypedId as _;
    use uuid::Uuid;

    #[test]
    fn only_what_a_timer_alone_goes_on_with_is_in_the_index() {
        let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        let timer = Timer {
            name: "settlement_retry".to_owned(),
            subject: String::new(),
            sequence: 4,
            due_at: now,
            correlationid: String::new(),
        };
        let all = crate::domain::examples();
        let (total, attempt) = (all[1].total().unwrap(), all[2].attempt().unwrap().clone());
        let settling = |tries| State::Settling {
            total,
            attempt: attempt.clone(),
            charge: total,
            expires_at: now,
            since: now,
            tries,
            is_told: false,
        };
        let timers = [timer];
        assert_eq!(next_try(&settling(0), &timers), None);
        assert_eq!(next_try(&settling(1), &timers), Some(now));
        assert_eq!(next_try(&settling(9), &[]), None, "the reservation is over");
        for state in all.iter().filter(|state| !matches!(state, State::Settling { .. })) {
            assert_eq!(next_try(state, &timers), None, "{state:?}");
        }
        let payment_id = PaymentId::from_uuid(Uuid::from_u128(7));
        let retrying = Retrying {
            pk: super::super::steps_partition(payment_id),
            sk: format!("{EVENT_PREFIX}00000004"),
        };
        assert_eq!(retrying.step(), Some((payment_id, 4)));
    }
}
