//! Live connections: what happens is heard at once, and only by whom it concerns.

use std::time::Duration;

use kernel::Timestamp;
use serde_json::{Value, json};
use testkit::{Kitchen, Live, Stack, eventually};

/// Where a courier at the restaurant is now, as the device reports it.
fn point(kitchen: &Kitchen) -> Value {
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
    let overheard = owner.next_of("payment.captured", Duration::from_secs(2));
    assert_eq!(overheard, None, "the customer's money is not the kitchen's business");
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
    let again = Live::open(&ticket).unwrap_err();
    assert!(again.starts_with("HTTP/1.1 403"), "{again}");
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
    let mut taken_off = eventually("the courier to follow the order", || {
        let mut live = Live::open(&Live::ticket(&former.person))?;
        live.subscribe(&topic);
        let answer = live.next_of("subscribed", Duration::from_secs(3));
        answer.map(|_| live).ok_or_else(|| "not yet".to_owned())
    });
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
    let overheard = taken_off.anything(Duration::from_secs(2));
    assert_eq!(overheard, None, "a courier who was taken off follows the order no more");
}
