//! The decision table as data, over the golden files of the contracts.

use std::path::Path;

use contracts::Envelope;
use contracts::user::{Channels, PreferencesChanged, QuietHours as QuietHoursSet};
use contracts::vocabulary::{MessageCategory, ReleaseDetail, ReleaseReason};
use kernel::{CourierId, TimeZone, Timestamp, TypedId as _, UserId};

use super::*;

const CUSTOMER: &str = "usr_2x4bbcxr3m8ttbn9s0m1n9q8zr";
const COURIER: &str = "cou_2x4bbcxr3m8ttbn9s0m1n9q8zs";

fn golden(event_type: &str) -> serde_json::Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/contracts/golden");
    let path = folder.join(format!("{event_type}.v1.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// An event of a type with some of its data changed, such as `reason=no_courier`.
fn order_event(event: &str) -> OrderEvent {
    let mut parts = event.split(' ');
    let mut json = golden(parts.next().unwrap());
    for change in parts {
        let (field, value) = change.split_once('=').unwrap();
        json["data"][field] = value.into();
    }
    let envelope: Envelope = serde_json::from_value(json).unwrap();
    OrderEvent::read(&envelope).unwrap().unwrap()
}

/// `customer: order_confirmed (order_updates) email`, one line per notice.
fn told(event: &str) -> String {
    let courier: CourierId = COURIER.parse().unwrap();
    let customer: UserId = CUSTOMER.parse().unwrap();
    let lines = decide(&order_event(event), Some(courier), Some("Trattoria Bellini"))
        .into_iter()
        .map(|(who, notice)| {
            let who = match who {
                Recipient::Operators => "operators",
                Recipient::Person(user) if user == customer => "customer",
                Recipient::Person(user) if user.uuid() == courier.uuid() => "courier",
                Recipient::Person(_) => "somebody",
            };
            let rule = notice.rule();
            let flags = [
                (rule.email, "email"),
                (rule.sms, "sms"),
                (rule.urgency == Urgency::Urgent, "urgent"),
                (rule.essential, "essential"),
            ];
            let flags = flags
                .into_iter()
                .filter(|(set, _)| *set)
                .map(|(_, name)| format!(" {name}"));
            format!(
                "{who}: {} ({}){}",
                rule.name,
                rule.category.as_str(),
                flags.collect::<String>()
            )
        });
    lines.collect::<Vec<_>>().join("; ")
}

#[test]
fn the_decision_table() {
    for (event, expected) in [
        ("order.placed", ""),
        ("order.confirmed", "customer: order_confirmed (order_updates) email"),
        ("order.accepted", "customer: order_accepted (order_updates)"),
        (
            "order.delayed",
            "customer: order_delayed (order_updates) sms; courier: courier_delayed (work)",
        ),
        ("order.ready", ""),
        ("order.picked_up", "customer: out_for_delivery (delivery_updates) sms"),
        ("order.delivered", "customer: order_delivered (delivery_updates)"),
        (
            "order.rejected",
            "customer: order_rejected (order_updates) email sms urgent essential",
        ),
        (
            "order.cancelled by=customer reason=changed_my_mind",
            "customer: order_cancelled (order_updates) email essential; \
             courier: courier_cancelled (work) sms urgent essential",
        ),
        (
            "order.cancelled by=platform reason=no_courier",
            "customer: order_cancelled (order_updates) email sms urgent essential; \
             courier: courier_cancelled (work) sms urgent essential",
        ),
        (
            "order.cancelled by=platform reason=payment_declined",
            "customer: order_cancelled (order_updates) essential; \
             courier: courier_cancelled (work) sms urgent essential",
        ),
        (
            "order.undeliverable",
            "customer: order_undeliverable (delivery_updates) email sms urgent essential",
        ),
        (
            "payment.declined",
            "customer: payment_declined (payments) email essential",
        ),
        (
            "payment.action_required",
            "customer: payment_action_required (payments) sms urgent essential",
        ),
        ("payment.captured", "customer: receipt (payments) email"),
        ("payment.voided reason=order_ended", ""),
        (
            "payment.voided reason=authorization_expired",
            "customer: payment_expired (payments) email essential",
        ),
        ("delivery.assigned", ""),
        ("delivery.released reason=silent", ""),
        ("delivery.courier_arrived place=restaurant", ""),
        (
            "delivery.courier_arrived place=customer",
            "customer: courier_at_door (delivery_updates) sms urgent",
        ),
        ("delivery.eta_changed", ""),
        (
            "delivery.escalated",
            "operators: delivery_escalated (operations) urgent",
        ),
        (
            "delivery.escalated reason=overdue",
            "operators: delivery_overdue (operations) urgent",
        ),
    ] {
        assert_eq!(told(event), expected, "{event}");
    }
}

#[test]
fn what_is_stuck_or_in_question_reaches_operators_and_whom_it_concerns() {
    for (event, expected) in [
        (
            "delivery.failure_reported",
            "customer: delivery_looked_into (delivery_updates) email sms urgent essential; \
             operators: delivery_failure_reported (operations) urgent",
        ),
        ("payment.stalled", "operators: payment_stalled (operations) urgent"),
        (
            "order.cancelled by=platform reason=payment_released",
            "customer: order_cancelled (order_updates) email sms urgent essential; \
             courier: courier_cancelled (work) sms urgent essential",
        ),
    ] {
        assert_eq!(told(event), expected, "{event}");
    }
}

#[test]
fn a_courier_who_is_taken_off_hears_of_it_and_nobody_else() {
    let hears = |event: &str, courier: Option<CourierId>| {
        let told = decide(&order_event(event), courier, None).into_iter();
        told.map(|(who, notice)| (who, notice.rule())).collect::<Vec<_>>()
    };
    let former: CourierId = COURIER.parse().unwrap();
    let next = CourierId::from_uuid(uuid::Uuid::from_u128(9));
    for courier in [None, Some(next)] {
        let told = hears("delivery.released reason=silent", courier);
        let [(Recipient::Person(user), rule)] = told[..] else {
            panic!("{told:?}")
        };
        assert_eq!(user.uuid(), former.uuid());
        assert_eq!((rule.name, rule.category), ("courier_released", MessageCategory::Work));
        assert!(rule.sms && rule.essential && rule.urgency == Urgency::Urgent);
    }
    // Who ended the shift knows it.
    let [(_, rule)] = hears("delivery.released reason=shift_ended", None)[..] else {
        panic!("not told")
    };
    assert!(!rule.sms && !rule.essential);
    // Whom a later word put on the order again is not told.
    assert_eq!(hears("delivery.released reason=silent", Some(former)), []);
}

#[test]
fn an_operators_word_says_more_than_that_it_was_an_operator() {
    let told = decide(
        &order_event("delivery.released reason=operator detail=courier_unreachable"),
        None,
        Some("Trattoria Bellini"),
    );
    let expected = Notice::CourierReleased {
        restaurant: Some("Trattoria Bellini".to_owned()),
        reason: Some(ReleaseReason::Operator.into()),
        detail: Some(ReleaseDetail::CourierUnreachable.into()),
    };
    assert_eq!(
        told.into_iter().map(|(_, notice)| notice).collect::<Vec<_>>(),
        [expected]
    );
}

#[test]
fn an_ordinary_order_makes_two_mails_and_two_text_messages() {
    let life = [
        "order.placed",
        "order.confirmed",
        "order.accepted",
        "delivery.assigned",
        "delivery.courier_arrived place=restaurant",
        "order.ready",
        "order.picked_up",
        "delivery.eta_changed",
        "delivery.courier_arrived place=customer",
        "order.delivered",
        "payment.captured",
    ];
    let told: Vec<_> = life
        .map(|event| decide(&order_event(event), None, None))
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(told.iter().filter(|(_, notice)| notice.rule().email).count(), 2);
    assert_eq!(told.iter().filter(|(_, notice)| notice.rule().sms).count(), 2);
    // What every paid order brings once is exactly what the budgets of what goes wrong leave out.
    let goes_out = |rule: &Rule| rule.email || rule.sms;
    assert!(
        told.iter()
            .map(|(_, notice)| notice.rule())
            .all(|rule| goes_out(&rule) == (rule.frequency == Frequency::OncePerOrder))
    );
}

#[test]
fn every_order_event_is_read_and_others_are_not() {
    for event_type in OrderEvent::TYPES {
        let name = event_type.strip_suffix(".v1").unwrap();
        let envelope: Envelope = serde_json::from_value(golden(name)).unwrap();
        let order_event = OrderEvent::read(&envelope).unwrap().unwrap();
        assert_eq!(order_event.customer_id().to_string(), CUSTOMER);
        assert_eq!(order_event.order_id().to_string(), "ord_01jd8v4q6nf2x9m3k7p0zr5t1c");
    }
    let other: Envelope = serde_json::from_value(golden("user.registered")).unwrap();
    assert_eq!(OrderEvent::read(&other).unwrap(), None);
}

const REACHED: Reach = Reach {
    email: true,
    phone: true,
};

fn preferences(category: &str, channels: Channels, quiet: Option<(&str, &str)>) -> Preferences {
    let set = PreferencesChanged {
        user_id: CUSTOMER.parse().unwrap(),
        notifications: [(category.to_owned(), channels), ("unheard_of".to_owned(), channels)].into(),
        quiet_hours: quiet.map(|(from, to)| QuietHoursSet {
            from: from.to_owned(),
            to: to.to_owned(),
        }),
        marketing: false,
    };
    Preferences::new(Some(&set), [].into()).unwrap()
}

fn only_sms() -> Channels {
    Channels {
        email: false,
        sms: true,
        push: false,
        in_app: false,
    }
}

fn ways(event: &str, preferences: &Preferences, reach: Reach, at: &str) -> String {
    let zone: TimeZone = "Europe/Amsterdam".parse().unwrap();
    let at: Timestamp = at.parse().unwrap();
    let (_, notice) = decide(&order_event(event), None, None).remove(0);
    let route = route(&notice.rule(), preferences, reach, &zone, at);
    let ways = [(route.in_app, "in_app"), (route.email, "email"), (route.sms, "sms")];
    ways.into_iter()
        .filter(|(on, _)| *on)
        .map(|(_, name)| name)
        .collect::<Vec<_>>()
        .join(" ")
}

const NOON: &str = "2026-11-20T11:00:00Z";

#[test]
fn preferences_narrow_what_the_table_says() {
    let default = Preferences::default();
    let no_updates = preferences("order_updates", only_sms(), None);
    for (event, preferences, reach, expected) in [
        ("order.confirmed", &default, REACHED, "in_app email"),
        ("order.confirmed", &default, Reach::NONE, "in_app"),
        ("order.confirmed", &no_updates, REACHED, ""),
        ("order.picked_up", &no_updates, REACHED, "in_app sms"),
        // What must be heard is heard, and an urgent text without a number becomes a mail.
        ("order.rejected", &no_updates, REACHED, "in_app email sms"),
        ("payment.action_required", &default, REACHED, "in_app sms"),
        (
            "payment.action_required",
            &default,
            Reach {
                phone: false,
                ..REACHED
            },
            "in_app email",
        ),
        (
            "delivery.courier_arrived place=customer",
            &default,
            Reach {
                phone: false,
                ..REACHED
            },
            "in_app email",
        ),
        (
            "order.picked_up",
            &default,
            Reach {
                phone: false,
                ..REACHED
            },
            "in_app",
        ),
    ] {
        assert_eq!(ways(event, preferences, reach, NOON), expected, "{event}");
    }
}

#[test]
fn quiet_hours_silence_what_is_not_urgent() {
    let all = Channels {
        email: true,
        sms: true,
        push: true,
        in_app: true,
    };
    let quiet = preferences("payments", all, Some(("22:00", "07:00")));
    let midnight = "2026-11-20T23:00:00Z";
    assert_eq!(ways("order.picked_up", &quiet, REACHED, NOON), "in_app sms");
    assert_eq!(ways("order.picked_up", &quiet, REACHED, midnight), "in_app");
    assert_eq!(ways("order.confirmed", &quiet, REACHED, midnight), "in_app email");
    assert_eq!(
        ways("delivery.courier_arrived place=customer", &quiet, REACHED, midnight),
        "in_app sms"
    );
}

#[test]
fn quiet_hours_follow_the_clock_on_the_wall() {
    let hours = |from: &str, to: &str| QuietHours::new(from.parse().unwrap(), to.parse().unwrap());
    let night = hours("22:00", "07:00");
    let hold = |hours: QuietHours, zone: &str, at: &str| hours.hold(&zone.parse().unwrap(), at.parse().unwrap());
    for (at, quiet) in [
        // Winter: an hour ahead of UTC. The span includes its beginning and not its end.
        ("2026-01-10T20:59:59Z", false),
        ("2026-01-10T21:00:00Z", true),
        ("2026-01-11T05:59:59Z", true),
        ("2026-01-11T06:00:00Z", false),
        // Summer: two hours ahead.
        ("2026-07-10T20:00:00Z", true),
        ("2026-07-11T05:00:00Z", false),
        // The night of 29 March lost the hour from 02:00; the one of 25 October has it twice.
        ("2026-03-29T05:00:00Z", false),
        ("2026-03-29T04:59:59Z", true),
        ("2026-10-25T05:59:59Z", true),
        ("2026-10-25T06:00:00Z", false),
    ] {
        assert_eq!(hold(night, "Europe/Amsterdam", at), quiet, "{at}");
    }
    // Quiet only within the hour that comes twice: both times.
    let repeated = hours("02:00", "03:00");
    for (at, quiet) in [
        ("2026-10-24T23:59:59Z", false),
        ("2026-10-25T00:30:00Z", true),
        ("2026-10-25T01:30:00Z", true),
        ("2026-10-25T02:00:00Z", false),
        // And not at all where it is skipped: 01:59:59 is followed by 03:00.
        ("2026-03-29T00:59:59Z", false),
        ("2026-03-29T01:00:00Z", false),
    ] {
        assert_eq!(hold(repeated, "Europe/Amsterdam", at), quiet, "{at}");
    }
    assert!(hold(hours("12:00", "14:00"), "Asia/Kolkata", "2026-01-10T07:30:00Z"));
    assert!(!hold(hours("12:00", "14:00"), "Asia/Kolkata", "2026-01-10T08:30:00Z"));
    assert!(hold(hours("00:00", "00:00"), "UTC", NOON));
}

#[test]
fn marketing_is_off_until_asked_for() {
    let all = Channels {
        email: true,
        sms: true,
        push: true,
        in_app: true,
    };
    let asked = |marketing| {
        let set = PreferencesChanged {
            user_id: CUSTOMER.parse().unwrap(),
            notifications: [("marketing".to_owned(), all)].into(),
            quiet_hours: None,
            marketing,
        };
        Preferences::new(Some(&set), [].into())
            .unwrap()
            .channels(MessageCategory::Marketing)
            .email
    };
    assert!(!Preferences::default().channels(MessageCategory::Marketing).in_app);
    assert!(!asked(false));
    assert!(asked(true));
}

#[test]
fn an_unsubscribed_category_gets_no_mail_and_the_others_do() {
    let preferences = Preferences::new(None, [MessageCategory::OrderUpdates].into()).unwrap();
    assert_eq!(ways("order.confirmed", &preferences, REACHED, NOON), "in_app");
    assert_eq!(ways("payment.captured", &preferences, REACHED, NOON), "in_app email");
    assert_eq!(ways("order.rejected", &preferences, REACHED, NOON), "in_app email sms");
}

#[test]
fn quiet_hours_that_are_no_times_are_refused() {
    let set = PreferencesChanged {
        user_id: CUSTOMER.parse().unwrap(),
        notifications: [].into(),
        quiet_hours: Some(QuietHoursSet {
            from: "25:00".to_owned(),
            to: "07:00".to_owned(),
        }),
        marketing: false,
    };
    assert!(Preferences::new(Some(&set), [].into()).is_err());
}
