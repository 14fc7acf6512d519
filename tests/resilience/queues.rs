//! Messages come twice, in any order, and broken.

use serde_json::{Value, json};
use testkit::{Aws, Basket, Kitchen, Stack, eventually};

const CONSUMERS: [&str; 5] = ["restaurant", "order", "payment", "delivery", "notification"];

/// Waits until a consumer has nothing left to do.
pub fn drained(aws: Aws) {
    for service in CONSUMERS {
        let queue = aws.queue(service, "InboxQueue");
        eventually(&format!("the inbox of {service} to be empty"), || {
            let depth = aws.depth(&queue);
            if depth == 0 {
                Ok(())
            } else {
                Err(format!("{depth} messages"))
            }
        });
    }
}

fn dead_letters(aws: Aws) -> Vec<(String, u64)> {
    let queues = CONSUMERS.map(|service| {
        (
            service.to_owned(),
            aws.depth(&aws.queue(service, "InboxDeadLetterQueue")),
        )
    });
    queues.into()
}

/// Everything that repetition must not change.
fn picture(basket: &Basket, order_id: &str) -> Value {
    let aws = Stack::get().aws();
    json!({
        "order": basket.order(order_id),
        "timeline": basket.customer.get(&format!("/v1/orders/{order_id}/timeline")).expect(200),
        "payment": basket.customer.get(&format!("/v1/orders/{order_id}/payment")).expect(200),
        "inbox": basket.customer.get("/v1/notifications").expect(200)["items"].as_array().map(Vec::len),
        "mails": aws.mails_to(&basket.customer.email).len(),
        "texts": aws.texts_to(&basket.customer.phone).len(),
    })
}

#[test]
fn every_event_twice_and_backwards_changes_nothing() {
    let stack = Stack::get();
    let aws = stack.aws();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    kitchen.does(&order_id, "ready", &json!({}));
    rider.brings(&delivery_id, &order_id, &basket);
    basket.awaits(&order_id, "delivered");
    let payment = basket.awaits_payment(&order_id, "captured");
    eventually("the receipt", || {
        let mails = aws.mails_to(&basket.customer.email);
        if mails.iter().any(|mail| mail.contains("receipt")) {
            Ok(())
        } else {
            Err(format!("{mails:#?}"))
        }
    });
    drained(aws);
    let before = picture(&basket, &order_id);
    let dead_before = dead_letters(aws);

    let payment_id = payment["payment_id"].as_str().unwrap_or_default();
    let mut events = aws.events("order", &format!("ORDER#{order_id}"));
    events.extend(aws.events("payment", &format!("PAYMENT#{payment_id}")));
    events.extend(aws.events("delivery", &format!("DELIVERY#{delivery_id}")));
    events.extend(aws.events("restaurant", &format!("RESTAURANT#{}", kitchen.restaurant_id)));
    assert!(events.len() >= 6 + 2 + 4 + 2, "{events:#?}");
    events.iter().for_each(is_as_promised);
    for service in CONSUMERS {
        let queue = aws.queue(service, "InboxQueue");
        for event in events.iter().rev().chain(&events) {
            aws.send(&queue, &event.to_string());
        }
    }
    drained(aws);
    assert_eq!(picture(&basket, &order_id), before);
    assert_eq!(dead_letters(aws), dead_before, "a repetition is no dead letter");
}

/// What was really sent is what the contract says: nothing of it is unknown, nothing is missing.
fn is_as_promised(event: &Value) {
    let known = contracts::PUBLISHED
        .iter()
        .find(|published| event["type"] == published.event_type);
    let contract = known.unwrap_or_else(|| panic!("no contract for {event}"));
    assert_eq!(event["source"], contract.source);
    assert_eq!(
        (contract.round_trip)(event["data"].clone()).unwrap(),
        event["data"],
        "{}",
        contract.event_type
    );
}

/// An event that no service ever sent, as if it had.
fn event(event_type: &str, subject: &str, sequence: u32, data: &Value) -> String {
    json!({
        "specversion": "1.0", "id": format!("{subject}/{sequence}"), "source": "/order", "type": event_type,
        "subject": subject, "time": "2026-11-20T18:30:00Z", "datacontenttype": "application/json",
        "sequence": sequence, "correlationid": subject, "causationid": "test", "data": data,
    })
    .to_string()
}

#[test]
fn a_cancellation_that_overtakes_its_order_leaves_no_money_reserved() {
    let stack = Stack::get();
    let aws = stack.aws();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.quoted()["quote_id"]
        .as_str()
        .unwrap_or_default()
        .replace("quo_", "ord_");
    let order = json!({
        "order_id": order_id, "customer_id": basket.customer.user_id, "restaurant_id": kitchen.restaurant_id,
        "restaurant_name": "Trattoria Bellini",
    });
    let with = |more: Value| {
        let mut data = order.clone();
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let eur = |amount: i64| json!({"amount": amount, "currency": "EUR"});
    let cancelled = with(json!({"by": "customer", "reason": "changed_my_mind", "fee": eur(0)}));
    let placed = with(json!({
        "payment_method_id": basket.payment_method_id, "total": eur(2890), "pay_by": "2036-11-20T18:45:00Z",
    }));
    let queue = aws.queue("payment", "InboxQueue");
    aws.send(&queue, &event("order.cancelled.v1", &order_id, 2, &cancelled));
    drained(aws);
    aws.send(&queue, &event("order.placed.v1", &order_id, 1, &placed));
    let payment = basket.awaits_payment(&order_id, "voided");
    assert_eq!(
        payment["captured"]["amount"].as_i64().unwrap_or_default(),
        0,
        "{payment}"
    );
    // The order itself never was, so its service would wait for it, with the news of the payment, for hours.
    let inbox = json!({"QueueUrl": aws.queue("order", "InboxQueue")});
    drop(aws.json("sqs", "AmazonSQS.PurgeQueue", &inbox));
}

#[test]
fn a_broken_message_is_parked_with_its_reason_and_costs_the_others_nothing() {
    let stack = Stack::get();
    let aws = stack.aws();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    for service in CONSUMERS {
        let queue = aws.queue(service, "InboxQueue");
        let dead = aws.queue(service, "InboxDeadLetterQueue");
        let before = aws.depth(&dead);
        let broken = ["not JSON at all", "{}", r#"{"type": "order.placed.v1", "data": 7}"#];
        for body in broken {
            aws.send(&queue, body);
        }
        eventually(&format!("the dead letters of {service}"), || {
            let depth = aws.depth(&dead);
            if depth == before + 3 {
                Ok(())
            } else {
                Err(format!("{depth} messages, {before} before"))
            }
        });
        let parked = aws.peek(&dead);
        let reason = |message: &Value| message["MessageAttributes"]["reason"]["StringValue"].is_string();
        let ours: Vec<_> = parked
            .iter()
            .filter(|message| broken.contains(&message["Body"].as_str().unwrap()))
            .collect();
        assert!(ours.iter().all(|message| reason(message)), "{ours:#?}");
    }
    // The others of the batch, and all that come after, are dealt with.
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
}

/// `cargo local <arguments>` on the running copy: whether everything went well, and what it printed.
fn local(stack: &Stack, arguments: &[&str]) -> (bool, String) {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let port = stack.outputs.aws_endpoint.rsplit(':').next().unwrap_or_default();
    let output = std::process::Command::new("cargo")
        .arg("local")
        .args(arguments)
        .args(["--port", port])
        .current_dir(root)
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&printed).into_owned())
}

#[test]
fn a_redrive_returns_what_failed_and_names_what_can_never_work() {
    let stack = Stack::get();
    let aws = stack.aws();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let dead = aws.queue("payment", "InboxDeadLetterQueue");
    let letters = json!({"QueueUrl": dead});
    drop(aws.json("sqs", "AmazonSQS.PurgeQueue", &letters));

    // An order's cancellation was not handled in time, as after an outage.
    let order_id = basket.quoted()["quote_id"]
        .as_str()
        .unwrap_or_default()
        .replace("quo_", "ord_");
    let cancelled = json!({
        "order_id": order_id, "customer_id": basket.customer.user_id, "restaurant_id": kitchen.restaurant_id,
        "restaurant_name": "Trattoria Bellini", "by": "customer", "reason": "changed_my_mind",
        "fee": {"amount": 0, "currency": "EUR"},
    });
    aws.send(&dead, &event("order.cancelled.v1", &order_id, 2, &cancelled));
    let (well, printed) = local(stack, &["redrive", "payment"]);
    assert!(well, "{printed}");
    assert!(
        printed.contains(&format!("order.cancelled.v1 of {order_id}")),
        "{printed}"
    );
    drained(aws);
    assert_eq!(aws.depth(&dead), 0);
    let placed = json!({
        "order_id": order_id, "customer_id": basket.customer.user_id, "restaurant_id": kitchen.restaurant_id,
        "restaurant_name": "Trattoria Bellini", "payment_method_id": basket.payment_method_id,
        "total": {"amount": 2890, "currency": "EUR"}, "pay_by": "2036-11-20T18:45:00Z",
    });
    aws.send(
        &aws.queue("payment", "InboxQueue"),
        &event("order.placed.v1", &order_id, 1, &placed),
    );
    drop(basket.awaits_payment(&order_id, "voided"));

    aws.send(&dead, r#"{"type": "order.placed.v1", "data": 7}"#);
    let (well, printed) = local(stack, &["redrive", "payment"]);
    assert!(!well, "{printed}");
    assert!(
        printed.contains("came back, so it can never work as it is"),
        "{printed}"
    );
    assert_eq!(aws.depth(&dead), 1, "nothing is lost");
    drop(aws.json("sqs", "AmazonSQS.PurgeQueue", &letters));
    // The order itself never was, so its service would wait for it, with the news of the payment, for hours.
    let inbox = json!({"QueueUrl": aws.queue("order", "InboxQueue")});
    drop(aws.json("sqs", "AmazonSQS.PurgeQueue", &inbox));
}

/// The stream forgets after a day; letters lie for two weeks.
#[test]
fn a_redrive_publishes_from_the_table_what_the_stream_has_long_forgotten() {
    let stack = Stack::get();
    let aws = stack.aws();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = basket.ordered();
    basket.awaits(&order_id, "awaiting_restaurant");
    drained(aws);
    let events = aws.events("order", &format!("ORDER#{order_id}"));
    let placed = &events[0];
    // What other tests have broken on purpose is not to be returned here.
    let dead = json!({"QueueUrl": aws.queue("order", "InboxDeadLetterQueue")});
    drop(aws.json("sqs", "AmazonSQS.PurgeQueue", &dead));
    let letters = aws.queue("order", "OutboxFailureQueue");
    let key = json!({"pk": format!("ORDER#{order_id}"), "sk": "EVENT#00000001"});
    aws.send(
        &letters,
        &json!({"event": key, "reason": "InvalidParameter"}).to_string(),
    );
    let at = placed["time"].as_str().unwrap_or_default();
    let stretch = json!({
        "streamArn": "arn:aws:dynamodb:eu-central-1:000000000000:table/gone/stream/gone", "shardId": "gone", "batchSize": 7,
        "startSequenceNumber": "1", "endSequenceNumber": "7",
        "approximateArrivalOfFirstRecord": at, "approximateArrivalOfLastRecord": at,
    });
    aws.send(&letters, &json!({"DDBStreamBatchInfo": stretch}).to_string());
    let before = picture(&basket, &order_id);

    let (well, printed) = local(stack, &["redrive", "order"]);
    assert!(well, "{printed}");
    assert!(printed.contains("order: 1 events were published again"), "{printed}");
    assert_eq!(aws.depth(&letters), 0);
    drained(aws);
    assert_eq!(
        picture(&basket, &order_id),
        before,
        "consumers refuse what they have had"
    );
}

#[test]
fn a_replica_that_was_lost_is_built_anew_by_publishing_again() {
    let stack = Stack::get();
    let aws = stack.aws();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    drop(basket.quoted());
    drained(aws);
    let partition = format!("RESTAURANT#{}", kitchen.restaurant_id);
    assert!(aws.forget("order", &partition) > 0, "the order service has a replica");
    let reply = basket.customer.post("/v1/quotes", &basket.quote);
    assert_ne!(reply.status, 201, "{}", reply.text);

    let (well, printed) = local(stack, &["republish", "restaurant", "--subject", &kitchen.restaurant_id]);
    assert!(well, "{printed}");
    drop(basket.quoted());
}
