//! When couriers work, rest, and stop.

use kernel::{CourierId, SignedDuration, Timestamp, TypedId as _};
use serde_json::{Value, json};
use testkit::{Kitchen, Method, Rider, Stack, eventually};

fn me(rider: &Rider) -> Value {
    rider.person.get("/v1/couriers/me").expect(200)
}

fn shift(rider: &Rider, action: &str) -> Value {
    let path = format!("/v1/couriers/me/shift/{action}");
    rider.person.post(&path, &json!({})).expect(200)
}

/// Noon of 20 November 2026.
const LONG_AGO: i64 = 1_795_176_000;

/// Changes a time of a running shift, in seconds since 1970, as nothing but a test does.
fn set_time_of_shift(stack: &'static Stack, rider: &Rider, name: &str, at: i64) {
    let partition = format!("COURIER#{}", rider.courier_id);
    let expression = "SET duty.on_shift.#name = :then";
    let at = json!({":then": {"N": at.to_string()}});
    stack
        .aws()
        .update("delivery", &partition, "STATE", expression, name, &at);
}

/// The lists of those on shift.
const SHIFT_LISTS: u128 = 32;

/// What else happens every five minutes to the list that a courier is in.
fn look_at_shift(stack: &'static Stack, rider: &Rider) {
    let courier_id: CourierId = rider.courier_id.parse().unwrap();
    let list = courier_id.uuid().as_u128() % SHIFT_LISTS;
    let look = json!({
        "name": "shifts", "subject": list.to_string(), "sequence": 0, "due_at": "2026-11-20T12:00:00Z", "correlationid": "test",
    });
    let aws = stack.aws();
    aws.send(&aws.queue("delivery", "TimersQueue"), &look.to_string());
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
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
    set_time_of_shift(stack, &rider, "from", LONG_AGO);
    let long_ago = json!({":then": {"S": "2026-11-20T12:00:00Z"}});
    aws.update(
        "delivery",
        &partition,
        "POSITION",
        "SET #name = :then",
        "heard_at",
        &long_ago,
    );
    eventually("the end of the shift", || {
        look_at_shift(stack, &rider);
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
    // Whoever had looked at the first papers has not seen these.
    for looked_at in [json!({}), json!({"documents_version": 1})] {
        let changed = operator
            .post(&path("approve"), &looked_at)
            .refused(409, "documents_changed");
        assert_eq!(changed["documents_version"], 2, "{changed}");
    }
    operator
        .post(&path("approve"), &json!({"documents_version": 2}))
        .is(200);
    operator.post(&path("reject"), &reason).refused(409, "courier_approved");
    let start = json!({"position": {"lat": 1.0, "lng": 1.0}});
    person
        .post("/v1/couriers/me/shift/start", &start)
        .refused(409, "document_expired");
    // Until an operator has seen the new one, the old one counts.
    let renewed = applying("2099-01-01T00:00:00Z");
    assert_eq!(renewed["status"], "approved");
    person
        .post("/v1/couriers/me/shift/start", &start)
        .refused(409, "document_expired");
    let seen = eventually("the new paper", || listed().ok_or_else(|| "not listed".to_owned()));
    assert_eq!(seen["documents"][0]["valid_until"], "2099-01-01T00:00:00Z", "{seen}");
    operator
        .post(&path("approve"), &json!({}))
        .refused(409, "documents_changed");
    let version = json!({"documents_version": seen["documents_version"]});
    operator.post(&path("approve"), &version).is(200);
    eventually("nothing to look at", || {
        listed().map_or(Ok(()), |item| Err(item.to_string()))
    });
    person.post("/v1/couriers/me/shift/start", &start).is(200);
}

#[test]
fn a_suspended_courier_is_off_shift_at_once_and_starts_none() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let (rider, other) = (kitchen.rider(stack, 100.0), kitchen.rider(stack, 900.0));
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    drop(rider.takes(&order_id));
    let path = |action: &str| format!("/v1/couriers/{}/{action}", rider.courier_id);
    let reason = json!({"reason": "fraud"});
    rider.person.post(&path("suspend"), &reason).refused(403, "forbidden");
    let suspended = stack.operator().post(&path("suspend"), &reason).expect(200);
    assert_eq!(
        (&suspended["status"], &suspended["suspended"], &suspended["shift_ended"]),
        (&json!("suspended"), &json!("fraud"), &json!("suspended")),
        "{suspended}"
    );
    // What was not fetched goes to somebody else.
    drop(other.takes(&order_id));
    let start = json!({"position": kitchen.north(100.0)});
    let started = rider.person.post("/v1/couriers/me/shift/start", &start);
    started.refused(409, "courier_suspended");
    stack.operator().post(&path("reinstate"), &json!({})).is(200);
    rider.person.post("/v1/couriers/me/shift/start", &start).is(200);
}

#[test]
fn who_is_suspended_with_food_in_the_bag_brings_it_and_no_more() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    rider.does(&delivery_id, "picked-up", &json!({}));
    let path = format!("/v1/couriers/{}/suspend", rider.courier_id);
    let suspended = stack.operator().post(&path, &json!({"reason": "safety"})).expect(200);
    assert_eq!(suspended["status"], "busy", "{suspended}");
    let tracked = basket
        .customer
        .get(&format!("/v1/orders/{order_id}/delivery"))
        .expect(200);
    rider.does(&delivery_id, "arrived-at-customer", &json!({}));
    rider.does(&delivery_id, "delivered", &json!({"pin": tracked["pin"]}));
    eventually("the end of the shift", || {
        look_at_shift(stack, &rider);
        let me = me(&rider);
        let ended = me["status"] == "suspended" && me["shift_ended"] == "suspended";
        ended.then_some(()).ok_or_else(|| me.to_string())
    });
}

#[test]
fn a_lost_role_and_an_expired_paper_end_the_shift() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let ends = |rider: &Rider, why: &str| {
        eventually("the end of the shift", || {
            look_at_shift(stack, rider);
            let me = me(rider);
            (me["shift_ended"] == why).then_some(()).ok_or_else(|| me.to_string())
        });
    };
    let rider = kitchen.rider(stack, 100.0);
    let roles = format!("/v1/users/{}/roles", rider.person.user_id);
    stack.operator().put(&roles, &json!({"roles": ["customer"]})).is(200);
    ends(&rider, "role_lost");
    let start = json!({"position": kitchen.north(100.0)});
    rider
        .person
        .post("/v1/couriers/me/shift/start", &start)
        .refused(403, "forbidden");

    let rider = kitchen.rider(stack, 100.0);
    // As if a year had passed.
    let then = json!({":then": {"S": "2026-11-20T12:00:00Z"}});
    let partition = format!("COURIER#{}", rider.courier_id);
    let expression = "SET #name = :then";
    stack
        .aws()
        .update("delivery", &partition, "STATE", expression, "papers_until", &then);
    ends(&rider, "document_expired");
    rider
        .person
        .post("/v1/couriers/me/shift/start", &start)
        .refused(409, "document_expired");
}

#[test]
fn a_planned_shift_is_worked_to_its_end_and_ends_by_itself() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    shift(&rider, "end");
    let first = rider.plans(minutes(5), minutes(120)).expect(201);
    let later = rider.plans(minutes(24 * 60), minutes(26 * 60)).expect(201);
    let start = json!({"position": kitchen.north(100.0)});
    let started = rider.person.post("/v1/couriers/me/shift/start", &start).expect(200);
    assert_eq!(started["planned_until"], first["to"], "{started}");
    let of = |shift: &Value| format!("/v1/couriers/me/shifts/{}", shift["shift_id"].as_str().unwrap());
    rider.person.delete(&of(&first)).refused(409, "shift_running");

    // What is planned right after it makes it longer, and shorter again.
    let to: Timestamp = first["to"].as_str().unwrap().parse().unwrap();
    let next = json!({"from": to, "to": to + minutes(60)});
    let next = rider.person.post("/v1/couriers/me/shifts", &next).expect(201);
    assert_eq!(me(&rider)["planned_until"], next["to"]);
    let listed = rider.person.get("/v1/couriers/me/shifts").expect(200);
    assert_eq!(listed["items"], json!([first, next, later]));
    rider.person.delete(&of(&next)).is(204);
    rider.person.delete(&of(&next)).is(404);
    assert_eq!(me(&rider)["planned_until"], first["to"]);

    set_time_of_shift(stack, &rider, "planned", LONG_AGO);
    eventually("the end of the shift", || {
        look_at_shift(stack, &rider);
        let me = me(&rider);
        let ended = me["status"] == "approved" && me["shift_ended"] == "planned";
        ended.then_some(()).ok_or_else(|| me.to_string())
    });
}

#[test]
fn a_shift_is_planned_within_the_rules() {
    let stack = Stack::get();
    let person = stack.enrol("courier");
    let berlin = json!({"vehicle": "bicycle", "country": "DE", "documents": []});
    let courier = person.post("/v1/couriers", &berlin).expect(201);
    assert_eq!(courier["country"], "DE");
    let courier_id = courier["courier_id"].as_str().unwrap().to_owned();
    let rider = Rider { person, courier_id };
    rider
        .plans(minutes(60), minutes(120))
        .refused(409, "courier_not_approved");
    let approve = format!("/v1/couriers/{}/approve", rider.courier_id);
    stack.operator().post(&approve, &json!({})).is(200);

    let known = rider.plans(minutes(60), minutes(8 * 60)).expect(201);
    let again = json!({"from": known["from"], "to": known["to"]});
    let again = rider.person.post("/v1/couriers/me/shifts", &again).expect(201);
    assert_eq!(again, known);
    rider.plans(minutes(-5), minutes(55)).refused(422, "invalid_body");
    rider.plans(minutes(10), minutes(30)).refused(422, "invalid_body");
    rider
        .plans(minutes(14 * 24 * 60), minutes(14 * 24 * 60 + 60))
        .refused(422, "invalid_body");
    let overlap = rider.plans(minutes(120), minutes(180)).refused(409, "shift_overlaps");
    assert_eq!(overlap["shift_id"], known["shift_id"]);
    // Seven hours are planned; Germany allows ten in twenty-four.
    let limit = rider
        .plans(minutes(9 * 60), minutes(13 * 60))
        .refused(409, "working_time_exceeded");
    assert_eq!(limit["limit"], "daily");
    rider.plans(minutes(9 * 60), minutes(12 * 60)).is(201);
}

#[test]
fn who_goes_home_before_the_food_is_ready_is_not_asked_for_it() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let near = kitchen.rider(stack, 100.0);
    shift(&near, "end");
    near.plans(minutes(1), minutes(60)).is(201);
    let start = json!({"position": kitchen.north(100.0)});
    near.person.post("/v1/couriers/me/shift/start", &start).is(200);
    // The kitchen needs a quarter of an hour.
    #[expect(clippy::disallowed_methods, reason = "a courier has a clock")]
    let soon = Timestamp::now() + minutes(5);
    set_time_of_shift(stack, &near, "planned", soon.as_second());
    let far = kitchen.rider(stack, 1_500.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    drop(far.offered(&order_id));
    let offers = near.person.get("/v1/couriers/me/offers").expect(200);
    assert_eq!(offers["items"], json!([]));
}

#[test]
fn starting_again_is_a_report_like_any_other() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let start = |meters: f64| {
        let start = json!({"position": kitchen.north(meters)});
        rider.person.post("/v1/couriers/me/shift/start", &start).is(200);
    };
    let seen = || {
        let partition = format!("COURIER#{}", rider.courier_id);
        let position = stack.aws().item("delivery", &partition, "POSITION")["position"].clone();
        position.to_string()
    };
    let first = seen();
    // Nobody is 300 km away a moment later, and more than twelve reports a minute are none.
    start(300_000.0);
    assert_eq!(seen(), first);
    for meters in 0..15 {
        start(110.0 + f64::from(meters));
    }
    let point = json!({"points": [{"at": "2026-11-20T12:00:00Z", "position": kitchen.north(130.0)}]});
    rider
        .person
        .once(
            &Method::POST,
            "/v1/couriers/me/locations",
            &[],
            point.to_string().as_bytes(),
        )
        .refused(429, "too_many_reports");
}

#[test]
fn a_courier_who_lost_the_role_still_brings_what_is_in_the_bag() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    rider.does(&delivery_id, "picked-up", &json!({}));
    let roles = format!("/v1/users/{}/roles", rider.person.user_id);
    stack.operator().put(&roles, &json!({"roles": ["customer"]})).is(200);
    // With a token of now, which says so.
    let credentials = json!({"email": rider.person.email, "password": testkit::Person::password()});
    let tokens = stack.anonymous().post("/v1/auth/sign-in", &credentials).expect(200);
    let person = rider.person.with_token(tokens["access_token"].as_str().unwrap());
    let start = json!({"position": kitchen.north(100.0)});
    person
        .post("/v1/couriers/me/shift/start", &start)
        .refused(403, "forbidden");
    let says = |action: &str, body: &Value| person.post(&format!("/v1/deliveries/{delivery_id}/{action}"), body);
    says("arrived-at-customer", &json!({})).is(200);
    let tracked = basket
        .customer
        .get(&format!("/v1/orders/{order_id}/delivery"))
        .expect(200);
    says("delivered", &json!({"pin": tracked["pin"]})).is(200);
    basket.awaits(&order_id, "delivered");
}
