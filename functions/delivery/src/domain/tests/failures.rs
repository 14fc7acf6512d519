//! Food that is not handed over: who is believed, who judges, who is paid, and until when.

use contracts::Cause;

use super::*;
use crate::domain::lifecycle::JUDGED_WITHIN;
use crate::domain::open_delivery::{OpenDelivery, is_returning};
use crate::domain::{Carried, RETURN_WITHIN};
use crate::publish::{self, OFFER_EXPIRED, REVIEW, Subject};

#[test]
fn a_couriers_bare_word_charges_nobody() {
    let courier_id = ada();
    let carrying = delivery(State::PickedUp(assignment()));
    let mut unseen = at_door();
    unseen.progress.there_seen = false;
    let gone = Presence::Elsewhere { distance_m: 2_000 };
    for (given, reason, presence, minute) in [
        (&carrying, FailureReason::WrongAddress, Presence::Seen, 0),
        (&carrying, FailureReason::Unsafe, Presence::Unseen, 0),
        (&at_door(), FailureReason::WrongAddress, Presence::Seen, 7),
        (&at_door(), FailureReason::WrongAddress, Presence::Unseen, 8),
        (&at_door(), FailureReason::CustomerAbsent, gone, 8),
        (&unseen, FailureReason::CustomerAbsent, Presence::Seen, 8),
        (&at_door(), FailureReason::Unsafe, Presence::Seen, 8),
        (&at_door(), FailureReason::Other, Presence::Seen, 8),
    ] {
        let now = NOON + minutes(minute);
        let word = word(presence);
        let fail = Command::Fail {
            courier_id,
            reason,
            word,
        };
        let events = decide(given, &fail, now).unwrap();
        let review = Review {
            reported_at: now,
            until: now + REVIEW_LASTS,
            seen: presence == Presence::Seen,
        };
        let reported = Event::FailureReported {
            courier_id,
            reason,
            review,
            presence,
        };
        assert_eq!(events, [reported], "{reason:?} {presence:?} {minute}");
        let waiting = after(given, &events);
        assert_eq!(waiting.progress.state.phase(), Phase::Returning);
        assert_eq!(decide(&waiting, &fail, now), Ok(vec![]));
    }
    let charged = decide(&at_door(), &fail(FailureReason::CustomerAbsent), NOON + minutes(8)).unwrap();
    assert!(
        matches!(
            charged[..],
            [Event::Failed {
                fault: Fault::Customer,
                ..
            }]
        ),
        "{charged:?}"
    );
}

#[test]
fn a_failure_is_judged_once_and_a_courier_at_fault_earns_nothing() {
    let given = at_door();
    let now = NOON + minutes(20);
    let reported = decide(&given, &fail(FailureReason::Other), now).unwrap();
    let returning = after(&given, &reported);
    let outcome = ReturnOutcome::HandedBack;
    let back = Command::Return {
        courier_id: ada(),
        outcome,
    };
    let returned = after(&returning, &decide(&returning, &back, now).unwrap());
    let later = now + minutes(600);
    for (fault, earns) in [
        (Fault::Customer, true),
        (Fault::Courier, false),
        (Fault::Restaurant, true),
        (Fault::Platform, true),
    ] {
        let judge = Command::Judge { fault };
        for given in [&returning, &returned] {
            let events = decide(given, &judge, later).unwrap();
            let expected = Event::Failed {
                courier_id: ada(),
                reason: FailureReason::Other,
                fault,
                judged: true,
                earned: earns.then(|| earned_in_vain(&given.facts, minutes(20), now)),
            };
            assert_eq!(events, [expected]);
            let judged = after(given, &events);
            assert_eq!(judged.progress.state, given.progress.state);
            assert_eq!(decide(&judged, &judge, later), Ok(vec![]));
            let fault = if fault == Fault::Courier {
                Fault::Customer
            } else {
                Fault::Courier
            };
            let otherwise = decide(&judged, &Command::Judge { fault }, later);
            assert_eq!(otherwise, Err(Rejection::NothingToJudge));
        }
    }
}

#[test]
fn silence_pays_nobody_who_was_not_seen_and_an_operators_word_is_a_judgement() {
    let courier_id = ada();
    let report = |given: &Delivery, presence, now| {
        let (reason, word) = (FailureReason::Other, word(presence));
        let fail = Command::Fail {
            courier_id,
            reason,
            word,
        };
        after(given, &decide(given, &fail, now).unwrap())
    };
    for (presence, pays) in [(Presence::Seen, true), (Presence::Unseen, false)] {
        let given = report(&at_door(), presence, NOON + minutes(20));
        let events = decide(&given, &Command::LeaveUnjudged, NOON + minutes(600)).unwrap();
        let [
            Event::Failed {
                fault: Fault::Platform,
                earned,
                ..
            },
        ] = events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!(earned.is_some(), pays, "{presence:?}");
        assert_eq!(
            decide(&after(&given, &events), &Command::LeaveUnjudged, NOON),
            Ok(vec![])
        );
    }
    // What an operator says meanwhile is not taken for a repetition.
    let given = report(&at_door(), Presence::Seen, NOON + minutes(20));
    let (reason, word) = (FailureReason::Other, Word::Operator(Fault::Customer));
    let said = decide(
        &given,
        &Command::Fail {
            courier_id,
            reason,
            word,
        },
        NOON + minutes(30),
    );
    assert!(matches!(said, Err(Rejection::WrongState { .. })), "{said:?}");
    // It is judged before the order ends by itself.
    let mut late = at_door();
    let since = NOON;
    let vehicle = assignment().vehicle;
    late.progress.carried = Some(Carried { since, vehicle });
    let reported = report(&late, Presence::Seen, NOON + SignedDuration::from_hours(20));
    assert_eq!(
        reported.progress.review.map(|review| review.until),
        Some(NOON + JUDGED_WITHIN)
    );
}

#[test]
fn food_that_is_missing_pays_nobody_and_neither_does_the_way_back_of_who_is_at_fault() {
    let missing = decide(
        &delivery(State::PickedUp(assignment())),
        &Command::Withdraw { is_paid: false },
        NOON,
    );
    assert!(
        matches!(missing.as_deref(), Ok([Event::Withdrawn { earned: None, .. }])),
        "{missing:?}"
    );
    let reported = decide(&at_door(), &fail(FailureReason::Other), NOON + minutes(20)).unwrap();
    let returning = after(&at_door(), &reported);
    let fault = Fault::Courier;
    let judged = after(
        &returning,
        &decide(&returning, &Command::Judge { fault }, NOON).unwrap(),
    );
    let (courier_id, outcome) = (ada(), ReturnOutcome::HandedBack);
    let back = decide(&judged, &Command::Return { courier_id, outcome }, NOON);
    assert!(
        matches!(back.as_deref(), Ok([Event::Returned { earned: None, .. }])),
        "{back:?}"
    );
}

#[test]
fn who_was_not_seen_at_the_door_earns_no_waiting_there() {
    let courier_id = ada();
    let carrying = delivery(State::PickedUp(assignment()));
    let arrive = |presence| Command::ArriveAtCustomer { courier_id, presence };
    let waiting = |given: &Delivery, now| match decide(given, &hand_over("4711"), now).as_deref() {
        Ok([Event::Delivered { earned, .. }]) => earned.waiting,
        other => panic!("{other:?}"),
    };
    for presence in [Presence::Unseen, Presence::Elsewhere { distance_m: 900 }] {
        let unseen = after(&carrying, &decide(&carrying, &arrive(presence), NOON).unwrap());
        assert_eq!(decide(&unseen, &arrive(presence), NOON), Ok(vec![]));
        assert_eq!(waiting(&unseen, NOON + minutes(20)), 0);
        let at = NOON + minutes(5);
        let events = decide(&unseen, &arrive(Presence::Seen), at).unwrap();
        assert_eq!(events, [Event::SeenThere { at }]);
        let seen = after(&unseen, &events);
        assert_eq!(waiting(&seen, at + minutes(7)), 40);
        assert_eq!(decide(&seen, &arrive(Presence::Seen), at), Ok(vec![]));
    }
}

#[test]
fn what_is_called_off_is_paid_as_far_as_it_went() {
    let earned = |given: &Delivery| match decide(given, &Command::Withdraw { is_paid: true }, NOON + minutes(8))
        .as_deref()
    {
        Ok([Event::Withdrawn { earned, .. }]) => earned.map(|earned| (earned.base, earned.distance, earned.waiting)),
        other => panic!("{other:?}"),
    };
    let mut at_counter = at_door();
    at_counter.progress.state = State::AtRestaurant(assignment());
    assert_eq!(earned(&at_counter), Some((PAY_BASE, 0, 60)));
    at_counter.progress.there_seen = false;
    assert_eq!(earned(&at_counter), None);
    assert_eq!(earned(&at_door()), Some((PAY_BASE, 75, 60)));
    assert_eq!(
        earned(&delivery(State::PickedUp(assignment()))),
        Some((PAY_BASE, 75, 0))
    );
    for state in [State::Waiting, State::Offered(offer()), State::Assigned(assignment())] {
        assert_eq!(earned(&delivery(state)), None);
    }
}

/// What is waited for has an end: whatever nobody does, somebody is told or something is decided, by a timer or by what looks
/// after a zone each minute. A phase that is new has to be put here.
#[test]
fn every_phase_that_waits_has_a_deadline() {
    let late = overdue();
    let lost = first_eta().latest + RETURN_WITHIN + minutes(1);
    let row = |phase| OpenDelivery::of(id(1), &given(phase), 1).unwrap();
    for phase in Phase::ALL {
        match phase {
            Phase::Waiting => {
                assert!(row(phase).to_be_missed(false, late));
                let told = decide(&given(phase), &Command::Miss, late).unwrap();
                assert!(
                    told.iter().any(|event| matches!(event, Event::Escalated { .. })),
                    "{told:?}"
                );
            }
            Phase::Offered => {
                let made = Event::Offered(offer());
                assert_eq!(deadlines(&made, &state(phase)), [(OFFER_EXPIRED, offer().expires_at)]);
                assert!(decide(&given(phase), &command(Verb::EndOffer), late).is_ok());
            }
            Phase::Assigned | Phase::AtRestaurant | Phase::PickedUp | Phase::AtCustomer => {
                assert!(row(phase).is_overdue(late));
                let told = decide(&given(phase), &Command::NoteOverdue, late).unwrap();
                assert!(matches!(told[..], [Event::Escalated { .. }]), "{phase:?} {told:?}");
            }
            Phase::Returning => {
                assert!(row(phase).is_lost(lost) && !row(phase).is_lost(late));
                assert_eq!(is_returning(&given(phase)), Some(ada()));
                assert!(decide(&given(phase), &command(Verb::Return), lost).is_ok());
            }
            Phase::Delivered | Phase::Returned | Phase::Failed | Phase::Withdrawn => assert!(phase.is_end()),
        }
        if target(phase, Verb::Judge).is_some() {
            let reported = decide(&at_door(), &fail(FailureReason::Other), NOON).unwrap();
            assert_eq!(deadlines(&reported[0], &state(phase)), [(REVIEW, NOON + REVIEW_LASTS)]);
            assert!(decide(&given(phase), &command(Verb::Judge), NOON + REVIEW_LASTS).is_ok());
        }
    }
}

fn deadlines(event: &Event, after: &State) -> Vec<(&'static str, Timestamp)> {
    let cause = Cause {
        now: NOON,
        correlation_id: String::new(),
        causation_id: String::new(),
        traceparent: None,
    };
    let facts = crate::domain::cast::facts();
    let subject = Subject {
        delivery_id: id(1),
        facts: &facts,
        sequence: 2,
        cause: &cause,
    };
    let published = publish::published(subject, event, after).unwrap().unwrap();
    let known = |name: &str| [OFFER_EXPIRED, REVIEW].into_iter().find(|known| *known == name);
    published
        .timers
        .into_iter()
        .map(|timer| (known(&timer.name).unwrap(), timer.due_at))
        .collect()
}
