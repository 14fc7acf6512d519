//! What placing an order and listing orders may cost, read from the line that the invocation leaves in the log.

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

/// The shards of the operators' list, which are read for each page (`functions/order/src/store/lists.rs`).
const SHARDS: u32 = 8;

/// A page is one query of the index, or one of each shard, and at most one of each order: all of them a moment old, which is
/// half a read unit each (`ARCHITECTURE.md`, "Cost of an order").
#[test]
fn a_page_of_orders_costs_half_a_read_unit_for_each_query_and_writes_nothing() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    for _ in 0..2 {
        let order_id = basket.ordered();
        basket.awaits(&order_id, "awaiting_restaurant");
    }
    let operator = stack.operator();
    let restaurant = format!("/v1/restaurants/{}/orders", kitchen.restaurant_id);
    // An operator's standing is read before anything is shown.
    for (person, path, standing, index_queries) in [
        (&basket.customer, "/v1/orders", 0, 1),
        (&operator, restaurant.as_str(), 1, 1),
        (&operator, "/v1/admin/orders?limit=20", 1, SHARDS),
    ] {
        let reply = person.get(path);
        reply.is(200);
        let orders = u32::try_from(reply.body["items"].as_array().unwrap().len()).unwrap();
        assert!(orders >= 2, "{path}: {orders} orders");
        let line = stack.aws().invocation("order", &reply);
        let queries = f64::from(standing + index_queries + orders);
        let count = |name: &str| line[name].as_f64().unwrap();
        assert!(count("dynamodb_calls") <= queries, "{path}: {line}");
        assert!(count("read_units") <= queries / 2.0, "{path}: {line}");
        assert!(count("write_units") < 0.5, "{path}: {line}");
    }
}
