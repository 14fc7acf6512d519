//! Text messages cost money and mails cost patience: how many of them somebody gets, and how they are ended.

use serde_json::{Value, json};
use testkit::{Kitchen, Method, Person, Stack, eventually};
use uuid::Uuid;

const DELAYED: &str = include_str!("../shared/contracts/golden/order.delayed.v1.json");
const PICKED_UP: &str = include_str!("../shared/contracts/golden/order.picked_up.v1.json");
const ACTION_REQUIRED: &str = include_str!("../shared/contracts/golden/payment.action_required.v1.json");
const STALLED: &str = include_str!("../shared/contracts/golden/payment.stalled.v1.json");
const FAILURE_REPORTED: &str = include_str!("../shared/contracts/golden/delivery.failure_reported.v1.json");

/// What happens to some order of a person's, as its publisher would tell it.
fn happens(golden: &str, person: &Person, order: Uuid, sequence: u32) -> Value {
    let mut event: Value = serde_json::from_str(golden).unwrap();
    let order_id = <kernel::OrderId as kernel::TypedId>::from_uuid(order).to_string();
    event["id"] = json!(format!("{order_id}/{sequence}"));
    event["subject"] = json!(order_id);
    event["sequence"] = json!(sequence);
    event["data"]["order_id"] = json!(order_id);
    event["data"]["customer_id"] = json!(person.user_id);
    event
}

fn hand_over(stack: &'static Stack, event: &Value) {
    stack.aws().hand_over("notification", &event.to_string());
}

/// The texts to a person beside the code that showed the number.
fn texts(stack: &'static Stack, person: &Person) -> Vec<String> {
    let texts = stack.aws().texts_to(&person.phone).into_iter();
    texts.filter(|text| !text.contains("code")).collect()
}

fn notes(person: &Person, kind: &str) -> usize {
    let inbox = person.get("/v1/notifications?limit=100").expect(200);
    let items = inbox["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter(|note| note["kind"] == kind).count()
}

/// Someone whom texts are sent to, as the notification service knows by now.
fn reachable(stack: &'static Stack) -> Person {
    let person = stack.enrol("customer");
    person.verify_phone();
    eventually("the number to be known", || {
        let record = stack
            .aws()
            .item("notification", &format!("USER#{}", person.user_id), "PERSON");
        let contact = record["contact"]["S"].as_str().unwrap_or_default().to_owned();
        contact.contains(&person.phone).then_some(()).ok_or(contact)
    });
    person
}

#[test]
fn twelve_delays_of_one_order_are_one_text_and_twelve_notes() {
    let stack = Stack::get();
    let person = reachable(stack);
    let order = Uuid::new_v4();
    for minute in 0..12 {
        let mut event = happens(DELAYED, &person, order, 4 + minute);
        event["data"]["ready_at"] = json!(format!("2026-11-20T19:{minute:02}:00Z"));
        hand_over(stack, &event);
        // The same again changes nothing.
        hand_over(stack, &event);
    }
    let texts = texts(stack, &person);
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(texts[0].contains("needs until"), "{texts:?}");
    assert_eq!(notes(&person, "order_delayed"), 12);
}

#[test]
fn a_person_gets_four_texts_an_hour_of_what_goes_wrong_and_the_rest_in_the_app() {
    let stack = Stack::get();
    let person = reachable(stack);
    for _ in 0..6 {
        hand_over(stack, &happens(DELAYED, &person, Uuid::new_v4(), 4));
    }
    // An hour that begins in between has a budget of its own.
    let count = texts(stack, &person).len();
    assert!((4..=5).contains(&count), "{count}");
    assert_eq!(notes(&person, "order_delayed"), 6);
}

#[test]
fn eight_payments_that_wait_for_an_approval_are_one_text() {
    let stack = Stack::get();
    let person = reachable(stack);
    for _ in 0..8 {
        hand_over(stack, &happens(ACTION_REQUIRED, &person, Uuid::new_v4(), 2));
    }
    // Ten minutes that begin in between bring another.
    let count = texts(stack, &person).len();
    assert!((1..=2).contains(&count), "{count}");
    assert_eq!(notes(&person, "payment_action_required"), 8);
}

#[test]
fn a_number_gets_a_dozen_texts_a_day_even_of_orders_that_go_well() {
    let stack = Stack::get();
    let person = reachable(stack);
    let mut last = Value::Null;
    for _ in 0..14 {
        last = happens(PICKED_UP, &person, Uuid::new_v4(), 6);
        hand_over(stack, &last);
    }
    // What was not sent has ended: the same again sends nothing either.
    hand_over(stack, &last);
    assert_eq!(texts(stack, &person).len(), 12);
    assert_eq!(notes(&person, "out_for_delivery"), 14);
}

#[test]
fn operators_hear_of_money_that_is_stuck_and_of_failures_in_question() {
    let stack = Stack::get();
    let (operator, person) = (stack.operator(), reachable(stack));
    for (golden, kind) in [
        (STALLED, "payment_stalled"),
        (FAILURE_REPORTED, "delivery_failure_reported"),
    ] {
        let event = happens(golden, &person, Uuid::new_v4(), 6);
        hand_over(stack, &event);
        let inbox = operator.get("/v1/notifications?limit=100").expect(200);
        let mut notes = inbox["items"].as_array().unwrap().iter();
        let is_told = notes.any(|note| note["kind"] == kind && note["order_id"] == event["data"]["order_id"]);
        assert!(is_told, "{kind}: {inbox}");
    }
    let texts = texts(stack, &person);
    assert!(
        texts.iter().any(|text| text.contains("nothing is charged meanwhile")),
        "{texts:?}"
    );
}

#[test]
fn nobody_hears_by_text_on_a_number_that_was_not_shown() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    hand_over(stack, &happens(DELAYED, &person, Uuid::new_v4(), 4));
    assert_eq!(notes(&person, "order_delayed"), 1);
    assert_eq!(texts(stack, &person), Vec::<String>::new());
}

#[test]
fn a_link_in_a_mail_that_is_only_opened_unsubscribes_nobody() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    let link = eventually("the link in the confirmation", || {
        let mails = stack.aws().mails_to(&basket.customer.email);
        let link = mails
            .iter()
            .find_map(|mail| mail.split("/v1/unsubscribe?token=").nth(1));
        let token = link.and_then(|rest| rest.split_whitespace().next());
        token
            .map(|token| format!("/v1/unsubscribe?token={token}"))
            .ok_or_else(|| format!("{mails:?}"))
    });
    let unsubscribed = || {
        let key = format!("USER#{}", basket.customer.user_id);
        let record = stack.aws().item("notification", &key, "PERSON");
        record["unsubscribed"]["S"]
            .as_str()
            .unwrap_or_default()
            .contains("order_updates")
    };
    let nobody = stack.anonymous();
    for _ in 0..2 {
        let page = nobody.get(&link);
        page.is(200);
        assert!(page.text.contains("<form method=\"post\""), "{}", page.text);
        let policy = page.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!unsubscribed());
    }
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let done = nobody.call(&Method::POST, &link, &form, b"answer=page");
    done.is(200);
    assert!(done.text.contains("Done"), "{}", done.text);
    assert!(unsubscribed());
    // The mail program's one click.
    nobody
        .call(&Method::POST, &link, &form, b"List-Unsubscribe=One-Click")
        .is(204);
}
