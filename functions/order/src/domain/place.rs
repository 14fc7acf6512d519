//! How an order is born: from a quote, the customer's other orders, and the moment.

use kernel::{OrderId, PaymentMethodId, SignedDuration, Text, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Deadlines, Event, Facts, Order, State};

/// Orders of one customer that may wait for their payment at a time: who has two unpaid ones does not need a third.
pub const UNPAID_MAX: usize = 2;
/// How long an unpaid order keeps its place in a kitchen that has places: not for as long as somebody may think about paying.
const SLOT_HOLD: SignedDuration = SignedDuration::from_mins(5);

/// Characters of a note to the restaurant about the whole order, at most.
pub const NOTE_CHARACTERS_MAX: usize = 500;
/// A note to the restaurant about the whole order.
pub type Note = Text<NOTE_CHARACTERS_MAX>;

/// An order that waits for its payment, or did when it was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub order_id: OrderId,
    /// Until when.
    pub pay_by: Timestamp,
}

/// What an order is placed from.
#[derive(Debug, Clone, PartialEq)]
pub struct Placing {
    /// The order's id.
    pub order_id: OrderId,
    /// What the quote fixed, and when the order is placed.
    pub facts: Facts,
    /// How the customer pays.
    pub payment_method_id: PaymentMethodId,
    /// Until when the quote holds.
    pub valid_until: Timestamp,
    /// Whether the order takes a place in one of the kitchen's slots.
    pub takes_slot: bool,
}

/// An order that was just born.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The order.
    pub order: Order,
    /// Its first event.
    pub event: Event,
    /// Until when its payment may be authorised.
    pub pay_by: Timestamp,
}

impl Placed {
    /// The order, as one that waits for its payment.
    #[must_use]
    pub const fn waiting(&self) -> Waiting {
        Waiting {
            order_id: self.order.id,
            pay_by: self.pay_by,
        }
    }
}

/// Why a quote does not become an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceRejection {
    /// The quote does not hold any more.
    #[error("the quote has expired")]
    QuoteExpired,
    /// [`UNPAID_MAX`] orders of the customer wait for their payment.
    #[error("{} orders wait for their payment", .0.len())]
    TooManyUnpaid(Vec<OrderId>),
}

/// Places an order. `waiting`: the customer's other orders that still wait for their payment.
///
/// # Errors
/// See [`PlaceRejection`].
pub fn place(placing: Placing, waiting: &[Waiting], limits: Deadlines) -> Result<Placed, PlaceRejection> {
    let now = placing.facts.placed_at;
    if placing.valid_until <= now {
        return Err(PlaceRejection::QuoteExpired);
    }
    if waiting.len() >= UNPAID_MAX {
        let ids = waiting.iter().map(|order| order.order_id).collect();
        return Err(PlaceRejection::TooManyUnpaid(ids));
    }
    let longest = if placing.takes_slot {
        limits.payment.min(SLOT_HOLD)
    } else {
        limits.payment
    };
    let pay_by = now + longest;
    let order = Order {
        id: placing.order_id,
        facts: placing.facts,
        state: State::AwaitingPayment { pay_by },
        assigned: None,
        courier_since: 0,
    };
    let payment_method_id = placing.payment_method_id;
    let event = Event::Placed {
        payment_method_id,
        pay_by,
    };
    Ok(Placed { order, event, pay_by })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StateName;
    use crate::domain::cast::{LIMITS, after, id, in_state};

    fn placing(valid_minutes: i64, takes_slot: bool) -> Placing {
        let order = in_state(StateName::AwaitingPayment);
        Placing {
            order_id: order.id,
            facts: order.facts,
            payment_method_id: id(5),
            valid_until: after(valid_minutes),
            takes_slot,
        }
    }

    fn waiting(count: u128) -> Vec<Waiting> {
        let pay_by = after(10);
        let ids = (0..count).map(|number| id(100 + number));
        ids.map(|order_id| Waiting { order_id, pay_by }).collect()
    }

    #[test]
    fn an_order_begins_by_waiting_for_its_payment() {
        let placed = place(placing(15, false), &waiting(1), LIMITS).unwrap();
        assert_eq!(placed.order, in_state(StateName::AwaitingPayment));
        assert_eq!(placed.pay_by, after(15));
        let (payment_method_id, pay_by) = (id(5), after(15));
        assert_eq!(
            placed.event,
            Event::Placed {
                payment_method_id,
                pay_by
            }
        );
    }

    #[test]
    fn a_place_in_the_kitchen_is_held_for_minutes_only() {
        let placed = place(placing(15, true), &[], LIMITS).unwrap();
        assert_eq!(placed.pay_by, after(5));
        let hasty = Deadlines {
            payment: SignedDuration::from_mins(1),
            ..LIMITS
        };
        assert_eq!(place(placing(15, true), &[], hasty).unwrap().pay_by, after(1));
    }

    #[test]
    fn an_expired_quote_and_a_third_unpaid_order_are_refused() {
        let refused = |minutes, count| place(placing(minutes, false), &waiting(count), LIMITS).unwrap_err();
        assert_eq!(refused(0, 0), PlaceRejection::QuoteExpired);
        assert_eq!(refused(1, 2), PlaceRejection::TooManyUnpaid(vec![id(100), id(101)]));
    }
}
