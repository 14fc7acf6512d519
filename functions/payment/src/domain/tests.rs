//! Stories of one payment, as tables of what was, what came and what it led to.

use kernel::{Currency, Money, PaymentMethodId, Timestamp, TypedId as _};
use uuid::Uuid;

use super::*;

pub(super) fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub(super) fn total() -> Money {
    eur(2890)
}

pub(super) fn method() -> PaymentMethodId {
    PaymentMethodId::from_uuid(Uuid::from_u128(7))
}

pub(super) fn attempt() -> Attempt {
    Attempt {
        intent: IntentId::new("pi_ours"),
        card: Card {
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
        },
    }
}

pub(super) fn expires_at() -> Timestamp {
    "2026-11-27T18:30:00Z".parse().unwrap()
}

pub(super) fn now() -> Timestamp {
    "2026-11-20T19:00:00Z".parse().unwrap()
}

pub(super) fn action() -> NextAction {
    NextAction::Redirect {
        url: "https://bank.example/3ds".to_owned(),
    }
}

pub(super) fn request() -> Command {
    Command::Request {
        total: total(),
        method: method(),
    }
}

pub(super) fn settle(amount: i64) -> Command {
    Command::Settle {
        charge: eur(amount),
        now: now(),
    }
}

pub(super) fn seen(status: IntentStatus) -> Command {
    seen_of("pi_ours", status)
}

fn seen_of(intent: &str, status: IntentStatus) -> Command {
    Command::Observe(Observation {
        intent: IntentId::new(intent),
        status,
        void_reason: VoidReason::OrderEnded,
    })
}

pub(super) fn reserved() -> IntentStatus {
    IntentStatus::Reserved {
        amount: total(),
        expires_at: expires_at(),
    }
}

/// A settlement that was decided a moment ago.
pub(super) fn settling(charge: Money) -> State {
    State::Settling {
        total: total(),
        attempt: attempt(),
        charge,
        expires_at: expires_at(),
        since: now(),
        tries: 0,
        is_told: false,
    }
}

/// One example of each state.
pub fn states() -> Vec<State> {
    let (total, attempt) = (total(), attempt());
    vec![
        State::Forestalled,
        State::Requested {
            total,
            method: method(),
        },
        State::Authorizing {
            total,
            attempt: attempt.clone(),
        },
        State::ActionRequired {
            total,
            attempt: attempt.clone(),
            action: action(),
        },
        State::Authorized {
            total,
            attempt: attempt.clone(),
            expires_at: expires_at(),
        },
        settling(total),
        settling(eur(0)),
        State::Declined {
            total,
            attempt: Some(attempt.clone()),
            reason: "card_declined".to_owned(),
        },
        State::Captured {
            total,
            attempt: attempt.clone(),
            captured: total,
        },
        State::Voided {
            total,
            attempt: Some(attempt),
            reason: VoidReason::OrderEnded,
        },
    ]
}

pub(super) fn state(name: &str) -> Option<State> {
    states().into_iter().find(|state| state.name() == name)
}

fn decide_in(name: &str, command: &Command) -> Result<Decision, Rejection> {
    decide(state(name).as_ref(), command)
}

fn becomes(decision: Result<Decision, Rejection>) -> (State, Option<Event>) {
    match decision {
        Ok(Decision::Become { state, event }) => (state, event),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_payment_is_reserved_and_charged_once() {
    let mut state: Option<State> = None;
    let mut events = Vec::new();
    for command in [
        request(),
        Command::Prepare(attempt()),
        seen(reserved()),
        seen(IntentStatus::Captured { amount: total() }),
    ] {
        let (next, event) = becomes(decide(state.as_ref(), &command));
        events.extend(event);
        state = Some(next);
    }
    let expires_at = expires_at();
    assert_eq!(
        events,
        [
            Event::Authorized {
                amount: total(),
                expires_at
            },
            Event::Captured { amount: total() }
        ]
    );
    for repeated in [
        request(),
        settle(2890),
        seen(IntentStatus::Captured { amount: total() }),
    ] {
        assert_eq!(decide(state.as_ref(), &repeated), Ok(Decision::Nothing));
    }
}

#[test]
fn the_end_of_an_order_that_was_not_heard_of_is_remembered() {
    let (state, event) = becomes(decide(None, &settle(0)));
    assert_eq!((&state, event), (&State::Forestalled, None));
    let (state, event) = becomes(decide(Some(&state), &request()));
    assert_eq!(state.name(), "voided");
    assert_eq!(
        event,
        Some(Event::Voided {
            reason: VoidReason::OrderEnded
        })
    );
}

#[test]
fn an_order_that_ends_while_its_payment_is_open_releases_it() {
    let (state, _) = becomes(decide_in("requested", &settle(0)));
    assert_eq!(state.name(), "voided");
    assert_eq!(becomes(decide_in("authorized", &settle(0))).0, settling(eur(0)));
    for name in ["authorizing", "action_required", "releasing"] {
        let intent = attempt().intent;
        let reason = VoidReason::OrderEnded;
        assert_eq!(
            decide_in(name, &settle(0)),
            Ok(Decision::Ask(ProviderRequest::Cancel { intent, reason })),
            "{name}"
        );
    }
}

#[test]
fn a_late_authorisation_goes_back() {
    for (name, intent) in [
        ("voided", "pi_ours"),
        ("declined", "pi_ours"),
        ("authorized", "pi_stray"),
        ("requested", "pi_stray"),
    ] {
        let expected = ProviderRequest::Cancel {
            intent: IntentId::new(intent),
            reason: VoidReason::OrderEnded,
        };
        let decision = decide_in(name, &seen_of(intent, reserved()));
        assert_eq!(decision, Ok(Decision::Ask(expected)), "{name}");
    }
    assert!(matches!(
        decide(None, &seen_of("pi_stray", reserved())),
        Err(Rejection::Contradiction { .. })
    ));
}

#[test]
fn no_more_is_charged_than_was_reserved() {
    let usd = Command::Settle {
        charge: Money::new(1, Currency::USD),
        now: now(),
    };
    for command in [settle(2891), settle(-1), usd] {
        let decision = decide_in("authorized", &command);
        assert!(
            matches!(decision, Err(Rejection::ExceedsReservation { .. })),
            "{decision:?}"
        );
    }
    let amount = eur(500);
    let intent = attempt().intent;
    // What is owed is committed before the provider is asked for it.
    let (owed, event) = becomes(decide_in("authorized", &settle(500)));
    assert_eq!(owed, settling(amount));
    assert!(matches!(event, Some(Event::Settling { charge, tries: 0, .. }) if charge == amount));
    assert_eq!(
        decide(Some(&owed), &settle(500)),
        Ok(Decision::Ask(ProviderRequest::Capture { intent, amount }))
    );
    let (state, _) = becomes(decide_in("authorized", &seen(IntentStatus::Captured { amount })));
    assert!(matches!(state, State::Captured { captured, .. } if captured == amount));
    let more = seen(IntentStatus::Captured { amount: eur(2891) });
    assert!(matches!(
        decide_in("authorized", &more),
        Err(Rejection::Contradiction { .. })
    ));
}

#[test]
fn shown_price_is_reserved_price() {
    let less = IntentStatus::Reserved {
        amount: eur(2889),
        expires_at: expires_at(),
    };
    assert!(matches!(
        decide_in("authorizing", &seen(less)),
        Err(Rejection::Contradiction { .. })
    ));
    let another = Command::Request {
        total: eur(1),
        method: method(),
    };
    assert!(matches!(
        decide_in("authorized", &another),
        Err(Rejection::AnotherTotal { .. })
    ));
}

#[test]
fn a_second_different_charge_is_refused_and_the_same_is_no_news() {
    assert_eq!(decide_in("captured", &settle(2890)), Ok(Decision::Nothing));
    for amount in [0, 500] {
        let decision = decide_in("captured", &settle(amount));
        assert!(
            matches!(decision, Err(Rejection::AlreadyCaptured { .. })),
            "{decision:?}"
        );
    }
}

#[test]
fn a_reservation_is_given_back_half_a_day_before_it_lapses() {
    let due = expires_at() - EXPIRY_MARGIN;
    let before = due - kernel::SignedDuration::from_secs(1);
    assert_eq!(
        decide_in("authorized", &Command::Expire { now: before }),
        Ok(Decision::Nothing)
    );
    let expected = ProviderRequest::Cancel {
        intent: attempt().intent,
        reason: VoidReason::AuthorizationExpired,
    };
    assert_eq!(
        decide_in("authorized", &Command::Expire { now: due }),
        Ok(Decision::Ask(expected))
    );
    assert_eq!(
        state("authorized").unwrap().likely_void_reason(before),
        VoidReason::ReleasedElsewhere
    );
    assert_eq!(
        state("releasing").unwrap().likely_void_reason(before),
        VoidReason::OrderEnded
    );
    assert_eq!(
        state("authorized").unwrap().likely_void_reason(due),
        VoidReason::AuthorizationExpired
    );
}

#[test]
fn the_bank_wants_approval_and_gets_it_or_not() {
    let (state, event) = becomes(decide_in("authorizing", &seen(IntentStatus::NeedsAction(action()))));
    assert_eq!((state.name(), event), ("action_required", Some(Event::ActionRequired)));
    assert_eq!(
        decide(Some(&state), &seen(IntentStatus::NeedsAction(action()))),
        Ok(Decision::Nothing)
    );
    let elsewhere = NextAction::ProviderSdk {
        client_secret: "pi_ours_secret".to_owned(),
    };
    let (_, event) = becomes(decide(Some(&state), &seen(IntentStatus::NeedsAction(elsewhere))));
    assert_eq!(event, None);
    let (approved, _) = becomes(decide(Some(&state), &seen(reserved())));
    assert_eq!(approved.name(), "authorized");
    let failed = IntentStatus::Failed {
        reason: "payment_intent_authentication_failure".to_owned(),
    };
    let (refused, event) = becomes(decide(Some(&state), &seen(failed)));
    assert_eq!(refused.name(), "declined");
    assert!(matches!(event, Some(Event::Declined { .. })));
}

#[test]
fn an_intent_that_came_too_late_does_not_stay() {
    let late = Attempt {
        intent: IntentId::new("pi_late"),
        ..attempt()
    };
    for name in ["authorizing", "authorized", "voided", "declined"] {
        assert_eq!(
            decide_in(name, &Command::Prepare(attempt())),
            Ok(Decision::Nothing),
            "{name}"
        );
        let expected = ProviderRequest::Cancel {
            intent: late.intent.clone(),
            reason: VoidReason::OrderEnded,
        };
        let decision = decide_in(name, &Command::Prepare(late.clone()));
        assert_eq!(decision, Ok(Decision::Ask(expected)), "{name}");
    }
}

#[test]
fn what_is_owed_is_taken_when_the_reservation_is_about_to_lapse() {
    for command in [Command::Expire { now: expires_at() }, Command::Retry] {
        let Ok(Decision::Ask(ProviderRequest::Capture { amount, .. })) = decide_in("capturing", &command) else {
            panic!("{command:?} must capture");
        };
        assert_eq!(amount, total());
    }
}

#[test]
fn a_settlement_that_does_not_succeed_is_tried_for_as_long_as_the_money_is_reserved_and_told_once() {
    let mut state = settling(total());
    let mut at = now();
    let (mut told, mut tries) = (0, 0);
    while at < expires_at() {
        let (next, event) = becomes(decide(Some(&state), &Command::Postpone { now: at }));
        let retry_at = match event {
            Some(Event::Settling { retry_at, .. }) => retry_at,
            Some(Event::Stalled { retry_at, since, .. }) => {
                assert!(at >= since + STALLED_AFTER && at < since + STALLED_AFTER * 2, "{at}");
                told += 1;
                retry_at.unwrap()
            }
            other => panic!("{other:?}"),
        };
        assert!(retry_at > at);
        (state, at, tries) = (next, retry_at, tries + 1);
    }
    assert_eq!(told, 1);
    assert!((100..300).contains(&tries), "{tries} tries in a week");
    assert_eq!(
        decide(Some(&state), &Command::Postpone { now: at }),
        Ok(Decision::Nothing)
    );
}

#[test]
fn money_that_is_owed_and_was_released_elsewhere_is_for_operators_to_hear() {
    let (state, event) = becomes(decide_in("capturing", &seen(IntentStatus::Canceled)));
    assert_eq!(state.name(), "voided");
    assert!(matches!(event, Some(Event::Stalled { charge, retry_at: None, .. }) if charge == total()));
}
