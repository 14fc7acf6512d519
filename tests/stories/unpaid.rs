//! Orders that nobody pays for, and prices that change between being shown and being agreed to.

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Method, Stack};

use super::payment::stripe;

/// A card that waits for its owner at the bank: 3-D Secure.
fn slow_card(basket: &Basket) -> Value {
    let form = "type=card&card[number]=4000002500003155&card[exp_month]=12&card[exp_year]=2030&card[cvc]=123";
    let token = stripe(Stack::get(), &Method::POST, "/v1/payment_methods", form);
    let card = json!({"provider_token": token["id"]});
    basket.customer.post("/v1/payment-methods", &card).expect(201)["payment_method_id"].clone()
}

#[test]
fn a_customer_has_two_unpaid_orders_at_most() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let card = slow_card(&basket);
    let place = |basket: &Basket, card: &Value| {
        let quote = basket.quoted();
        let order = json!({"quote_id": quote["quote_id"], "payment_method_id": card});
        basket.customer.post("/v1/orders", &order)
    };
    let first = place(&basket, &card).expect(201)["order_id"].clone();
    place(&basket, &card).is(201);
    let refused = place(&basket, &card).refused(409, "too_many_unpaid_orders");
    assert_eq!(refused["order_ids"].as_array().map(Vec::len), Some(2), "{refused}");
    // Whoever cancels one may place another, and others are not kept from anything.
    let path = format!("/v1/orders/{}/cancel", first.as_str().unwrap());
    basket
        .customer
        .post(&path, &json!({"reason": "ordered_by_mistake"}))
        .is(200);
    place(&basket, &card).is(201);
    let honest = kitchen.customer(stack, "pm_card_visa");
    place(&honest, &json!(honest.payment_method_id)).is(201);
}

#[test]
fn orders_that_were_paid_for_do_not_count_as_unpaid() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    for _ in 0..4 {
        let order_id = basket.ordered();
        basket.awaits(&order_id, "awaiting_restaurant");
    }
}

/// Shown as free, accepted by the kitchen in between: nobody pays what they did not agree to.
#[test]
fn a_cancellation_that_was_agreed_as_free_is_never_charged() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    let terms = format!("/v1/orders/{order_id}/cancellation");
    let shown = basket.customer.get(&terms).expect(200);
    assert_eq!(shown["fee"]["amount"], 0, "{shown}");
    kitchen.does(&order_id, "accept", &json!({}));
    basket.awaits(&order_id, "preparing");

    let path = format!("/v1/orders/{order_id}/cancel");
    // Whether the app names what it was shown or not.
    let unnamed = json!({"reason": "too_slow"});
    drop(basket.customer.post(&path, &unnamed).refused(409, "terms_changed"));
    let agreed = json!({"reason": "too_slow", "fee": shown["fee"]});
    let refused = basket.customer.post(&path, &agreed).refused(409, "terms_changed");
    assert!(refused["fee"]["amount"].as_i64().unwrap() > 0, "{refused}");
    assert_eq!(basket.order(&order_id)["state"], "preparing");

    // With the new terms it is cancelled, at exactly these.
    let agreed = json!({"reason": "too_slow", "fee": refused["fee"]});
    let cancelled = basket.customer.post(&path, &agreed).expect(200);
    assert_eq!(
        (&cancelled["fee"], &cancelled["refund"]),
        (&refused["fee"], &refused["refund"])
    );
    let payment = basket.awaits_payment(&order_id, "captured");
    assert_eq!(payment["captured"], refused["fee"]);
}

#[test]
fn an_order_of_more_options_than_an_item_holds_is_refused_with_a_reason() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let mut basket = kitchen.customer(stack, "pm_card_visa");
    let options: Vec<Value> = (0..20)
        .map(|_| json!({"group_id": "toppings", "option_id": "tofu"}))
        .collect();
    let line = json!({"item_id": "bowl", "quantity": 1, "options": options});
    basket.quote["items"] = json!(vec![line; 20]);
    let refused = basket
        .customer
        .post("/v1/quotes", &basket.quote)
        .refused(422, "invalid_body");
    assert_eq!(refused["errors"][0]["code"], "too_many", "{refused}");
}
