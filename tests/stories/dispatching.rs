//! How couriers are chosen, asked, and taken off again.

use kernel::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::{Kitchen, Rider, Stack, eventually};

/// Everything that is offered to a courier at the moment.
fn offers(rider: &Rider) -> Vec<Value> {
    let reply = rider.person.get("/v1/couriers/me/offers").expect(200);
    reply["items"].as_array().cloned().unwrap_or_default()
}

#[test]
fn one_courier_brings_two_orders_of_one_restaurant() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let baskets = [
        kitchen.customer(stack, "pm_card_visa"),
        kitchen.customer(stack, "pm_card_visa"),
    ];
    let orders: Vec<String> = baskets.iter().map(|basket| kitchen.cooks(basket)).collect();
    for order_id in &orders {
        let path = format!("/v1/orders/{order_id}/delivery");
        eventually("the delivery to begin", || {
            let reply = baskets[0].customer.get(&path);
            let other = baskets[1].customer.get(&path);
            (reply.status == 200 || other.status == 200)
                .then_some(())
                .ok_or(reply.text)
        });
    }
    let rider = kitchen.rider(stack, 100.0);
    let mut taken: Vec<(String, String)> = Vec::new();
    while taken.len() < orders.len() {
        let offer = eventually("an offer", || offers(&rider).pop().ok_or_else(|| "no offer".to_owned()));
        let offer_id = offer["offer_id"].as_str().unwrap();
        let accepted = rider.person.post(&format!("/v1/offers/{offer_id}/accept"), &json!({}));
        let accepted = accepted.expect(200);
        for one in accepted["deliveries"].as_array().unwrap() {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            taken.push((text("order_id"), text("delivery_id")));
        }
    }
    let route = rider.person.get("/v1/couriers/me/route").expect(200);
    let kinds: Vec<_> = route["stops"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stop| stop["kind"].clone())
        .collect();
    assert_eq!(kinds, ["pickup", "pickup", "drop_off", "drop_off"], "{route}");
    for order_id in &orders {
        kitchen.does(order_id, "ready", &json!({}));
    }
    for (order_id, delivery_id) in &taken {
        let basket = &baskets[orders.iter().position(|known| known == order_id).unwrap()];
        rider.brings(delivery_id, order_id, basket);
        basket.awaits(order_id, "delivered");
    }
    let route = rider.person.get("/v1/couriers/me/route").expect(200);
    assert_eq!(route["stops"], json!([]));
}

#[test]
fn an_operator_takes_a_courier_off_before_the_pick_up_only() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let first = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = first.takes(&order_id);
    let second = kitchen.rider(stack, 900.0);
    let path = format!("/v1/deliveries/{delivery_id}/unassign");
    let body = json!({"reason": "courier_unreachable"});
    stack.operator().post(&path, &body).is(200);
    stack.operator().post(&path, &body).refused(409, "wrong_state");
    first
        .person
        .post(&format!("/v1/deliveries/{delivery_id}/picked-up"), &json!({}))
        .refused(404, "not_found");
    assert_eq!(second.takes(&order_id), delivery_id);
    second.does(&delivery_id, "picked-up", &json!({}));
    stack.operator().post(&path, &body).refused(409, "wrong_state");
    assert_eq!(offers(&first), Vec::<Value>::new());
}

#[test]
fn what_is_told_of_a_former_courier_late_or_again_changes_nothing() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let first = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = first.takes(&order_id);
    let order_of = |courier: &Value| {
        eventually("the order's courier", || {
            let order = basket.order(&order_id);
            (&order["courier_id"] == courier).then_some(()).ok_or(order.to_string())
        });
    };
    let told = |event_type: &str| {
        let events = stack.aws().events("delivery", &format!("DELIVERY#{delivery_id}"));
        let event = events.into_iter().find(|event| event["type"] == event_type);
        event.unwrap_or_else(|| panic!("no {event_type}")).to_string()
    };
    let again = |event: &str| {
        for service in ["order", "notification"] {
            stack.aws().hand_over(service, event);
        }
    };
    order_of(&json!(first.courier_id));
    let unassign = format!("/v1/deliveries/{delivery_id}/unassign");
    let body = json!({"reason": "courier_problem"});
    stack.operator().post(&unassign, &body).is(200);
    order_of(&Value::Null);
    again(&told("delivery.assigned.v1"));
    order_of(&Value::Null);

    let next = kitchen.rider(stack, 900.0);
    assert_eq!(next.takes(&order_id), delivery_id);
    order_of(&json!(next.courier_id));
    again(&told("delivery.released.v1"));
    order_of(&json!(next.courier_id));
    eventually("the audience's courier", || {
        let audience = stack
            .aws()
            .item("notification", &format!("ORDER#{order_id}"), "AUDIENCE");
        let courier = &audience["courier_id"]["S"];
        (*courier == json!(next.courier_id))
            .then_some(())
            .ok_or(audience.to_string())
    });
    let lost = stack.aws().events("order", &format!("ORDER#{order_id}")).into_iter();
    let lost = lost.filter(|event| event["type"] == "order.courier_lost.v1");
    assert_eq!(lost.count(), 1);
    // Of two notices of one event there is one.
    let inbox = first.person.get("/v1/notifications").expect(200);
    let notices = inbox["items"].as_array().unwrap().iter();
    assert_eq!(notices.filter(|note| note["kind"] == "courier_released").count(), 1);
}

#[test]
fn food_whose_courier_is_lost_waits_for_the_next_as_long_as_for_the_first() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    drop(rider.takes(&order_id));
    kitchen.does(&order_id, "ready", &json!({}));
    basket.awaits(&order_id, "ready");
    // Nobody else is near.
    rider.person.post("/v1/couriers/me/shift/end", &json!({})).is(200);
    let lost = eventually("the order to lose its courier", || {
        let events = stack.aws().events("order", &format!("ORDER#{order_id}"));
        let lost = events.iter().find(|event| event["type"] == "order.courier_lost.v1");
        lost.cloned().ok_or(format!("{events:?}"))
    });
    let instant = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap();
    let courier_by = instant(&lost["data"]["courier_by"]);
    basket.awaits(&order_id, "cancelled");
    let order = basket.order(&order_id);
    assert_eq!(order["ended"]["reason"], "no_courier", "{order}");
    let at = instant(&order["ended"]["at"]);
    // The deadline that began with the food was put off, and the one for any pick-up lies further ahead.
    assert!(at >= courier_by, "{order}");
    assert!(at < courier_by + SignedDuration::from_secs(20), "{order}");
}

#[test]
fn an_operator_sees_what_goes_on_in_a_zone() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    let (lat, lng) = kitchen.position;
    let zones = stack.operator().get(&format!("/v1/zones?near={lat},{lng}")).expect(200);
    let zone_id = zones["items"][0]["zone_id"].as_str().unwrap();
    let board = stack.operator().get(&format!("/v1/zones/{zone_id}/board")).expect(200);
    let deliveries = board["deliveries"].as_array().unwrap();
    let shown = deliveries
        .iter()
        .find(|one| one["delivery_id"] == delivery_id.as_str())
        .unwrap();
    assert_eq!(
        (&shown["state"], &shown["courier_id"]),
        (&json!("assigned"), &json!(rider.courier_id))
    );
    let couriers = board["couriers"].as_array().unwrap();
    let shown = couriers
        .iter()
        .find(|one| one["courier_id"] == rider.courier_id.as_str())
        .unwrap();
    assert_eq!((&shown["status"], &shown["deliveries"]), (&json!("busy"), &json!(1)));
    assert!(board["counts"]["open"].as_u64().unwrap() >= 1, "{board}");
    stack
        .operator()
        .get("/v1/zones/amsterdam/board")
        .refused(404, "not_found");
}

#[test]
fn what_waits_is_found_when_a_courier_comes_on_shift() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let path = format!("/v1/orders/{order_id}/delivery");
    eventually("the delivery to wait", || {
        let reply = basket.customer.get(&path);
        (reply.body["state"] == "waiting").then_some(()).ok_or(reply.text)
    });
    let rider = kitchen.rider(stack, 500.0);
    drop(rider.takes(&order_id));
    // Whoever ends the shift before the pick-up leaves it to the next.
    rider.person.post("/v1/couriers/me/shift/end", &json!({})).is(200);
    let next = kitchen.rider(stack, 800.0);
    drop(next.takes(&order_id));
}

#[test]
fn what_a_courier_who_went_silent_has_not_fetched_goes_to_the_next() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let silent = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = silent.takes(&order_id);
    let next = kitchen.rider(stack, 900.0);
    // As if the phone had said nothing for years.
    let partition = format!("COURIER#{}", silent.courier_id);
    let years_ago = json!({":then": {"S": "2020-01-01T00:00:00Z"}});
    let aws = stack.aws();
    aws.update(
        "delivery",
        &partition,
        "POSITION",
        "SET #name = :then",
        "heard_at",
        &years_ago,
    );
    let (lat, lng) = kitchen.position;
    let zones = stack.operator().get(&format!("/v1/zones?near={lat},{lng}")).expect(200);
    let minute = json!({
        "name": "zone", "subject": zones["items"][0]["zone_id"], "sequence": 0,
        "due_at": "2026-01-01T00:00:00Z", "correlationid": "tick",
    });
    let queue = stack.aws().queue("delivery", "TimersQueue");
    stack.aws().send(&queue, &minute.to_string());
    assert_eq!(next.takes(&order_id), delivery_id);
}
