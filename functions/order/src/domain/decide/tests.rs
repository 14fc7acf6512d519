//! The walk of every state, command and party, and what a table cannot say.

use super::super::UndeliverableReason;
use super::super::cast::{LIMITS, after, eur, id, in_state, now, order, other_courier, rosa};
use super::super::transitions::TRANSITIONS;
use super::*;

/// Whether nothing can follow.
fn is_end(state: StateName) -> bool {
    TRANSITIONS.iter().all(|line| line.from != state)
}

/// The table as a Mermaid state diagram.
fn diagram() -> String {
    let mut lines = vec![
        "stateDiagram-v2".to_owned(),
        "    [*] --> awaiting_payment: place (customer)".to_owned(),
    ];
    for line in TRANSITIONS {
        let parties: Vec<_> = line.by.iter().map(|party| party.as_str()).collect();
        let charge = match line.charge {
            Charge::Nothing => "",
            Charge::Food => ", pays the food",
        };
        for to in line.to {
            lines.push(format!(
                "    {} --> {to}: {} ({}{charge})",
                line.from,
                line.on,
                parties.join(", ")
            ));
        }
    }
    for state in StateName::ALL.iter().filter(|state| is_end(**state)) {
        lines.push(format!("    {state} --> [*]"));
    }
    lines.join("\n")
}

/// One example of each command, as told of the order of the cast.
fn example(name: CommandName) -> Command {
    match name {
        CommandName::Authorize => Command::Authorize {
            payment_id: id(7),
            amount: eur(3120),
        },
        CommandName::Decline => Command::Decline,
        CommandName::Void => Command::Void {
            reason: CancelReason::PaymentReleased,
        },
        CommandName::PaymentDeadline => Command::PaymentDeadline,
        CommandName::Release => Command::Release,
        CommandName::RestaurantDeadline => Command::RestaurantDeadline,
        CommandName::CourierDeadline => Command::CourierDeadline,
        CommandName::LoseCourier => Command::LoseCourier {
            courier: rosa(),
            since: 4,
        },
        CommandName::PickUpDeadline => Command::PickUpDeadline,
        CommandName::KitchenDeadline => Command::KitchenDeadline,
        CommandName::DeliveryDeadline => Command::DeliveryDeadline,
        CommandName::Accept => Command::Accept { prep_minutes: Some(20) },
        CommandName::Reject => Command::Reject {
            reason: KitchenReason::Closing,
        },
        CommandName::Delay => Command::Delay {
            minutes: 10,
            reason: KitchenReason::TooBusy,
        },
        CommandName::MarkReady => Command::MarkReady,
        CommandName::Cancel => Command::Cancel {
            reason: CancelReason::Other,
            agreed: None,
        },
        CommandName::PickUp => Command::PickUp {
            courier: rosa(),
            at: now(),
        },
        CommandName::Deliver => Command::Deliver {
            courier: rosa(),
            at: now(),
        },
        CommandName::Fail => Command::Fail {
            courier: rosa(),
            reason: UndeliverableReason::Unsafe,
            is_the_customers: false,
        },
    }
}

/// Late enough for every deadline of the cast but the last.
fn late() -> Timestamp {
    after(120)
}

fn run(order: &Order, command: &Command, by: Party) -> Result<Option<Decision>, Rejection> {
    let is_last = *command == Command::DeliveryDeadline;
    let now = if is_last { now() + DELIVERY_MAX } else { late() };
    decide(order, command, by, LIMITS, now)
}

/// Who tells what cannot be refused, because it has happened.
fn tells_facts(by: Party) -> bool {
    matches!(by, Party::Payment | Party::Delivery | Party::Platform)
}

#[test]
fn every_state_takes_exactly_what_the_table_says() {
    for state in StateName::ALL {
        for name in CommandName::ALL {
            for by in Party::ALL {
                let order = in_state(*state);
                let told = format!("{name} by {by} in {state}");
                let outcome = run(&order, &example(*name), *by);
                let Some(line) = find(*state, *name, *by) else {
                    match outcome {
                        Ok(None) => assert!(
                            tells_facts(*by) || (*name == CommandName::MarkReady && *by == Party::Restaurant),
                            "{told}"
                        ),
                        Ok(Some(decision)) => panic!("{told} led to {decision:?}"),
                        Err(Rejection::TooEarly { .. }) => assert!(tells_facts(*by), "{told}"),
                        Err(Rejection::WrongState { .. }) => assert!(!tells_facts(*by), "{told}"),
                        Err(other) => panic!("{told}: {other}"),
                    }
                    continue;
                };
                let decision = outcome.unwrap_or_else(|error| panic!("{told}: {error}"));
                let decision = decision.unwrap_or_else(|| panic!("{told} did nothing"));
                assert!(
                    line.to.contains(&decision.state.name()),
                    "{told} led to {:?}",
                    decision.state
                );
            }
        }
    }
}

#[test]
fn every_line_of_the_table_is_taken() {
    for line in TRANSITIONS {
        for to in line.to {
            let mut order = in_state(line.from);
            if *to == StateName::Scheduled {
                order.facts.release_at = Some(late() + minutes(60));
            }
            let decision = run(&order, &example(line.on), line.by[0]).unwrap().unwrap();
            assert_eq!(decision.state.name(), *to, "{} in {}", line.on, line.from);
        }
    }
}

#[test]
fn every_state_can_be_reached_and_can_end() {
    let mut reached = vec![StateName::AwaitingPayment];
    for index in 0..StateName::ALL.len() {
        let Some(state) = reached.get(index).copied() else {
            break;
        };
        for to in TRANSITIONS
            .iter()
            .filter(|line| line.from == state)
            .flat_map(|line| line.to)
        {
            if !reached.contains(to) {
                reached.push(*to);
            }
        }
    }
    assert_eq!(reached.len(), StateName::ALL.len());
    let ends: Vec<_> = StateName::ALL.iter().filter(|state| is_end(**state)).collect();
    assert_eq!(
        ends,
        [
            &StateName::Delivered,
            &StateName::Cancelled,
            &StateName::Rejected,
            &StateName::Undeliverable
        ]
    );
    // An operator can end whatever is not at its end.
    for state in StateName::ALL.iter().filter(|state| !is_end(**state)) {
        assert!(find(*state, CommandName::Cancel, Party::Operator).is_some(), "{state}");
    }
}

#[test]
fn nobody_does_anothers_work() {
    for name in [
        CommandName::Accept,
        CommandName::Reject,
        CommandName::Delay,
        CommandName::MarkReady,
    ] {
        for by in Party::ALL {
            assert_eq!(ever(name, *by), *by == Party::Restaurant, "{name} by {by}");
        }
    }
    for name in CommandName::ALL {
        assert!(
            !ever(*name, Party::Courier),
            "a courier acts through the delivery service"
        );
        assert_eq!(ever(*name, Party::Customer), *name == CommandName::Cancel, "{name}");
    }
}

#[test]
fn cancelling_costs_what_was_told_beforehand() {
    for (state, by, fee) in [
        (StateName::AwaitingPayment, Party::Customer, Some(0)),
        (StateName::Scheduled, Party::Customer, Some(0)),
        (StateName::AwaitingRestaurant, Party::Customer, Some(0)),
        (StateName::Preparing, Party::Customer, Some(2500)),
        (StateName::Ready, Party::Customer, None),
        (StateName::OutForDelivery, Party::Customer, None),
        (StateName::Delivered, Party::Customer, None),
        (StateName::AwaitingPayment, Party::Restaurant, None),
        (StateName::Preparing, Party::Restaurant, Some(0)),
        (StateName::Ready, Party::Restaurant, Some(0)),
        (StateName::OutForDelivery, Party::Restaurant, None),
        (StateName::OutForDelivery, Party::Operator, Some(0)),
        (StateName::Delivered, Party::Operator, None),
    ] {
        let order = in_state(state);
        let told = cancellation(&order, by);
        assert_eq!(told.map(|costs| costs.fee.amount()), fee, "{by} in {state}");
        let outcome = run(&order, &example(CommandName::Cancel), by);
        let Some(told) = told else {
            assert!(matches!(outcome, Err(Rejection::WrongState { .. })), "{by} in {state}");
            continue;
        };
        assert_eq!(told.fee.plus(told.refund), Ok(eur(3120)));
        assert_eq!(outcome.unwrap().unwrap().state.fee(), Some(told.fee));
    }
}

#[test]
fn food_that_is_worth_less_than_a_card_is_charged_costs_nothing() {
    for (food, fee) in [(49, 0), (50, 50)] {
        let mut order = in_state(StateName::Preparing);
        order.facts.food = eur(food);
        assert_eq!(cancellation(&order, Party::Customer).unwrap().fee, eur(fee));
    }
}

#[test]
fn nobody_pays_more_than_they_agreed_to() {
    let cancel = |agreed: i64| Command::Cancel {
        reason: CancelReason::TooSlow,
        agreed: Some(eur(agreed)),
    };
    let try_it = |state, agreed| run(&in_state(state), &cancel(agreed), Party::Customer);
    assert!(try_it(StateName::AwaitingRestaurant, 0).is_ok());
    // The kitchen accepted in between: what was free costs the food by now.
    let refused = try_it(StateName::Preparing, 0).unwrap_err();
    let costs = cancellation(&in_state(StateName::Preparing), Party::Customer).unwrap();
    assert_eq!(refused, Rejection::TermsChanged { costs });
    assert!(try_it(StateName::Preparing, 2499).is_err());
    let agreed = try_it(StateName::Preparing, 2500).unwrap().unwrap();
    assert_eq!(agreed.state.fee(), Some(eur(2500)));
}

/// Invariant 6 of the architecture.
#[test]
fn every_state_that_waits_has_a_deadline_that_ends_it() {
    for state in StateName::ALL.iter().filter(|state| !is_end(**state)) {
        let order = in_state(*state);
        let due = deadlines(&order.state);
        assert!(!due.is_empty(), "{state} may last for ever");
        for (name, at) in due {
            let decided = decide(&order, &example(name), Party::Platform, LIMITS, at).unwrap();
            let after = decided.unwrap().state.name();
            assert!(
                is_end(after) || *state == StateName::Scheduled,
                "{name} leads from {state} to {after}"
            );
        }
    }
}

#[test]
fn nobody_is_charged_for_food_of_which_nothing_was_heard() {
    let order = in_state(StateName::OutForDelivery);
    let decided = run(&order, &Command::DeliveryDeadline, Party::Platform)
        .unwrap()
        .unwrap();
    assert_eq!(decided.state.fee(), Some(eur(0)));
    let order = in_state(StateName::Preparing);
    let decided = run(&order, &Command::KitchenDeadline, Party::Platform)
        .unwrap()
        .unwrap();
    assert_eq!(decided.state.fee(), Some(eur(0)));
}

#[test]
fn a_fee_never_exceeds_what_was_authorised() {
    let mut order = in_state(StateName::Preparing);
    order.facts.food = eur(9999);
    assert_eq!(cancellation(&order, Party::Customer).unwrap().fee, eur(3120));
}

#[test]
fn the_same_again_does_nothing() {
    for (first, again, by) in [
        (
            State::AwaitingRestaurant { answer_by: after(500) },
            Command::Accept { prep_minutes: None },
            Party::Restaurant,
        ),
        (
            State::AwaitingRestaurant { answer_by: after(500) },
            Command::Reject {
                reason: KitchenReason::Other,
            },
            Party::Restaurant,
        ),
        (
            State::AwaitingRestaurant { answer_by: after(500) },
            Command::Cancel {
                reason: CancelReason::TooSlow,
                agreed: None,
            },
            Party::Customer,
        ),
        (
            in_state(StateName::Preparing).state,
            Command::MarkReady,
            Party::Restaurant,
        ),
        (
            in_state(StateName::Ready).state,
            example(CommandName::PickUp),
            Party::Delivery,
        ),
        (
            in_state(StateName::OutForDelivery).state,
            example(CommandName::Deliver),
            Party::Delivery,
        ),
        (
            in_state(StateName::OutForDelivery).state,
            example(CommandName::Fail),
            Party::Delivery,
        ),
        (
            in_state(StateName::AwaitingPayment).state,
            example(CommandName::Authorize),
            Party::Payment,
        ),
        (
            in_state(StateName::AwaitingPayment).state,
            Command::Decline,
            Party::Payment,
        ),
        (
            in_state(StateName::AwaitingPayment).state,
            Command::PaymentDeadline,
            Party::Platform,
        ),
    ] {
        let decision = run(&order(first), &again, by).unwrap().unwrap();
        assert_eq!(run(&order(decision.state), &again, by), Ok(None), "{again:?}");
    }
}

#[test]
fn something_else_again_is_refused() {
    let refused = |state: StateName, command: Command, by: Party| run(&in_state(state), &command, by).unwrap_err();
    let accept = Command::Accept { prep_minutes: Some(30) };
    assert!(matches!(
        refused(StateName::Preparing, accept, Party::Restaurant),
        Rejection::WrongState { .. }
    ));
    let cancel = Command::Cancel {
        reason: CancelReason::TooSlow,
        agreed: None,
    };
    assert!(matches!(
        refused(StateName::Cancelled, cancel, Party::Customer),
        Rejection::WrongState { .. }
    ));
    let (courier, at) = (other_courier(), now());
    for state in [
        StateName::OutForDelivery,
        StateName::Delivered,
        StateName::Undeliverable,
    ] {
        let pick_up = Command::PickUp { courier, at };
        assert!(matches!(
            refused(state, pick_up, Party::Delivery),
            Rejection::Contradiction { .. }
        ));
        let deliver = Command::Deliver { courier, at };
        assert!(matches!(
            refused(state, deliver, Party::Delivery),
            Rejection::Contradiction { .. }
        ));
    }
    for state in StateName::ALL {
        let second = Command::Authorize {
            payment_id: id(8),
            amount: eur(3120),
        };
        assert!(
            matches!(refused(*state, second, Party::Payment), Rejection::Contradiction { .. }),
            "{state}"
        );
    }
}

#[test]
fn only_the_shown_price_is_taken_as_authorised() {
    for amount in [0, 3119, 3121] {
        let authorize = Command::Authorize {
            payment_id: id(7),
            amount: eur(amount),
        };
        let outcome = run(&in_state(StateName::AwaitingPayment), &authorize, Party::Payment);
        assert!(matches!(outcome, Err(Rejection::AmountDiffers { .. })), "{amount}");
    }
}

#[test]
fn a_payment_after_the_end_leaves_the_end_standing() {
    for state in [StateName::Cancelled, StateName::Rejected] {
        let outcome = run(&in_state(state), &example(CommandName::Authorize), Party::Payment);
        assert_eq!(outcome, Ok(None), "{state}");
    }
}

#[test]
fn what_comes_early_is_told_apart_from_what_comes_late() {
    use CommandName as C;
    use StateName as S;
    for (state, command, early) in [
        (S::AwaitingPayment, C::Deliver, true),
        (S::Ready, C::Deliver, true),
        (S::AwaitingRestaurant, C::PickUp, true),
        (S::Preparing, C::Fail, true),
        (S::OutForDelivery, C::Void, false),
        (S::Delivered, C::PickUp, false),
        (S::Cancelled, C::PickUp, false),
        (S::AwaitingRestaurant, C::Authorize, false),
        (S::Scheduled, C::PaymentDeadline, false),
        (S::Preparing, C::RestaurantDeadline, false),
    ] {
        assert_eq!(comes_early(state, command), early, "{command} in {state}");
    }
}

#[test]
fn a_deadline_does_nothing_before_its_time_or_after_its_state() {
    for name in StateName::ALL {
        let order = in_state(*name);
        for (due, due_at) in deadlines(&order.state) {
            let at = |now| decide(&order, &example(due), Party::Platform, LIMITS, now);
            let early = at(due_at - SignedDuration::from_secs(1));
            assert_eq!(early, Err(Rejection::NotDue { due_at }), "{due}");
            let ended = at(due_at).unwrap().unwrap().state;
            assert_ne!(ended.name(), *name, "{due}");
            // The same timer again, or one that was overtaken, finds another state.
            let again = decide(
                &super::super::cast::order(ended),
                &example(due),
                Party::Platform,
                LIMITS,
                late(),
            );
            assert_eq!(again, Ok(None), "{due}");
        }
    }
}

#[test]
fn a_courier_on_the_way_stops_the_search_but_not_the_clock() {
    let mut order = in_state(StateName::Ready);
    order.assigned = Some(other_courier());
    assert_eq!(run(&order, &Command::CourierDeadline, Party::Platform), Ok(None));
    let given_up = run(&order, &Command::PickUpDeadline, Party::Platform).unwrap().unwrap();
    let State::Cancelled { by, reason, fee, .. } = given_up.state else {
        panic!("{given_up:?}")
    };
    assert_eq!((by, reason, fee), (Party::Platform, CancelReason::NoCourier, eur(0)));
}

#[test]
fn a_lost_courier_starts_the_search_and_its_time_again() {
    let mut order = in_state(StateName::Ready);
    order.assigned = Some(rosa());
    order.courier_since = 3;
    let command = example(CommandName::LoseCourier);
    let at = |order: &Order, now| decide(order, &command, Party::Delivery, LIMITS, now);
    let lost = at(&order, after(15)).unwrap().unwrap();
    let expected = Event::CourierLost {
        courier: rosa(),
        courier_by: Some(after(35)),
    };
    assert_eq!(lost.event, expected);
    let (courier, pick_up) = (CommandName::CourierDeadline, CommandName::PickUpDeadline);
    assert_eq!(deadlines(&lost.state), [(courier, after(35)), (pick_up, after(60))]);
    // However often couriers are lost, nobody eats food that stood for an hour.
    let late = at(&order, after(50)).unwrap().unwrap();
    assert_eq!(deadlines(&late.state), [(courier, after(60)), (pick_up, after(60))]);
    // The search fails at the new deadline, and not at the old one.
    order.state = lost.state;
    (order.assigned, order.courier_since) = (None, 4);
    let due = |order: &Order, now| decide(order, &Command::CourierDeadline, Party::Platform, LIMITS, now);
    assert_eq!(due(&order, after(20)), Err(Rejection::NotDue { due_at: after(35) }));
    let ended = due(&order, after(35)).unwrap().unwrap();
    assert_eq!(ended.state.name(), StateName::Cancelled);
    // Unless somebody comes by then.
    (order.assigned, order.courier_since) = (Some(other_courier()), 6);
    assert_eq!(due(&order, after(35)), Ok(None));
}

#[test]
fn food_that_cooks_has_no_deadline_for_its_courier() {
    let order = in_state(StateName::Preparing);
    let lost = run(&order, &example(CommandName::LoseCourier), Party::Delivery);
    let lost = lost.unwrap().unwrap();
    assert_eq!(lost.state, order.state);
    let expected = Event::CourierLost {
        courier: rosa(),
        courier_by: None,
    };
    assert_eq!(lost.event, expected);
}

#[test]
fn that_a_courier_is_lost_counts_once_and_only_until_the_next_is_found() {
    for (since, counts) in [(0, true), (3, true), (4, false), (5, false)] {
        for state in [StateName::Preparing, StateName::Ready] {
            let mut order = in_state(state);
            order.courier_since = since;
            let lost = run(&order, &example(CommandName::LoseCourier), Party::Delivery);
            assert_eq!(lost.unwrap().is_some(), counts, "{since} in {state}");
        }
    }
}

#[test]
fn whose_fault_a_failed_delivery_is_decides_who_pays() {
    for (reason, is_the_customers, fee) in [
        (UndeliverableReason::CustomerAbsent, true, 3120),
        // A courier's word that it was the customer is not enough: who bears it is decided with the proof.
        (UndeliverableReason::CustomerAbsent, false, 0),
        (UndeliverableReason::WrongAddress, true, 3120),
        (UndeliverableReason::Damaged, false, 0),
        (UndeliverableReason::Other, false, 0),
    ] {
        let fail = Command::Fail {
            courier: rosa(),
            reason,
            is_the_customers,
        };
        let decision = run(&in_state(StateName::OutForDelivery), &fail, Party::Delivery)
            .unwrap()
            .unwrap();
        assert_eq!(decision.state.fee(), Some(eur(fee)), "{reason}");
    }
}

#[test]
fn delays_add_up_to_a_limit() {
    let mut order = in_state(StateName::Preparing);
    let delay = |order: &Order| {
        let delay = Command::Delay {
            minutes: 60,
            reason: KitchenReason::TooBusy,
        };
        decide(order, &delay, Party::Restaurant, LIMITS, now())
    };
    for expected in [72, 132, 192] {
        order.state = delay(&order).unwrap().unwrap().state;
        assert_eq!(order.state.ready_at(), Some(after(expected)));
    }
    assert_eq!(delay(&order), Err(Rejection::DelayTooLong));
}

#[test]
fn the_readme_shows_the_table() {
    let readme = include_str!("../../../README.md");
    assert!(
        readme.contains(&diagram()),
        "README.md must show:\n```mermaid\n{}\n```",
        diagram()
    );
}

#[test]
fn states_are_stored_by_name() {
    for name in StateName::ALL {
        let state = in_state(*name).state;
        let json = serde_json::to_value(&state).unwrap();
        assert_eq!(json["is"], name.as_str());
        assert_eq!(serde_json::from_value::<State>(json).unwrap(), state);
    }
}
