//! Given a user, when a command comes, then these events happen.

use kernel::TypedId as _;
use uuid::Uuid;

use super::*;

fn id(number: u128) -> UserId {
    UserId::from_uuid(Uuid::from_u128(number))
}

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn email(text: &str) -> Email {
    Email::try_from(text.to_owned()).unwrap()
}

fn ada() -> User {
    let profile = Profile {
        email: email("ada@example.com"),
        name: "Ada".try_into().unwrap(),
        phone: Phone::try_from("+31612345678".to_owned()).ok(),
        phone_verified: true,
        locale: Locale::default(),
        time_zone: TimeZone::utc(),
    };
    register(id(1), profile, BTreeSet::from([Role::Customer]), at(0))
}

#[expect(clippy::needless_pass_by_value, reason = "a row reads better without borrows")]
fn check(given: &User, when: Command, then: Result<Vec<Event>, Rejection>) {
    let events = decide(given, when.clone());
    assert_eq!(events, then, "{when:?}");
    // Whatever happened, the same again does nothing.
    if let Ok(events) = events {
        let after = events.iter().fold(given.clone(), evolve);
        assert_eq!(decide(&after, when.clone()), Ok(Vec::new()), "again: {when:?}");
    }
}

#[test]
fn a_profile_changes_in_the_parts_that_are_given() {
    let ada = ada();
    let changed = |change: &dyn Fn(&mut Profile)| {
        let mut profile = ada.profile.clone();
        change(&mut profile);
        Ok(vec![Event::ProfileChanged(profile)])
    };
    let (name, utrecht): (Name, TimeZone) = ("Ada L.".try_into().unwrap(), "Europe/Amsterdam".parse().unwrap());
    let locale = Locale::try_from("nl".to_owned()).unwrap();
    let table = [
        (Change::default(), Ok(Vec::new())),
        (
            Change {
                name: Some(ada.profile.name.clone()),
                ..Change::default()
            },
            Ok(Vec::new()),
        ),
        (
            Change {
                name: Some(name.clone()),
                ..Change::default()
            },
            changed(&|p| p.name = name.clone()),
        ),
        (
            Change {
                phone: PhoneChange::Remove,
                ..Change::default()
            },
            changed(&|p| (p.phone, p.phone_verified) = (None, false)),
        ),
        (
            Change {
                locale: Some(locale.clone()),
                ..Change::default()
            },
            changed(&|p| p.locale = locale.clone()),
        ),
        (
            Change {
                time_zone: Some(utrecht.clone()),
                ..Change::default()
            },
            changed(&|p| p.time_zone = utrecht.clone()),
        ),
    ];
    for (change, then) in table {
        check(&ada, Command::ChangeProfile(change), then);
    }
}

#[test]
fn preferences_are_replaced_whole() {
    let preferences = Preferences {
        marketing: true,
        ..Preferences::default()
    };
    let then = Ok(vec![Event::PreferencesChanged(preferences.clone())]);
    check(&ada(), Command::ReplacePreferences(preferences), then);
    check(
        &ada(),
        Command::ReplacePreferences(Preferences::default()),
        Ok(Vec::new()),
    );
}

#[test]
fn an_operator_replaces_roles_but_never_drops_out() {
    let replace = |roles: &[Role], by| Command::ReplaceRoles {
        roles: roles.iter().copied().collect(),
        by: id(by),
    };
    let changed = |roles: &[Role], by| {
        Ok(vec![Event::RolesChanged {
            roles: roles.iter().copied().collect(),
            by: Some(id(by)),
        }])
    };
    let both = [Role::Customer, Role::Courier];
    check(&ada(), replace(&both, 9), changed(&both, 9));
    check(&ada(), replace(&[Role::Customer], 9), Ok(Vec::new()));
    check(&ada(), replace(&[], 9), Err(Rejection::NoRole));
    let operator = User {
        roles: BTreeSet::from([Role::Operator]),
        ..ada()
    };
    check(
        &operator,
        replace(&[Role::Customer], 1),
        Err(Rejection::OwnOperatorRole),
    );
    let more = [Role::Customer, Role::Operator];
    check(&operator, replace(&more, 1), changed(&more, 1));
    check(&operator, replace(&[Role::Customer], 9), changed(&[Role::Customer], 9));
}

#[test]
fn the_identity_provider_is_followed() {
    let follow = |address: &str, roles: &[Role]| Command::FollowIdentity {
        email: email(address),
        roles: roles.iter().copied().collect(),
    };
    let moved = Event::ProfileChanged(Profile {
        email: email("ada@example.org"),
        ..ada().profile
    });
    let promoted = Event::RolesChanged {
        roles: BTreeSet::from([Role::Operator]),
        by: None,
    };
    check(&ada(), follow("ada@example.com", &[Role::Customer]), Ok(Vec::new()));
    check(
        &ada(),
        follow("ada@example.org", &[Role::Customer]),
        Ok(vec![moved.clone()]),
    );
    check(
        &ada(),
        follow("ada@example.com", &[Role::Operator]),
        Ok(vec![promoted.clone()]),
    );
    check(
        &ada(),
        follow("ada@example.org", &[Role::Operator]),
        Ok(vec![moved, promoted]),
    );
}

#[test]
fn another_number_is_not_verified_until_its_own_code_is_entered() {
    let number = |text: &str| Phone::try_from(text.to_owned()).unwrap();
    let other = number("+31687654321");
    let set = |phone: &Phone| {
        Command::ChangeProfile(Change {
            phone: PhoneChange::Set(phone.clone()),
            ..Change::default()
        })
    };
    let unverified = Event::ProfileChanged(Profile {
        phone: Some(other.clone()),
        phone_verified: false,
        ..ada().profile
    });
    check(&ada(), set(&other), Ok(vec![unverified.clone()]));
    let moved = evolve(ada(), &unverified);
    let verified = Event::ProfileChanged(Profile {
        phone_verified: true,
        ..moved.profile.clone()
    });
    check(&moved, Command::VerifyPhone(other.clone()), Ok(vec![verified.clone()]));
    // The code of the number before proves nothing of this one.
    check(
        &moved,
        Command::VerifyPhone(number("+31612345678")),
        Err(Rejection::NoPhone),
    );
    check(&evolve(moved, &verified), Command::VerifyPhone(other), Ok(Vec::new()));
}

#[test]
fn a_suspension_takes_every_role_and_gives_them_back() {
    let suspend = Command::Suspend { by: id(9) };
    let reinstate = Command::Reinstate { by: id(9) };
    check(&ada(), suspend.clone(), Ok(vec![Event::Suspended { by: id(9) }]));
    check(&ada(), reinstate.clone(), Ok(Vec::new()));
    check(&ada(), Command::Suspend { by: ada().id }, Err(Rejection::OwnAccount));
    let suspended = evolve(ada(), &Event::Suspended { by: id(9) });
    assert!(suspended.roles.is_empty());
    check(&suspended, suspend, Ok(Vec::new()));
    // What the groups say meanwhile does not count, and roles come back only as they were.
    let follow = Command::FollowIdentity {
        email: email("ada@example.com"),
        roles: BTreeSet::from([Role::Customer]),
    };
    check(&suspended, follow, Ok(Vec::new()));
    let replace = Command::ReplaceRoles {
        roles: BTreeSet::from([Role::Courier]),
        by: id(9),
    };
    check(&suspended, replace, Err(Rejection::Suspended));
    let back = Event::Reinstated {
        roles: ada().roles,
        by: id(9),
    };
    check(&suspended, reinstate, Ok(vec![back.clone()]));
    assert_eq!(evolve(suspended, &back), ada());
}

#[test]
fn the_owner_hears_of_repeated_sign_ups_once_a_day() {
    let report = |hours| Command::ReportRepeatedSignUp { at: at(hours) };
    let reported = |hours| Ok(vec![Event::RepeatedSignUpReported(at(hours))]);
    check(&ada(), report(5), reported(5));
    let warned = User {
        warned_at: Some(at(5)),
        ..ada()
    };
    check(&warned, report(28), Ok(Vec::new()));
    check(&warned, report(29), reported(29));
}

#[test]
fn nobody_becomes_an_operator_by_asking() {
    for role in Role::ALL {
        assert_eq!(
            Intent::of(role).map(Intent::role),
            Some(role).filter(|role| *role != Role::Operator)
        );
    }
}

#[test]
fn shows_nothing_personal() {
    let shown = format!("{:?}", ada());
    for secret in ["ada@example.com", "Ada\"", "31612345678"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
