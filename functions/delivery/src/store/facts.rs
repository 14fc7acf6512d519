//! What never changes of a delivery is read once by a program, and then known: whoever takes its steps one after the other
//! reads half as much.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use kernel::DeliveryId;

use crate::domain::Facts;

/// Deliveries held, some 1 KB each. Then all are forgotten: what is still under way is soon known again.
const HELD_MAX: usize = 1_000;

static FACTS: LazyLock<Mutex<HashMap<DeliveryId, Facts>>> = LazyLock::new(Mutex::default);

fn facts() -> MutexGuard<'static, HashMap<DeliveryId, Facts>> {
    FACTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is known of a delivery, if anything.
pub fn held(delivery_id: DeliveryId) -> Option<Facts> {
    facts().get(&delivery_id).cloned()
}

/// Knows it from now on.
pub fn hold(delivery_id: DeliveryId, read: &Facts) {
    let mut facts = facts();
    if facts.len() >= HELD_MAX {
        facts.clear();
    }
    facts.insert(delivery_id, read.clone());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{self, id};

    #[test]
    fn what_was_read_is_known_and_never_too_much_of_it() {
        assert_eq!(held(id(1)), None);
        for number in 1..=1_000 {
            hold(id(number), &cast::facts());
        }
        assert_eq!(held(id(1)), Some(cast::facts()));
        hold(id(1_001), &cast::facts());
        assert_eq!((held(id(1)), facts().len()), (None, 1));
    }
}
