//! The zone runner dies after any of its writes, and what it left is put right by whoever comes next.
//!
//! The program is the service's own, against a table of its own in the emulated DynamoDB. A proxy in between counts the
//! writes, and kills the process after the n-th, before it hears that it was done: for each n, until it gets through alive.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

use kernel::{OrderId, TypedId as _};
use sandbox::Sandbox;
use serde_json::{Value, json};
use testkit::{Kitchen, Stack, eventually};
use uuid::Uuid;

use crate::sample_events::environment;

/// More than a run writes for one order.
const WRITES_MAX: u32 = 12;
/// A run writes at least: the row, the beginning, the zone's place in the list, its lease, the offer, and the row again.
const WRITES_LEAST: u32 = 6;

#[test]
fn a_run_that_dies_after_any_write_leaves_one_offer_in_the_end() {
    let of = |function: &str| {
        let mut environment = environment("delivery", function);
        // Nobody answers here, and an offer that ends would be made again.
        environment.insert("OFFER_SECONDS".to_owned(), "900".to_owned());
        environment
    };
    let (inbox, timers) = (of("inbox"), of("timers"));
    let survived: Vec<bool> = thread::scope(|scope| {
        let runs: Vec<_> = (1..=WRITES_MAX)
            .map(|writes| {
                let (inbox, timers) = (&inbox, &timers);
                scope.spawn(move || dies_and_recovers(inbox, timers, writes))
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let deaths = survived.iter().filter(|alive| !**alive).count();
    assert!(survived.is_sorted(), "{survived:?}");
    assert!(u32::try_from(deaths).unwrap() >= WRITES_LEAST, "it died {deaths} times");
    assert!(survived.last().is_some_and(|alive| *alive), "it never got through");
}

/// Begins a delivery with one courier nearby, dies after so many writes, and comes back. True if it did not die.
fn dies_and_recovers(inbox: &BTreeMap<String, String>, timers: &BTreeMap<String, String>, writes: u32) -> bool {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 300.0);
    let table = inbox["TABLE_NAME"].clone();
    let courier = format!("COURIER#{}", rider.courier_id);
    for record in ["STATE", "POSITION"] {
        let item = stack.aws().item("delivery", &courier, record);
        drop(dynamodb("PutItem", &json!({"TableName": table, "Item": item})));
    }
    let order_id = OrderId::from_uuid(Uuid::now_v7()).to_string();
    let message = accepted(&kitchen, &order_id);

    let proxy = Proxy::start(&stack.outputs.aws_endpoint, &table, writes);
    let mut mortal = inbox.clone();
    mortal.insert("AWS_ENDPOINT_URL".to_owned(), proxy.url.clone());
    let mut process = start(&mortal, "inbox");
    proxy.victim.set(process.pid()).unwrap();
    let survived = process.invoke(&message).is_ok();
    drop(process);

    // The queue hands the message over again, and each minute the zone is looked at: here as often as it takes.
    let mut next = start(inbox, "inbox");
    drop(next.invoke(&message).unwrap().answer.unwrap());
    let mut minute = start(timers, "timers");
    let tick = zone_message(&kitchen);
    eventually(&format!("one offer after {writes} writes"), || {
        drop(minute.invoke(&tick).unwrap().answer.unwrap());
        one_offer(&table, &courier, &order_id)
    });
    survived
}

/// Whether there is exactly one offer, and the courier's record and the delivery agree on it.
fn one_offer(table: &str, courier: &str, order_id: &str) -> Result<(), String> {
    let delivery_id = order_id.replace("ord_", "del_");
    let events = dynamodb(
        "Query",
        &json!({
            "TableName": table, "KeyConditionExpression": "pk = :pk", "ConsistentRead": true,
            "ExpressionAttributeValues": {":pk": {"S": format!("DELIVERY#{delivery_id}")}},
        }),
    );
    let envelopes = events["Items"].as_array().unwrap().iter().map(|item| {
        let envelope = item["envelope"]["S"].as_str().unwrap();
        serde_json::from_str::<Value>(envelope).unwrap()
    });
    let offers: Vec<Value> = envelopes
        .filter(|event| event["type"] == "delivery.offered.v1")
        .collect();
    let key = json!({"pk": {"S": courier}, "sk": {"S": "STATE"}});
    let record = dynamodb(
        "GetItem",
        &json!({"TableName": table, "Key": key, "ConsistentRead": true}),
    );
    let held = &record["Item"]["duty"]["M"]["on_shift"]["M"]["offer"]["M"];
    match offers.as_slice() {
        [offer] if held["offer_id"]["S"] == offer["data"]["offer_id"] => {
            assert_eq!(held["deliveries"]["L"], json!([{"S": delivery_id}]));
            Ok(())
        }
        [] => Err(format!("none yet: {record}")),
        _ => panic!("{offers:#?}\n{record:#}"),
    }
}

fn dynamodb(operation: &str, body: &Value) -> Value {
    let target = format!("DynamoDB_20120810.{operation}");
    Stack::get().aws().json("dynamodb", &target, body)
}

fn start(environment: &BTreeMap<String, String>, function: &str) -> Sandbox {
    let program = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../target/lambda/delivery/bootstrap"
    ));
    let variables = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Sandbox::start(program, function, variables).unwrap()
}

/// A batch of one message, as SQS hands it to a function.
fn batch(body: &Value) -> String {
    let record = json!({
        "messageId": Uuid::new_v4().to_string(), "receiptHandle": "none", "body": body.to_string(),
        "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs",
    });
    json!({"Records": [record]}).to_string()
}

/// The restaurant accepts an order.
fn accepted(kitchen: &Kitchen, order_id: &str) -> String {
    let sample = include_str!("events/delivery/inbox.json");
    let sample: Value = serde_json::from_str(sample).unwrap();
    let mut event: Value = serde_json::from_str(sample["Records"][0]["body"].as_str().unwrap()).unwrap();
    event["id"] = json!(format!("{order_id}/3"));
    for field in ["subject", "correlationid"] {
        event[field] = json!(order_id);
    }
    let ready_at = kernel::Timestamp::now() + kernel::SignedDuration::from_mins(15);
    let data = &mut event["data"];
    data["order_id"] = json!(order_id);
    data["ready_at"] = json!(ready_at.to_string());
    data["pickup"]["position"] = kitchen.north(0.0);
    data["drop_off"]["position"] = kitchen.north(1_500.0);
    batch(&event)
}

/// A minute has passed in the restaurant's zone.
fn zone_message(kitchen: &Kitchen) -> String {
    let (lat, lng) = kitchen.position;
    let zones = Stack::get()
        .operator()
        .get(&format!("/v1/zones?near={lat},{lng}"))
        .expect(200);
    batch(&json!({
        "name": "zone", "subject": zones["items"][0]["zone_id"], "sequence": 0,
        "due_at": "2026-01-01T00:00:00Z", "correlationid": "tick",
    }))
}

/// Stands between a process and the emulated AWS, and kills the process after so many writes to a table.
struct Proxy {
    url: String,
    victim: Arc<OnceLock<u32>>,
}

impl Proxy {
    fn start(endpoint: &str, table: &str, writes: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = endpoint.trim_start_matches("http://").to_owned();
        let (table, left, victim) = (
            table.to_owned(),
            Arc::new(AtomicU32::new(writes)),
            Arc::new(OnceLock::new()),
        );
        let killed = Arc::clone(&victim);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (behind, table, left, victim) =
                    (behind.clone(), table.clone(), Arc::clone(&left), Arc::clone(&killed));
                thread::spawn(move || pass_on(client.unwrap(), &behind, &table, &left, &victim));
            }
        });
        Self { url, victim }
    }
}

/// Passes one request on, and its answer back, unless it is the last write.
fn pass_on(mut client: TcpStream, behind: &str, table: &str, left: &AtomicU32, victim: &OnceLock<u32>) {
    let Some((head, body)) = request(&mut client) else {
        return;
    };
    // One request a connection keeps this simple.
    let lines = head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:"));
    let head = lines.collect::<Vec<_>>().join("\r\n");
    let mut server = TcpStream::connect(behind).unwrap();
    server
        .write_all(format!("{head}\r\nConnection: close\r\n\r\n").as_bytes())
        .unwrap();
    server.write_all(&body).unwrap();
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).unwrap();
    let is_write = ["PutItem", "DeleteItem", "UpdateItem", "TransactWriteItems"]
        .iter()
        .any(|operation| head.contains(&format!("DynamoDB_20120810.{operation}")));
    let is_ours = String::from_utf8_lossy(&body).contains(table);
    if is_write && is_ours && left.fetch_sub(1, Ordering::SeqCst) == 1 {
        let pid = victim.get().unwrap().to_string();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        return;
    }
    // Whoever was killed does not listen.
    drop(client.write_all(&answer));
}

fn request(client: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut read = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&read[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().unwrap())
            });
            let body_at = end + 4;
            if read.len() >= body_at + length.unwrap_or_default() {
                return Some((head, read.split_off(body_at)));
            }
        }
        match client.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&chunk[..count]),
        }
    }
}
