//! Every sample event of `tests/events/`, handed to the program that it is for, as Lambda would: the answer has the shape
//! that its sender expects, whatever the event's content is worth here, and nothing crashes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sandbox::Sandbox;
use serde_json::{Value, json};
use testkit::{Aws, Method, Stack};

/// The functions of every service.
const FUNCTIONS: [(&str, &[&str]); 6] = [
    ("user", &["api", "outbox", "sweep"]),
    ("restaurant", &["api", "inbox", "outbox"]),
    ("order", &["api", "inbox", "outbox", "timers"]),
    ("payment", &["api", "inbox", "outbox", "timers"]),
    ("delivery", &["api", "inbox", "outbox", "timers"]),
    ("notification", &["api", "inbox", "outbox", "live", "moves"]),
];

#[test]
fn every_function_has_a_sample_event() {
    let known = FUNCTIONS.iter().flat_map(|(service, functions)| {
        functions
            .iter()
            .map(move |function| format!("{service}/{function}.json"))
    });
    let mut missing: Vec<String> = known
        .filter(|name| !root().join("tests/events").join(name).is_file())
        .collect();
    missing.sort();
    assert!(missing.is_empty(), "no sample event: {missing:?}");
}

#[test]
fn user_takes_its_sample_events() {
    take_events("user");
}

#[test]
fn restaurant_takes_its_sample_events() {
    take_events("restaurant");
}

#[test]
fn order_takes_its_sample_events() {
    take_events("order");
}

#[test]
fn payment_takes_its_sample_events() {
    take_events("payment");
}

#[test]
fn delivery_takes_its_sample_events() {
    take_events("delivery");
}

#[test]
fn notification_takes_its_sample_events() {
    take_events("notification");
}

/// Hands every sample event of a service to a process of its own, with the environment that the deployed function has.
fn take_events(service: &str) {
    let folder = root().join("tests/events").join(service);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        // A function may have several: `timers-tick.json` is another one of `timers`.
        let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
        let function = stem.split('-').next().unwrap_or_default().to_owned();
        let event = fs::read_to_string(&file).unwrap();
        let environment = environment(service, &function);
        let program = root().join("target/lambda").join(service).join("bootstrap");
        let variables = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut process = Sandbox::start(&program, &function, variables).unwrap_or_else(|error| {
            panic!("{}: {error}", program.display());
        });
        // Twice: an event may be delivered again, and a warm function must bear what a cold one does.
        for _ in 0..2 {
            let name = format!("{service}/{stem}");
            let invocation = process.invoke(&event).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            let answer = invocation
                .answer
                .unwrap_or_else(|error| panic!("{name}: {error}\n{}", process.log()));
            let answer: Value =
                serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{name}: {error}: {answer}"));
            let event: Value = serde_json::from_str(&event).unwrap();
            check_answer(&name, &event, &answer, &process.log());
        }
    }
}

/// A request gets a response that says no worse than that something is not there; a batch gets the list of messages to
/// deliver again.
fn check_answer(name: &str, event: &Value, answer: &Value, log: &str) {
    if event["requestContext"].is_object() {
        let status = answer["statusCode"].as_u64();
        assert!(
            status.is_some_and(|status| (200..500).contains(&status)),
            "{name}: {answer:#}\n{log}"
        );
        assert!(
            answer["body"].is_string() || answer["body"].is_null(),
            "{name}: {answer:#}"
        );
        return;
    }
    // A schedule's call carries nothing and expects nothing.
    if event["detail-type"] == "Scheduled Event" {
        assert!(answer.is_null(), "{name}: {answer:#}\n{log}");
        return;
    }
    let failures = answer["batchItemFailures"].as_array();
    let failures = failures.unwrap_or_else(|| panic!("{name}: {answer:#}\n{log}"));
    let records = event["Records"].as_array().map_or(0, Vec::len);
    assert!(failures.len() <= records, "{name}: {answer:#}");
    assert!(
        failures.iter().all(|failure| failure["itemIdentifier"].is_string()),
        "{name}: {answer:#}"
    );
}

/// The variables of the deployed function, with the address of the emulated AWS.
pub fn environment(service: &str, function: &str) -> BTreeMap<String, String> {
    let stack = Stack::get();
    let aws = stack.aws();
    let name = aws.function(service, function);
    let path = format!("/2015-03-31/functions/{name}/configuration");
    let configuration = aws.rest("lambda", &Method::GET, &path, &Value::Null);
    let variables = configuration["Environment"]["Variables"].as_object();
    let variables = variables.unwrap_or_else(|| panic!("{name} has no environment: {configuration:#}"));
    let mut environment: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    // What a sample event does must not reach the people of the stories: it has a table, a topic and a queue of its own.
    environment.insert("TABLE_NAME".to_owned(), own_table(aws, &environment["TABLE_NAME"]));
    for name in ["TOPIC_ARN", "COURIER_TOPIC_ARN"] {
        if let Some(arn) = environment.get_mut(name) {
            *arn = own_topic(stack);
        }
    }
    let queue = aws.json("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": "sample-events"}));
    for name in [
        "INBOX_QUEUE_URL",
        "INBOX_DLQ_URL",
        "TIMERS_QUEUE_URL",
        "TIMERS_DLQ_URL",
        "MOVES_QUEUE_URL",
        "MOVES_DLQ_URL",
        "OUTBOX_FAILURE_QUEUE_URL",
    ] {
        if let Some(url) = environment.get_mut(name) {
            queue["QueueUrl"].as_str().unwrap().clone_into(url);
        }
    }
    environment.insert("AWS_ENDPOINT_URL".to_owned(), stack.outputs.aws_endpoint.clone());
    environment.insert("AWS_REGION".to_owned(), stack.outputs.region.clone());
    environment
}

/// An empty table with the keys and indexes of a service's, and without its stream.
fn own_table(aws: Aws, table: &str) -> String {
    let described = &aws.json(
        "dynamodb",
        "DynamoDB_20120810.DescribeTable",
        &json!({"TableName": table}),
    )["Table"];
    let name = format!("sample-events-{table}-{}", std::process::id());
    let mut wanted = json!({
        "TableName": name, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": described["AttributeDefinitions"], "KeySchema": described["KeySchema"],
    });
    if let Some(indexes) = described["GlobalSecondaryIndexes"].as_array() {
        let index = |one: &Value| json!({"IndexName": one["IndexName"], "KeySchema": one["KeySchema"], "Projection": one["Projection"]});
        wanted["GlobalSecondaryIndexes"] = indexes.iter().map(index).collect();
    }
    // One for all functions of the service: the first makes it.
    let known = aws.json("dynamodb", "DynamoDB_20120810.ListTables", &json!({}));
    if !known["TableNames"].as_array().unwrap().contains(&json!(name)) {
        drop(aws.json("dynamodb", "DynamoDB_20120810.CreateTable", &wanted));
    }
    name
}

/// A topic that nobody listens to.
fn own_topic(stack: &Stack) -> String {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/{}/sns/aws4_request, SignedHeaders=host, Signature=0",
        stack.outputs.region
    );
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let form = b"Action=CreateTopic&Version=2010-03-31&Name=sample-events";
    let reply = stack.send(
        &Method::POST,
        &format!("{}/", stack.outputs.aws_endpoint),
        &headers,
        form,
    );
    let arn = reply
        .text
        .split("<TopicArn>")
        .nth(1)
        .and_then(|rest| rest.split('<').next());
    arn.unwrap_or_else(|| panic!("no topic: {}", reply.text)).to_owned()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
