//! Money of other places: yen that have no smaller part, and dinars that cards take in tens of fils.

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Method, Reply, Stack, eventually, menu_in, place, restaurant};

use super::payment::stripe;

/// The one thing that is wrong: where, what, and the words for people.
#[track_caller]
fn fault(reply: Reply) -> (String, String, String) {
    let problem = reply.refused(422, "invalid_body");
    let errors = problem["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{problem}");
    let text = |name: &str| errors[0][name].as_str().unwrap_or_default().to_owned();
    (text("pointer"), text("code"), errors[0].to_string())
}

fn money(amount: i64, currency: &str) -> Value {
    json!({"amount": amount, "currency": currency})
}

/// What a quote shows, in minor units.
fn amounts(quote: &Value, currency: &str) -> [i64; 8] {
    let parts = [
        "subtotal",
        "delivery_fee",
        "service_fee",
        "small_order_fee",
        "discount",
        "tax",
        "tip",
        "total",
    ];
    parts.map(|part| {
        assert_eq!(quote[part]["currency"], currency, "{part} of {quote}");
        quote[part]["amount"].as_i64().unwrap()
    })
}

#[test]
fn a_currency_without_fees_is_refused_when_a_restaurant_is_founded() {
    let stack = Stack::get();
    let owner = stack.enrol("restaurant");
    for code in ["NOK", "BHD", "IRR"] {
        let reply = owner.post("/v1/restaurants", &restaurant(code, 12, place()));
        let (pointer, what, text) = fault(reply);
        assert_eq!((pointer.as_str(), what.as_str()), ("/currency", "currency_not_served"));
        assert!(text.contains(code) && text.contains("GBP, JPY, KWD"), "{text}");
    }
    let mine = owner.get("/v1/restaurants/mine").expect(200);
    assert_eq!(mine["items"], json!([]), "nothing was founded");
}

#[test]
fn what_a_card_cannot_be_charged_is_refused_where_it_is_said() {
    let stack = Stack::get();
    let kitchen = Kitchen::selling_in(stack, "KWD", 3);
    let mut fine = menu_in("KWD", 3);
    fine["categories"][0]["items"][0]["price"] = money(3_455, "KWD");
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    let (pointer, code, text) = fault(kitchen.owner.put(&format!("{path}/menu"), &fine));
    assert_eq!(pointer, "/categories/0/items/0/price/amount");
    assert_eq!(code, "amount_too_fine");
    assert!(text.contains("multiple of 10"), "{text}");

    let mut basket = kitchen.customer(stack, "pm_card_visa");
    basket.quote["tip"] = money(250, "KWD");
    drop(basket.quoted());
    for (tip, code) in [(255, "amount_too_fine"), (500_000, "out_of_range")] {
        basket.quote["tip"] = money(tip, "KWD");
        let refused = fault(basket.customer.post("/v1/quotes", &basket.quote));
        assert_eq!((refused.0.as_str(), refused.1.as_str()), ("/tip", code));
    }
    basket.quote["tip"] = money(100, "EUR");
    let refused = fault(basket.customer.post("/v1/quotes", &basket.quote));
    assert_eq!((refused.0.as_str(), refused.1.as_str()), ("/tip", "wrong_currency"));
}

#[test]
fn an_order_in_yen_has_fees_of_yen_and_is_charged_as_it_is_shown() {
    let stack = Stack::get();
    let kitchen = Kitchen::selling_in(stack, "JPY", 1);
    let mut basket = kitchen.customer(stack, "pm_card_visa");
    basket.quote["tip"] = money(200, "JPY");
    let quote = basket.quoted();
    let [food, delivery, service, small, discount, tax, tip, total] = amounts(&quote, "JPY");
    assert_eq!(food, 2 * 1150 + 990 + 200, "{quote}");
    assert!((250..=500).contains(&delivery), "{quote}");
    assert_eq!(service, 175, "5 % of the food, halves up: {quote}");
    assert_eq!((small, discount, tip), (0, 0, 200));
    assert_eq!(tax, 288, "the tax inside 3490 yen at 9 %: {quote}");
    assert_eq!(total, food + delivery + service + tip);
    is_delivered_and_charged(stack, &kitchen, &basket, &quote);

    basket.quote["items"] = json!([{"item_id": "bowl", "quantity": 1, "options": [
        {"group_id": "toppings", "option_id": "tofu"}]}]);
    let [_, _, service, small, ..] = amounts(&basket.quoted(), "JPY");
    assert_eq!((service, small), (50, 10), "990 yen are 10 short of a small order");
}

#[test]
fn an_order_in_dinars_is_charged_in_tens_of_fils() {
    let stack = Stack::get();
    let kitchen = Kitchen::selling_in(stack, "KWD", 3);
    let mut basket = kitchen.customer(stack, "pm_card_visa");
    basket.quote["tip"] = money(250, "KWD");
    let quote = basket.quoted();
    let all = amounts(&quote, "KWD");
    assert!(all.iter().all(|amount| amount % 10 == 0), "{quote}");
    let [food, delivery, service, small, discount, tax, tip, total] = all;
    assert_eq!(food, 3 * (2 * 1150 + 990 + 200), "{quote}");
    assert!((400..=800).contains(&delivery), "{quote}");
    // 5 % are 523.5 fils, and the tax inside is 864.5: to the nearest ten.
    assert_eq!((service, tax), (520, 860), "{quote}");
    assert_eq!((small, discount, tip), (0, 0, 250));
    assert_eq!(total, food + delivery + service + tip);
    is_delivered_and_charged(stack, &kitchen, &basket, &quote);
}

#[test]
fn dinars_that_are_given_back_and_kept_are_the_whole() {
    let stack = Stack::get();
    let kitchen = Kitchen::selling_in(stack, "KWD", 3);
    let mut basket = kitchen.customer(stack, "pm_card_visa");
    basket.quote["tip"] = money(250, "KWD");
    let order_id = kitchen.cooks(&basket);
    let terms = format!("/v1/orders/{order_id}/cancellation");
    let terms = basket.customer.get(&terms).expect(200);
    let [fee, refund] = ["fee", "refund"].map(|name| terms[name]["amount"].as_i64().unwrap());
    let total = basket.order(&order_id)["total"]["amount"].as_i64().unwrap();
    assert_eq!(fee + refund, total);
    assert_eq!((fee, fee % 10, refund % 10), (10_470, 0, 0));
    let body = json!({"reason": "changed_my_mind", "fee": terms["fee"]});
    basket
        .customer
        .post(&format!("/v1/orders/{order_id}/cancel"), &body)
        .is(200);
    let payment = basket.awaits_payment(&order_id, "captured");
    assert_eq!(payment["captured"], money(fee, "KWD"), "{payment}");
}

/// From the order to the money: what was shown is reserved and charged, as the provider counts it, and the courier earns in
/// the same currency.
fn is_delivered_and_charged(stack: &'static Stack, kitchen: &Kitchen, basket: &Basket, quote: &Value) {
    let rider = kitchen.rider(stack, 300.0);
    let placed = basket.customer.post("/v1/orders", &basket.placing(quote)).expect(201);
    let order_id = placed["order_id"].as_str().unwrap();
    basket.awaits(order_id, "awaiting_restaurant");
    kitchen.does(order_id, "accept", &json!({"prep_minutes": 5}));
    let offer = rider.offered(order_id);
    let currency = quote["total"]["currency"].as_str().unwrap();
    assert_eq!(offer["pay"]["currency"], currency, "{offer}");
    let pay = offer["pay"]["amount"].as_i64().unwrap() - quote["tip"]["amount"].as_i64().unwrap();
    let usual = if currency == "JPY" { 400..=800 } else { 600..=1_500 };
    assert!(usual.contains(&pay), "{offer}");
    let delivery_id = rider.takes(order_id);
    kitchen.does(order_id, "ready", &json!({}));
    rider.brings(&delivery_id, order_id, basket);
    basket.awaits(order_id, "delivered");
    let payment = basket.awaits_payment(order_id, "captured");
    assert_eq!(payment["captured"], quote["total"], "{payment}");

    let payment_id = order_id.replace("ord_", "pay_");
    let intents = stripe(stack, &Method::GET, "/v1/payment_intents?limit=100", "");
    let intents = intents["data"].as_array().unwrap();
    let ours = intents
        .iter()
        .find(|intent| intent["metadata"]["payment_id"] == payment_id.as_str())
        .unwrap();
    assert_eq!(ours["amount"], quote["total"]["amount"]);
    assert_eq!(ours["currency"], currency.to_lowercase());
    eventually("the receipt", || {
        let mails = stack.aws().mails_to(&basket.customer.email);
        let amount = quote["total"]["amount"].as_i64().unwrap_or_default();
        let total = if currency == "JPY" {
            format!("{amount} JPY")
        } else {
            format!("{}.{:03} {currency}", amount / 1000, amount % 1000)
        };
        let found = mails
            .iter()
            .any(|mail| mail.contains("receipt") && mail.contains(&total));
        if found {
            Ok(())
        } else {
            Err(format!("{total} in {mails:#?}"))
        }
    });
}
