//! When couriers work, rest, and stop.

use serde_json::{Value, json};
use testkit::{Kitchen, Rider, Stack, eventually};

fn me(rider: &Rider) -> Value {
    rider.person.get("/v1/couriers/me").expect(200)
}

fn shift(rider: &Rider, action: &str) -> Value {
    let path = format!("/v1/couriers/me/shift/{action}");
    rider.person.post(&path, &json!({})).expect(200)
}

#[test]
fn who_has_a_break_gets_no_offers_and_then_the_next() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    assert_eq!(shift(&rider, "break")["status"], "on_break");
    assert_eq!(shift(&rider, "break")["status"], "on_break");
    let other = kitchen.rider(stack, 900.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    kitchen.does(&order_id, "accept", &json!({}));
    kitchen.does(&order_id, "ready", &json!({}));
    drop(other.takes(&order_id));
    let offers = rider.person.get("/v1/couriers/me/offers").expect(200);
    assert_eq!(offers["items"], json!([]));
    other
        .person
        .post("/v1/couriers/me/shift/break", &json!({}))
        .refused(409, "not_free_for_a_break");

    let second = basket.ordered();
    basket.awaits(&second, "awaiting_restaurant");
    kitchen.does(&second, "accept", &json!({}));
    kitchen.does(&second, "ready", &json!({}));
    let working = shift(&rider, "resume");
    assert!(working["works_until"].is_string(), "{working}");
    drop(other.person.post("/v1/couriers/me/shift/end", &json!({})));
    eventually("an offer after the break", || {
        let offers = rider.person.get("/v1/couriers/me/offers");
        let any = offers.body["items"].as_array().is_some_and(|items| !items.is_empty());
        any.then_some(()).ok_or(offers.text)
    });
}

#[test]
fn a_shift_ends_by_itself_when_nothing_is_heard_and_says_why() {
    let stack = Stack::get();
    let aws = stack.aws();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let partition = format!("COURIER#{}", rider.courier_id);
    // As if the shift and the last report had been hours ago: nobody waits for hours.
    let long_ago = json!({":then": {"N": "1795176000"}});
    aws.update(
        "delivery",
        &partition,
        "STATE",
        "SET duty.on_shift.#name = :then",
        "from",
        &long_ago,
    );
    let long_ago = json!({":then": {"S": "2026-11-20T12:00:00Z"}});
    aws.update("delivery", &partition, "POSITION", "SET #name = :then", "at", &long_ago);
    let look = json!({
        "name": "shifts", "subject": "shifts", "sequence": 0, "due_at": "2026-11-20T12:00:00Z", "correlationid": "test",
    });
    aws.send(&aws.queue("delivery", "TimersQueue"), &look.to_string());
    eventually("the end of the shift", || {
        let me = me(&rider);
        let ended = me["status"] == "approved" && me["shift_ended"] == "silent";
        ended.then_some(()).ok_or_else(|| me.to_string())
    });
    assert!(aws.item("delivery", &partition, "POSITION").is_null());
    let start = json!({"position": kitchen.north(100.0)});
    let again = rider
        .person
        .post("/v1/couriers/me/shift/start", &start)
        .refused(409, "working_time_exceeded");
    assert!(again["limit"].is_string() && again["until"].is_string(), "{again}");
}
