//! What may be done with a delivery, and what then has happened.

use contracts::vocabulary::{EscalationReason, Place, ReturnOutcome};
use kernel::{CourierId, OfferId, SignedDuration, Timestamp};

use super::command::{Command, Word};
use super::earnings::{Earnings, earned, earned_in_vain, earned_on_the_way_back, earned_so_far};
use super::event::Event;
use super::open_delivery::{OVERDUE_AFTER, SEARCH_ENDS_AFTER, escalation_due};
use super::presence::Presence;
use super::proof::{Proof, Proven, nobody_opened, photo_suffices, was_tried};
use super::rejection::Rejection;
use super::transitions::{Phase, Verb, target};
use super::{
    Assignment, CODE_ATTEMPTS_MAX, Delivery, EPOCH_EVERY, FailureReason, Fault, Offer, PIN_ATTEMPTS_MAX, Progress,
    Review, State, blames_customer, leaves_food,
};

/// A failure is judged within so much of the pick-up: the order service takes food for lost an hour later.
pub const JUDGED_WITHIN: SignedDuration = SignedDuration::from_hours(29);

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
        Command::ArriveAtRestaurant { presence, .. } => phase == Phase::AtRestaurant && !is_news(delivery, *presence),
        Command::PickUp { .. } => matches!(phase, Phase::PickedUp | Phase::AtCustomer),
        Command::ArriveAtCustomer { presence, .. } => phase == Phase::AtCustomer && !is_news(delivery, *presence),
        Command::HandOver { proof, .. } => phase == Phase::Delivered && proved_before(delivery, *proof),
        // What an operator says of a failure that is to be judged is no repetition: it belongs into the judgement.
        Command::Fail { reason, word, .. } => {
            let is_judgement = matches!(word, Word::Operator(_)) && delivery.progress.review.is_some();
            failed_before(&delivery.progress.state) == Some(*reason) && !is_judgement
        }
        Command::Return { .. } => phase == Phase::Returned,
        Command::Judge { fault } => delivery.progress.fault == Some(*fault),
        Command::LeaveUnjudged => delivery.progress.review.is_none(),
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
        Command::Withdraw { .. } => is_over,
        Command::Miss => delivery.progress.search.misses > 0 && !miss_matters(delivery, now),
        Command::Offer(_) | Command::Accept { .. } | Command::EndOffer { .. } | Command::Release { .. } => false,
    }
}

/// True if a courier who had said that they have arrived is seen there only now.
fn is_news(delivery: &Delivery, presence: Presence) -> bool {
    presence == Presence::Seen && !delivery.progress.there_seen
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

pub(super) const fn failed_before(state: &State) -> Option<FailureReason> {
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
        Verb::Judge => Rejection::NothingToJudge,
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
            why: EscalationReason::Overdue,
        },
        Command::NoteDelay { ready_at } => Event::FoodDelayed { ready_at },
        Command::NoteReady { at } => Event::FoodReady { at },
        Command::Reestimate { eta } => Event::EtaChanged { eta },
        Command::ArriveAtRestaurant { courier_id, presence } => {
            arrive(delivery, courier_id, Place::Restaurant, presence, now)
        }
        Command::PickUp { courier_id, order_code } => pick_up(delivery, courier_id, order_code, now)?,
        Command::ArriveAtCustomer { courier_id, presence } => {
            arrive(delivery, courier_id, Place::Customer, presence, now)
        }
        Command::HandOver {
            courier_id,
            proof,
            presence,
            door_wait,
        } => hand_over(delivery, courier_id, proof, (presence, door_wait), now)?,
        Command::Fail {
            courier_id,
            reason,
            word,
        } => fail(delivery, courier_id, reason, word, now)?,
        Command::Judge { fault } => judge(delivery, fault, true)?,
        Command::LeaveUnjudged => {
            let is_paid = delivery.progress.review.is_some_and(|review| review.seen);
            judge(delivery, Fault::Platform, is_paid)?
        }
        Command::Return { courier_id, outcome } => Event::Returned {
            courier_id,
            outcome,
            earned: (outcome == ReturnOutcome::HandedBack && delivery.progress.fault != Some(Fault::Courier))
                .then(|| earned_on_the_way_back(&delivery.facts)),
        },
        Command::Withdraw { is_paid } => Event::Withdrawn {
            courier_id: delivery.progress.state.bound_courier(),
            earned: earned_so_far(delivery, waited(&delivery.progress, now), now).filter(|_| is_paid),
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

/// A courier who was not seen there may have arrived all the same, since receivers fail: the arrival is noted, and nothing
/// depends on it.
fn arrive(delivery: &Delivery, courier_id: CourierId, stop: Place, presence: Presence, now: Timestamp) -> Event {
    let is_there = matches!(delivery.progress.state.phase(), Phase::AtRestaurant | Phase::AtCustomer);
    if is_there {
        return Event::SeenThere { at: now };
    }
    Event::Arrived {
        courier_id,
        stop,
        at: now,
        seen: presence == Presence::Seen,
    }
}

/// Food that the kitchen has not called ready is fetched with the code of its bag.
fn pick_up(
    delivery: &Delivery,
    courier_id: CourierId,
    order_code: Option<&str>,
    now: Timestamp,
) -> Result<Event, Rejection> {
    let is_ready = delivery.progress.ready_at.is_some();
    let tried = delivery.progress.wrong_codes;
    match order_code {
        Some(code) if code.eq_ignore_ascii_case(&delivery.facts.order_code()) && tried < CODE_ATTEMPTS_MAX => {}
        None if is_ready => {}
        None => return Err(Rejection::FoodNotReady),
        Some(_) if is_ready => return Err(Rejection::OrderCodeWrong),
        Some(_) if tried >= CODE_ATTEMPTS_MAX => return Err(Rejection::OrderCodeLocked),
        Some(_) => {
            let attempts_left = CODE_ATTEMPTS_MAX - tried - 1;
            return Ok(Event::CodeRefused { attempts_left });
        }
    }
    Ok(Event::PickedUp { courier_id, at: now })
}

fn hand_over(
    delivery: &Delivery,
    courier_id: CourierId,
    proof: Proof<'_>,
    (presence, door_wait): (Presence, SignedDuration),
    now: Timestamp,
) -> Result<Event, Rejection> {
    let wrong = delivery.progress.wrong_pins;
    let proven = match proof {
        Proof::Photo(photo) => {
            photo_suffices(delivery, presence, now, door_wait)?;
            Proven::ByPhoto(photo)
        }
        Proof::Pin(_) if wrong >= PIN_ATTEMPTS_MAX => return Err(Rejection::PinLocked),
        Proof::Pin(pin) if same_pin(pin, &delivery.facts.pin) => Proven::ByPin,
        Proof::Pin(_) => {
            let attempts_left = PIN_ATTEMPTS_MAX - wrong - 1;
            return Ok(Event::PinRefused {
                courier_id,
                attempts_left,
            });
        }
    };
    Ok(Event::Delivered {
        courier_id,
        at: now,
        proven,
        earned: earned(&delivery.facts, waited(&delivery.progress, now), now),
    })
}

fn fail(
    delivery: &Delivery,
    courier_id: CourierId,
    reason: FailureReason,
    word: Word,
    now: Timestamp,
) -> Result<Event, Rejection> {
    let waited = waited(&delivery.progress, now);
    let failed = |fault| Event::Failed {
        courier_id,
        reason,
        fault,
        judged: false,
        earned: earned_unless_at_fault(delivery, fault, waited, now),
    };
    let (presence, door_wait, review_lasts) = match word {
        Word::Operator(fault) => return Ok(failed(fault)),
        // The courier's own fault is believed.
        Word::Courier { .. } if !leaves_food(reason) => return Ok(failed(Fault::Courier)),
        Word::Courier {
            presence,
            door_wait,
            review_lasts,
        } => (presence, door_wait, review_lasts),
    };
    if reason == FailureReason::CustomerAbsent {
        nobody_opened(delivery, now, door_wait)?;
    }
    if blames_customer(reason) && was_tried(delivery, presence, now, door_wait) {
        return Ok(failed(Fault::Customer));
    }
    // Whole seconds, as they are stored.
    let reported_at = Timestamp::from_second(now.as_second()).unwrap_or(now);
    // The order ends by itself soon after: what is judged later comes too late.
    let judged_by = delivery.progress.carried.map(|carried| carried.since + JUDGED_WITHIN);
    Ok(Event::FailureReported {
        courier_id,
        reason,
        review: Review {
            reported_at,
            until: judged_by.map_or(reported_at + review_lasts, |by| by.min(reported_at + review_lasts)),
            seen: presence == Presence::Seen,
        },
        presence,
    })
}

fn judge(delivery: &Delivery, fault: Fault, is_paid: bool) -> Result<Event, Rejection> {
    let progress = &delivery.progress;
    let found = progress.review.zip(failed_before(&progress.state));
    let ((review, reason), courier_id) = found.zip(progress.state.carrier()).ok_or(Rejection::NothingToJudge)?;
    Ok(Event::Failed {
        courier_id,
        reason,
        fault,
        judged: true,
        earned: earned_unless_at_fault(
            delivery,
            fault,
            SignedDuration::from_secs(i64::from(progress.waited_s)),
            review.reported_at,
        )
        .filter(|_| is_paid),
    })
}

fn earned_unless_at_fault(
    delivery: &Delivery,
    fault: Fault,
    waited: SignedDuration,
    now: Timestamp,
) -> Option<Earnings> {
    (fault != Fault::Courier).then(|| earned_in_vain(&delivery.facts, waited, now))
}

/// How long the courier has stood at the restaurant and, if there, at the door, as far as they were seen there.
pub(super) fn waited(progress: &Progress, now: Timestamp) -> SignedDuration {
    let here = progress.there_since.filter(|_| progress.there_seen);
    let here = here.map(|since| now.duration_since(since));
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
        let why = EscalationReason::NoCourier;
        let offers = search.offers;
        vec![Event::Escalated { offers, why }, event]
    } else {
        vec![event]
    }
}
