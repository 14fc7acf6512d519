//! What placing an order may cost, read from the line that its invocation leaves in the log.

use serde_json::Value;
use testkit::{Kitchen, Stack, eventually};

#[test]
fn placing_an_order_takes_two_round_trips_and_calls_nobody() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let quote = basket.quoted();
    let reply = basket.customer.post("/v1/orders", &basket.placing(&quote));
    reply.is(201);
    let request_id = reply.header("x-request-id").unwrap().to_owned();
    let function = stack.aws().function("order", "api");
    let line = eventually("the line of the invocation", || {
        let lines = stack.aws().logs(&function, 0);
        let line = lines.iter().find(|line| is_of(line, &request_id)).cloned();
        line.ok_or_else(|| format!("{lines:?}"))
    });
    let count = |name: &str| line[name].as_u64().unwrap();
    assert!(count("dynamodb_calls") <= 2, "{line}");
    assert_eq!(count("internal_calls"), 0, "{line}");
}

/// Whether a line is the one that the invocation of a request leaves.
fn is_of(line: &Value, request_id: &str) -> bool {
    line["message"] == "invocation" && line["span"]["request.id"] == request_id
}
