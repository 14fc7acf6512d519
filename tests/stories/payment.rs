//! When the bank has a say.

use std::time::Duration;

use kernel::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::{Kitchen, Method, Stack, early_in_a_window, eventually};

#[test]
fn a_declined_card_ends_the_order_and_the_customer_is_told() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_chargeCustomerFail");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "cancelled");
    let payment = basket.awaits_payment(&order_id, "declined");
    assert_eq!(payment["captured"]["amount"].as_i64().unwrap_or_default(), 0);
    eventually("a mail about the declined card", || {
        let mails = stack.aws().mails_to(&basket.customer.email);
        let found = mails.iter().any(|mail| mail.to_lowercase().contains("declined"));
        if found { Ok(()) } else { Err(format!("{mails:#?}")) }
    });
    let refusal = kitchen.owner.post(&format!("/v1/orders/{order_id}/accept"), &json!({}));
    refusal.is(409);
}

#[test]
fn a_card_that_is_refused_when_saved_is_not_saved() {
    let stack = Stack::get();
    let customer = stack.enrol("customer");
    let body = json!({"provider_token": "pm_card_visa_chargeDeclined"});
    customer
        .post("/v1/payment-methods", &body)
        .refused(422, "payment_method_refused");
    let saved = customer.get("/v1/payment-methods").expect(200);
    assert_eq!(saved["items"], json!([]));
}

#[test]
fn a_card_that_needs_approval_waits_for_it() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, &secure_card(stack));
    let order_id = basket.ordered();
    let payment = basket.awaits_payment(&order_id, "action_required");
    assert!(!payment["next_action"].is_null(), "{payment}");
    assert_eq!(basket.order(&order_id)["state"], "awaiting_payment");

    approve(stack, &payment);
    basket.awaits(&order_id, "awaiting_restaurant");
    drop(basket.awaits_payment(&order_id, "authorized"));
}

/// Somebody cancels the intent in the provider's dashboard while the kitchen cooks.
#[test]
fn money_that_is_released_at_the_provider_ends_the_order_before_the_food_leaves() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    drop(basket.awaits_payment(&order_id, "authorized"));
    let payment_id = order_id.replace("ord_", "pay_");
    let intents = stripe(stack, &Method::GET, "/v1/payment_intents?limit=100", "");
    let ours = intents["data"].as_array().unwrap().iter();
    let mut ours = ours.filter(|intent| intent["metadata"]["payment_id"] == payment_id.as_str());
    let intent = ours.next().unwrap()["id"].as_str().unwrap().to_owned();
    drop(stripe(
        stack,
        &Method::POST,
        &format!("/v1/payment_intents/{intent}/cancel"),
        "",
    ));
    // The stand-in sends no webhook for it; the provider does.
    let event = json!({"id": format!("evt_{intent}"), "type": "payment_intent.canceled",
        "data": {"object": {"object": "payment_intent", "id": intent}}});
    let event = event.to_string();
    let headers = [
        ("stripe-signature", &*testkit::stripe_signature(&event)),
        ("content-type", "application/json"),
    ];
    stack
        .anonymous()
        .call(&Method::POST, "/v1/webhooks/stripe", &headers, event.as_bytes())
        .is(200);
    basket.awaits(&order_id, "cancelled");
    let order = basket.order(&order_id);
    assert!(order.to_string().contains("payment_released"), "{order}");
    let payment = basket.awaits_payment(&order_id, "voided");
    assert_eq!(payment["reason"], "released_elsewhere", "{payment}");
}

#[test]
fn cards_are_tried_a_few_times_an_hour() {
    early_in_a_window(Duration::from_hours(1));
    let stack = Stack::get();
    let customer = stack.enrol("customer");
    let declined = json!({"provider_token": "pm_card_visa_chargeDeclined"});
    let tried = (0..=20).map(|_| customer.post("/v1/payment-methods", &declined));
    let statuses: Vec<u16> = tried.map(|reply| reply.status).collect();
    let refused = statuses.iter().position(|status| *status == 429);
    // A try that failed elsewhere was one, too.
    assert!(refused.is_some_and(|tries| (15..=20).contains(&tries)), "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 422 | 429)),
        "{statuses:?}"
    );
}

/// A card that the bank wants to approve (3-D Secure), as the provider's own page makes it.
fn secure_card(stack: &Stack) -> String {
    let form = "type=card&card[number]=4000002500003155&card[exp_month]=12&card[exp_year]=2030&card[cvc]=123";
    let method = stripe(stack, &Method::POST, "/v1/payment_methods", form);
    method["id"].as_str().unwrap().to_owned()
}

/// The customer approves at the bank, as the provider's library in the app does with the secret of the intent.
fn approve(stack: &Stack, payment: &Value) {
    let secret = payment["next_action"]["client_secret"].as_str().unwrap();
    let (id, _) = secret.split_once("_secret").unwrap();
    let path = format!("/v1/payment_intents/{id}/_authenticate");
    drop(stripe(
        stack,
        &Method::POST,
        &path,
        &format!("client_secret={secret}&success=true"),
    ));
}

pub fn stripe(stack: &Stack, method: &Method, path: &str, form: &str) -> Value {
    let headers = [
        ("authorization", "Bearer sk_test_12345"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let url = format!("{}{path}", stack.outputs.stripe_url);
    stack.send(method, &url, &headers, form.as_bytes()).expect(200)
}

/// What looks for a lost intent relies on these lists, so the stand-in has to filter and page as the provider does.
#[test]
fn the_stand_in_lists_the_intents_of_one_customer_newest_first_and_page_by_page() {
    let stack = Stack::get();
    let [customer, other] = [(); 2].map(|()| {
        let made = stripe(stack, &Method::POST, "/v1/customers", "metadata[user_id]=nobody");
        made["id"].as_str().unwrap().to_owned()
    });
    let intent = |customer: &str| {
        let form = format!("amount=500&currency=eur&customer={customer}&payment_method_types[]=card");
        stripe(stack, &Method::POST, "/v1/payment_intents", &form)["id"].clone()
    };
    let made = [&customer, &other, &customer, &customer].map(|customer| intent(customer));
    let page = |after: &str| {
        let path = format!("/v1/payment_intents?customer={customer}&limit=2{after}");
        let page = stripe(stack, &Method::GET, &path, "");
        let ids: Vec<Value> = page["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|intent| intent["id"].clone())
            .collect();
        (ids, page["has_more"].clone())
    };
    assert_eq!(page(""), (vec![made[3].clone(), made[2].clone()], json!(true)));
    let after = format!("&starting_after={}", made[2].as_str().unwrap());
    assert_eq!(page(&after), (vec![made[0].clone()], json!(false)));
}

/// As if the queue of the timers had been emptied by mistake after a capture that did not succeed.
#[test]
fn a_settlement_whose_retry_was_lost_is_found_and_done() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    let payment_id = basket.awaits_payment(&order_id, "authorized")["payment_id"].clone();
    let partition = format!("PAYMENT#{}", payment_id.as_str().unwrap());
    let aws = stack.aws();
    let steps: Vec<Value> = (1..9)
        .map(|step| aws.item("payment", &partition, &format!("EVENT#{step:08}")))
        .collect();
    let last = steps.iter().rposition(Value::is_object).unwrap();
    let mut settling = steps[last].clone();
    for gone in ["pk", "sk", "envelope", "timers", "event_type", "token"] {
        settling.as_object_mut().unwrap().remove(gone);
    }
    let total = settling["total"].clone();
    for (name, value) in [
        ("state", json!({"S": "settling"})),
        ("charge", total),
        ("tries", json!({"N": "1"})),
        ("since", json!({"S": "2026-11-20T12:00:00Z"})),
        ("sequence", json!({"N": (last + 2).to_string()})),
        ("gsi1pk", json!({"S": "SETTLING"})),
        ("gsi1sk", json!({"S": minutes_ago(10).to_string()})),
    ] {
        settling[name] = value;
    }
    let next = format!("EVENT#{:08}", last + 2);
    for (name, value) in settling.as_object().unwrap() {
        aws.update(
            "payment",
            &partition,
            &next,
            "SET #name = :value",
            name,
            &json!({":value": value}),
        );
    }
    assert_eq!(basket.awaits_payment(&order_id, "capturing")["payment_id"], payment_id);
    let sweep = json!({
        "name": "sweep", "subject": "all", "sequence": 0, "due_at": "2026-01-01T00:00:00Z", "correlationid": "sweep",
    });
    aws.send(&aws.queue("payment", "TimersQueue"), &sweep.to_string());
    drop(basket.awaits_payment(&order_id, "captured"));
}

#[expect(clippy::disallowed_methods, reason = "the table's times are the clock's")]
fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_mins(minutes)
}
