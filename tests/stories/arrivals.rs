//! Estimates learn from what happened.

use std::thread;
use std::time::Duration;

use kernel::{OrderId, SignedDuration, Timestamp, TypedId as _};
use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Stack, eventually};

/// Three orders in four teach their kitchen, chosen by their ids: the first that does.
fn teaching(basket: &Basket) -> Value {
    loop {
        let quote = basket.quoted();
        let id = quote["quote_id"].as_str().unwrap().replacen("quo", "ord", 1);
        let order: OrderId = id.parse().unwrap();
        if order.uuid().as_u128() % 16 >= 4 {
            return quote;
        }
    }
}

#[test]
fn a_kitchen_that_is_faster_than_it_says_is_learned() {
    let stack = Stack::get();
    let kitchen = Kitchen::open_with(stack, 40);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let quote = teaching(&basket);
    let placed = basket.customer.post("/v1/orders", &basket.placing(&quote)).expect(201);
    let order_id = placed["order_id"].as_str().unwrap();
    basket.awaits(order_id, "awaiting_restaurant");
    kitchen.does(order_id, "accept", &json!({}));
    let delivery_id = rider.takes(order_id);
    // What is ready within a minute was not cooked, and teaches nothing.
    thread::sleep(Duration::from_secs(62));
    let ready_at = || rider.person.get("/v1/couriers/me/route").expect(200)["stops"][0]["ready_at"].clone();
    let planned = ready_at();
    kitchen.does(order_id, "ready", &json!({}));
    // Whoever fetches food before the delivery has heard that it is ready teaches nothing of the kitchen.
    eventually("the delivery to hear that the food is ready", || {
        let now = ready_at();
        (now != planned).then_some(()).ok_or_else(|| now.to_string())
    });
    rider.brings(&delivery_id, order_id, &basket);
    basket.awaits(order_id, "delivered");

    let partition = format!("RESTAURANT#{}", kitchen.restaurant_id);
    let learned = eventually("the kitchen to be learned", || {
        let item = stack.aws().item("delivery", &partition, "KITCHEN");
        if item["kitchen"]["S"].is_string() {
            Ok(item)
        } else {
            Err(item.to_string())
        }
    });
    let orders: Value = serde_json::from_str(learned["kitchen"]["S"].as_str().unwrap()).unwrap();
    let minutes = orders[0][1].as_u64().unwrap();
    assert!((10..20).contains(&minutes), "tenths of a minute: {orders}");
    // The window of the next quote begins earlier: one order has been seen to be fast.
    let from = |quote: &Value| quote["promised"]["from"].as_str().unwrap().to_owned();
    let again = basket.quoted();
    assert!(
        from(&again) < from(&quote),
        "{} and then {}",
        from(&quote),
        from(&again)
    );
}

#[test]
fn a_kitchen_that_says_later_moves_the_arrival() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let likely = || {
        let view = basket.customer.get(&format!("/v1/orders/{order_id}/delivery"));
        let likely = view.body["eta"]["likely"]
            .as_str()
            .and_then(|at| at.parse::<Timestamp>().ok());
        likely.ok_or(view.text)
    };
    let first = eventually("an estimate", likely);
    kitchen.does(&order_id, "delay", &json!({"minutes": 30, "reason": "too_busy"}));
    eventually("a later estimate", || {
        let moved = likely()?.duration_since(first);
        (moved > SignedDuration::from_mins(20))
            .then_some(())
            .ok_or(moved.to_string())
    });
}
