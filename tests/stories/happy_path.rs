//! From sign-up to receipt.

use serde_json::{Value, json};
use testkit::{Kitchen, Stack, eventually};

#[test]
fn an_order_from_sign_up_to_receipt() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 300.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    basket.customer.verify_phone();

    let quote = basket.quoted();
    check_price(&quote);
    let placed = basket.customer.post("/v1/orders", &basket.placing(&quote)).expect(201);
    let order_id = placed["order_id"].as_str().unwrap();
    assert_eq!(placed["total"], quote["total"], "what is shown is what is placed");

    basket.awaits(order_id, "awaiting_restaurant");
    let authorized = basket.awaits_payment(order_id, "authorized");
    assert_eq!(
        authorized["authorized"], quote["total"],
        "what is shown is what is authorised"
    );

    let queue = kitchen
        .owner
        .get(&format!("/v1/restaurants/{}/orders", kitchen.restaurant_id))
        .expect(200);
    assert!(contains(&queue["items"], "order_id", order_id), "{queue}");
    kitchen.does(order_id, "accept", &json!({"prep_minutes": 5}));
    let delivery_id = rider.takes(order_id);
    kitchen.does(order_id, "ready", &json!({}));
    basket.awaits(order_id, "ready");
    rider.brings(&delivery_id, order_id, &basket);

    basket.awaits(order_id, "delivered");
    let captured = basket.awaits_payment(order_id, "captured");
    assert_eq!(captured["captured"], quote["total"], "what is shown is what is charged");

    let timeline = basket
        .customer
        .get(&format!("/v1/orders/{order_id}/timeline"))
        .expect(200);
    let entries = timeline.as_array().or(timeline["items"].as_array()).unwrap();
    let types: Vec<_> = entries.iter().filter_map(|entry| entry["type"].as_str()).collect();
    let expected = ["placed", "confirmed", "accepted", "ready", "picked_up", "delivered"];
    let names: Vec<_> = types
        .iter()
        .map(|name| name.trim_start_matches("order.").trim_end_matches(".v1"))
        .collect();
    assert_eq!(names, expected);

    let mail = |what: &str, words: &[&str]| {
        eventually(what, || {
            let mails = stack.aws().mails_to(&basket.customer.email);
            let found = mails.iter().any(|mail| words.iter().all(|word| mail.contains(word)));
            if found { Ok(()) } else { Err(format!("{mails:#?}")) }
        });
    };
    mail("the receipt", &["receipt", &major(&quote["total"])]);
    eventually("a text message that the courier is near", || {
        let texts = stack.aws().texts_to(&basket.customer.phone);
        // The first is the code that showed that the number is the customer's.
        if texts.len() < 2 {
            Err("none".to_owned())
        } else {
            Ok(())
        }
    });
    let inbox = basket.customer.get("/v1/notifications").expect(200);
    assert!(
        inbox["items"].as_array().is_some_and(|items| items.len() >= 4),
        "{inbox}"
    );
    let order_mails = stack.aws().mails_to(&basket.customer.email).len();
    assert!(
        order_mails <= 4,
        "a code, perhaps a welcome, a confirmation and a receipt, not {order_mails} mails"
    );
}

/// The total is the sum of its parts, and the courier's tip and the chosen options are in it.
fn check_price(quote: &Value) {
    let amount = |name: &str| quote[name]["amount"].as_i64().unwrap_or_default();
    let lines = quote["lines"].as_array().unwrap();
    let subtotal: i64 = lines.iter().map(|line| line["total"]["amount"].as_i64().unwrap()).sum();
    assert_eq!(amount("subtotal"), subtotal, "{quote}");
    // Two pizzas, and a bowl with two toppings of which the cheaper one is free.
    assert_eq!(subtotal, 2 * 1150 + 990 + 200, "{quote}");
    let parts = ["subtotal", "delivery_fee", "service_fee", "small_order_fee", "tip"].map(amount);
    assert_eq!(
        amount("total"),
        parts.iter().sum::<i64>() - amount("discount"),
        "{quote}"
    );
    assert_eq!(amount("tip"), 100);
    assert!(amount("tax") > 0, "the tax inside inclusive prices is shown: {quote}");
}

fn contains(items: &Value, name: &str, value: &str) -> bool {
    items
        .as_array()
        .is_some_and(|items| items.iter().any(|item| item[name] == value))
}

/// The amount in major units, as people read it.
fn major(money: &Value) -> String {
    let cents = money["amount"].as_i64().unwrap_or_default();
    format!("{}.{:02}", cents / 100, cents % 100)
}
