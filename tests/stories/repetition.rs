//! What is sent again happens once.

use std::thread;

use serde_json::json;
use testkit::{Kitchen, Stack};

#[test]
fn the_same_key_gets_the_first_answer_again() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let quote = basket.quoted();
    let body = basket.placing(&quote);
    let first = basket
        .customer
        .post_with_key("/v1/orders", &body, "one-key")
        .expect(201);
    let again = basket.customer.post_with_key("/v1/orders", &body, "one-key");
    assert_eq!(again.header("idempotent-replayed"), Some("true"), "{}", again.text);
    assert_eq!(again.expect(201), first);

    let other = basket.placing(&basket.quoted());
    basket
        .customer
        .post_with_key("/v1/orders", &other, "one-key")
        .refused(422, "idempotency_key_reused");
    // Another key for the same quote: the quote has become an order.
    let used = basket.customer.post_with_key("/v1/orders", &body, "another-key");
    assert_eq!(used.status, 409, "{}", used.text);
}

#[test]
fn of_many_at_once_one_order_is_made() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let body = basket.placing(&basket.quoted());
    let replies: Vec<_> = thread::scope(|scope| {
        let place = || basket.customer.post_with_key("/v1/orders", &body, "same-key");
        let tries: Vec<_> = (0..10).map(|_| scope.spawn(place)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for reply in &replies {
        assert!([201, 409].contains(&reply.status), "{} {}", reply.status, reply.text);
    }
    let orders = basket.customer.get("/v1/orders").expect(200);
    assert_eq!(orders["items"].as_array().map(Vec::len), Some(1), "{orders}");
}

#[test]
fn a_key_is_demanded() {
    let stack = Stack::get();
    let customer = stack.enrol("customer");
    let body =
        json!({"quote_id": "quo_01jd8v4q6nf2x9m3k7p0zr5t1c", "payment_method_id": "pmt_01jd8v4q6nf2x9m3k7p0zr5t1c"});
    let method = testkit::Method::POST;
    let reply = customer.once(&method, "/v1/orders", &[], body.to_string().as_bytes());
    reply.refused(400, "idempotency_key_missing");
}
