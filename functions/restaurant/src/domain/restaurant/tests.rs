use contracts::restaurant::{MenuEntry, StaffRole};
use kernel::Money;

use super::cast::{MANAGER, OPERATOR, OWNER, PEOPLE, STAFF, STRANGER, at, break_until, caller, now, restaurant, user};
use super::*;
use crate::domain::ProfileChange;
use crate::domain::menu::cast::menu;

/// Given a restaurant, when somebody asks something, then this happens.
fn check(given: &Restaurant, by: u8, command: &Command, then: &Result<Vec<Event>, Rejection>) {
    assert_eq!(&given.decide(command, &caller(by), now()), then, "{by} {command:?}");
}

fn after(given: &Restaurant, by: u8, command: &Command) -> Restaurant {
    let events = given.decide(command, &caller(by), now()).unwrap();
    events.iter().fold(given.clone(), Restaurant::evolve)
}

fn sold_out(id: &str) -> Override {
    Override {
        kind: MenuEntry::Item,
        id: id.to_owned(),
        available: false,
        until: None,
    }
}

/// One command of every kind, each of which changes something where it is allowed.
fn commands() -> Vec<Command> {
    let rename = ProfileChange {
        name: Some("Bellini".try_into().unwrap()),
        ..ProfileChange::default()
    };
    let member = StaffMember {
        user_id: user(9),
        role: StaffRole::Staff,
    };
    vec![
        Command::Change {
            revision: 1,
            change: Box::new(rename),
        },
        Command::Submit,
        Command::Approve,
        Command::Suspend { reason: None },
        Command::Pause(break_until("2026-11-20T20:00:00Z")),
        Command::Resume,
        Command::ReplaceHours(OpeningHours::always()),
        Command::ReplaceArea(Area {
            max_distance_m: 4000,
            ..Area::default()
        }),
        Command::ReplaceCapacity(Capacity {
            slot_minutes: 15,
            max_orders: Some(8),
            max_value: None,
        }),
        Command::PutStaff(member),
        Command::RemoveStaff(user(STAFF)),
        Command::AcceptInvitation,
        Command::PublishMenu {
            draft_revision: "d1".to_owned(),
            menu: Box::new(menu()),
        },
        Command::SetAvailability {
            entry: sold_out("tiramisu"),
            listed: Some(true),
        },
    ]
}

/// What each person may ask, written down a second time: by command, the least role, or the operator.
fn permitted(command: &Command, by: u8) -> bool {
    match command {
        Command::Approve | Command::Suspend { .. } => by == OPERATOR,
        Command::PutStaff(_) => by == OWNER,
        Command::RemoveStaff(who) => by == OWNER || user(by) == *who,
        Command::AcceptInvitation | Command::Pause(_) | Command::Resume | Command::SetAvailability { .. } => {
            [OWNER, MANAGER, STAFF].contains(&by)
        }
        Command::Change { .. }
        | Command::Submit
        | Command::ReplaceHours(_)
        | Command::ReplaceArea(_)
        | Command::ReplaceCapacity(_)
        | Command::PublishMenu { .. } => [OWNER, MANAGER].contains(&by),
    }
}

/// What a permitted command does at a stage: `true` something, `false` nothing, or it is refused there.
fn outcome(stage: StageName, command: &Command) -> Result<bool, ()> {
    use StageName::{Approved, Draft, Paused, Submitted, Suspended};
    match (command, stage) {
        (Command::Submit, Draft)
        | (Command::Approve, Submitted | Suspended)
        | (Command::Suspend { .. } | Command::Pause(_), Approved | Paused)
        | (Command::Resume, Paused)
        | (Command::SetAvailability { .. }, Approved | Paused | Suspended)
        | (
            Command::Change { .. }
            | Command::ReplaceHours(_)
            | Command::ReplaceArea(_)
            | Command::ReplaceCapacity(_)
            | Command::PutStaff(_)
            | Command::RemoveStaff(_)
            | Command::PublishMenu { .. },
            Draft | Submitted | Approved | Paused | Suspended,
        ) => Ok(true),
        (Command::Submit, Submitted)
        | (Command::Approve, Approved | Paused)
        | (Command::Suspend { .. }, Suspended)
        | (Command::Resume, Approved)
        | (Command::AcceptInvitation, Draft | Submitted | Approved | Paused | Suspended) => Ok(false),
        (Command::Submit, Approved | Paused | Suspended)
        | (Command::Approve, Draft)
        | (Command::Suspend { .. } | Command::SetAvailability { .. }, Draft | Submitted)
        | (Command::Pause(_) | Command::Resume, Draft | Submitted | Suspended) => Err(()),
    }
}

#[test]
fn every_command_at_every_stage_by_everyone() {
    for stage in StageName::ALL {
        let given = restaurant(stage);
        for command in commands() {
            for by in PEOPLE {
                let got = given.decide(&command, &caller(by), now());
                let case = format!("{} by {by}: {command:?} -> {got:?}", stage.as_str());
                if !permitted(&command, by) {
                    let hidden = by == STRANGER && !given.stage.is_public();
                    let expected = if hidden {
                        Rejection::NotFound
                    } else {
                        Rejection::Forbidden
                    };
                    assert_eq!(got, Err(expected), "{case}");
                    continue;
                }
                match (outcome(stage, &command), got) {
                    (Ok(changes), Ok(events)) => {
                        assert_eq!(!events.is_empty(), changes, "{case}");
                        let after = events.iter().fold(given.clone(), Restaurant::evolve);
                        assert_eq!(after == given, !changes, "{case}");
                    }
                    (Err(()), Err(Rejection::WrongStage { from, .. })) => assert_eq!(from, stage, "{case}"),
                    (Err(()), Err(Rejection::NotApproved)) => assert!(!given.stage.is_known(), "{case}"),
                    (Ok(_), Err(_)) | (Err(()), _) => panic!("{case}"),
                }
            }
        }
    }
}

#[test]
fn a_command_done_again_does_nothing() {
    for stage in StageName::ALL {
        for command in commands() {
            let by = if permitted(&command, OWNER) { OWNER } else { OPERATOR };
            let given = restaurant(stage);
            if outcome(stage, &command) != Ok(true) || matches!(command, Command::Change { .. }) {
                continue;
            }
            let once = after(&given, by, &command);
            check(&once, by, &command, &Ok(vec![]));
        }
    }
}

#[test]
fn an_edit_of_what_somebody_else_changed_is_stale() {
    let given = after(
        &restaurant(StageName::Approved),
        OWNER,
        &Command::ReplaceHours(OpeningHours::always()),
    );
    let change = Box::<ProfileChange>::default();
    let command = |revision| Command::Change {
        revision,
        change: change.clone(),
    };
    check(&given, MANAGER, &command(1), &Err(Rejection::Stale));
    check(&given, MANAGER, &command(2), &Ok(vec![]));
    let sold_out = Command::SetAvailability {
        entry: sold_out("tiramisu"),
        listed: Some(true),
    };
    check(&after(&given, STAFF, &sold_out), MANAGER, &command(2), &Ok(vec![]));
}

#[test]
fn a_pause_may_be_prolonged_but_not_end_in_the_past() {
    let given = restaurant(StageName::Paused);
    let longer = break_until("2026-11-20T21:00:00Z");
    check(
        &given,
        STAFF,
        &Command::Pause(longer.clone()),
        &Ok(vec![Event::Paused(longer)]),
    );
    for until in ["2026-11-20T18:00:00Z", "2027-11-22T18:00:01Z"] {
        let got = given.decide(&Command::Pause(break_until(until)), &caller(STAFF), now());
        assert!(matches!(got, Err(Rejection::Invalid(_))), "{until}");
    }
    let resumed = after(&given, STAFF, &Command::Resume);
    assert_eq!(resumed.stage, restaurant(StageName::Approved).stage);
}

#[test]
fn a_suspended_restaurant_returns_without_its_pause() {
    let suspended = after(
        &restaurant(StageName::Paused),
        OPERATOR,
        &Command::Suspend { reason: None },
    );
    assert!(!suspended.stage.is_public() && suspended.stage.is_known());
    let back = after(&suspended, OPERATOR, &Command::Approve);
    assert_eq!(back.stage.name(now()), StageName::Approved);
}

#[test]
fn the_last_owner_stays() {
    let given = restaurant(StageName::Approved);
    let put = |number, role| {
        let user_id = user(number);
        Command::PutStaff(StaffMember { user_id, role })
    };
    check(
        &given,
        OWNER,
        &Command::RemoveStaff(user(OWNER)),
        &Err(Rejection::LastOwner),
    );
    check(
        &given,
        OWNER,
        &put(OWNER, StaffRole::Manager),
        &Err(Rejection::LastOwner),
    );
    check(&given, OWNER, &Command::RemoveStaff(user(STRANGER)), &Ok(vec![]));
    let two = after(&given, OWNER, &put(MANAGER, StaffRole::Owner));
    let handed_over = after(&two, MANAGER, &Command::RemoveStaff(user(OWNER)));
    assert_eq!(handed_over.staff.role(user(OWNER)), None);
    check(
        &handed_over,
        MANAGER,
        &Command::RemoveStaff(user(MANAGER)),
        &Err(Rejection::LastOwner),
    );
}

#[test]
fn nobody_works_anywhere_without_having_agreed_and_everybody_may_leave() {
    let given = restaurant(StageName::Approved);
    let member = StaffMember {
        user_id: user(STRANGER),
        role: StaffRole::Manager,
    };
    let put = Command::PutStaff(member);
    check(&given, STRANGER, &Command::AcceptInvitation, &Err(Rejection::Forbidden));
    let until = now() + INVITATION_LASTS;
    let invitation = Invitation { member, until };
    check(&given, OWNER, &put, &Ok(vec![Event::StaffInvited(invitation)]));
    let invited = after(&given, OWNER, &put);
    assert_eq!(invited.staff.role(user(STRANGER)), None);
    check(&invited, OWNER, &put, &Ok(vec![]));
    check(&invited, STRANGER, &Command::Resume, &Err(Rejection::Forbidden));
    let accepted = invited.decide(&Command::AcceptInvitation, &caller(STRANGER), until);
    assert_eq!(accepted, Err(Rejection::Forbidden), "too late");

    let works = after(&invited, STRANGER, &Command::AcceptInvitation);
    assert_eq!(works.staff.role(user(STRANGER)), Some(StaffRole::Manager));
    assert!(works.invitations.is_empty());
    check(&works, STRANGER, &Command::AcceptInvitation, &Ok(vec![]));
    let leave = Command::RemoveStaff(user(STRANGER));
    check(&works, MANAGER, &leave, &Err(Rejection::Forbidden));
    for given in [&works, &invited] {
        let left = after(given, STRANGER, &leave);
        assert_eq!(
            (left.staff.role(user(STRANGER)), left.invitations.is_empty()),
            (None, true)
        );
        check(&left, STRANGER, &leave, &Err(Rejection::Forbidden));
    }
    // What is over takes no room.
    let mut later = invited.clone();
    later.invitations.put(Invitation {
        member: StaffMember {
            user_id: user(9),
            ..member
        },
        until: until + INVITATION_LASTS,
    });
    assert_eq!(later.invitations.open(now()).count(), 1);
    let withdrawn = after(&invited, OWNER, &leave);
    check(
        &withdrawn,
        STRANGER,
        &Command::AcceptInvitation,
        &Err(Rejection::Forbidden),
    );
    // A draft is nobody's business but those whom it concerns.
    let draft = after(&restaurant(StageName::Draft), OWNER, &put);
    check(&draft, 6, &Command::AcceptInvitation, &Err(Rejection::NotFound));
    assert!(
        draft
            .decide(&Command::AcceptInvitation, &caller(STRANGER), now())
            .is_ok()
    );
}

#[test]
fn staff_are_limited() {
    let mut given = restaurant(StageName::Approved);
    for number in 0..STAFF_MAX - 3 {
        let user_id = format!("usr_000000000000000000000001{}{}", number / 10, number % 10);
        let role = StaffRole::Staff;
        given.staff.put(StaffMember {
            user_id: user_id.parse().unwrap(),
            role,
        });
    }
    let put = |number, role| {
        let user_id = user(number);
        Command::PutStaff(StaffMember { user_id, role })
    };
    check(&given, OWNER, &put(9, StaffRole::Staff), &Err(Rejection::TooManyStaff));
    let promoted = after(&given, OWNER, &put(STAFF, StaffRole::Manager));
    assert_eq!(promoted.staff.members().len(), STAFF_MAX);
}

#[test]
fn menu_versions_count_and_what_is_sold_out_holds() {
    let given = restaurant(StageName::Approved);
    let publish = |revision: &str| Command::PublishMenu {
        draft_revision: revision.to_owned(),
        menu: Box::new(menu()),
    };
    let first = after(&given, MANAGER, &publish("d1"));
    let published = first.menu.clone().unwrap();
    assert_eq!(published.version, 1);
    assert_eq!(published.typical_price, Some(Money::new(1190, first.profile.currency)));
    let set = |id: &str, listed| Command::SetAvailability {
        entry: sold_out(id),
        listed,
    };
    check(&first, STAFF, &set("gone", None), &Err(Rejection::NoSuchEntry));
    let out = after(&first, STAFF, &set("tiramisu", Some(true)));
    check(&out, STAFF, &set("tiramisu", Some(true)), &Ok(vec![]));
    let second = after(&out, MANAGER, &publish("d2"));
    assert_eq!(second.menu.as_ref().map(|menu| menu.version), Some(2));
    assert!(second.overrides.of(MenuEntry::Item, "tiramisu", now()).is_some());
    let mut shown = menu();
    second.overrides.apply(&mut shown, now());
    assert!(!shown.categories[1].items[0].available);
}

#[test]
fn an_empty_draft_is_not_published() {
    let empty = Menu {
        version: 0,
        categories: vec![],
    };
    let command = Command::PublishMenu {
        draft_revision: "d1".to_owned(),
        menu: Box::new(empty),
    };
    let got = restaurant(StageName::Draft).decide(&command, &caller(OWNER), now());
    assert!(matches!(got, Err(Rejection::Invalid(errors)) if errors[0].code == "menu_empty"));
}

#[test]
fn only_what_is_sold_out_has_an_end() {
    let given = restaurant(StageName::Approved);
    let set = |available, until: &str| Command::SetAvailability {
        entry: Override {
            available,
            until: Some(at(until)),
            ..sold_out("tiramisu")
        },
        listed: Some(true),
    };
    for (available, until, valid) in [
        (false, "2026-11-21T10:00:00Z", true),
        (true, "2026-11-21T10:00:00Z", false),
        (false, "2026-11-20T18:00:00Z", false),
        (false, "2027-11-22T00:00:00Z", false),
    ] {
        let got = given.decide(&set(available, until), &caller(STAFF), now());
        assert_eq!(got.is_ok(), valid, "{available} until {until}: {got:?}");
    }
}

#[test]
fn sold_out_entries_are_limited() {
    let mut given = restaurant(StageName::Approved);
    for number in 0..OVERRIDES_MAX {
        given.overrides.set(sold_out(&format!("i{number}")), now());
    }
    let set = |id: &str, available| Command::SetAvailability {
        entry: Override {
            available,
            ..sold_out(id)
        },
        listed: Some(true),
    };
    check(
        &given,
        STAFF,
        &set("one_more", false),
        &Err(Rejection::TooManyOverrides),
    );
    assert!(given.decide(&set("i1", true), &caller(STAFF), now()).is_ok());
}
