//! What is published is what the AsyncAPI document says, whoever publishes it and whatever story leads to it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::{Aws, Kitchen, PATIENCE, Stack, asyncapi};

use crate::live::point;

/// The version of the interface of SNS.
const SNS: &str = "2010-03-31";

/// Those who publish.
const SERVICES: [&str; 6] = ["user", "restaurant", "order", "payment", "delivery", "notification"];

/// How often a courier reports: of a device, 12 reports a minute are taken.
const REPORT_EVERY: Duration = Duration::from_secs(6);

/// Every event that any test has led to. `cargo local test` runs this after all of them.
#[test]
fn every_event_in_every_table_is_described() {
    let aws = Stack::get().aws();
    let mut complaints = BTreeSet::new();
    let mut known = 0;
    for service in SERVICES {
        for event in aws.all_events(service) {
            known += 1;
            complaints.extend(asyncapi::complaint_of_event(&event).map(|complaint| format!("{complaint}: {event}")));
            let source = format!("/{service}");
            if event["source"] != source {
                complaints.insert(format!("{service} holds an event of {}", event["source"]));
            }
        }
    }
    assert!(known > 0, "no table holds an event");
    let all: Vec<_> = complaints.into_iter().collect();
    assert!(all.is_empty(), "of {known} events:\n{}", all.join("\n"));
}

/// The sample events that functions are tried with are such as they get.
#[test]
fn every_event_in_a_sample_is_described() {
    let mut known = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let services = SERVICES
        .iter()
        .flat_map(|service| fs::read_dir(folder.join(service)).unwrap());
    for path in services.map(|entry| entry.unwrap().path()) {
        let sample: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for record in sample["Records"].as_array().into_iter().flatten() {
            // A message of a queue, or an item of a table as a stream shows it.
            let body = record["body"].as_str();
            let body = body.or_else(|| record["dynamodb"]["NewImage"]["envelope"]["S"].as_str());
            let Some(body) = body.filter(|body| body.contains("\"correlationid\"") && body.contains("\"data\"")) else {
                continue;
            };
            known += 1;
            let complaint = asyncapi::complaint_of_event(&asyncapi::published(body));
            assert_eq!(complaint, None, "{}", path.display());
        }
    }
    assert!(known > 10, "{known}");
}

/// A queue that hears what every topic carries.
struct Ear {
    aws: Aws,
    queue_url: String,
    subscriptions: Vec<String>,
}

impl Ear {
    fn new(aws: Aws) -> Self {
        let name = format!("published-{}", uuid::Uuid::now_v7().simple());
        let queue = aws.json("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": name}));
        let queue_url = queue["QueueUrl"].as_str().unwrap().to_owned();
        let asked = json!({"QueueUrl": queue_url, "AttributeNames": ["QueueArn"]});
        let attributes = aws.json("sqs", "AmazonSQS.GetQueueAttributes", &asked);
        let queue_arn = attributes["Attributes"]["QueueArn"].as_str().unwrap().to_owned();
        let statement = json!({
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": queue_arn,
        });
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let admit = json!({"QueueUrl": queue_url, "Attributes": {"Policy": policy}});
        drop(aws.json("sqs", "AmazonSQS.SetQueueAttributes", &admit));
        let topics = aws.form("sns", SNS, &[("Action", "ListTopics")]);
        let subscribe = |topic: &str| {
            let request = [
                ("Action", "Subscribe"),
                ("TopicArn", topic),
                ("Protocol", "sqs"),
                ("Endpoint", &queue_arn),
                ("ReturnSubscriptionArn", "true"),
                ("Attributes.entry.1.key", "RawMessageDelivery"),
                ("Attributes.entry.1.value", "true"),
            ];
            elements(&aws.form("sns", SNS, &request), "SubscriptionArn").remove(0)
        };
        let subscriptions = elements(&topics, "TopicArn");
        let subscriptions = subscriptions.iter().map(|topic| subscribe(topic)).collect();
        Self {
            aws,
            queue_url,
            subscriptions,
        }
    }

    /// What has been heard, each event with the attribute that it is filtered by.
    fn hears(&self) -> Vec<(Value, Value)> {
        let request = json!({
            "QueueUrl": self.queue_url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1, "MessageAttributeNames": ["All"],
        });
        let answer = self.aws.json("sqs", "AmazonSQS.ReceiveMessage", &request);
        let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
        for message in &messages {
            let done = json!({"QueueUrl": self.queue_url, "ReceiptHandle": message["ReceiptHandle"]});
            drop(self.aws.ask("sqs", "AmazonSQS.DeleteMessage", &done));
        }
        let heard = messages.iter().map(|message| {
            let event = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
            (event, message["MessageAttributes"]["event_type"]["StringValue"].clone())
        });
        heard.collect()
    }

    fn close(self) {
        for subscription in &self.subscriptions {
            let request = [("Action", "Unsubscribe"), ("SubscriptionArn", subscription)];
            drop(self.aws.form("sns", SNS, &request));
        }
        let request = json!({"QueueUrl": self.queue_url});
        drop(self.aws.ask("sqs", "AmazonSQS.DeleteQueue", &request));
    }
}

/// The texts of the elements of a name.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    let parts = xml.split(&start).skip(1);
    parts
        .filter_map(|part| part.split(&end).next())
        .map(str::to_owned)
        .collect()
}

/// Also what no table keeps: where couriers are.
#[test]
fn every_event_on_every_topic_is_described() {
    let stack = Stack::get();
    let ear = Ear::new(stack.aws());
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    let is_seen = |event: &Value| event["type"] == "courier.moved.v1" && event.to_string().contains(&order_id);
    let is_paid = |event: &Value| event["type"] == "payment.captured.v1" && event["data"]["order_id"] == order_id;

    let mut heard = Vec::new();
    let mut reported = None::<Instant>;
    let started = Instant::now();
    while !heard.iter().any(|(event, _)| is_seen(event)) && started.elapsed() < PATIENCE {
        if reported.is_none_or(|reported| reported.elapsed() > REPORT_EVERY) {
            rider.reports(&json!([point(&kitchen)])).is(202);
            reported = Some(Instant::now());
        }
        heard.extend(ear.hears());
    }
    kitchen.does(&order_id, "ready", &json!({}));
    basket.awaits(&order_id, "ready");
    rider.brings(&delivery_id, &order_id, &basket);
    let started = Instant::now();
    while !heard.iter().any(|(event, _)| is_paid(event)) && started.elapsed() < PATIENCE {
        heard.extend(ear.hears());
    }
    ear.close();

    for (event, attribute) in &heard {
        asyncapi::check_event(event);
        assert_eq!(event["type"], *attribute, "what subscribers filter by");
    }
    let count = heard.len();
    assert!(heard.iter().any(|(event, _)| is_seen(event)), "no move among {count}");
    assert!(heard.iter().any(|(event, _)| is_paid(event)), "no end among {count}");
}
