//! What a courier alone says, and what follows from it: nothing that anybody pays for.

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Reply, Rider, Stack, eventually};

/// A courier who has fetched the food.
struct Trip {
    kitchen: Kitchen,
    rider: Rider,
    basket: Basket,
    order_id: String,
    delivery_id: String,
}

impl Trip {
    fn fetched() -> Self {
        let stack = Stack::get();
        let kitchen = Kitchen::open(stack);
        let rider = kitchen.rider(stack, 100.0);
        let basket = kitchen.customer(stack, "pm_card_visa");
        let order_id = kitchen.cooks(&basket);
        let delivery_id = rider.takes(&order_id);
        kitchen.does(&order_id, "ready", &json!({}));
        rider.does(&delivery_id, "picked-up", &json!({}));
        Self {
            kitchen,
            rider,
            basket,
            order_id,
            delivery_id,
        }
    }

    fn says(&self, action: &str, body: &Value) -> Reply {
        let path = format!("/v1/deliveries/{}/{action}", self.delivery_id);
        self.rider.person.post(&path, body)
    }

    /// What operators see of it among all that is to be judged.
    fn listed(&self) -> Option<Value> {
        let mut cursor = String::new();
        loop {
            let path = format!("/v1/deliveries/reviews?limit=100{cursor}");
            let page = Stack::get().operator().get(&path).expect(200);
            let items = page["items"].as_array().cloned().unwrap_or_default();
            if let Some(item) = items
                .into_iter()
                .find(|item| item["delivery_id"] == self.delivery_id.as_str())
            {
                return Some(item);
            }
            cursor = format!("&cursor={}", page["next_cursor"].as_str()?);
        }
    }

    fn judged(&self, fault: &str) -> Reply {
        let path = format!("/v1/deliveries/{}/review", self.delivery_id);
        let body = json!({"fault": fault, "note": "The customer was at home."});
        Stack::get().operator().post(&path, &body)
    }
}

#[test]
fn a_wrong_address_straight_after_the_pick_up_charges_nobody_before_an_operator_has_judged() {
    let trip = Trip::fetched();
    let reported = trip.says("failed", &json!({"reason": "wrong_address"})).expect(200);
    assert!(reported["review_by"].is_string(), "{reported}");
    // The courier is not stuck with the food.
    trip.says("returned", &json!({})).is(200);
    let seen = eventually("the failure", || trip.listed().ok_or_else(|| "not listed".to_owned()));
    assert_eq!(
        (&seen["reason"], &seen["seen_at_door"], &seen["cases"]["failed"]),
        (&json!("wrong_address"), &json!(false), &json!(1)),
        "{seen}"
    );
    assert_eq!(trip.basket.order(&trip.order_id)["state"], "out_for_delivery");
    drop(trip.basket.awaits_payment(&trip.order_id, "authorized"));

    trip.judged("courier").is(200);
    trip.judged("courier").is(200);
    trip.judged("customer").refused(409, "nothing_to_judge");
    trip.basket.awaits(&trip.order_id, "undeliverable");
    drop(trip.basket.awaits_payment(&trip.order_id, "voided"));
    eventually("nothing to judge", || {
        trip.listed().map_or(Ok(()), |item| Err(item.to_string()))
    });
    let incidents = format!("/v1/deliveries/{}/incidents", trip.delivery_id);
    let incidents = Stack::get().operator().get(&incidents).expect(200);
    assert!(
        incidents.to_string().contains("The customer was at home."),
        "{incidents}"
    );
}

#[test]
fn an_operator_may_find_the_customer_at_fault_and_then_the_food_is_paid() {
    let trip = Trip::fetched();
    trip.says("failed", &json!({"reason": "unsafe"})).is(200);
    trip.judged("customer").is(200);
    trip.basket.awaits(&trip.order_id, "undeliverable");
    drop(trip.basket.awaits_payment(&trip.order_id, "captured"));
}

#[test]
fn what_nobody_judges_in_time_is_charged_to_nobody() {
    let trip = Trip::fetched();
    trip.says("failed", &json!({"reason": "other"})).is(200);
    // As if the day had passed.
    let timer = json!({
        "name": "review", "subject": trip.delivery_id, "sequence": 0, "due_at": "2026-11-20T12:00:00Z",
        "correlationid": trip.order_id,
    });
    let aws = Stack::get().aws();
    aws.send(&aws.queue("delivery", "TimersQueue"), &timer.to_string());
    trip.basket.awaits(&trip.order_id, "undeliverable");
    drop(trip.basket.awaits_payment(&trip.order_id, "voided"));
    trip.judged("customer").refused(409, "nothing_to_judge");
}

#[test]
fn an_operator_sees_how_far_from_the_door_a_courier_was_who_gave_up() {
    let trip = Trip::fetched();
    trip.rider.stands_at(&trip.kitchen.north(200.0));
    trip.says("arrived-at-customer", &json!({})).is(200);
    trip.says("failed", &json!({"reason": "wrong_address"})).is(200);
    let seen = eventually("the failure", || trip.listed().ok_or_else(|| "not listed".to_owned()));
    assert_eq!(seen["seen_at_door"], false, "{seen}");
    let distance = seen["distance_m"].as_u64().unwrap();
    assert!((1_250..1_350).contains(&distance), "{seen}");
    trip.judged("courier").is(200);
}
