//! When the customer thinks better of it.

use serde_json::json;
use testkit::{Kitchen, Stack};

#[test]
fn in_time_costs_nothing() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    let told = basket
        .customer
        .get(&format!("/v1/orders/{order_id}/cancellation"))
        .expect(200);
    assert_eq!(told["fee"]["amount"], 0, "{told}");
    let body = json!({"reason": "changed_my_mind"});
    let cancelled = basket
        .customer
        .post(&format!("/v1/orders/{order_id}/cancel"), &body)
        .expect(200);
    assert_eq!(cancelled["fee"]["amount"], 0, "{cancelled}");
    basket.awaits(&order_id, "cancelled");
    drop(basket.awaits_payment(&order_id, "voided"));
    let refusal = kitchen.owner.post(&format!("/v1/orders/{order_id}/accept"), &json!({}));
    assert_eq!(
        (refusal.status, refusal.body["state"].as_str()),
        (409, Some("cancelled")),
        "{}",
        refusal.text
    );
}

#[test]
fn too_late_is_refused_and_changes_nothing() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 200.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    basket.awaits(&order_id, "ready");
    rider.does(&delivery_id, "arrived-at-restaurant", &json!({}));
    rider.does(&delivery_id, "picked-up", &json!({}));
    basket.awaits(&order_id, "out_for_delivery");
    let body = json!({"reason": "too_slow"});
    let refusal = basket.customer.post(&format!("/v1/orders/{order_id}/cancel"), &body);
    assert_eq!(
        (refusal.status, refusal.body["state"].as_str()),
        (409, Some("out_for_delivery")),
        "{}",
        refusal.text
    );
    assert_eq!(basket.order(&order_id)["state"], "out_for_delivery");
}

#[test]
fn an_invented_reason_is_refused() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    let path = format!("/v1/orders/{order_id}/cancel");
    basket
        .customer
        .post(&path, &json!({"reason": "because"}))
        .refused(422, "invalid_body");
}
