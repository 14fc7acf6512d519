//! What has happened, as others hear of it: domain events as contracts, and the deadlines they set.

use ::store::Published;
use contracts::order as wire;
use contracts::vocabulary::CancelledBy;
use contracts::{Cause, Contract, Envelope, MalformedEnvelope, Timer};
use kernel::OrderId;

use crate::domain::decide::deadlines;
use crate::domain::reasons::rejected_by;
use crate::domain::{Event, Order, Party, State};

/// Where an event goes among the order's events.
struct Wrapper<'a> {
    id: OrderId,
    sequence: u32,
    cause: &'a Cause,
}

impl Wrapper<'_> {
    fn wrap<C: Contract>(&self, payload: &C) -> Result<Envelope, MalformedEnvelope> {
        Envelope::new(&self.id.to_string(), self.sequence, self.cause, payload)
    }
}

/// What others hear of an order's step from one state to the next, with the deadlines that it sets. No state before: the
/// order was born.
///
/// # Errors
/// When the payload cannot be written.
pub fn published(
    order: &Order,
    event: &Event,
    sequence: u32,
    before: Option<&State>,
    after: &State,
    cause: &Cause,
) -> Result<Published, MalformedEnvelope> {
    let envelope = envelope(order, event, sequence, cause)?;
    let timers = timers(before, after, &envelope);
    Ok(Published { envelope, timers })
}

#[expect(clippy::too_many_lines, reason = "one arm for each event")]
fn envelope(order: &Order, event: &Event, sequence: u32, cause: &Cause) -> Result<Envelope, MalformedEnvelope> {
    let facts = &order.facts;
    let wrapper = Wrapper {
        id: order.id,
        sequence,
        cause,
    };
    let (order_id, customer_id, restaurant_id) = (order.id, facts.customer_id, facts.restaurant_id);
    let restaurant_name = facts.restaurant_name.clone();
    match event {
        Event::Placed {
            payment_method_id,
            pay_by,
        } => wrapper.wrap(&wire::Placed {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            payment_method_id: *payment_method_id,
            total: facts.total,
            pay_by: *pay_by,
        }),
        Event::Confirmed { release_at } => wrapper.wrap(&wire::Confirmed {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            total: facts.total,
            release_at: *release_at,
            promised: facts.promised,
        }),
        Event::Released { answer_by } => wrapper.wrap(&wire::Released {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            answer_by: *answer_by,
        }),
        Event::Accepted { ready_at } => wrapper.wrap(&wire::Accepted {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            ready_at: *ready_at,
            pickup: facts.pickup.clone(),
            drop_off: facts.drop_off.clone(),
            promised: facts.promised,
            delivery_fee: facts.delivery_fee,
            tip: facts.tip,
        }),
        Event::Delayed { ready_at, reason } => wrapper.wrap(&wire::Delayed {
            order_id,
            customer_id,
            restaurant_name,
            ready_at: *ready_at,
            reason: (*reason).into(),
        }),
        Event::Ready { ready_at } => wrapper.wrap(&wire::Ready {
            order_id,
            customer_id,
            restaurant_name,
            ready_at: *ready_at,
        }),
        Event::CourierLost { courier, courier_by } => wrapper.wrap(&wire::CourierLost {
            order_id,
            customer_id,
            courier_id: *courier,
            courier_by: *courier_by,
        }),
        Event::PickedUp { courier, at } => wrapper.wrap(&wire::PickedUp {
            order_id,
            customer_id,
            restaurant_name,
            courier_id: *courier,
            picked_up_at: *at,
        }),
        Event::Delivered { at } => wrapper.wrap(&wire::Delivered {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            total: facts.total,
            item_ids: facts.item_ids.clone(),
            delivered_at: *at,
        }),
        Event::Rejected { reason } => wrapper.wrap(&wire::Rejected {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            reason: (*reason).into(),
        }),
        Event::Undeliverable { reason, fee } => wrapper.wrap(&wire::Undeliverable {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            reason: (*reason).into(),
            fee: *fee,
        }),
        Event::Cancelled { by, reason, fee } => wrapper.wrap(&wire::Cancelled {
            order_id,
            customer_id,
            restaurant_id,
            restaurant_name,
            by: cancelled_by(*by).into(),
            reason: (*reason).into(),
            fee: *fee,
        }),
    }
}

/// Who ended an order, as events name them. By the table of transitions, the others cannot cancel.
const fn cancelled_by(by: Party) -> CancelledBy {
    match by {
        Party::Customer => CancelledBy::Customer,
        Party::Restaurant => CancelledBy::Restaurant,
        Party::Operator => CancelledBy::Operator,
        Party::Platform | Party::Courier | Party::Payment | Party::Delivery => CancelledBy::Platform,
    }
}

/// The party that an event names.
const fn party(by: CancelledBy) -> Party {
    match by {
        CancelledBy::Customer => Party::Customer,
        CancelledBy::Restaurant => Party::Restaurant,
        CancelledBy::Operator => Party::Operator,
        CancelledBy::Platform => Party::Platform,
    }
}

/// The deadlines that a step sets: those of the state after it that the state before it, if there was one, did not have.
fn timers(before: Option<&State>, after: &State, envelope: &Envelope) -> Vec<Timer> {
    let running = before.map(deadlines).unwrap_or_default();
    let timer = |(command, due_at): (crate::domain::CommandName, kernel::Timestamp)| Timer {
        name: command.to_string(),
        subject: envelope.subject.clone(),
        sequence: envelope.sequence,
        due_at,
        correlationid: envelope.correlationid.clone(),
    };
    let set = deadlines(after)
        .into_iter()
        .filter(|deadline| !running.contains(deadline));
    set.map(timer).collect()
}

/// Who did what an event tells.
#[must_use]
pub fn actor(event: &Envelope) -> Party {
    let said = |name: &str| event.data.get(name).and_then(serde_json::Value::as_str);
    match event.event_type.as_str() {
        wire::Placed::TYPE => Party::Customer,
        wire::Confirmed::TYPE => Party::Payment,
        wire::CourierLost::TYPE => Party::Delivery,
        wire::Accepted::TYPE | wire::Delayed::TYPE | wire::Ready::TYPE => Party::Restaurant,
        wire::Rejected::TYPE => {
            let reason = said("reason").and_then(|reason| reason.parse().ok());
            reason.map_or(Party::Restaurant, rejected_by)
        }
        wire::PickedUp::TYPE | wire::Delivered::TYPE | wire::Undeliverable::TYPE => Party::Courier,
        wire::Cancelled::TYPE => {
            let by = said("by").and_then(|by| by.parse().ok());
            by.map_or(Party::Platform, party)
        }
        _ => Party::Platform,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StateName;
    use crate::domain::cast::{after, in_state, now};

    fn set(before: Option<&State>, after: &State) -> Vec<String> {
        let golden = include_str!("../../../shared/contracts/golden/order.ready.v1.json");
        let envelope = Envelope::parse(golden).unwrap();
        let names = timers(before, after, &envelope).into_iter();
        names.map(|timer| format!("{} {}", timer.name, timer.due_at)).collect()
    }

    #[test]
    fn a_step_sets_the_deadlines_that_did_not_run_before() {
        let (preparing, ready) = (in_state(StateName::Preparing).state, in_state(StateName::Ready).state);
        let (courier, pick_up) = (
            format!("courier_deadline {}", after(20)),
            format!("pick_up_deadline {}", after(60)),
        );
        assert_eq!(set(Some(&preparing), &ready), [courier, pick_up]);
        assert_eq!(set(Some(&ready), &ready), Vec::<String>::new());
        let begun = in_state(StateName::AwaitingPayment).state;
        assert_eq!(set(None, &begun), [format!("payment_deadline {}", after(15))]);
        // The courier was lost: the search has longer, the food has not.
        let searched = State::Ready {
            ready_at: now(),
            courier_by: after(35),
            pick_up_by: after(60),
        };
        assert_eq!(
            set(Some(&ready), &searched),
            [format!("courier_deadline {}", after(35))]
        );
    }
}
