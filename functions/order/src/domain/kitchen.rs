//! How much a kitchen takes at a time.
//!
//! Time is cut into slots of the restaurant's choosing. An order belongs to the slot in which its food is to be ready.
//! What a slot holds is counted in the table, and the limit is a condition of the commit that places an order, so that
//! two orders at the same moment cannot both take the last place.

use contracts::restaurant::Capacity;
use kernel::{Money, SignedDuration, Timestamp};

use super::{Event, State};

/// Slots in which a place is looked for when the first one is full.
pub const SLOTS_AHEAD: usize = 8;

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// How many orders.
    pub orders: u32,
    /// The sum of their subtotals, in minor units.
    pub value: i64,
}

/// The beginning of the slot that a moment lies in.
#[must_use]
pub fn slot_of(capacity: &Capacity, at: Timestamp) -> Timestamp {
    let length = slot_seconds(capacity);
    let start = at.as_second().div_euclid(length) * length;
    Timestamp::from_second(start).unwrap_or(at)
}

/// The slot in which food is to be ready, and those after it, in order.
#[must_use]
pub fn slots_from(capacity: &Capacity, ready_at: Timestamp) -> Vec<Timestamp> {
    let first = slot_of(capacity, ready_at);
    let length = SignedDuration::from_secs(slot_seconds(capacity));
    let mut slots = vec![first];
    while slots.len() < SLOTS_AHEAD {
        slots.push(slots[slots.len() - 1] + length);
    }
    slots
}

/// Whether a slot takes one more order of a value. A first order is taken however large it is: a limit on value spreads
/// orders, it does not forbid a large one.
#[must_use]
pub fn has_room(capacity: &Capacity, load: Load, value: Money) -> bool {
    let orders = capacity.max_orders.is_none_or(|most| load.orders < most);
    let worth = capacity.max_value.is_none_or(|most| load.value <= room(most, value));
    orders && (worth || load.orders == 0)
}

/// What a slot may hold already for a value still to fit.
#[must_use]
pub fn room(most: Money, value: Money) -> i64 {
    most.amount().saturating_sub(value.amount())
}

/// The slot that an order gives back with an event, of the one that it took: it ended before anybody began to cook.
#[must_use]
pub fn freed_slot(before: &State, slot: Option<Timestamp>, event: &Event) -> Option<Timestamp> {
    let uncooked = match before {
        State::AwaitingPayment { .. } | State::Scheduled { .. } | State::AwaitingRestaurant { .. } => true,
        State::Preparing { .. }
        | State::Ready { .. }
        | State::OutForDelivery { .. }
        | State::Delivered { .. }
        | State::Cancelled { .. }
        | State::Rejected { .. }
        | State::Undeliverable { .. } => false,
    };
    let ends = matches!(event, Event::Cancelled { .. } | Event::Rejected { .. });
    slot.filter(|_| uncooked && ends)
}

fn slot_seconds(capacity: &Capacity) -> i64 {
    i64::from(capacity.slot_minutes.max(1)) * 60
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{after, eur, in_state, now};
    use crate::domain::{RejectReason, StateName};

    #[test]
    fn slots_divide_time() {
        let capacity = Capacity {
            slot_minutes: 15,
            max_orders: Some(2),
            max_value: Some(eur(5000)),
        };
        let slot = slot_of(&capacity, "2026-11-20T18:14:59Z".parse().unwrap());
        assert_eq!(slot, now());
        let slots = slots_from(&capacity, "2026-11-20T18:15:00Z".parse().unwrap());
        assert_eq!(slots.len(), SLOTS_AHEAD);
        let length = SignedDuration::from_mins(15);
        assert_eq!((slots[0], slots[1]), (slot + length, slot + length * 2));
    }

    #[test]
    fn both_limits_hold() {
        let mut capacity = Capacity {
            slot_minutes: 15,
            max_orders: Some(2),
            max_value: Some(eur(5000)),
        };
        let takes = |capacity: &Capacity, orders, held, value| {
            let load = Load { orders, value: held };
            has_room(capacity, load, eur(value))
        };
        assert!(
            takes(&capacity, 0, 0, 9000),
            "a first order is taken however large it is"
        );
        assert!(takes(&capacity, 1, 3000, 2000));
        assert!(!takes(&capacity, 1, 3000, 2001));
        assert!(!takes(&capacity, 2, 0, 1));
        capacity.max_orders = None;
        assert!(takes(&capacity, 99, 0, 1));
        capacity.max_value = None;
        assert!(takes(&capacity, 99, 99_999, 99_999));
    }

    #[test]
    fn only_an_order_that_ends_uncooked_gives_its_slot_back() {
        let rejected = Event::Rejected {
            reason: RejectReason::TooBusy,
        };
        let freed = |name, slot, event: &Event| freed_slot(&in_state(name).state, slot, event);
        let slot = Some(now());
        assert_eq!(freed(StateName::AwaitingRestaurant, slot, &rejected), slot);
        assert_eq!(freed(StateName::AwaitingRestaurant, None, &rejected), None);
        assert_eq!(freed(StateName::Preparing, slot, &rejected), None, "it is being cooked");
        let released = Event::Released { answer_by: after(5) };
        assert_eq!(freed(StateName::Scheduled, slot, &released), None, "it goes on");
    }
}
