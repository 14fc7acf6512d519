//! What becomes of a delivery by what happened to it.

use contracts::vocabulary::Place;
use kernel::{CourierId, Timestamp};

use super::command::{Ending, ReleaseReason};
use super::event::Event;
use super::lifecycle::{failed_before, waited};
use super::{Carried, FailureReason, PASSED_REMEMBERED_MAX, Progress, State, leaves_food};

/// What the progress is after an event.
#[must_use]
pub fn evolve(mut progress: Progress, event: &Event) -> Progress {
    match *event {
        Event::Offered(offer) => {
            progress.state = State::Offered(offer);
            progress.search.offers += 1;
            progress.search.misses = 0;
        }
        Event::OfferEnded { offer, ending } => pass_over(&mut progress, offer.courier_id, ending),
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
        Event::Released { courier_id, reason } => release(&mut progress, courier_id, reason),
        Event::FoodDelayed { ready_at } => progress.delayed_to = Some(ready_at),
        Event::FoodReady { at } => progress.ready_at = Some(at),
        Event::EtaChanged { eta } => progress.eta = eta,
        Event::Arrived { stop, at, seen, .. } => {
            progress.state = arrived(progress.state, stop);
            progress.there_since = Some(at);
            progress.there_seen = seen;
        }
        Event::SeenThere { at } => {
            progress.there_since = Some(at);
            progress.there_seen = true;
        }
        Event::CodeRefused { .. } => progress.wrong_codes += 1,
        Event::PickedUp { at, .. } => {
            leave(&mut progress, at);
            carry(&mut progress, at);
        }
        Event::PinRefused { .. } => progress.wrong_pins += 1,
        Event::Delivered {
            courier_id, at, proven, ..
        } => {
            progress.state = State::Delivered { courier_id, at };
            progress.photo = proven.photo();
        }
        Event::FailureReported {
            courier_id,
            reason,
            review,
            ..
        } => {
            // What was earned until then is earned if an operator says so.
            leave(&mut progress, review.reported_at);
            progress.state = failed(progress.state, courier_id, reason);
            progress.review = Some(review);
        }
        Event::Failed {
            courier_id,
            reason,
            fault,
            judged,
            ..
        } => {
            if !judged {
                progress.state = failed(progress.state, courier_id, reason);
            }
            progress.review = None;
            progress.fault = Some(fault);
        }
        Event::Returned { courier_id, .. } => progress.state = returned(progress.state, courier_id),
        Event::Escalated { .. } => progress.search.escalated = true,
        Event::Withdrawn { courier_id, .. } => progress.state = State::Withdrawn { courier_id },
    }
    progress
}

fn pass_over(progress: &mut Progress, courier_id: CourierId, ending: Ending) {
    progress.state = State::Waiting;
    match ending {
        Ending::Declined(_) => remember(&mut progress.search.declined, courier_id),
        Ending::Expired | Ending::ShiftEnded => remember(&mut progress.search.silent, courier_id),
    }
}

fn release(progress: &mut Progress, courier_id: CourierId, reason: ReleaseReason) {
    progress.state = State::Waiting;
    progress.there_since = None;
    progress.there_seen = false;
    match reason {
        // Whom an operator took off it does not get it again.
        ReleaseReason::Operator(_) => remember(&mut progress.search.declined, courier_id),
        ReleaseReason::ShiftEnded | ReleaseReason::Silent | ReleaseReason::KitchenLate => {
            remember(&mut progress.search.silent, courier_id);
        }
    }
}

/// The courier waits no longer; how long it was is remembered.
fn leave(progress: &mut Progress, at: Timestamp) {
    progress.waited_s = u32::try_from(waited(progress, at).as_secs()).unwrap_or_default();
    progress.there_since = None;
    progress.there_seen = false;
}

fn remember(couriers: &mut Vec<CourierId>, courier_id: CourierId) {
    couriers.retain(|known| *known != courier_id);
    couriers.push(courier_id);
    let surplus = couriers.len().saturating_sub(PASSED_REMEMBERED_MAX);
    couriers.drain(..surplus);
}

fn arrived(state: State, stop: Place) -> State {
    match (state.assignment(), stop) {
        (Some(assignment), Place::Restaurant) => State::AtRestaurant(*assignment),
        (Some(assignment), Place::Customer) => State::AtCustomer(*assignment),
        (None, Place::Restaurant | Place::Customer) => state,
    }
}

/// Food that is left goes back with whoever has it.
fn failed(state: State, courier_id: CourierId, reason: FailureReason) -> State {
    match state.assignment() {
        Some(assignment) if leaves_food(reason) => State::Returning {
            assignment: *assignment,
            reason,
        },
        Some(_) | None => State::Failed { courier_id, reason },
    }
}

fn returned(state: State, courier_id: CourierId) -> State {
    failed_before(&state).map_or(state, |reason| State::Returned { courier_id, reason })
}

fn carry(progress: &mut Progress, since: Timestamp) {
    if let Some(&assignment) = progress.state.assignment() {
        let vehicle = assignment.vehicle;
        progress.carried = Some(Carried { since, vehicle });
        progress.state = State::PickedUp(assignment);
    }
}
