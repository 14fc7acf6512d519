//! One service at a time is off, and one is replaced, while the others go on.

use std::process::Command;
use std::thread;

use serde_json::json;
use testkit::{Kitchen, Stack, eventually};

/// Switches functions of a service off, and on again whatever happens.
struct Off(Vec<String>);

impl Off {
    fn of(service: &str, functions: &[&str]) -> Self {
        let aws = Stack::get().aws();
        let names: Vec<_> = functions
            .iter()
            .map(|function| aws.function(service, function))
            .collect();
        for name in &names {
            aws.switch(name, false);
        }
        Self(names)
    }
}

impl Drop for Off {
    fn drop(&mut self) {
        for name in &self.0 {
            Stack::get().aws().switch(name, true);
        }
    }
}

#[test]
fn without_notification_orders_go_on_and_the_messages_come_later() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let off = Off::of("notification", &["api", "inbox", "outbox"]);
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    rider.brings(&delivery_id, &order_id, &basket);
    basket.awaits(&order_id, "delivered");
    drop(basket.awaits_payment(&order_id, "captured"));
    drop(off);
    eventually("the receipt after the outage", || {
        let mails = stack.aws().mails_to(&basket.customer.email);
        if mails.iter().any(|mail| mail.contains("receipt")) {
            Ok(())
        } else {
            Err(format!("{mails:#?}"))
        }
    });
}

#[test]
fn without_payment_orders_wait_and_are_paid_later() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let off = Off::of("payment", &["api", "inbox", "outbox", "timers"]);
    let order_id = basket.ordered();
    assert_eq!(basket.order(&order_id)["state"], "awaiting_payment");
    drop(off);
    basket.awaits(&order_id, "awaiting_restaurant");
}

#[test]
fn without_delivery_quotes_fall_back_and_couriers_are_found_later() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let off = Off::of("delivery", &["api", "inbox", "outbox", "timers"]);
    let order_id = kitchen.cooks(&basket);
    kitchen.does(&order_id, "ready", &json!({}));
    drop(off);
    let delivery_id = rider.takes(&order_id);
    rider.brings(&delivery_id, &order_id, &basket);
    basket.awaits(&order_id, "delivered");
}

#[test]
fn without_restaurant_orders_go_on_and_it_learns_later_who_may_review() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    let off = Off::of("restaurant", &["api", "inbox", "outbox"]);
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    rider.brings(&delivery_id, &order_id, &basket);
    basket.awaits(&order_id, "delivered");
    drop(off);
    let path = format!("/v1/restaurants/{}/reviews", kitchen.restaurant_id);
    eventually("a review after the outage", || {
        let reply = basket.customer.post(&path, &json!({"order_id": order_id, "rating": 5}));
        if reply.status == 201 {
            Ok(())
        } else {
            Err(format!("{} {}", reply.status, reply.text))
        }
    });
}

#[test]
fn without_user_orders_go_on_and_people_sign_up_later() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let off = Off::of("user", &["api", "outbox"]);
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    rider.brings(&delivery_id, &order_id, &basket);
    basket.awaits(&order_id, "delivered");
    drop(off);
    stack.enrol("customer").get("/v1/users/me").is(200);
}

#[test]
fn without_order_the_others_answer_and_it_catches_up() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    let off = Off::of("order", &["api", "inbox", "outbox", "timers"]);
    basket.customer.get("/v1/users/me").is(200);
    stack
        .anonymous()
        .get(&format!("/v1/restaurants/{}", kitchen.restaurant_id))
        .is(200);
    rider.brings(&delivery_id, &order_id, &basket);
    drop(off);
    basket.awaits(&order_id, "delivered");
    drop(basket.awaits_payment(&order_id, "captured"));
}

#[test]
fn a_service_is_replaced_under_running_orders() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let baskets: Vec<_> = (0..4).map(|_| kitchen.customer(stack, "pm_card_visa")).collect();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let port = stack.outputs.aws_endpoint.rsplit(':').next().unwrap_or_default();
    thread::scope(|scope| {
        let deploying = scope.spawn(|| {
            let arguments = ["local", "deploy", "order", "--no-build", "--port", port];
            Command::new("cargo")
                .args(arguments)
                .current_dir(root)
                .output()
                .unwrap()
        });
        for basket in &baskets {
            let order_id = kitchen.cooks(basket);
            basket.awaits(&order_id, "preparing");
        }
        let output = deploying.join().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    });
}
