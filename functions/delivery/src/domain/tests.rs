//! Every phase with every command against the transition table, and the stories of a delivery as data.

use contracts::vocabulary::{DeclineReason, EscalationReason, Place, ReturnOutcome};
use kernel::{ServedCurrency, SignedDuration, Timestamp};
use proptest::prelude::*;

use super::cast::{NOON, ada, assignment, ben, delivery, first_eta, id, minutes, offer};
use super::command::{Command, Ending, ReleaseReason, Word};
use super::earnings::{earned_in_vain, earned_on_the_way_back};
use super::event::Event;
use super::evolution::evolve;
use super::lifecycle::decide;
use super::open_delivery::OVERDUE_AFTER;
use super::presence::Presence;
use super::proof::{PhotoId, Proof};
use super::rejection::Rejection;
use super::tariff::Tariff;
use super::transitions::{Phase, Verb, target};
use super::{
    CODE_ATTEMPTS_MAX, Delivery, Eta, FailureReason, Fault, OFFERS_BEFORE_ESCALATION, PIN_ATTEMPTS_MAX, Review, Search,
    State,
};

const PAY_BASE: i64 = Tariff::of(ServedCurrency::Eur).pay_base;

mod failures;

fn state(phase: Phase) -> State {
    let courier_id = ada();
    match phase {
        Phase::Waiting => State::Waiting,
        Phase::Offered => State::Offered(offer()),
        Phase::Assigned => State::Assigned(assignment()),
        Phase::AtRestaurant => State::AtRestaurant(assignment()),
        Phase::PickedUp => State::PickedUp(assignment()),
        Phase::AtCustomer => State::AtCustomer(assignment()),
        Phase::Delivered => State::Delivered { courier_id, at: NOON },
        Phase::Returning => State::Returning {
            assignment: assignment(),
            reason: FailureReason::Other,
        },
        Phase::Returned => State::Returned {
            courier_id,
            reason: FailureReason::Other,
        },
        Phase::Failed => State::Failed {
            courier_id,
            reason: FailureReason::Damaged,
        },
        Phase::Withdrawn => State::Withdrawn {
            courier_id: Some(courier_id),
        },
    }
}

fn later_eta() -> Eta {
    Eta {
        likely: first_eta().likely + minutes(10),
        ..first_eta()
    }
}

const DOOR_WAIT: SignedDuration = SignedDuration::from_mins(8);
const REVIEW_LASTS: SignedDuration = SignedDuration::from_hours(24);

fn hand_over(pin: &str) -> Command<'_> {
    Command::HandOver {
        courier_id: ada(),
        proof: Proof::Pin(pin),
        presence: Presence::Unseen,
        door_wait: DOOR_WAIT,
    }
}

fn fail(reason: FailureReason) -> Command<'static> {
    Command::Fail {
        courier_id: ada(),
        reason,
        word: word(Presence::Seen),
    }
}

fn word(presence: Presence) -> Word {
    Word::Courier {
        presence,
        door_wait: DOOR_WAIT,
        review_lasts: REVIEW_LASTS,
    }
}

fn command(verb: Verb) -> Command<'static> {
    let courier_id = ada();
    let offer_id = offer().offer_id;
    match verb {
        Verb::Offer => Command::Offer(offer()),
        Verb::Miss => Command::Miss,
        Verb::Accept => Command::Accept { offer_id, courier_id },
        Verb::EndOffer => Command::EndOffer {
            offer_id,
            ending: Ending::Expired,
        },
        Verb::Release => Command::Release {
            courier_id,
            reason: ReleaseReason::ShiftEnded,
        },
        Verb::NoteOverdue => Command::NoteOverdue,
        Verb::NoteDelay => Command::NoteDelay {
            ready_at: NOON + minutes(30),
        },
        Verb::NoteReady => Command::NoteReady { at: NOON },
        Verb::Reestimate => Command::Reestimate { eta: later_eta() },
        Verb::ArriveAtRestaurant => Command::ArriveAtRestaurant {
            courier_id,
            presence: Presence::Seen,
        },
        Verb::PickUp => Command::PickUp {
            courier_id,
            order_code: Some("002D"),
        },
        Verb::ArriveAtCustomer => Command::ArriveAtCustomer {
            courier_id,
            presence: Presence::Seen,
        },
        Verb::HandOver => hand_over("4711"),
        Verb::Fail => fail(FailureReason::WrongAddress),
        Verb::Discard => fail(FailureReason::Damaged),
        Verb::Return => Command::Return {
            courier_id,
            outcome: ReturnOutcome::HandedBack,
        },
        Verb::Judge => Command::Judge { fault: Fault::Platform },
        Verb::Withdraw => Command::Withdraw { is_paid: true },
    }
}

/// A delivery in a phase, in which an operator has to judge if that is possible at all.
fn given(phase: Phase) -> Delivery {
    let mut given = delivery(state(phase));
    let is_judged = target(phase, Verb::Judge).is_some();
    given.progress.review = is_judged.then(|| Review {
        reported_at: NOON,
        until: NOON + REVIEW_LASTS,
        seen: true,
    });
    given
}

/// When food is late beyond all estimates.
fn overdue() -> Timestamp {
    first_eta().latest + OVERDUE_AFTER + minutes(1)
}

fn after(given: &Delivery, events: &[Event]) -> Delivery {
    Delivery {
        facts: given.facts.clone(),
        progress: events.iter().fold(given.progress.clone(), evolve),
    }
}

/// Where doing something again is not a mistake: it has happened, or there is nothing left to do.
fn nothing_to_do(phase: Phase, verb: Verb) -> bool {
    match verb {
        Verb::PickUp => matches!(phase, Phase::PickedUp | Phase::AtCustomer),
        Verb::HandOver => phase == Phase::Delivered,
        Verb::Discard => phase == Phase::Failed,
        Verb::Return => phase == Phase::Returned,
        Verb::NoteDelay | Verb::NoteReady => {
            matches!(phase, Phase::PickedUp | Phase::AtCustomer | Phase::Returning) || phase.is_end()
        }
        Verb::Reestimate | Verb::Withdraw => phase == Phase::Returning || phase.is_end(),
        Verb::NoteOverdue => phase.is_end(),
        Verb::Offer
        | Verb::Miss
        | Verb::Accept
        | Verb::EndOffer
        | Verb::Release
        | Verb::ArriveAtRestaurant
        | Verb::ArriveAtCustomer
        | Verb::Fail
        | Verb::Judge => false,
    }
}

#[test]
fn every_phase_with_every_command_does_what_the_table_says() {
    for phase in Phase::ALL {
        for verb in Verb::ALL {
            let given = given(phase);
            let now = if verb == Verb::NoteOverdue { overdue() } else { NOON };
            let outcome = decide(&given, &command(verb), now);
            let seen = format!("{phase:?} {verb:?} {outcome:?}");
            match (outcome, target(phase, verb)) {
                (Ok(events), Some(to)) => {
                    assert!(!events.is_empty(), "{seen}");
                    assert_eq!(after(&given, &events).progress.state.phase(), to, "{seen}");
                }
                (Ok(events), None) => assert!(events.is_empty() && nothing_to_do(phase, verb), "{seen}"),
                (Err(rejection), None) => {
                    assert!(!nothing_to_do(phase, verb), "{seen}");
                    assert_ne!(rejection.to_string(), "");
                }
                (Err(_), Some(_)) => panic!("{seen}"),
            }
        }
    }
}

#[test]
fn only_the_assigned_courier_moves_a_delivery() {
    for phase in Phase::ALL {
        for verb in [
            Verb::Release,
            Verb::ArriveAtRestaurant,
            Verb::PickUp,
            Verb::ArriveAtCustomer,
            Verb::HandOver,
            Verb::Fail,
            Verb::Discard,
            Verb::Return,
        ] {
            let courier_id = ben();
            let theirs = match command(verb) {
                Command::Release { reason, .. } => Command::Release { courier_id, reason },
                Command::ArriveAtRestaurant { presence, .. } => Command::ArriveAtRestaurant { courier_id, presence },
                Command::PickUp { order_code, .. } => Command::PickUp { courier_id, order_code },
                Command::ArriveAtCustomer { presence, .. } => Command::ArriveAtCustomer { courier_id, presence },
                Command::HandOver {
                    proof,
                    presence,
                    door_wait,
                    ..
                } => Command::HandOver {
                    courier_id,
                    proof,
                    presence,
                    door_wait,
                },
                Command::Fail { reason, word, .. } => Command::Fail {
                    courier_id,
                    reason,
                    word,
                },
                Command::Return { outcome, .. } => Command::Return { courier_id, outcome },
                other @ (Command::Offer(_)
                | Command::Miss
                | Command::Accept { .. }
                | Command::EndOffer { .. }
                | Command::NoteOverdue
                | Command::NoteDelay { .. }
                | Command::NoteReady { .. }
                | Command::Reestimate { .. }
                | Command::Judge { .. }
                | Command::LeaveUnjudged
                | Command::Withdraw { .. }) => other,
            };
            let outcome = decide(&delivery(state(phase)), &theirs, NOON);
            assert_eq!(outcome, Err(Rejection::NotYours), "{phase:?} {verb:?}");
        }
    }
}

/// Given a state, when something is done, then this has happened.
fn check(given: State, when: &Command<'_>, then: Result<&[Event], Rejection>) {
    let outcome = decide(&delivery(given), when, NOON);
    assert_eq!(
        outcome.as_deref(),
        then.as_ref().map(|events| *events),
        "{given:?} {when:?}"
    );
}

#[test]
fn an_offer_has_one_winner() {
    let (offer_id, courier_id) = (offer().offer_id, ada());
    let accept = Command::Accept { offer_id, courier_id };
    check(State::Offered(offer()), &accept, Ok(&[Event::Assigned(assignment())]));
    check(State::Assigned(assignment()), &accept, Err(Rejection::OfferOver));
    let by_ben = Command::Accept {
        offer_id,
        courier_id: ben(),
    };
    check(State::Offered(offer()), &by_ben, Err(Rejection::NotYours));
    let old = Command::Accept {
        offer_id: id(99),
        courier_id,
    };
    check(State::Offered(offer()), &old, Err(Rejection::OfferOver));
}

#[test]
fn food_is_never_handed_over_before_it_is_fetched() {
    for phase in [Phase::Assigned, Phase::AtRestaurant] {
        for verb in [Verb::HandOver, Verb::ArriveAtCustomer, Verb::Fail] {
            check(state(phase), &command(verb), Err(Rejection::WrongState { phase, verb }));
        }
    }
}

#[test]
fn food_that_is_not_ready_is_fetched_with_the_code_of_its_bag_alone() {
    let courier_id = ada();
    let pick_up = |order_code| Command::PickUp { courier_id, order_code };
    let code = delivery(State::Waiting).facts.order_code().to_lowercase();
    let picked_up = [Event::PickedUp { courier_id, at: NOON }];
    let there = State::AtRestaurant(assignment());
    check(there, &pick_up(Some(&code)), Ok(&picked_up));
    check(there, &pick_up(None), Err(Rejection::FoodNotReady));
    let mut given = delivery(there);
    for attempts_left in (0..CODE_ATTEMPTS_MAX).rev() {
        let events = decide(&given, &pick_up(Some("ZZZZ")), NOON).unwrap();
        assert_eq!(events, [Event::CodeRefused { attempts_left }]);
        given = after(&given, &events);
    }
    let locked = Err(Rejection::OrderCodeLocked);
    assert_eq!(decide(&given, &pick_up(Some(&code)), NOON), locked);
    given.progress.ready_at = Some(NOON);
    assert_eq!(decide(&given, &pick_up(None), NOON).as_deref(), Ok(&picked_up[..]));
    let wrong = decide(&given, &pick_up(Some("ZZZZ")), NOON);
    assert_eq!(wrong, Err(Rejection::OrderCodeWrong));
}

#[test]
fn five_wrong_pins_lock_the_hand_over() {
    let courier_id = ada();
    let mut given = delivery(State::AtCustomer(assignment()));
    for left in (0..PIN_ATTEMPTS_MAX).rev() {
        let wrong = ["0000", "47110", "", "471", "1174"][usize::from(left)];
        let events = decide(&given, &hand_over(wrong), NOON).unwrap();
        let refused = Event::PinRefused {
            courier_id,
            attempts_left: left,
        };
        assert_eq!(events, [refused]);
        given = after(&given, &events);
    }
    assert_eq!(decide(&given, &hand_over("4711"), NOON), Err(Rejection::PinLocked));
    assert!(decide(&given, &command(Verb::Fail), NOON).is_ok());
}

#[test]
fn the_same_hand_over_again_is_fine_and_another_reason_is_not() {
    let courier_id = ada();
    let delivered = State::Delivered { courier_id, at: NOON };
    check(delivered, &hand_over("4711"), Ok(&[]));
    let wrong_state = |phase, verb| Err(Rejection::WrongState { phase, verb });
    check(
        delivered,
        &hand_over("0000"),
        wrong_state(Phase::Delivered, Verb::HandOver),
    );
    for phase in [Phase::Returning, Phase::Returned] {
        check(state(phase), &fail(FailureReason::Other), Ok(&[]));
        check(
            state(phase),
            &fail(FailureReason::Unsafe),
            wrong_state(phase, Verb::Fail),
        );
    }
    check(state(Phase::Failed), &fail(FailureReason::Damaged), Ok(&[]));
}

/// A courier who was seen at the door.
fn at_door() -> Delivery {
    let mut given = delivery(State::AtCustomer(assignment()));
    given.progress.there_since = Some(NOON);
    given.progress.there_seen = true;
    given
}

#[test]
fn food_that_nobody_took_goes_back_whatever_becomes_of_the_order() {
    let courier_id = ada();
    let given = at_door();
    let later = NOON + DOOR_WAIT;
    let events = decide(&given, &fail(FailureReason::WrongAddress), later).unwrap();
    let reason = FailureReason::WrongAddress;
    let earned = earned_in_vain(&given.facts, DOOR_WAIT, later);
    let failed = Event::Failed {
        courier_id,
        reason,
        fault: Fault::Customer,
        judged: false,
        earned: Some(earned),
    };
    assert_eq!(events, [failed]);
    assert_eq!((earned.tip, earned.base), (0, PAY_BASE));
    let returning = after(&given, &events);
    assert_eq!(returning.progress.state.assignment(), Some(&assignment()));
    assert_eq!(
        decide(&returning, &Command::Withdraw { is_paid: true }, NOON),
        Ok(vec![])
    );
    let outcome = ReturnOutcome::Disposed;
    let back = decide(&returning, &Command::Return { courier_id, outcome }, NOON).unwrap();
    let returned = |outcome, earned| Event::Returned {
        courier_id,
        outcome,
        earned,
    };
    assert_eq!(back, [returned(outcome, None)]);
    let outcome = ReturnOutcome::HandedBack;
    let handed = decide(&returning, &Command::Return { courier_id, outcome }, NOON).unwrap();
    let way_back = earned_on_the_way_back(&given.facts);
    assert_eq!(handed, [returned(outcome, Some(way_back))]);
    assert_eq!(way_back.total().amount(), way_back.distance);
    assert_eq!(
        after(&returning, &back).progress.state,
        State::Returned { courier_id, reason }
    );
    let spoilt = decide(&given, &fail(FailureReason::Damaged), NOON).unwrap();
    assert!(
        matches!(
            spoilt[..],
            [Event::Failed {
                fault: Fault::Courier,
                earned: None,
                ..
            }]
        ),
        "{spoilt:?}"
    );
    assert_eq!(after(&given, &spoilt).progress.state.phase(), Phase::Failed);
}

#[test]
fn the_wait_at_a_door_begins_with_the_arrival() {
    let carrying = delivery(State::PickedUp(assignment()));
    let absent = fail(FailureReason::CustomerAbsent);
    assert_eq!(decide(&carrying, &absent, NOON), Err(Rejection::NotAtDoor));
    let arrived = decide(&carrying, &command(Verb::ArriveAtCustomer), NOON).unwrap();
    let at_door = after(&carrying, &arrived);
    let early = decide(&at_door, &absent, NOON + minutes(7));
    assert!(matches!(early, Err(Rejection::WaitLonger { .. })), "{early:?}");
    assert!(decide(&at_door, &absent, NOON + DOOR_WAIT).is_ok());
    let photo = Command::HandOver {
        courier_id: ada(),
        proof: Proof::Photo(PhotoId(7)),
        presence: Presence::Seen,
        door_wait: DOOR_WAIT,
    };
    assert!(decide(&at_door, &photo, NOON).is_err());
    let events = decide(&at_door, &photo, NOON + DOOR_WAIT).unwrap();
    let delivered = after(&at_door, &events);
    assert_eq!(delivered.progress.photo, Some(PhotoId(7)));
    assert_eq!(decide(&delivered, &photo, NOON + minutes(20)), Ok(vec![]));
}

fn courier_asked(given: &Delivery, ending: Ending) -> Delivery {
    let asked = after(given, &[Event::Offered(offer())]);
    let end = Command::EndOffer {
        offer_id: offer().offer_id,
        ending,
    };
    let events = decide(&asked, &end, NOON).unwrap();
    after(&asked, &events)
}

#[test]
fn who_declined_is_remembered_and_who_was_silent_for_a_while() {
    let waiting = delivery(State::Waiting);
    let declined = courier_asked(&waiting, Ending::Declined(DeclineReason::TooFar));
    assert_eq!(declined.progress.search.declined, [ada()]);
    let silent = courier_asked(&waiting, Ending::Expired);
    assert_eq!(silent.progress.search.silent, [ada()]);
    let missed = after(&silent, &[Event::Unmatched { retry_at: None }]);
    assert!(missed.progress.search.silent.is_empty());
    assert_eq!(missed.progress.search.misses, 1);
}

#[test]
fn an_operator_is_told_once() {
    let escalated = |given: &Delivery, now: Timestamp| {
        let events = decide(given, &Command::Miss, now).unwrap();
        let told = events.iter().any(|event| matches!(event, Event::Escalated { .. }));
        (told, after(given, &events))
    };
    let waiting = delivery(State::Waiting);
    let late = waiting.ready_at() + minutes(10);
    assert!(!escalated(&waiting, late - SignedDuration::from_secs(1)).0);
    let (told, again) = escalated(&waiting, late);
    assert!(told);
    assert!(!escalated(&again, late + minutes(5)).0);

    let mut asked = waiting;
    asked.progress.search.offers = OFFERS_BEFORE_ESCALATION;
    assert!(escalated(&asked, NOON).0);
}

#[test]
fn a_cancelled_order_frees_whoever_is_bound() {
    for (phase, courier_id) in [
        (Phase::Waiting, None),
        (Phase::Offered, Some(ada())),
        (Phase::AtCustomer, Some(ada())),
    ] {
        let given = delivery(state(phase));
        let events = decide(&given, &Command::Withdraw { is_paid: true }, NOON).unwrap();
        assert!(
            matches!(events[..], [Event::Withdrawn { courier_id: freed, .. }] if freed == courier_id),
            "{events:?}"
        );
    }
}

#[test]
fn a_courier_who_leaves_before_the_pick_up_is_replaced() {
    let given = delivery(State::AtRestaurant(assignment()));
    let events = decide(&given, &command(Verb::Release), NOON).unwrap();
    let reason = ReleaseReason::ShiftEnded;
    let courier_id = ada();
    assert_eq!(events, [Event::Released { courier_id, reason }]);
    assert_eq!(after(&given, &events).progress.state, State::Waiting);
    let arrived = Event::Arrived {
        courier_id: ada(),
        stop: Place::Restaurant,
        at: NOON,
        seen: true,
    };
    assert_eq!(
        after(&delivery(State::Assigned(assignment())), &[arrived])
            .progress
            .state,
        State::AtRestaurant(assignment())
    );
}

proptest! {
    /// Whatever is tried in whatever order: an end is an end, the memory stays bounded, and PINs are counted.
    #[test]
    fn any_sequence_of_commands_keeps_the_invariants(verbs in prop::collection::vec(0..Verb::ALL.len(), 0..200)) {
        let mut now = NOON;
        let mut given = delivery(State::Waiting);
        let mut fetched = false;
        for index in verbs {
            now += SignedDuration::from_secs(20);
            let was_end = given.progress.state.phase().is_end();
            let Ok(events) = decide(&given, &command(Verb::ALL[index]), now) else { continue };
            let is_judgement = matches!(events[..], [Event::Failed { judged: true, .. }]);
            prop_assert!(!was_end || events.is_empty() || is_judgement);
            for event in &events {
                fetched |= matches!(event, Event::PickedUp { .. });
                let handed_over = matches!(event, Event::Delivered { .. });
                prop_assert!(!handed_over || fetched);
            }
            given = after(&given, &events);
            prop_assert!(given.progress.search.declined.len() + given.progress.search.silent.len() <= 40);
        }
    }
}

#[test]
fn food_that_is_long_overdue_is_told_once_for_each_courier() {
    for phase in Phase::ALL {
        let given = delivery(state(phase));
        let events = decide(&given, &Command::NoteOverdue, overdue());
        let told = Event::Escalated {
            offers: 0,
            why: EscalationReason::Overdue,
        };
        let expected = match phase {
            Phase::Waiting | Phase::Offered => Err(Rejection::WrongState {
                phase,
                verb: Verb::NoteOverdue,
            }),
            ended if ended.is_end() => Ok(vec![]),
            Phase::Assigned
            | Phase::AtRestaurant
            | Phase::PickedUp
            | Phase::AtCustomer
            | Phase::Delivered
            | Phase::Returning
            | Phase::Returned
            | Phase::Failed
            | Phase::Withdrawn => Ok(vec![told]),
        };
        assert_eq!(events, expected, "{phase:?}");
        if let Ok(events) = events {
            let again = decide(&after(&given, &events), &Command::NoteOverdue, overdue());
            assert_eq!(again, Ok(vec![]), "{phase:?}");
        }
    }
    // After the next courier has taken it, an operator would hear again.
    let mut waiting = delivery(State::Offered(offer()));
    waiting.progress.search = Search {
        offers: 10,
        escalated: true,
        ..Search::default()
    };
    let taken = evolve(waiting.progress, &Event::Assigned(assignment()));
    assert_eq!((taken.search.offers, taken.search.escalated), (0, false));
}
