//! Who brings it.

use std::thread;

use serde_json::json;
use testkit::{Kitchen, Stack};

#[test]
fn a_declined_offer_goes_to_the_next_courier() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let near = kitchen.rider(stack, 100.0);
    let far = kitchen.rider(stack, 900.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);

    let offer = near.offered(&order_id);
    let offer_id = offer["offer_id"].as_str().unwrap();
    near.person
        .post(&format!("/v1/offers/{offer_id}/decline"), &json!({"reason": "too_far"}))
        .is(200);
    let delivery_id = far.takes(&order_id);
    let late = near.person.post(&format!("/v1/offers/{offer_id}/accept"), &json!({}));
    late.is(409);

    kitchen.does(&order_id, "ready", &json!({}));
    far.brings(&delivery_id, &order_id, &basket);
    basket.awaits(&order_id, "delivered");
}

#[test]
fn an_offer_that_is_ignored_goes_to_the_next_courier() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let asleep = kitchen.rider(stack, 100.0);
    let awake = kitchen.rider(stack, 900.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    drop(asleep.offered(&order_id));
    drop(awake.takes(&order_id));
}

#[test]
fn of_a_hundred_simultaneous_acceptances_one_wins() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let offer = rider.offered(&order_id);
    let path = format!("/v1/offers/{}/accept", offer["offer_id"].as_str().unwrap());
    let answers: Vec<(u16, String)> = thread::scope(|scope| {
        let accept = || {
            let reply = rider.person.post(&path, &json!({}));
            (reply.status, reply.body["code"].as_str().unwrap_or_default().to_owned())
        };
        let tries: Vec<_> = (0..100).map(|_| scope.spawn(accept)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |status: u16| answers.iter().filter(|(known, _)| *known == status).count();
    // The winner's answer may be lost on its way: the same again is one of the others then.
    assert!(count(200) <= 1, "{answers:?}");
    assert_eq!(count(200) + count(409), 100, "{answers:?}");
    let partition = format!("DELIVERY#{}", offer["delivery_id"].as_str().unwrap());
    let events = stack.aws().events("delivery", &partition);
    let assigned = events.iter().filter(|event| event["type"] == "delivery.assigned.v1");
    assert_eq!(assigned.count(), 1, "{answers:?}");
}

#[test]
fn the_wrong_pin_does_not_hand_over_and_another_courier_may_not() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let other = kitchen.rider(stack, 4000.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    let path = |action: &str| format!("/v1/deliveries/{delivery_id}/{action}");

    rider.person.post(&path("delivered"), &json!({"pin": "0000"})).is(409);
    other
        .person
        .post(&path("picked-up"), &json!({}))
        .refused(404, "not_found");
    kitchen.does(&order_id, "ready", &json!({}));
    rider.does(&delivery_id, "arrived-at-restaurant", &json!({}));
    rider.does(&delivery_id, "picked-up", &json!({}));
    rider.does(&delivery_id, "arrived-at-customer", &json!({}));

    let view = basket
        .customer
        .get(&format!("/v1/orders/{order_id}/delivery"))
        .expect(200);
    let pin = view["pin"].as_str().unwrap();
    let wrong = if pin == "1111" { "2222" } else { "1111" };
    let refusal = rider.person.post(&path("delivered"), &json!({"pin": wrong}));
    assert!((400..500).contains(&refusal.status), "{}", refusal.text);
    basket.awaits(&order_id, "out_for_delivery");
    rider.does(&delivery_id, "delivered", &json!({"pin": pin}));
    basket.awaits(&order_id, "delivered");
}
