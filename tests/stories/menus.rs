//! What the menu says and what can be ordered are one thing.

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Stack, eventually, menu};

fn publishes(kitchen: &Kitchen, menu: &Value) {
    let path = format!("/v1/restaurants/{}/menu", kitchen.restaurant_id);
    kitchen.owner.put(&path, menu).is(200);
    kitchen.owner.post(&format!("{path}/publish"), &json!({})).is(200);
}

/// Waits until a quote is refused because something is sold out or gone.
fn is_refused(basket: &Basket, why: &str) {
    eventually(why, || {
        let reply = basket.customer.post("/v1/quotes", &basket.quote);
        if reply.status == 422 { Ok(()) } else { Err(reply.text) }
    });
}

#[test]
fn what_sold_out_can_be_ordered_again_when_a_new_menu_offers_it() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    let item = format!("/v1/restaurants/{}/menu/items/margherita", kitchen.restaurant_id);
    let version = json!("*");
    kitchen
        .owner
        .patch(&item, &version, &json!({"available": false}))
        .is(200);
    is_refused(&basket, "the sold-out pizza to be refused");

    let mut without = menu();
    without["categories"][0]["items"].as_array_mut().unwrap().remove(0);
    publishes(&kitchen, &without);
    publishes(&kitchen, &menu());
    let shown = kitchen
        .owner
        .get(&format!("/v1/restaurants/{}/menu", kitchen.restaurant_id))
        .expect(200);
    assert_eq!(shown["categories"][0]["items"][0]["available"], true, "{shown}");
    drop(basket.quoted());

    // And it can sell out and come back once more.
    kitchen
        .owner
        .patch(&item, &version, &json!({"available": false}))
        .is(200);
    is_refused(&basket, "the pizza that sold out again to be refused");
    kitchen
        .owner
        .patch(&item, &version, &json!({"available": true}))
        .is(200);
    drop(basket.quoted());
}
