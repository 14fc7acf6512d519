//! A circuit breaker: who does not answer is not asked for a while, so that its callers fail fast.

use std::sync::Mutex;

use kernel::{SignedDuration, Timestamp};

/// Failures in a row that open the circuit.
const FAILURES_MAX: u32 = 5;
/// How long an open circuit stays open before one call may try.
const OPEN_FOR: SignedDuration = SignedDuration::from_secs(10);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    open_until: Option<Timestamp>,
}

/// The circuit to one callee.
#[derive(Debug, Default)]
pub struct Breaker(Mutex<State>);

impl Breaker {
    /// Whether a call may be made. Of many, one goes through once the pause is over; the others wait for its outcome.
    pub fn permits(&self, now: Timestamp) -> bool {
        let mut state = self.lock();
        match state.open_until {
            Some(until) if now < until => false,
            Some(_) => {
                state.open_until = Some(now + OPEN_FOR);
                true
            }
            None => true,
        }
    }

    /// Takes note of a call's outcome.
    pub fn record(&self, answered: bool, now: Timestamp) {
        let mut state = self.lock();
        if answered {
            *state = State::default();
            return;
        }
        state.failures += 1;
        if state.failures >= FAILURES_MAX {
            state.open_until = Some(now + OPEN_FOR);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_failures_lets_one_try_and_closes_on_success() {
        let breaker = Breaker::default();
        let start = Timestamp::UNIX_EPOCH;
        let later = start + OPEN_FOR;
        for _ in 0..FAILURES_MAX {
            assert!(breaker.permits(start));
            breaker.record(false, start);
        }
        assert!(!breaker.permits(start));
        assert!(breaker.permits(later));
        assert!(!breaker.permits(later), "one try at a time");
        breaker.record(false, later);
        assert!(!breaker.permits(later + SignedDuration::from_secs(9)));
        assert!(breaker.permits(later + OPEN_FOR));
        breaker.record(true, later + OPEN_FOR);
        assert!(breaker.permits(later + OPEN_FOR));
        assert!(breaker.permits(later + OPEN_FOR));
    }

    #[test]
    fn a_success_forgets_earlier_failures() {
        let breaker = Breaker::default();
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..3 {
            for _ in 0..FAILURES_MAX - 1 {
                breaker.record(false, now);
            }
            breaker.record(true, now);
        }
        assert!(breaker.permits(now));
    }
}
