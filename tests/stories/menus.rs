//! What the menu says and what can be ordered are one thing.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Method, Reply, Stack, early_in_a_window, eventually, menu};

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

#[test]
fn a_menu_is_read_again_only_when_it_has_changed() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let path = format!("/v1/restaurants/{}/menu", kitchen.restaurant_id);
    let nobody = stack.anonymous();
    let read = |known: &str| nobody.call(&Method::GET, &path, &[("if-none-match", known)], b"");
    let tag = |reply: &Reply| reply.header("etag").unwrap_or_default().to_owned();
    let first = nobody.get(&path);
    first.is(200);
    assert_eq!(first.header("cache-control"), Some("public, max-age=30"));
    let known = tag(&first);
    let again = read(&known);
    again.is(304);
    assert_eq!((again.text.as_str(), tag(&again)), ("", known.clone()));

    let item = format!("{path}/items/margherita");
    kitchen
        .owner
        .patch(&item, &json!("*"), &json!({"available": false}))
        .is(200);
    let sold_out = read(&known);
    sold_out.is(200);
    assert_ne!(tag(&sold_out), known);
    read(&tag(&sold_out)).is(304);
    let mut other = menu();
    other["categories"][0]["name"] = "Pizze".into();
    publishes(&kitchen, &other);
    read(&tag(&sold_out)).is(200);
}

#[test]
fn a_menu_is_published_twenty_times_an_hour_at_most() {
    early_in_a_window(Duration::from_hours(1));
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let path = format!("/v1/restaurants/{}/menu", kitchen.restaurant_id);
    let publish = |number: u32| {
        let mut menu = menu();
        menu["categories"][0]["name"] = format!("Pizze {number}").into();
        kitchen.owner.put(&path, &menu).is(200);
        kitchen
            .owner
            .once(&Method::POST, &format!("{path}/publish"), &[], b"{}")
    };
    let refused = (0..20).map(publish).find(|reply| reply.status != 200);
    let refused = refused.expect("the first was published when the restaurant was opened");
    assert!(refused.header("retry-after").is_some(), "{}", refused.text);
    drop(refused.refused(429, "too_many_requests"));
}

/// What the restaurant service shows and what the order service sells, after whatever a kitchen does.
#[test]
fn whatever_a_kitchen_does_the_menu_and_the_quotes_say_the_same() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    let path = format!("/v1/restaurants/{}/menu", kitchen.restaurant_id);
    let seed = uuid::Uuid::new_v4().as_u128();
    let mut choices = (0_u32..40).map(|place| (seed >> (place * 3)) & 7);
    let dish = "margherita";
    let item = format!("{path}/items/{dish}");
    let mut quote = basket.quote.clone();
    quote["items"] = json!([{"item_id": dish, "quantity": 2}]);
    for round in 0..6 {
        for choice in choices.by_ref().take(3) {
            let sells = choice & 1 == 1;
            if choice < 4 {
                // Not on the menu: 404, and nothing changes.
                let changed = kitchen.owner.patch(&item, &json!("*"), &json!({"available": sells}));
                assert!([200, 404].contains(&changed.status), "{}", changed.text);
                continue;
            }
            let mut menu = menu();
            let dishes = menu["categories"][0]["items"].as_array_mut().unwrap();
            if choice == 7 {
                dishes.remove(0);
            } else {
                dishes[0]["available"] = sells.into();
            }
            publishes(&kitchen, &menu);
        }
        let shown = stack.anonymous().get(&path).expect(200);
        let dishes = shown["categories"][0]["items"].as_array().unwrap();
        let sold = dishes.iter().any(|one| one["id"] == dish && one["available"] == true);
        let wanted = if sold { 201 } else { 422 };
        eventually(&format!("round {round} of {seed:#x}: {wanted}"), || {
            let reply = basket.customer.post("/v1/quotes", &quote);
            if reply.status == wanted {
                Ok(())
            } else {
                Err(reply.text)
            }
        });
    }
}
