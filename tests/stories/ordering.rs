//! What becomes of a quote: full kitchens, changed menus, later wishes, and who sees what.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use kernel::Timestamp;
use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Stack, eventually};

fn menu_with(price: i64) -> Value {
    let mut menu = testkit::menu();
    menu["categories"][0]["items"][0]["price"]["amount"] = price.into();
    menu
}

fn pizza(kitchen: &Kitchen, basket: &Basket) -> Basket {
    let mut pizza = basket.clone();
    pizza.quote["items"] = json!([{"item_id": "margherita", "quantity": 1}]);
    assert_eq!(pizza.quote["restaurant_id"], kitchen.restaurant_id);
    pizza
}

#[test]
fn a_kitchens_last_place_is_taken_once() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    let capacity = json!({"slot_minutes": 60, "max_orders": 2});
    kitchen.owner.put(&format!("{path}/capacity"), &capacity).is(200);
    // What pauses after the change of capacity is known to pause only by who knows of the change.
    kitchen
        .owner
        .post(&format!("{path}/pause"), &json!({"reason": "Shift change"}))
        .is(200);
    eventually("quotes to be refused", || {
        let reply = basket.customer.post("/v1/quotes", &basket.quote);
        if reply.status == 409 { Ok(()) } else { Err(reply.text) }
    });
    kitchen.owner.post(&format!("{path}/resume"), &json!({})).is(200);
    let quotes: Vec<Value> = (0..6).map(|_| basket.quoted()).collect();
    let statuses: Vec<_> = thread::scope(|scope| {
        let place = |quote| basket.customer.post("/v1/orders", &basket.placing(quote));
        let tries: Vec<_> = quotes.iter().map(|quote| scope.spawn(move || place(quote))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let placed: Vec<_> = statuses.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(placed.len(), 2, "{statuses:?}");
    for refused in statuses.iter().filter(|reply| reply.status != 201) {
        let code = refused.body["code"].as_str();
        assert!(
            refused.status == 409 && code == Some("kitchen_full"),
            "{}",
            refused.text
        );
    }
    eventually("a quote for a later slot", || {
        let later = basket.quoted();
        let moved = later["promised"]["from"].as_str() > quotes[0]["promised"]["from"].as_str();
        if moved {
            Ok(())
        } else {
            Err(later["promised"].to_string())
        }
    });
}

#[test]
fn what_was_shown_is_honoured_or_refused_but_never_changed() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let basket = pizza(&kitchen, &basket);
    let before = basket.quoted();
    let kept = basket.quoted();
    let path = format!("/v1/restaurants/{}/menu", kitchen.restaurant_id);

    // The same prices on a new menu: the quote holds.
    kitchen.owner.put(&path, &menu_with(1150)).is(200);
    kitchen.owner.post(&format!("{path}/publish"), &json!({})).is(200);
    let placed = basket.customer.post("/v1/orders", &basket.placing(&kept)).expect(201);
    assert_eq!(placed["total"], kept["total"]);

    kitchen.owner.put(&path, &menu_with(1250)).is(200);
    kitchen.owner.post(&format!("{path}/publish"), &json!({})).is(200);
    eventually("the new price", || {
        let quote = basket.quoted();
        let price = quote["subtotal"]["amount"].as_i64();
        if price == Some(1250) {
            Ok(())
        } else {
            Err(quote.to_string())
        }
    });
    basket
        .customer
        .post("/v1/orders", &basket.placing(&before))
        .refused(409, "quote_outdated");
}

#[test]
fn what_sold_out_since_is_not_sold() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let pizza = pizza(&kitchen, &basket);
    let (with_bowl, without) = (basket.quoted(), pizza.quoted());
    let path = format!("/v1/restaurants/{}/menu/items/bowl", kitchen.restaurant_id);
    kitchen
        .owner
        .patch(&path, &Value::Null, &json!({"available": false}))
        .is(200);
    eventually("the bowl to be sold out", || {
        let reply = basket.customer.post("/v1/quotes", &basket.quote);
        let code = reply.body["errors"][0]["code"].as_str();
        if code == Some("item_unavailable") {
            Ok(())
        } else {
            Err(reply.text.clone())
        }
    });
    let refusal = basket.customer.post("/v1/orders", &basket.placing(&with_bowl));
    refusal.refused(409, "item_unavailable");
    // The pizza is still there, so its quote holds.
    basket.customer.post("/v1/orders", &basket.placing(&without)).is(201);
}

#[test]
fn an_order_for_later_waits_until_it_is_time() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let mut basket = kitchen.customer(stack, "pm_card_visa");
    let soon = basket.quoted();
    basket.quote["scheduled_for"] = soon["promised"]["from"].clone();
    let code = |basket: &Basket| {
        let reply = basket.customer.post("/v1/quotes", &basket.quote);
        (
            reply.status,
            reply.body["errors"][0]["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    basket.quote["scheduled_for"] = "2020-01-01T12:00:00Z".into();
    assert_eq!(code(&basket), (422, "too_soon".to_owned()));
    basket.quote["scheduled_for"] = "2199-01-01T12:00:00Z".into();
    assert_eq!(code(&basket), (422, "too_far_ahead".to_owned()));

    let tomorrow = next_day(soon["expires_at"].as_str().unwrap());
    basket.quote["scheduled_for"] = tomorrow.as_str().into();
    let order_id = basket.ordered();
    basket.awaits(&order_id, "scheduled");
    let order = basket.order(&order_id);
    assert_eq!(order["scheduled_for"].as_str(), Some(&*tomorrow));
    assert!(order["release_at"].as_str() < Some(&*tomorrow), "{order}");
    kitchen
        .owner
        .post(&format!("/v1/orders/{order_id}/accept"), &json!({}))
        .refused(409, "wrong_state");
    let cancel = json!({"reason": "changed_my_mind"});
    let cancelled = basket
        .customer
        .post(&format!("/v1/orders/{order_id}/cancel"), &cancel)
        .expect(200);
    assert_eq!(cancelled["fee"]["amount"], 0);
    drop(basket.awaits_payment(&order_id, "voided"));
}

/// The kitchen hears of an order for later ten minutes before it has to begin: this one is so soon that a test sees it.
#[test]
fn an_order_for_later_reaches_the_kitchen_when_it_is_time() {
    const RELEASE_LEAD: Duration = Duration::from_mins(10);
    const AHEAD: Duration = Duration::from_secs(30);
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let mut basket = kitchen.customer(stack, "pm_card_visa");
    let soon: Timestamp = basket.quoted()["promised"]["from"].as_str().unwrap().parse().unwrap();
    basket.quote["scheduled_for"] = json!(soon + RELEASE_LEAD + AHEAD);
    let order_id = basket.ordered();
    basket.awaits(&order_id, "scheduled");
    let release_at: Timestamp = basket.order(&order_id)["release_at"].as_str().unwrap().parse().unwrap();
    basket.awaits(&order_id, "awaiting_restaurant");
    let events = stack.aws().events("order", &format!("ORDER#{order_id}"));
    let released = events
        .iter()
        .find(|event| event["type"] == "order.released.v1")
        .unwrap();
    let at: Timestamp = released["time"].as_str().unwrap().parse().unwrap();
    assert!(at >= release_at, "{released}: not before {release_at}");
    kitchen.does(&order_id, "accept", &json!({}));
}

/// The same time on the next day, without knowing the calendar: 24 hours in seconds since the epoch would need a clock,
/// so the test takes the date apart.
fn next_day(instant: &str) -> String {
    let (date, time) = instant.split_once('T').unwrap();
    let parts: Vec<u32> = date.split('-').map(|part| part.parse().unwrap()).collect();
    let (year, month, day) = (parts[0], parts[1], parts[2]);
    let days = match month {
        2 if year.is_multiple_of(4) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let (year, month, day) = match (month, day) {
        (12, 31) => (year + 1, 1, 1),
        (month, day) if day == days => (year, month + 1, 1),
        (month, day) => (year, month, day + 1),
    };
    format!("{year}-{month:02}-{day:02}T{time}")
}

#[test]
fn cancelling_what_is_being_cooked_costs_the_food() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let order = basket.order(&order_id);
    let told = basket
        .customer
        .get(&format!("/v1/orders/{order_id}/cancellation"))
        .expect(200);
    assert_eq!(told["fee"], order["subtotal"], "{told}");
    let cancel = json!({"reason": "too_slow"});
    let path = format!("/v1/orders/{order_id}/cancel");
    let cancelled = basket.customer.post(&path, &cancel).expect(200);
    let costs = |body: &Value| (body["fee"].clone(), body["refund"].clone());
    assert_eq!(costs(&cancelled), costs(&told));
    // The same again gives the same answer; for another reason it is too late.
    let again = basket.customer.post(&path, &cancel).expect(200);
    assert_eq!(costs(&again), costs(&told));
    let other = basket.customer.post(&path, &json!({"reason": "wrong_address"}));
    other.refused(409, "order_not_cancellable");
    let payment = basket.awaits_payment(&order_id, "captured");
    assert_eq!(payment["captured"], told["fee"], "{payment}");
}

#[test]
fn lists_show_every_order_once_and_go_on_where_they_ended() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    // Nobody has more than two unpaid orders.
    let placed: BTreeSet<String> = (0..5)
        .map(|_| {
            let order_id = basket.ordered();
            basket.awaits(&order_id, "awaiting_restaurant");
            order_id
        })
        .collect();
    let newest = placed.last().unwrap();
    let reject = json!({"reason": "closing"});
    kitchen.does(newest, "reject", &reject);

    let everything = |who: &testkit::Person, path: &str, limit: usize| {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = who.get(&format!("{path}&limit={limit}{cursor}")).expect(200);
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            found.extend(items.iter().map(|item| item["order_id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next_cursor"].as_str() else {
                return found;
            };
            cursor = format!("&cursor={next}");
        }
    };
    let newest_first: Vec<_> = placed.iter().rev().cloned().collect();
    let restaurant = format!("/v1/restaurants/{}/orders?", kitchen.restaurant_id);
    eventually("the indexes to show the orders", || {
        let (own, theirs) = (
            everything(&basket.customer, "/v1/orders?", 2),
            everything(&kitchen.owner, &restaurant, 3),
        );
        if (&own, &theirs) == (&newest_first, &newest_first) {
            Ok(())
        } else {
            Err(format!("{own:?} {theirs:?}"))
        }
    });
    let rejected = everything(&basket.customer, "/v1/orders?state=rejected", 2);
    assert_eq!(rejected, std::slice::from_ref(newest));
    let all = stack.operator().get("/v1/admin/orders?limit=100").expect(200);
    let ids: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["order_id"].as_str())
        .collect();
    assert!(ids.is_sorted_by(|a, b| a > b), "newest first, each once: {ids:?}");

    // A cursor is good for its own list alone.
    let page = basket.customer.get("/v1/orders?limit=2").expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let other = kitchen.customer(stack, "pm_card_visa");
    other
        .customer
        .get(&format!("/v1/orders?cursor={cursor}"))
        .refused(400, "invalid_cursor");
}

#[test]
fn a_quote_is_its_customers_alone_and_good_for_one_order() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let other = kitchen.customer(stack, "pm_card_visa");
    let quote = basket.quoted();
    other
        .customer
        .post("/v1/orders", &other.placing(&quote))
        .refused(404, "quote_not_found");
    let placed = basket.customer.post("/v1/orders", &basket.placing(&quote)).expect(201);
    let again = basket
        .customer
        .post("/v1/orders", &basket.placing(&quote))
        .refused(409, "quote_used");
    assert_eq!(again["order_id"], placed["order_id"]);
    other
        .customer
        .post("/v1/orders", &other.placing(&quote))
        .refused(404, "quote_not_found");

    let order_id = placed["order_id"].as_str().unwrap();
    let seen = kitchen.owner.get(&format!("/v1/orders/{order_id}")).expect(200);
    assert!(
        seen["deliver_to"].is_null() && seen["payment_method_id"].is_null(),
        "{seen}"
    );
    assert!(basket.order(order_id)["deliver_to"].is_object());
}

#[test]
fn a_saved_address_is_looked_up() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let mut basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    let mut address = basket.quote["deliver_to"].clone();
    address["label"] = "Home".into();
    let saved = basket.customer.post("/v1/users/me/addresses", &address).expect(201);
    basket.quote["deliver_to"] = json!({"address_id": saved["address_id"]});
    let order_id = basket.ordered();
    assert_eq!(basket.order(&order_id)["deliver_to"]["line1"], address["line1"]);

    let other = kitchen.customer(stack, "pm_card_visa");
    let mut foreign = other.clone();
    foreign.quote["deliver_to"] = basket.quote["deliver_to"].clone();
    let refusal = foreign
        .customer
        .post("/v1/quotes", &foreign.quote)
        .refused(422, "invalid_body");
    assert_eq!(refusal["errors"][0]["code"], "unknown_address", "{refusal}");
}
