//! Live connections: what happens is heard at once, and only by whom it concerns.

use std::time::Duration;

use serde_json::json;
use testkit::{Kitchen, Live, Stack};

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
