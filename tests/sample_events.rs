//! Every sample event of `tests/events/`, handed to the program that it is for, as Lambda would: the answer has the shape
//! that its sender expects, whatever the event's content is worth here, and nothing crashes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sandbox::Sandbox;
use serde_json::Value;
use testkit::Stack;
use ureq::http::Method;

/// The functions of every service.
const FUNCTIONS: [(&str, &[&str]); 6] = [
    ("user", &["api", "outbox"]),
    ("restaurant", &["api", "inbox", "outbox"]),
    ("order", &["api", "inbox", "outbox", "timers"]),
    ("payment", &["api", "inbox", "outbox", "timers"]),
    ("delivery", &["api", "inbox", "outbox", "timers"]),
    ("notification", &["api", "inbox", "outbox", "live"]),
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
        let function = file.file_stem().unwrap().to_string_lossy().into_owned();
        let event = fs::read_to_string(&file).unwrap();
        let environment = environment(service, &function);
        let program = root().join("target/lambda").join(service).join("bootstrap");
        let variables = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut process = Sandbox::start(&program, &function, variables).unwrap_or_else(|error| {
            panic!("{}: {error}", program.display());
        });
        // Twice: an event may be delivered again, and a warm function must bear what a cold one does.
        for _ in 0..2 {
            let name = format!("{service}/{function}");
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
fn environment(service: &str, function: &str) -> BTreeMap<String, String> {
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
    environment.insert("AWS_ENDPOINT_URL".to_owned(), stack.outputs.aws_endpoint.clone());
    environment.insert("AWS_REGION".to_owned(), stack.outputs.region.clone());
    environment
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
