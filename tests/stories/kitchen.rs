//! When the restaurant does not take an order.

use serde_json::json;
use testkit::{Kitchen, Stack, eventually};

#[test]
fn a_rejected_order_releases_the_money() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    kitchen.does(&order_id, "reject", &json!({"reason": "too_busy"}));
    basket.awaits(&order_id, "rejected");
    drop(basket.awaits_payment(&order_id, "voided"));
    eventually("a mail about the rejection", || {
        let mails = stack.aws().mails_to(&basket.customer.email);
        let found = mails
            .iter()
            .any(|mail| mail.contains("too busy") && mail.contains("Nothing is charged"));
        if found { Ok(()) } else { Err(format!("{mails:#?}")) }
    });
}

#[test]
fn a_restaurant_that_never_answers_loses_the_order_at_its_deadline() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    basket.awaits(&order_id, "rejected");
    drop(basket.awaits_payment(&order_id, "voided"));
    kitchen
        .owner
        .post(&format!("/v1/orders/{order_id}/accept"), &json!({}))
        .is(409);
}

#[test]
fn a_paused_restaurant_takes_no_orders_until_it_resumes() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    kitchen
        .owner
        .post(
            &format!("{path}/pause"),
            &json!({"reason": "The oven is being repaired"}),
        )
        .is(200);
    eventually("quotes to be refused", || {
        let reply = basket.customer.post("/v1/quotes", &basket.quote);
        if reply.status == 409 || reply.status == 422 {
            Ok(())
        } else {
            Err(reply.text)
        }
    });
    kitchen.owner.post(&format!("{path}/resume"), &json!({})).is(200);
    drop(basket.quoted());
}
