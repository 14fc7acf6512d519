//! What may be done with a delivery, and what then has happened.

use kernel::{CourierId, OfferId, SignedDuration, Timestamp};

use super::command::{Command, Ending, ReleaseReason, ReturnOutcome};
use super::earnings::{earned, earned_in_vain, earned_on_the_way_back};
use super::event::{Escalation, Event, Stop};
use super::open::{OVERDUE_AFTER, SEARCH_ENDS_AFTER, escalation_due};
use super::proof::{Proof, Proven, nobody_opened, photo_suffices};
use super::transitions::{Phase, Verb, target};
use super::{
    Assignment, Carried, Delivery, EPOCH_EVERY, FailureReason, Offer, PASSED_REMEMBERED_MAX, PIN_ATTEMPTS_MAX,
    Progress, State,
};

/// Why something may not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The delivery is somebody else's.
    #[error("the delivery is not assigned to this courier")]
    NotYours,
    /// It is not the time for it.
    #[error("`{}` is not possible while the delivery is `{}`", verb.as_str(), phase.as_str())]
    WrongState {
        /// Where the delivery stands.
        phase: Phase,
        /// What was wanted.
        verb: Verb,
    },
    /// The offer is no longer the live one.
    #[error("the offer has ended")]
    OfferOver,
    /// It is another order's bag.
    #[error("the order code is another order's")]
    OrderCodeWrong,
    /// Too many wrong PINs were said.
    #[error("the PIN was wrong too often")]
    PinLocked,
    /// The courier has not arrived at the customer's door.
    #[error("arrive at the customer first")]
    NotAtDoor,
    /// The customer should say the PIN.
    #[error("a photo is not enough before {}: the customer may still open", until.at)]
    PhotoNotEnough {
        /// When a photo will be.
        until: Until,
    },
    /// The customer may still open.
    #[error("wait until {}: the customer may still open", until.at)]
    WaitLonger {
        /// How long.
        until: Until,
    },
}

/// The end of a waiting time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// When it is over.
    pub at: Timestamp,
    /// How much of it is left.
    pub left: SignedDuration,
}

impl State {
    /// The state without its data.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Waiting => Phase::Waiting,
            Self::Offered(_) => Phase::Offered,
            Self::Assigned(_) => Phase::Assigned,
            Self::AtRestaurant(_) => Phase::AtRestaurant,
            Self::PickedUp(_) => Phase::PickedUp,
            Self::AtCustomer(_) => Phase::AtCustomer,
            Self::Delivered { .. } => Phase::Delivered,
            Self::Returning { .. } => Phase::Returning,
            Self::Returned { .. } => Phase::Returned,
            Self::Failed { .. } => Phase::Failed,
            Self::Withdrawn { .. } => Phase::Withdrawn,
        }
    }
}

/// Decides what a command makes happen. Nothing, if it has been done before.
///
/// # Errors
/// When it may not be done; the rejection says why.
pub fn decide(delivery: &Delivery, command: &Command<'_>, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    let state = &delivery.progress.state;
    if command
        .assignee()
        .is_some_and(|courier| state.carrier() != Some(courier))
    {
        return Err(Rejection::NotYours);
    }
    if done_before(delivery, command, now) {
        return Ok(Vec::new());
    }
    let (phase, verb) = (state.phase(), command.verb());
    if target(phase, verb).is_none() {
        return Err(refusal(phase, verb));
    }
    perform(delivery, command, now)
}

/// The same command again: the same courier, the same offer, the same reason.
fn done_before(delivery: &Delivery, command: &Command<'_>, now: Timestamp) -> bool {
    let phase = delivery.progress.state.phase();
    let is_over = delivery.progress.state.is_over_for_customer();
    match command {
        Command::ArriveAtRestaurant { .. } => phase == Phase::AtRestaurant,
        Command::PickUp { .. } => matches!(phase, Phase::PickedUp | Phase::AtCustomer),
        Command::ArriveAtCustomer { .. } => phase == Phase::AtCustomer,
        Command::HandOver { proof, .. } => phase == Phase::Delivered && proved_before(delivery, *proof),
        Command::Fail { reason, .. } => failed_before(&delivery.progress.state) == Some(*reason),
        Command::Return { .. } => phase == Phase::Returned,
        Command::NoteOverdue => {
            let is_overdue = delivery.progress.eta.latest + OVERDUE_AFTER < now;
            delivery.progress.search.escalated || !is_overdue || phase.is_end()
        }
        // A kitchen only ever says later, so an earlier time is an older word.
        Command::NoteDelay { ready_at } => *ready_at <= delivery.ready_at() || was_ready(delivery) || is_over,
        Command::NoteReady { .. } => {
            // Food that was taken was ready, whatever the kitchen says later.
            was_ready(delivery) || is_over
        }
        Command::Reestimate { eta } => is_over || !super::estimate::moved(delivery.progress.eta, *eta),
        // The order's end is no news to food that goes back.
        Command::Withdraw => is_over,
        Command::Miss => delivery.progress.search.misses > 0 && !miss_matters(delivery, now),
        Command::Offer(_) | Command::Accept { .. } | Command::EndOffer { .. } | Command::Release { .. } => false,
    }
}

/// True once the food is known to be, or must have been, ready.
const fn was_ready(delivery: &Delivery) -> bool {
    delivery.progress.ready_at.is_some()
        || matches!(delivery.progress.state.phase(), Phase::PickedUp | Phase::AtCustomer)
}

fn proved_before(delivery: &Delivery, proof: Proof<'_>) -> bool {
    match proof {
        Proof::Pin(pin) => same_pin(pin, &delivery.facts.pin),
        Proof::Photo(photo) => delivery.progress.photo == Some(photo),
    }
}

const fn failed_before(state: &State) -> Option<FailureReason> {
    match state {
        State::Returning { reason, .. } | State::Returned { reason, .. } | State::Failed { reason, .. } => {
            Some(*reason)
        }
        State::Waiting
        | State::Offered(_)
        | State::Assigned(_)
        | State::AtRestaurant(_)
        | State::PickedUp(_)
        | State::AtCustomer(_)
        | State::Delivered { .. }
        | State::Withdrawn { .. } => None,
    }
}

fn refusal(phase: Phase, verb: Verb) -> Rejection {
    match verb {
        Verb::Accept | Verb::EndOffer => Rejection::OfferOver,
        Verb::Offer
        | Verb::Miss
        | Verb::Release
        | Verb::NoteOverdue
        | Verb::NoteDelay
        | Verb::NoteReady
        | Verb::Reestimate
        | Verb::ArriveAtRestaurant
        | Verb::PickUp
        | Verb::ArriveAtCustomer
        | Verb::HandOver
        | Verb::Fail
        | Verb::Discard
        | Verb::Return
        | Verb::Withdraw => Rejection::WrongState { phase, verb },
    }
}

fn perform(delivery: &Delivery, command: &Command<'_>, now: Timestamp) -> Result<Vec<Event>, Rejection> {
    let event = match *command {
        Command::Offer(offer) => return Ok(with_escalation(delivery, Event::Offered(offer), now)),
        Command::Miss => {
            let ends_at = delivery.ready_at() + SEARCH_ENDS_AFTER;
            let retry_at = (now < ends_at).then(|| now + EPOCH_EVERY);
            return Ok(with_escalation(delivery, Event::Unmatched { retry_at }, now));
        }
        Command::Accept { offer_id, courier_id } => {
            let offer = live_offer(delivery, offer_id)?;
            if offer.courier_id != courier_id {
                return Err(Rejection::NotYours);
            }
            Event::Assigned(Assignment {
                courier_id,
                offer_id,
                vehicle: offer.vehicle,
            })
        }
        Command::EndOffer { offer_id, ending } => Event::OfferEnded {
            offer: live_offer(delivery, offer_id)?,
            ending,
        },
        Command::Release { courier_id, reason } => Event::Released { courier_id, reason },
        Command::NoteOverdue => Event::Escalated {
            offers: delivery.progress.search.offers,
            why: Escalation::Overdue,
        },
        Command::NoteDelay { ready_at } => Event::FoodDelayed { ready_at },
        Command::NoteReady { at } => Event::FoodReady { at },
        Command::Reestimate { eta } => Event::EtaChanged { eta },
        Command::ArriveAtRestaurant { courier_id } => Event::Arrived {
            courier_id,
            stop: Stop::Restaurant,
            at: now,
        },
        Command::PickUp { courier_id, order_code } => {
            if order_code.is_some_and(|code| !code.eq_ignore_ascii_case(&delivery.facts.order_code())) {
                return Err(Rejection::OrderCodeWrong);
            }
            Event::PickedUp { courier_id, at: now }
        }
        Command::ArriveAtCustomer { courier_id } => Event::Arrived {
            courier_id,
            stop: Stop::Customer,
            at: now,
        },
        Command::HandOver {
            courier_id,
            proof,
            door_wait,
        } => return hand_over(delivery, courier_id, proof, door_wait, now),
        Command::Fail {
            courier_id,
            reason,
            door_wait,
        } => return fail(delivery, courier_id, reason, door_wait, now),
        Command::Return { courier_id, outcome } => Event::Returned {
            courier_id,
            outcome,
            earned: (outcome == ReturnOutcome::HandedBack).then(|| earned_on_the_way_back(&delivery.facts)),
        },
        Command::Withdraw => Event::Withdrawn {
            courier_id: delivery.progress.state.bound_courier(),
        },
    };
    Ok(vec![event])
}

fn live_offer(delivery: &Delivery, offer_id: OfferId) -> Result<Offer, Rejection> {
    let live = delivery
        .progress
        .state
        .offer()
        .filter(|offer| offer.offer_id == offer_id);
    live.copied().ok_or(Rejection::OfferOver)
}

fn hand_over(
    delivery: &Delivery,
    courier_id: CourierId,
    proof: Proof<'_>,
    door_wait: SignedDuration,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    let wrong = delivery.progress.wrong_pins;
    let proven = match proof {
        Proof::Photo(photo) => {
            photo_suffices(delivery, now, door_wait)?;
            Proven::ByPhoto(photo)
        }
        Proof::Pin(_) if wrong >= PIN_ATTEMPTS_MAX => return Err(Rejection::PinLocked),
        Proof::Pin(pin) if same_pin(pin, &delivery.facts.pin) => Proven::ByPin,
        Proof::Pin(_) => {
            let attempts_left = PIN_ATTEMPTS_MAX - wrong - 1;
            return Ok(vec![Event::PinRefused {
                courier_id,
                attempts_left,
            }]);
        }
    };
    Ok(vec![Event::Delivered {
        courier_id,
        at: now,
        proven,
        earned: earned(&delivery.facts, waited(&delivery.progress, now), now),
    }])
}

fn fail(
    delivery: &Delivery,
    courier_id: CourierId,
    reason: FailureReason,
    door_wait: SignedDuration,
    now: Timestamp,
) -> Result<Vec<Event>, Rejection> {
    if reason == FailureReason::CustomerAbsent {
        nobody_opened(delivery, now, door_wait)?;
    }
    Ok(vec![Event::Failed {
        courier_id,
        reason,
        earned: earned_in_vain(&delivery.facts, waited(&delivery.progress, now), now),
    }])
}

/// How long the courier has stood at the restaurant and, if there, at the door.
fn waited(progress: &Progress, now: Timestamp) -> SignedDuration {
    let here = progress.there_since.map(|since| now.duration_since(since));
    SignedDuration::from_secs(i64::from(progress.waited_s)) + here.unwrap_or_default()
}

/// Compares in a time that does not depend on how many digits are right.
fn same_pin(given: &str, pin: &str) -> bool {
    let differences = given.bytes().zip(pin.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    given.len() == pin.len() && differences == 0
}

/// True if noting once more that nobody is free changes anything.
fn miss_matters(delivery: &Delivery, now: Timestamp) -> bool {
    let search = &delivery.progress.search;
    !search.silent.is_empty() || (!search.escalated && escalation_due(search.offers, delivery.ready_at(), now))
}

/// Puts the call for an operator in front, once, when enough couriers were asked or the food has waited long enough.
fn with_escalation(delivery: &Delivery, event: Event, now: Timestamp) -> Vec<Event> {
    let search = &delivery.progress.search;
    if escalation_due(search.offers, delivery.ready_at(), now) && !search.escalated {
        let why = Escalation::NoCourier;
        let offers = search.offers;
        vec![Event::Escalated { offers, why }, event]
    } else {
        vec![event]
    }
}

/// What the progress is after an event.
#[must_use]
pub fn evolve(mut progress: Progress, event: &Event) -> Progress {
    match *event {
        Event::Offered(offer) => {
            progress.state = State::Offered(offer);
            progress.search.offers += 1;
            progress.search.misses = 0;
        }
        Event::OfferEnded { offer, ending } => {
            progress.state = State::Waiting;
            match ending {
                Ending::Declined(_) => remember(&mut progress.search.declined, offer.courier_id),
                Ending::Expired | Ending::ShiftEnded => remember(&mut progress.search.silent, offer.courier_id),
            }
        }
        Event::Unmatched { .. } => {
            progress.search.misses += 1;
            // Everybody else was asked, so those who did not answer may be asked again.
            progress.search.silent.clear();
        }
        Event::Assigned(assignment) => {
            progress.state = State::Assigned(assignment);
            // The search is over. If it begins again, an operator hears again when it comes to nothing.
            progress.search.offers = 0;
            progress.search.escalated = false;
        }
        Event::Released { courier_id, reason } => {
            progress.state = State::Waiting;
            progress.there_since = None;
            match reason {
                // Whom an operator took off it does not get it again.
                ReleaseReason::Operator(_) => remember(&mut progress.search.declined, courier_id),
                ReleaseReason::ShiftEnded | ReleaseReason::Silent | ReleaseReason::KitchenLate => {
                    remember(&mut progress.search.silent, courier_id);
                }
            }
        }
        Event::FoodDelayed { ready_at } => progress.delayed_to = Some(ready_at),
        Event::FoodReady { at } => progress.ready_at = Some(at),
        Event::EtaChanged { eta } => progress.eta = eta,
        Event::Arrived { stop, at, .. } => {
            progress.state = arrived(progress.state, stop);
            progress.there_since = Some(at);
        }
        Event::PickedUp { at, .. } => {
            progress.waited_s = u32::try_from(waited(&progress, at).as_secs()).unwrap_or_default();
            progress.there_since = None;
            progress.carried = progress.state.assignment().map(|assignment| Carried {
                since: at,
                vehicle: assignment.vehicle,
            });
            progress.state = carried(progress.state);
        }
        Event::PinRefused { .. } => progress.wrong_pins += 1,
        Event::Delivered {
            courier_id, at, proven, ..
        } => {
            progress.state = State::Delivered { courier_id, at };
            progress.photo = match proven {
                Proven::ByPin => None,
                Proven::ByPhoto(photo) => Some(photo),
            };
        }
        Event::Failed { courier_id, reason, .. } => progress.state = failed(progress.state, courier_id, reason),
        Event::Returned { courier_id, .. } => progress.state = returned(progress.state, courier_id),
        Event::Escalated { .. } => progress.search.escalated = true,
        Event::Withdrawn { courier_id } => progress.state = State::Withdrawn { courier_id },
    }
    progress
}

fn remember(couriers: &mut Vec<CourierId>, courier_id: CourierId) {
    couriers.retain(|known| *known != courier_id);
    couriers.push(courier_id);
    let surplus = couriers.len().saturating_sub(PASSED_REMEMBERED_MAX);
    couriers.drain(..surplus);
}

fn arrived(state: State, stop: Stop) -> State {
    match (state.assignment(), stop) {
        (Some(assignment), Stop::Restaurant) => State::AtRestaurant(*assignment),
        (Some(assignment), Stop::Customer) => State::AtCustomer(*assignment),
        (None, Stop::Restaurant | Stop::Customer) => state,
    }
}

/// Food that is left goes back with whoever has it.
fn failed(state: State, courier_id: CourierId, reason: FailureReason) -> State {
    match state.assignment() {
        Some(assignment) if reason.leaves_food() => State::Returning {
            assignment: *assignment,
            reason,
        },
        Some(_) | None => State::Failed { courier_id, reason },
    }
}

fn returned(state: State, courier_id: CourierId) -> State {
    failed_before(&state).map_or(state, |reason| State::Returned { courier_id, reason })
}

fn carried(state: State) -> State {
    state
        .assignment()
        .map_or(state, |assignment| State::PickedUp(*assignment))
}
