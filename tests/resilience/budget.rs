//! What one order's whole life costs in capacity units, over all six services. Nothing else may run meanwhile.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Rider, Stack, eventually};

use super::queues::drained;

/// The capacity units that one order's whole life may cost (ARCHITECTURE.md, "Cost of an order").
const WRITE_UNITS_MAX: f64 = 60.0;
const READ_UNITS_MAX: f64 = 30.0;

const FUNCTIONS: &[(&str, &[&str])] = &[
    ("user", &["api"]),
    ("restaurant", &["api", "inbox"]),
    ("order", &["api", "inbox", "timers"]),
    ("payment", &["api", "inbox", "timers"]),
    ("delivery", &["api", "inbox", "timers"]),
    ("notification", &["api", "inbox"]),
];

#[test]
fn one_order_stays_within_its_budget() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    // The first order of a kitchen also finds out what all later ones know.
    lived(stack, &kitchen, &rider, &basket, 1);

    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    lived(stack, &kitchen, &rider, &basket, 2);

    let (mut write_units, mut read_units, mut table) = (0.0, 0.0, String::new());
    for (service, functions) in FUNCTIONS {
        for function in *functions {
            let name = stack.aws().function(service, function);
            let lines = stack.aws().logs(&name, i64::try_from(since).unwrap());
            for line in lines.iter().filter(|line| is_work(line)) {
                let units = |field: &str| line[field].as_f64().unwrap_or_default();
                write_units += units("write_units");
                read_units += units("read_units");
                let (operation, outcome) = (&line["operation"], &line["outcome"]);
                let (writes, reads) = (units("write_units"), units("read_units"));
                writeln!(
                    table,
                    "{service:12} {function:6} {operation:45} {outcome:6} {writes:5} {reads:5}"
                )
                .unwrap();
            }
        }
    }
    println!("{table}\n{write_units} write units, {read_units} read units");
    assert!(write_units > 20.0, "the lines were not found:\n{table}");
    assert!(write_units <= WRITE_UNITS_MAX, "{write_units} write units\n{table}");
    assert!(read_units <= READ_UNITS_MAX, "{read_units} read units\n{table}");
}

/// One order from quote to receipt. The food is ready when the kitchen said, so no estimate moves, and everybody hears of a
/// step before the next is taken.
fn lived(stack: &'static Stack, kitchen: &Kitchen, rider: &Rider, basket: &Basket, receipts: usize) {
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    kitchen.does(&order_id, "accept", &json!({"prep_minutes": 1}));
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    drained(stack.aws());
    rider.brings(&delivery_id, &order_id, basket);
    basket.awaits(&order_id, "delivered");
    drop(basket.awaits_payment(&order_id, "captured"));
    eventually("the receipt", || {
        let mails = stack.aws().mails_to(&basket.customer.email);
        let found = mails.iter().filter(|mail| mail.contains("receipt")).count();
        (found == receipts).then_some(()).ok_or(format!("{mails:#?}"))
    });
    drained(stack.aws());
}

/// An invocation that moved the order on. The test's own looks at it do not count, nor does what happens once a minute
/// whether anybody orders or not: the delivery service's tick, and its look at a zone where nothing waits.
fn is_work(line: &Value) -> bool {
    let operation = line["operation"].as_str().unwrap_or_default();
    let finds_nothing = operation == "zone" && line["write_units"].as_f64() == Some(0.0);
    line["message"] == "invocation" && !operation.starts_with("GET ") && operation != "tick" && !finds_nothing
}
