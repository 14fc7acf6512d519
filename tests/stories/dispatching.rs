//! How couriers are chosen, asked, and taken off again.

use kernel::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Rider, Stack, eventually};

/// Everything that is offered to a courier at the moment.
fn offers(rider: &Rider) -> Vec<Value> {
    let reply = rider.person.get("/v1/couriers/me/offers").expect(200);
    reply["items"].as_array().cloned().unwrap_or_default()
}

/// Two orders that belong together: from one kitchen, ready at the same time, for neighbouring doors. Nobody is there yet.
fn two_orders(stack: &'static Stack, kitchen: &Kitchen) -> Vec<(Basket, String)> {
    let doors = [1_500.0, 1_530.0];
    let orders = doors.map(|door| {
        let mut basket = kitchen.customer(stack, "pm_card_visa");
        basket.quote["deliver_to"]["position"] = kitchen.north(door);
        let order_id = kitchen.cooks(&basket);
        (basket, order_id)
    });
    for (basket, order_id) in &orders {
        kitchen.does(order_id, "ready", &json!({}));
        eventually("a delivery that waits with its food", || {
            let known = delivery_events(stack, order_id);
            let is_ready = known.iter().any(|event| event["type"] == "delivery.food_ready.v1");
            is_ready.then_some(()).ok_or_else(|| format!("{known:?}"))
        });
        assert_eq!(tracked(basket, order_id)["state"], "waiting");
    }
    orders.into()
}

fn tracked(basket: &Basket, order_id: &str) -> Value {
    let path = format!("/v1/orders/{order_id}/delivery");
    basket.customer.get(&path).expect(200)
}

fn delivery_id_of(order_id: &str) -> String {
    order_id.replace("ord_", "del_")
}

fn delivery_events(stack: &'static Stack, order_id: &str) -> Vec<Value> {
    let partition = format!("DELIVERY#{}", delivery_id_of(order_id));
    stack.aws().events("delivery", &partition)
}

/// The ids of the offers of an order that an event such as `offered` is about.
fn offers_in(stack: &'static Stack, order_id: &str, event: &str) -> Vec<Value> {
    let events = delivery_events(stack, order_id);
    let of = events
        .iter()
        .filter(|known| known["type"] == format!("delivery.{event}.v1"));
    of.map(|known| known["data"]["offer_id"].clone()).collect()
}

/// The one offer that a courier gets, which must be of these orders and no others.
fn bundle(rider: &Rider, orders: &[(Basket, String)]) -> Value {
    let offer = eventually("an offer", || offers(rider).pop().ok_or_else(|| "no offer".to_owned()));
    assert_eq!(deliveries_of(&offer), all_of(orders), "{offer}");
    offer["offer_id"].clone()
}

/// The ids of the deliveries of an offer or of an answer, sorted.
fn deliveries_of(value: &Value) -> Vec<String> {
    let deliveries = value["deliveries"].as_array().unwrap();
    let ids = deliveries
        .iter()
        .map(|one| one["delivery_id"].as_str().unwrap().to_owned());
    sorted(ids)
}

fn all_of(orders: &[(Basket, String)]) -> Vec<String> {
    sorted(orders.iter().map(|(_, order_id)| delivery_id_of(order_id)))
}

fn sorted(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.collect();
    ids.sort_unstable();
    ids
}

#[test]
fn two_orders_of_one_restaurant_are_one_offer_one_yes_and_one_way() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let orders = two_orders(stack, &kitchen);
    let rider = kitchen.rider(stack, 100.0);
    let offer_id = bundle(&rider, &orders);
    let path = format!("/v1/offers/{}/accept", offer_id.as_str().unwrap());
    let accepted = rider.person.post(&path, &json!({})).expect(200);
    assert_eq!(deliveries_of(&accepted), all_of(&orders), "{accepted}");
    rider
        .person
        .post(&path, &json!({}))
        .refused(409, "offer_already_accepted");
    for (basket, order_id) in &orders {
        assert_eq!(tracked(basket, order_id)["state"], "assigned");
        assert_eq!(offers_in(stack, order_id, "offered"), std::slice::from_ref(&offer_id));
    }
    let route = rider.person.get("/v1/couriers/me/route").expect(200);
    let stops = route["stops"].as_array().unwrap();
    let of = |kind: &str| {
        let own = stops.iter().filter(|stop| stop["kind"] == kind);
        sorted(own.map(|stop| stop["delivery_id"].as_str().unwrap().to_owned()))
    };
    let kinds: Vec<_> = stops.iter().map(|stop| stop["kind"].clone()).collect();
    assert_eq!(kinds, ["pickup", "pickup", "drop_off", "drop_off"], "{route}");
    assert_eq!((of("pickup"), of("drop_off")), (all_of(&orders), all_of(&orders)));
    for (basket, order_id) in &orders {
        rider.brings(&delivery_id_of(order_id), order_id, basket);
        basket.awaits(order_id, "delivered");
    }
    let route = rider.person.get("/v1/couriers/me/route").expect(200);
    assert_eq!(route["stops"], json!([]));
}

#[test]
fn a_bundle_is_declined_as_a_whole_and_goes_to_the_next_as_a_whole() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let orders = two_orders(stack, &kitchen);
    let first = kitchen.rider(stack, 100.0);
    let declined = bundle(&first, &orders);
    let path = format!("/v1/offers/{}/decline", declined.as_str().unwrap());
    first.person.post(&path, &json!({"reason": "vehicle_problem"})).is(200);
    assert_eq!(offers(&first), Vec::<Value>::new());
    for (basket, order_id) in &orders {
        assert_eq!(tracked(basket, order_id)["state"], "waiting");
        assert_eq!(
            offers_in(stack, order_id, "offer_ended"),
            std::slice::from_ref(&declined)
        );
    }
    let second = kitchen.rider(stack, 900.0);
    let next = bundle(&second, &orders);
    assert_ne!(next, declined);
    assert_eq!(offers(&first), Vec::<Value>::new());
    for (_, order_id) in &orders {
        assert_eq!(offers_in(stack, order_id, "offered"), [declined.clone(), next.clone()]);
    }
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
    kitchen.does(&order_id, "ready", &json!({}));
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
