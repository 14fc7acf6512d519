//! Where the courier is, and who may see it.

use std::time::Duration;

use kernel::{Position, SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Live, Method, Rider, Stack, eventually};

/// The side of the squares that a customer sees before the pick-up, in metres.
const BLUR_M: u32 = 250;

/// A point north of a restaurant, measured so many seconds ago.
fn point(kitchen: &Kitchen, meters: f64, seconds_ago: i64) -> Value {
    #[expect(clippy::disallowed_methods, reason = "a device has a clock")]
    let at = Timestamp::now() - SignedDuration::from_secs(seconds_ago);
    json!({"at": at, "position": kitchen.north(meters), "accuracy_m": 8.0})
}

fn position(value: &Value) -> Position {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn tracked(basket: &Basket, order_id: &str) -> Value {
    basket
        .customer
        .get(&format!("/v1/orders/{order_id}/delivery"))
        .expect(200)
}

/// An order that a courier has taken, with everybody around it.
fn taken(stack: &'static Stack) -> (Kitchen, Rider, Basket, String, String) {
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    (kitchen, rider, basket, order_id, delivery_id)
}

#[test]
fn the_customer_sees_a_neighbourhood_then_the_courier_then_nothing() {
    let stack = Stack::get();
    let (kitchen, rider, basket, order_id, delivery_id) = taken(stack);
    rider.reports(&json!([point(&kitchen, 333.0, 1)])).is(202);
    let there = position(&kitchen.north(333.0));

    let courier = tracked(&basket, &order_id)["courier"].clone();
    assert_eq!(courier["position_approximate"], true, "{courier}");
    let shown = position(&courier["position"]);
    assert!(shown != there && shown.distance(there) <= BLUR_M, "{courier}");
    let path = format!("/v1/orders/{order_id}/delivery");
    let to_operator = stack.operator().get(&path).expect(200)["courier"].clone();
    assert_eq!(to_operator["position_approximate"], false, "{to_operator}");
    assert!(position(&to_operator["position"]).distance(there) <= 1, "{to_operator}");

    kitchen.does(&order_id, "ready", &json!({}));
    rider.does(&delivery_id, "picked-up", &json!({}));
    let courier = tracked(&basket, &order_id)["courier"].clone();
    assert_eq!(courier["position_approximate"], false, "{courier}");
    assert!(position(&courier["position"]).distance(there) <= 1, "{courier}");

    rider.does(&delivery_id, "arrived-at-customer", &json!({}));
    let pin = tracked(&basket, &order_id)["pin"].clone();
    rider.does(&delivery_id, "delivered", &json!({"pin": pin}));
    rider.reports(&json!([point(&kitchen, 400.0, 0)])).is(202);
    let view = tracked(&basket, &order_id);
    assert!(view["courier"]["position"].is_null(), "{view}");
}

#[test]
fn a_courier_knows_the_address_until_the_food_is_there() {
    let stack = Stack::get();
    let (kitchen, rider, basket, order_id, delivery_id) = taken(stack);
    let path = format!("/v1/orders/{order_id}");
    let told = |told: bool| {
        eventually("what the courier sees of the order", || {
            // Not before the order service has heard who comes.
            let order = rider.person.get(&path);
            let is_told = order.body["deliver_to"].is_object();
            (is_told == told).then_some(()).ok_or(order.text)
        });
    };
    told(true);
    kitchen.does(&order_id, "ready", &json!({}));
    rider.does(&delivery_id, "picked-up", &json!({}));
    rider.does(&delivery_id, "arrived-at-customer", &json!({}));
    let pin = tracked(&basket, &order_id)["pin"].clone();
    rider.does(&delivery_id, "delivered", &json!({"pin": pin}));
    told(false);
    assert!(basket.order(&order_id)["deliver_to"].is_object());
}

#[test]
fn off_shift_nobody_is_anywhere() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    rider.reports(&json!([point(&kitchen, 150.0, 1)])).is(202);
    rider.person.post("/v1/couriers/me/shift/end", &json!({})).is(200);
    rider
        .reports(&json!([point(&kitchen, 200.0, 0)]))
        .refused(409, "off_shift");
    let partition = format!("COURIER#{}", rider.courier_id);
    assert!(stack.aws().item("delivery", &partition, "POSITION").is_null());
}

#[test]
fn a_report_of_a_hundred_points_costs_four_write_units_at_most_and_leaves_a_trail() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    // A hundred seconds along four kilometres, hence through more than one cell.
    let points: Vec<Value> = (0..100)
        .map(|number: i32| point(&kitchen, 100.0 + 45.0 * f64::from(number), i64::from(100 - number)))
        .collect();
    let reply = rider.reports(&json!(points));
    reply.is(202);
    let accepted = reply.body["accepted"].as_u64().unwrap();
    assert!(accepted >= 50, "{}", reply.text);

    let line = stack.aws().invocation("delivery", &reply);
    let write_units = line["write_units"].as_f64().unwrap();
    assert!(write_units > 0.0 && write_units <= 4.0, "{line}");

    let path = format!("/v1/couriers/{}/trail", rider.courier_id);
    let trail = stack.operator().get(&path).expect(200);
    let kept = trail["items"][0]["points"].as_array().unwrap();
    assert!(kept.len() >= 20 && kept.len() < points.len(), "{trail}");
    assert!(kept.is_sorted_by_key(|point| point["at"].to_string()));
}

#[test]
fn reports_that_come_too_fast_wait() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let mut refused = None;
    for _ in 0..30 {
        let body = json!({"points": [point(&kitchen, 100.0, 0)]}).to_string();
        let path = "/v1/couriers/me/locations";
        let reply = rider.person.once(&Method::POST, path, &[], body.as_bytes());
        if reply.status != 202 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.unwrap();
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    refused.refused(429, "too_many_reports");
    assert!((1..=60).contains(&seconds), "{seconds}");
}

#[test]
fn who_follows_an_order_sees_its_courier_come() {
    let stack = Stack::get();
    let (kitchen, rider, basket, order_id, delivery_id) = taken(stack);
    let mut live = Live::follow(&basket.customer, &format!("order:{order_id}"));
    // Whoever follows an order learns of its courier with the event that tells of the assignment, which takes a moment.
    let frame = eventually("a move", || {
        rider.reports(&json!([point(&kitchen, 333.0, 0)])).is(202);
        live.next_of("courier.moved", Duration::from_secs(6))
            .ok_or("none yet".to_owned())
    });
    assert_eq!(frame["topic"], format!("order:{order_id}"));
    assert_eq!(frame["data"]["position_approximate"], true, "{frame}");
    let there = position(&kitchen.north(333.0));
    let shown = position(&frame["data"]["position"]);
    assert!(shown != there && shown.distance(there) <= BLUR_M, "{frame}");

    kitchen.does(&order_id, "ready", &json!({}));
    rider.does(&delivery_id, "picked-up", &json!({}));
    let exact = eventually("an exact move", || {
        rider.reports(&json!([point(&kitchen, 333.0, 0)])).is(202);
        let frame = live.next_of("courier.moved", Duration::from_secs(6));
        frame
            .filter(|frame| frame["data"]["position_approximate"] == false)
            .ok_or("none yet".to_owned())
    });
    assert!(position(&exact["data"]["position"]).distance(there) <= 1, "{exact}");
}
