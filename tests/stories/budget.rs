//! What placing an order may cost, read from the line that its invocation leaves in the log.

use testkit::{Kitchen, Stack};

#[test]
fn placing_an_order_takes_two_round_trips_and_calls_nobody() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let quote = basket.quoted();
    let reply = basket.customer.post("/v1/orders", &basket.placing(&quote));
    reply.is(201);
    let line = stack.aws().invocation("order", &reply);
    let count = |name: &str| line[name].as_u64().unwrap();
    assert!(count("dynamodb_calls") <= 2, "{line}");
    assert_eq!(count("internal_calls"), 0, "{line}");
}
