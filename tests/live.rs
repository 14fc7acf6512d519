//! Live connections: what happens is heard at once, and only by whom it concerns.

use std::time::Duration;

use kernel::Timestamp;
use serde_json::{Value, json};
use testkit::{Kitchen, Live, Method, Person, Stack, eventually};

/// Where a courier at the restaurant is now, as the device reports it.
pub fn point(kitchen: &Kitchen) -> Value {
    #[expect(clippy::disallowed_methods, reason = "a device has a clock")]
    let at = Timestamp::now();
    json!({"at": at, "position": kitchen.north(10.0), "accuracy_m": 8.0})
}

#[test]
fn an_order_is_followed_from_the_kitchen_to_the_door() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    let topic = format!("order:{order_id}");
    let mut customer = Live::follow(&basket.customer, &topic);
    let mut owner = Live::follow(&kitchen.owner, &format!("restaurant:{}", kitchen.restaurant_id));

    kitchen.does(&order_id, "accept", &json!({}));
    for live in [&mut customer, &mut owner] {
        let frame = live.awaits("order.accepted");
        assert_eq!(frame["data"]["order_id"], order_id, "{frame}");
        assert_eq!(frame["data"]["state"], "preparing", "{frame}");
        assert!(frame["at"].is_string(), "{frame}");
    }
    let delivery_id = rider.takes(&order_id);
    assert_eq!(customer.awaits("delivery.assigned")["topic"], topic);
    kitchen.does(&order_id, "ready", &json!({}));
    drop(customer.awaits("order.ready"));
    rider.brings(&delivery_id, &order_id, &basket);
    for live in [&mut customer, &mut owner] {
        let frame = live.awaits("order.delivered");
        assert_eq!(frame["data"]["state"], "delivered", "{frame}");
    }
    let receipt = customer.awaits("payment.captured");
    assert_eq!(receipt["data"]["order_id"], order_id, "{receipt}");
    let overheard = owner.until_now();
    assert!(
        overheard.iter().all(|frame| frame["type"] != "payment.captured"),
        "the customer's money is not the kitchen's business: {overheard:?}"
    );
}

#[test]
fn a_ticket_opens_one_connection_and_no_foreign_topic() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    let stranger = kitchen.customer(stack, "pm_card_visa").customer;

    let ticket = Live::ticket(&stranger);
    let mut live = Live::open(&ticket).unwrap();
    assert_eq!(Live::open(&ticket).unwrap_err(), 403);
    let forged = json!({"url": ticket["url"], "ticket": "made-up"});
    assert!(Live::open(&forged).is_err());

    for topic in [
        format!("order:{order_id}"),
        format!("restaurant:{}", kitchen.restaurant_id),
        "operators".to_owned(),
    ] {
        live.subscribe(&topic);
        let refusal = live.awaits("error");
        assert_eq!(refusal["data"]["code"], "not_found", "{topic}: {refusal}");
    }
    live.subscribe("no such topic");
    let refusal = live.awaits("error");
    assert!(refusal["data"]["detail"].is_string(), "{refusal}");
}

#[test]
fn a_connected_courier_hears_of_an_offer_and_only_of_the_own() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let rider = kitchen.rider(stack, 100.0);
    let topic = format!("courier:{}", rider.courier_id);
    let mut live = Live::follow(&rider.person, &topic);
    for stranger in [&stack.enrol("courier"), &basket.customer, &stack.operator()] {
        let mut live = Live::open(&Live::ticket(stranger)).unwrap();
        live.subscribe(&topic);
        assert_eq!(live.awaits("error")["data"]["code"], "not_found");
    }
    let order_id = kitchen.cooks(&basket);
    let frame = live.awaits("delivery.offered");
    assert_eq!(frame["topic"], topic, "{frame}");
    assert_eq!(frame["data"]["order_id"], order_id, "{frame}");
    let offer = rider.offered(&order_id);
    for field in ["offer_id", "delivery_id", "expires_at"] {
        assert_eq!(frame["data"][field], offer[field], "{field}: {frame} {offer}");
    }
    let decline = format!("/v1/offers/{}/decline", offer["offer_id"].as_str().unwrap());
    rider.person.post(&decline, &json!({"reason": "too_far"})).is(200);
    let frame = live.awaits("delivery.offer_ended");
    assert_eq!(
        (&frame["data"]["offer_id"], &frame["data"]["ending"]),
        (&offer["offer_id"], &json!("declined")),
        "{frame}"
    );
}

#[test]
fn who_was_taken_off_hears_it_and_then_nothing_more_of_the_order() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let former = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = former.takes(&order_id);
    let topic = format!("order:{order_id}");
    let mut customer = Live::follow(&basket.customer, &topic);
    let mut cook = Live::follow(&kitchen.owner, &topic);
    let mut taken_off = eventually("the courier to follow the order", || follows(&former.person, &topic));
    let mut own = Live::follow(&former.person, &format!("courier:{}", former.courier_id));
    let next = kitchen.rider(stack, 900.0);
    let body = json!({"reason": "courier_unreachable"});
    let unassign = format!("/v1/deliveries/{delivery_id}/unassign");
    stack.operator().post(&unassign, &body).is(200);
    for live in [&mut customer, &mut cook, &mut own] {
        assert_eq!(live.awaits("delivery.released")["data"]["order_id"], order_id);
    }
    // What was under way before that may still come in.
    while let Some(frame) = taken_off.anything(Duration::from_secs(1)) {
        assert_ne!(frame["type"], "delivery.released", "{frame}");
    }
    let notice = eventually("the notice", || {
        let inbox = former.person.get("/v1/notifications").expect(200);
        let found = inbox["items"].as_array().unwrap().iter();
        let mut found = found.filter(|note| note["kind"] == "courier_released");
        found.next().cloned().ok_or_else(|| inbox.to_string())
    });
    assert!(
        notice["body"].as_str().unwrap().contains("could not reach you"),
        "{notice}"
    );
    // The order forgets the courier, who sees it no more.
    eventually("the order without its courier", || {
        let order = basket.order(&order_id);
        order["courier_id"].is_null().then_some(()).ok_or(order.to_string())
    });
    former
        .person
        .get(&format!("/v1/orders/{order_id}"))
        .refused(404, "not_found");

    assert_eq!(next.takes(&order_id), delivery_id);
    drop(customer.awaits("delivery.assigned"));
    kitchen.does(&order_id, "ready", &json!({}));
    next.does(&delivery_id, "arrived-at-restaurant", &json!({}));
    next.does(&delivery_id, "picked-up", &json!({}));
    for live in [&mut customer, &mut cook] {
        drop(live.awaits("order.picked_up"));
    }
    eventually("a move of the next courier", || {
        next.reports(&json!([point(&kitchen)])).is(202);
        let moved = customer.next_of("courier.moved", Duration::from_secs(6));
        moved.map(drop).ok_or("none yet".to_owned())
    });
    // The customer has heard of the same.
    let overheard = taken_off.until_now();
    assert!(
        overheard.is_empty(),
        "a courier who was taken off follows the order no more: {overheard:?}"
    );
}

#[test]
fn of_the_payment_neither_the_kitchen_nor_the_courier_hears_on_the_orders_topic() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    let topic = format!("order:{order_id}");
    let mut customer = Live::follow(&basket.customer, &topic);
    let mut cook = Live::follow(&kitchen.owner, &topic);
    let mut courier = eventually("the courier to follow the order", || follows(&rider.person, &topic));
    kitchen.does(&order_id, "ready", &json!({}));
    basket.awaits(&order_id, "ready");
    rider.brings(&delivery_id, &order_id, &basket);
    for live in [&mut customer, &mut cook, &mut courier] {
        drop(live.awaits("order.delivered"));
    }
    drop(customer.awaits("payment.captured"));
    for live in [&mut cook, &mut courier] {
        let overheard = live.until_now();
        assert!(
            overheard.iter().all(|frame| frame["type"] != "payment.captured"),
            "{overheard:?}"
        );
    }
    // Who brought it hears nothing more of it at all.
    assert_eq!(courier.anything(Duration::from_secs(1)), None);
}

#[test]
fn a_courier_follows_an_order_no_more_once_it_was_called_off() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    drop(rider.takes(&order_id));
    let topic = format!("order:{order_id}");
    let mut courier = eventually("the courier to follow the order", || follows(&rider.person, &topic));
    kitchen.does(&order_id, "cancel", &json!({"reason": "out_of_stock"}));
    drop(courier.awaits("order.cancelled"));
    eventually("the courier to follow the order no more", || {
        follows(&rider.person, &topic).map_or(Ok(()), |_| Err("still".to_owned()))
    });
}

#[test]
fn what_is_no_command_is_refused_and_a_topic_is_followed_until_it_is_left() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let topic = format!("restaurant:{}", kitchen.restaurant_id);
    let mut owner = Live::follow(&kitchen.owner, &topic);
    for command in [
        json!({"action": "publish", "topic": topic}),
        json!({"action": "subscribe", "topic": topic, "since": "yesterday"}),
        json!({"action": "ping", "topic": topic}),
        json!({"topic": topic}),
    ] {
        owner.send(&command);
        assert_eq!(owner.awaits("error")["data"]["code"], "malformed", "{command}");
    }
    owner.unsubscribe(&topic);
    assert_eq!(owner.awaits("unsubscribed")["topic"], topic);
    let mut still = Live::follow(&kitchen.owner, &topic);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    drop(still.awaits("order.confirmed"));
    assert_eq!(owner.until_now(), Vec::<Value>::new(), "the topic was left");
}

/// A connection that follows a topic, if its owner may.
fn follows(person: &Person, topic: &str) -> Result<Live, String> {
    let opened = Live::open(&Live::ticket(person));
    let mut live = opened.map_err(|status| format!("refused with {status}"))?;
    live.subscribe(topic);
    let answer = live.next_of("subscribed", Duration::from_secs(3));
    answer.map(|_| live).ok_or_else(|| "not yet".to_owned())
}

#[test]
fn a_lost_role_ends_the_connections_that_were_opened_with_it() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let mut live = Live::follow(&rider.person, &format!("courier:{}", rider.courier_id));
    let bystander = stack.enrol("customer");
    let mut other = Live::open(&Live::ticket(&bystander)).unwrap();
    let ticket = Live::ticket(&rider.person);
    let path = format!("/v1/users/{}/roles", rider.person.user_id);
    stack.operator().put(&path, &json!({"roles": ["customer"]})).is(200);
    live.until_closed();
    assert!(Live::open(&ticket).is_err(), "a ticket from before");
    drop(
        rider
            .person
            .post("/v1/live/tickets", &json!({}))
            .refused(403, "forbidden"),
    );
    other.ping();
    drop(other.awaits("pong"));
}

#[test]
fn a_suspension_ends_all_connections_and_tickets_of_a_person() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let mut connections = [(); 2].map(|()| Live::open(&Live::ticket(&person)).unwrap());
    let ticket = Live::ticket(&person);
    let path = format!("/v1/users/{}/suspend", person.user_id);
    stack.operator().post(&path, &json!({})).is(200);
    for live in &mut connections {
        live.until_closed();
    }
    assert!(Live::open(&ticket).is_err(), "a ticket from before");
    drop(person.post("/v1/live/tickets", &json!({})).refused(403, "forbidden"));
}

#[test]
fn of_too_many_connections_the_oldest_is_closed() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let mut connections: Vec<_> = (0..11).map(|_| Live::open(&Live::ticket(&person)).unwrap()).collect();
    connections[0].until_closed();
    for live in &mut connections[1..] {
        live.ping();
        drop(live.awaits("pong"));
    }
}

#[test]
fn tickets_and_what_a_connection_asks_have_budgets() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let mut live = Live::open(&Live::ticket(&person)).unwrap();
    let asked = || person.once(&Method::POST, "/v1/live/tickets", &[], b"{}");
    let refused = (0..60).map(|_| asked()).find(|reply| reply.status != 201).unwrap();
    let after = refused
        .header("retry-after")
        .and_then(|seconds| seconds.parse::<u32>().ok());
    assert!(after.is_some_and(|seconds| (1..=600).contains(&seconds)), "{after:?}");
    drop(refused.refused(429, "too_many_requests"));

    // Guessing at other people's orders ends as well.
    let answers = (0..220).map(|_| {
        live.subscribe("order:ord_01jd8v4q6nf2x9m3k7p0zr5t1c");
        live.awaits("error")
    });
    let mut codes = answers.map(|frame| frame["data"].clone());
    assert_eq!(codes.next().unwrap()["code"], "not_found");
    let refusal = codes
        .find(|data| data["code"] != "not_found")
        .expect("no end of guesses");
    assert_eq!(refusal["code"], "too_many_requests", "{refusal}");
    assert!(
        refusal["retry_after"].as_u64().is_some_and(|seconds| seconds <= 600),
        "{refusal}"
    );
}
