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
    let order_id = kitchen.cooks(&basket);
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

#[test]
fn an_applicant_is_looked_at_hears_why_not_and_applies_again() {
    let stack = Stack::get();
    let operator = stack.operator();
    let person = stack.enrol("courier");
    let applying = |valid_until: &str| {
        let licence = json!({"kind": "driving_licence", "reference": "NL-123", "valid_until": valid_until});
        person
            .post("/v1/couriers", &json!({"vehicle": "car", "documents": [licence]}))
            .expect(201)
    };
    let courier_id = applying("2026-01-01T00:00:00Z")["courier_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let listed = || {
        let mut cursor = String::new();
        loop {
            let page = operator.get(&format!("/v1/couriers?limit=100{cursor}")).expect(200);
            let items = page["items"].as_array().cloned().unwrap_or_default();
            if let Some(item) = items.into_iter().find(|item| item["courier_id"] == courier_id.as_str()) {
                return Some(item);
            }
            cursor = format!("&cursor={}", page["next_cursor"].as_str()?);
        }
    };
    let seen = eventually("the applicant", || listed().ok_or_else(|| "not listed".to_owned()));
    assert_eq!(seen["documents"][0]["reference"], "NL-123", "{seen}");
    let path = |action: &str| format!("/v1/couriers/{courier_id}/{action}");
    let reason = json!({"reason": "documents_expired"});
    operator.post(&path("reject"), &reason).is(200);
    eventually("no applicant", || listed().map_or(Ok(()), |item| Err(item.to_string())));
    let me = person.get("/v1/couriers/me").expect(200);
    assert_eq!(
        (&me["status"], &me["rejected"]),
        (&json!("pending"), &json!("documents_expired"))
    );

    // Approved all the same, the licence still bars from working until there is a new one.
    let again = applying("2026-02-01T00:00:00Z");
    assert!(again["rejected"].is_null(), "{again}");
    operator.post(&path("approve"), &json!({})).is(200);
    operator.post(&path("reject"), &reason).refused(409, "courier_approved");
    let start = json!({"position": {"lat": 1.0, "lng": 1.0}});
    person
        .post("/v1/couriers/me/shift/start", &start)
        .refused(409, "document_expired");
}
