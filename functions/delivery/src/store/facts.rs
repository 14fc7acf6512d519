//! What never changes of a delivery is read once by a program, and then known: whoever takes its steps one after the other
//! reads half as much.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use kernel::DeliveryId;

use crate::domain::Facts;

/// Deliveries held, some 1 KB each. Then all are forgotten: what is still under way is soon known again.
const HELD_MAX: usize = 1_000;

/// What the program knows.
pub static KNOWN: LazyLock<KnownFacts> = LazyLock::new(KnownFacts::default);

/// The facts of deliveries that were read.
#[derive(Debug, Default)]
pub struct KnownFacts(Mutex<HashMap<DeliveryId, Facts>>);

impl KnownFacts {
    fn lock(&self) -> MutexGuard<'_, HashMap<DeliveryId, Facts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a delivery, if anything.
    pub fn held(&self, delivery_id: DeliveryId) -> Option<Facts> {
        self.lock().get(&delivery_id).cloned()
    }

    /// Knows it from now on.
    pub fn hold(&self, delivery_id: DeliveryId, read: &Facts) {
        let mut facts = self.lock();
        if facts.len() >= HELD_MAX {
            facts.clear();
        }
        facts.insert(delivery_id, read.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{self, id};

    #[test]
    fn what_was_read_is_known_and_never_too_much_of_it() {
        let known = KnownFacts::default();
        assert_eq!(known.held(id(1)), None);
        for number in 1..=1_000 {
            known.hold(id(number), &cast::facts());
        }
        assert_eq!(known.held(id(1)), Some(cast::facts()));
        known.hold(id(1_001), &cast::facts());
        assert_eq!((known.held(id(1)), known.lock().len()), (None, 1));
    }
}
