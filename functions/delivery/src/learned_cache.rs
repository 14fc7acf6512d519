//! In-process cache of what was learned and of what kitchens cook: estimates read these again and again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::{DeliveryId, RestaurantId, SignedDuration, Timestamp};

use crate::domain::cell::Zone;
use crate::domain::learned_model::ZoneModel;

/// How long a kitchen's model is held: a kitchen may get busy.
const KITCHEN_HOLDS: SignedDuration = SignedDuration::from_mins(1);
/// How long a zone's model is held: it changes more slowly.
const ZONE_HOLDS: SignedDuration = SignedDuration::from_mins(10);
/// How long a zone's list of what is being cooked is held.
const COOKING_HOLDS: SignedDuration = SignedDuration::from_secs(30);
/// Entries of each kind, at most.
const HELD_MAX: usize = 500;

/// An order that a kitchen is cooking.
#[derive(Debug, Clone, Copy)]
pub struct Cooking {
    /// The kitchen.
    pub restaurant_id: RestaurantId,
    /// The order's delivery.
    pub delivery_id: DeliveryId,
    /// When the restaurant accepted the order.
    pub begun_at: Timestamp,
}

/// What this process remembers.
#[derive(Debug)]
pub struct LearnedCache {
    /// The model of each kitchen.
    pub kitchens: Held<RestaurantId, eta::Kitchen>,
    /// The model of each zone.
    pub zones: Held<Zone, ZoneModel>,
    /// What is being cooked in each zone.
    pub cooking: Held<Zone, Vec<Cooking>>,
}

impl Default for LearnedCache {
    fn default() -> Self {
        Self {
            kitchens: Held::lasting(KITCHEN_HOLDS),
            zones: Held::lasting(ZONE_HOLDS),
            cooking: Held::lasting(COOKING_HOLDS),
        }
    }
}

/// Values that are held for a while.
#[derive(Debug)]
pub struct Held<K, V> {
    lasts: SignedDuration,
    values: Mutex<HashMap<K, (Timestamp, V)>>,
}

impl<K: Eq + Hash, V: Clone> Held<K, V> {
    fn lasting(lasts: SignedDuration) -> Self {
        Self {
            lasts,
            values: Mutex::default(),
        }
    }

    fn values(&self) -> MutexGuard<'_, HashMap<K, (Timestamp, V)>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of a key; `None` if there is none or it is too old.
    pub fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let values = self.values();
        let (_, value) = values.get(key).filter(|(at, _)| now <= *at + self.lasts)?;
        Some(value.clone())
    }

    /// Holds a value from now on. When there are too many, all others are forgotten.
    pub fn put(&self, key: K, value: V, now: Timestamp) {
        let mut values = self.values();
        if values.len() >= HELD_MAX {
            values.clear();
        }
        values.insert(key, (now, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, id, minutes};

    #[test]
    fn a_value_is_held_for_a_while_and_never_too_many() {
        let held: Held<RestaurantId, u32> = Held::lasting(KITCHEN_HOLDS);
        held.put(id(1), 7, NOON);
        assert_eq!(held.get(&id(1), NOON + minutes(1)), Some(7));
        assert_eq!(held.get(&id(1), NOON + minutes(2)), None);
        assert_eq!(held.get(&id(2), NOON), None);
        for number in 2..=500 {
            held.put(id(number), 7, NOON);
        }
        assert_eq!(held.values().len(), HELD_MAX);
        held.put(id(501), 7, NOON);
        assert_eq!(held.values().len(), 1);
    }
}
