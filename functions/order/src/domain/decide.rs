//! What a command does to an order.

use kernel::{CourierId, Money, SignedDuration, Timestamp};

use super::transitions::{Charge, Transition, comes_early, ever, find};
use super::{
    CancelReason, Command, CommandName, Deadlines, Event, KitchenReason, Order, Party, RejectReason, State, StateName,
    UndeliverableReason,
};

/// Food that is announced this long after it was accepted is not the order that was promised any more.
pub const PREPARATION_MAX: SignedDuration = SignedDuration::from_hours(4);

/// A kitchen that is silent for this long after it meant to be done does not cook any more.
pub const KITCHEN_GRACE: SignedDuration = SignedDuration::from_mins(90);
/// A delivery of which nothing was heard for this long has no known end: longer than a shift, and than an operator has to
/// judge a delivery that failed.
pub const DELIVERY_MAX: SignedDuration = SignedDuration::from_hours(30);

/// What a command led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The order's new state.
    pub state: State,
    /// What others hear of it.
    pub event: Event,
}

/// Why a command does nothing, where that must be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Not in this state.
    #[error("an order that is {state} does not take {command}")]
    WrongState {
        /// Where the order stands.
        state: StateName,
        /// What was asked.
        command: CommandName,
    },
    /// What must come before has not come yet.
    #[error("{command} came while the order is still {state}")]
    TooEarly {
        /// Where the order stands.
        state: StateName,
        /// What was told.
        command: CommandName,
    },
    /// The deadline is later than the timer thought.
    #[error("due at {due_at}")]
    NotDue {
        /// When it is.
        due_at: Timestamp,
    },
    /// It cannot be of this order: another payment, another courier.
    #[error("{command} contradicts what is known of the order")]
    Contradiction {
        /// What was told.
        command: CommandName,
    },
    /// Another amount was authorised than was shown.
    #[error("{authorized} was authorised for an order of {total}")]
    AmountDiffers {
        /// What was authorised.
        authorized: Money,
        /// What was shown.
        total: Money,
    },
    /// It would cost more than the party has agreed to.
    #[error("it costs {} by now", costs.fee)]
    TermsChanged {
        /// What it costs.
        costs: Costs,
    },
    /// The kitchen would need longer than [`PREPARATION_MAX`].
    #[error("the food would not be ready within four hours")]
    DelayTooLong,
}

/// What ending an order costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// What is still charged.
    pub fee: Money,
    /// What is given back.
    pub refund: Money,
}

/// What cancelling would cost a party now; nothing if it may not.
#[must_use]
pub fn cancellation(order: &Order, by: Party) -> Option<Costs> {
    let line = find(order.state.name(), CommandName::Cancel, by)?;
    Some(costs(order, charge(order, line)))
}

/// The fee beside what is given back.
#[must_use]
pub fn costs(order: &Order, fee: Money) -> Costs {
    let total = order.facts.total;
    let refund = total.minus(fee).unwrap_or(Money::zero(total.currency()));
    Costs { fee, refund }
}

fn charge(order: &Order, line: &Transition) -> Money {
    let total = order.facts.total;
    let nothing = Money::zero(total.currency());
    match line.charge {
        Charge::Nothing => nothing,
        // No card is charged that little.
        Charge::Food if order.facts.food.amount() < total.currency().charge_min().amount() => nothing,
        Charge::Food if order.facts.food.amount() > total.amount() => total,
        Charge::Food => order.facts.food,
    }
}

/// The deadlines that a state begins with, each with the command that is due.
#[must_use]
pub fn deadlines(state: &State) -> Vec<(CommandName, Timestamp)> {
    match state {
        State::AwaitingPayment { pay_by, .. } => vec![(CommandName::PaymentDeadline, *pay_by)],
        State::Scheduled { release_at } => vec![(CommandName::Release, *release_at)],
        State::AwaitingRestaurant { answer_by } => vec![(CommandName::RestaurantDeadline, *answer_by)],
        State::Ready {
            courier_by, pick_up_by, ..
        } => vec![
            (CommandName::CourierDeadline, *courier_by),
            (CommandName::PickUpDeadline, *pick_up_by),
        ],
        State::Preparing { ready_at, .. } => vec![(CommandName::KitchenDeadline, *ready_at + KITCHEN_GRACE)],
        State::OutForDelivery { picked_up_at, .. } => {
            vec![(CommandName::DeliveryDeadline, *picked_up_at + DELIVERY_MAX)]
        }
        State::Delivered { .. } | State::Cancelled { .. } | State::Rejected { .. } | State::Undeliverable { .. } => {
            Vec::new()
        }
    }
}

/// Decides a command by a party. Nothing: it was done before, or it tells what does not matter any more.
///
/// # Errors
/// See [`Rejection`]; the order stays as it is.
pub fn decide(
    order: &Order,
    command: &Command,
    by: Party,
    limits: Deadlines,
    now: Timestamp,
) -> Result<Option<Decision>, Rejection> {
    let (state, name) = (order.state.name(), command.name());
    if contradicts(order, command) {
        return Err(Rejection::Contradiction { command: name });
    }
    if ever(name, by) && is_repeated(order, command, by) {
        return Ok(None);
    }
    let Some(line) = find(state, name, by) else {
        return match by {
            Party::Payment | Party::Delivery | Party::Platform if comes_early(state, name) => {
                Err(Rejection::TooEarly { state, command: name })
            }
            Party::Payment | Party::Delivery | Party::Platform => Ok(None),
            Party::Customer | Party::Restaurant | Party::Courier | Party::Operator => {
                Err(Rejection::WrongState { state, command: name })
            }
        };
    };
    let due_at = deadlines(&order.state).into_iter().find(|(due, _)| *due == name);
    if let Some((_, due_at)) = due_at.filter(|(_, due_at)| now < *due_at) {
        return Err(Rejection::NotDue { due_at });
    }
    // What was agreed on holds, whoever was faster in between.
    if let Command::Cancel {
        agreed: Some(agreed), ..
    } = command
    {
        let costs = costs(order, charge(order, line));
        if costs.fee.amount() > agreed.amount() {
            return Err(Rejection::TermsChanged { costs });
        }
    }
    carry_out(order, command, by, line, limits, now).map(Some)
}

/// Facts about somebody else's payment or courier. The same fact again is told by [`is_repeated`], another one by this.
fn contradicts(order: &Order, command: &Command) -> bool {
    match command {
        Command::Authorize { payment_id, .. } => *payment_id != order.payment_id(),
        Command::PickUp { courier, .. } | Command::Deliver { courier, .. } | Command::Fail { courier, .. } => {
            match &order.state {
                State::OutForDelivery { courier: known, .. }
                | State::Delivered { courier: known, .. }
                | State::Undeliverable { courier: known, .. } => courier != known,
                State::AwaitingPayment { .. }
                | State::Scheduled { .. }
                | State::AwaitingRestaurant { .. }
                | State::Preparing { .. }
                | State::Ready { .. }
                | State::Cancelled { .. }
                | State::Rejected { .. } => false,
            }
        }
        Command::Decline
        | Command::Void { .. }
        | Command::PaymentDeadline
        | Command::Release
        | Command::RestaurantDeadline
        | Command::CourierDeadline
        | Command::LoseCourier { .. }
        | Command::PickUpDeadline
        | Command::KitchenDeadline
        | Command::DeliveryDeadline
        | Command::Accept { .. }
        | Command::Reject { .. }
        | Command::Delay { .. }
        | Command::MarkReady
        | Command::Cancel { .. } => false,
    }
}

/// The same command again, judged by what it says and not by where the order stands.
fn is_repeated(order: &Order, command: &Command, by: Party) -> bool {
    // That somebody does not come is old news as well if a later word named the next one.
    if let Command::LoseCourier { since, .. } = command {
        return *since <= order.courier_since;
    }
    match (&order.state, command) {
        (
            State::Preparing {
                prep_minutes: known, ..
            },
            Command::Accept { prep_minutes },
        ) => *known == prep_minutes.unwrap_or(order.facts.prep_minutes),
        (State::Rejected { reason: known, .. }, Command::Reject { reason }) => *known == RejectReason::from(*reason),
        // Who has fetched the food says that it was ready, so a kitchen that says so afterwards says nothing new.
        (
            State::Ready { .. } | State::OutForDelivery { .. } | State::Delivered { .. } | State::Undeliverable { .. },
            Command::MarkReady,
        ) => true,
        // Somebody is on the way, so the search has not failed; the pick-up's own deadline still runs.
        (State::Ready { .. }, Command::CourierDeadline) => order.assigned.is_some(),
        (
            State::Cancelled {
                by: known_by,
                reason: known,
                ..
            },
            Command::Cancel { reason, .. },
        ) => *known == *reason && *known_by == by,
        (
            State::AwaitingPayment { .. }
            | State::Scheduled { .. }
            | State::AwaitingRestaurant { .. }
            | State::Preparing { .. }
            | State::Ready { .. }
            | State::OutForDelivery { .. }
            | State::Delivered { .. }
            | State::Cancelled { .. }
            | State::Rejected { .. }
            | State::Undeliverable { .. },
            Command::Authorize { .. }
            | Command::Decline
            | Command::Void { .. }
            | Command::PaymentDeadline
            | Command::Release
            | Command::RestaurantDeadline
            | Command::CourierDeadline
            | Command::LoseCourier { .. }
            | Command::PickUpDeadline
            | Command::KitchenDeadline
            | Command::DeliveryDeadline
            | Command::Accept { .. }
            | Command::Reject { .. }
            | Command::Delay { .. }
            | Command::MarkReady
            | Command::Cancel { .. }
            | Command::PickUp { .. }
            | Command::Deliver { .. }
            | Command::Fail { .. },
        ) => false,
    }
}

/// What the table allows, with the data that the new state carries.
fn carry_out(
    order: &Order,
    command: &Command,
    by: Party,
    line: &Transition,
    limits: Deadlines,
    now: Timestamp,
) -> Result<Decision, Rejection> {
    let ended_by = |by, reason| cancelled(by, reason, charge(order, line), now);
    let answer_by = now + limits.restaurant;
    match command {
        Command::Authorize { amount, .. } => authorized(order, *amount, answer_by, now),
        Command::Decline => ended_by(Party::Platform, CancelReason::PaymentDeclined),
        Command::Void { reason } => ended_by(Party::Platform, *reason),
        Command::KitchenDeadline => ended_by(Party::Platform, CancelReason::KitchenSilent),
        Command::DeliveryDeadline => overdue(order, now),
        Command::PaymentDeadline => ended_by(Party::Platform, CancelReason::PaymentTimeout),
        Command::Release => moved(State::AwaitingRestaurant { answer_by }, Event::Released { answer_by }),
        Command::RestaurantDeadline => rejected(RejectReason::NoAnswer, now),
        Command::LoseCourier { courier, .. } => courier_lost(&order.state, *courier, limits, now),
        Command::CourierDeadline | Command::PickUpDeadline => ended_by(Party::Platform, CancelReason::NoCourier),
        Command::Accept { prep_minutes } => {
            let prep_minutes = prep_minutes.unwrap_or(order.facts.prep_minutes);
            let ready_at = now + minutes(prep_minutes);
            let state = State::Preparing {
                accepted_at: now,
                prep_minutes,
                ready_at,
            };
            moved(state, Event::Accepted { ready_at })
        }
        Command::Reject { reason } => rejected((*reason).into(), now),
        Command::Delay { minutes, reason } => delayed(&order.state, *minutes, *reason, now),
        Command::MarkReady => {
            let state = State::Ready {
                ready_at: now,
                courier_by: now + limits.courier,
                pick_up_by: now + limits.pick_up(),
            };
            moved(state, Event::Ready { ready_at: now })
        }
        Command::Cancel { reason, .. } => ended_by(by, *reason),
        Command::PickUp { courier, at } => {
            let (courier, picked_up_at) = (*courier, *at);
            moved(
                State::OutForDelivery { courier, picked_up_at },
                Event::PickedUp { courier, at: *at },
            )
        }
        Command::Deliver { courier, at } => {
            let (courier, delivered_at) = (*courier, *at);
            moved(State::Delivered { courier, delivered_at }, Event::Delivered { at: *at })
        }
        Command::Fail {
            courier,
            reason,
            is_the_customers,
        } => {
            let total = order.facts.total;
            let nothing = Money::zero(total.currency());
            let fee = if *is_the_customers { total } else { nothing };
            undeliverable(*courier, *reason, fee, now)
        }
    }
}

/// Nobody proved that the customer has the food, so nobody is charged for it.
fn overdue(order: &Order, now: Timestamp) -> Result<Decision, Rejection> {
    let (state, command) = (order.state.name(), CommandName::DeliveryDeadline);
    let courier = order.state.carrier();
    let courier = courier.ok_or(Rejection::WrongState { state, command })?;
    let nothing = Money::zero(order.facts.total.currency());
    undeliverable(courier, UndeliverableReason::Overdue, nothing, now)
}

fn undeliverable(
    courier: CourierId,
    reason: UndeliverableReason,
    fee: Money,
    at: Timestamp,
) -> Result<Decision, Rejection> {
    let state = State::Undeliverable {
        courier,
        reason,
        fee,
        at,
    };
    moved(state, Event::Undeliverable { reason, fee })
}

fn minutes(count: u32) -> SignedDuration {
    SignedDuration::from_mins(i64::from(count))
}

#[expect(clippy::unnecessary_wraps, reason = "it is the last word of a decision")]
fn moved(state: State, event: Event) -> Result<Decision, Rejection> {
    Ok(Decision { state, event })
}

fn rejected(reason: RejectReason, at: Timestamp) -> Result<Decision, Rejection> {
    moved(State::Rejected { reason, at }, Event::Rejected { reason })
}

fn cancelled(by: Party, reason: CancelReason, fee: Money, at: Timestamp) -> Result<Decision, Rejection> {
    moved(
        State::Cancelled { by, reason, fee, at },
        Event::Cancelled { by, reason, fee },
    )
}

fn authorized(order: &Order, amount: Money, answer_by: Timestamp, now: Timestamp) -> Result<Decision, Rejection> {
    let total = order.facts.total;
    if amount != total {
        return Err(Rejection::AmountDiffers {
            authorized: amount,
            total,
        });
    }
    let release_at = order.facts.release_at.filter(|release_at| *release_at > now);
    let state = match release_at {
        Some(release_at) => State::Scheduled { release_at },
        None => State::AwaitingRestaurant { answer_by },
    };
    Ok(Decision {
        state,
        event: Event::Confirmed { release_at },
    })
}

/// The next courier may be looked for as long as the first was, but not beyond what the food may stand. Food that is not
/// ready yet waits for nobody: its time begins when it is.
fn courier_lost(state: &State, courier: CourierId, limits: Deadlines, now: Timestamp) -> Result<Decision, Rejection> {
    let mut state = state.clone();
    let mut until = None;
    if let State::Ready {
        courier_by, pick_up_by, ..
    } = &mut state
    {
        *courier_by = (now + limits.courier).min(*pick_up_by);
        until = Some(*courier_by);
    }
    let courier_by = until;
    moved(state, Event::CourierLost { courier, courier_by })
}

fn delayed(state: &State, by_minutes: u32, reason: KitchenReason, now: Timestamp) -> Result<Decision, Rejection> {
    let State::Preparing {
        accepted_at,
        prep_minutes,
        ready_at,
    } = state
    else {
        return Err(Rejection::WrongState {
            state: state.name(),
            command: CommandName::Delay,
        });
    };
    let ready_at = (*ready_at).max(now) + minutes(by_minutes);
    if ready_at > *accepted_at + PREPARATION_MAX {
        return Err(Rejection::DelayTooLong);
    }
    Ok(Decision {
        state: State::Preparing {
            accepted_at: *accepted_at,
            prep_minutes: *prep_minutes,
            ready_at,
        },
        event: Event::Delayed { ready_at, reason },
    })
}

#[cfg(test)]
mod tests;
