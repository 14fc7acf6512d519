//! What is published is what the AsyncAPI document says, whoever publishes it and whatever story leads to it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use std::{env, fs, path::Path};

use contracts::{Contract as _, PUBLISHED, courier, payment, restaurant};
use serde_json::{Value, json};
use testkit::{Aws, Kitchen, SNS, Stack, asyncapi, elements, eventually};

use crate::live::point;
use crate::tidy::SERVICES;

/// How often a courier reports: of a device, 12 reports a minute are taken.
const REPORT_EVERY: Duration = Duration::from_secs(6);

/// How long the queue is listened to for one thing. The runner ends a test after three minutes without tidying up; this,
/// twice, and a whole order come before that.
const HEARD_WITHIN: Duration = Duration::from_secs(45);

/// What no table keeps: where couriers are is published and forgotten.
const UNKEPT: [&str; 1] = [courier::Moved::TYPE];

/// What no test brings forth, each with its reason. What it looks like, its golden file says.
const UNTOLD: [(&str, &str); 1] = [(
    payment::Stalled::TYPE,
    "money has to be owed for ten minutes, longer than any test waits",
)];

/// What the tables must hold, which depends on the tests that came before.
#[derive(Clone, Copy, PartialEq)]
enum Expected {
    /// Whatever they hold: of the tests only a part was run.
    Anything,
    /// Something of each service.
    EachService,
    /// An event of every type: of the tests all were run.
    EachType,
}

impl Expected {
    /// As `cargo local test` says in `TIFFIN_EXPECTED_EVENTS`; something of each service if nobody says anything.
    fn get() -> Self {
        match env::var("TIFFIN_EXPECTED_EVENTS").as_deref() {
            Err(_) => Self::EachService,
            Ok("anything") => Self::Anything,
            Ok("each_type") => Self::EachType,
            Ok(other) => panic!("TIFFIN_EXPECTED_EVENTS is anything or each_type, and not {other:?}"),
        }
    }

    /// What is not there of it, of how many events there are of each type.
    fn missing(self, known: &BTreeMap<String, usize>) -> Vec<String> {
        let of = |service: &&str| known.keys().any(|name| name.starts_with(&format!("{service}.")));
        let services = SERVICES.iter().filter(|service| !of(service));
        let services = services.map(|service| format!("the table of the {service} service holds no event"));
        let is_excused = |name: &str| UNKEPT.contains(&name) || UNTOLD.iter().any(|(untold, _)| *untold == name);
        let types = PUBLISHED.iter().map(|published| published.event_type);
        let types = types.filter(|name| !is_excused(name) && !known.contains_key(*name));
        let types = types.map(|name| format!("no table holds an event {name}"));
        match self {
            Self::Anything if known.is_empty() => vec!["no table holds an event".to_owned()],
            Self::Anything => Vec::new(),
            Self::EachService => services.collect(),
            Self::EachType => services.chain(types).collect(),
        }
    }
}

/// Every event that any test has led to. `cargo local test` runs this after all of them.
#[test]
fn every_event_in_every_table_is_described() {
    let aws = Stack::get().aws();
    let mut complaints = BTreeSet::new();
    let mut known = BTreeMap::new();
    for service in SERVICES {
        for event in aws.all_events(service) {
            let name = event["type"].as_str().unwrap_or_default().to_owned();
            *known.entry(name).or_insert(0) += 1;
            complaints.extend(asyncapi::complaint_of_event(&event).map(|complaint| format!("{complaint}: {event}")));
            let source = format!("/{service}");
            if event["source"] != source {
                complaints.insert(format!("{service} holds an event of {}", event["source"]));
            }
        }
    }
    complaints.extend(Expected::get().missing(&known));
    let all: Vec<_> = complaints.into_iter().collect();
    assert!(all.is_empty(), "{}\nof these events: {known:?}", all.join("\n"));
}

/// The seeded city alone satisfies nobody.
#[test]
fn a_service_without_events_and_a_type_that_nobody_brought_forth_are_missed() {
    let all: BTreeMap<_, _> = PUBLISHED.iter().map(|one| (one.event_type.to_owned(), 1)).collect();
    let without = |left_out: &str| {
        let mut known = all.clone();
        known.retain(|name, _| !name.starts_with(left_out));
        known
    };
    assert_eq!(Expected::EachType.missing(&all), Vec::<String>::new());
    assert_eq!(
        Expected::EachType.missing(&without("courier.moved")),
        Vec::<String>::new()
    );
    assert_eq!(
        Expected::EachType.missing(&without("restaurant.reviewed")),
        ["no table holds an event restaurant.reviewed.v1"]
    );
    assert_eq!(
        Expected::EachService.missing(&without("restaurant.reviewed")),
        Vec::<String>::new()
    );
    assert_eq!(
        Expected::EachService.missing(&without("payment.")),
        ["the table of the payment service holds no event"]
    );
    assert_eq!(Expected::Anything.missing(&without("payment.")), Vec::<String>::new());
    assert_eq!(
        Expected::Anything.missing(&BTreeMap::new()),
        ["no table holds an event"]
    );
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

/// An event as it was heard.
struct Heard {
    /// The topic that carried it, by its name in the AsyncAPI document.
    topic: &'static str,
    event: Value,
    /// What subscribers filter by.
    attribute: Value,
}

/// A queue that hears what every topic of the platform carries, for as long as this lives.
struct Ear {
    aws: Aws,
    queue_url: String,
    /// The topics by their ARNs.
    topics: BTreeMap<String, &'static str>,
    subscriptions: Vec<String>,
    heard: Vec<Heard>,
}

impl Ear {
    fn new(aws: Aws) -> Self {
        let name = format!("published-{}", uuid::Uuid::now_v7().simple());
        let topics = asyncapi::topics().into_iter().map(|topic| (aws.topic(topic), topic));
        let topics: BTreeMap<_, _> = topics.collect();
        let queue = aws.json("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": name}));
        let mut ear = Self {
            aws,
            queue_url: queue["QueueUrl"].as_str().unwrap().to_owned(),
            topics,
            subscriptions: Vec::new(),
            heard: Vec::new(),
        };
        let asked = json!({"QueueUrl": ear.queue_url, "AttributeNames": ["QueueArn"]});
        let attributes = aws.json("sqs", "AmazonSQS.GetQueueAttributes", &asked);
        let queue_arn = attributes["Attributes"]["QueueArn"].as_str().unwrap().to_owned();
        let statement = json!({
            "Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
            "Resource": queue_arn,
        });
        let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let admit = json!({"QueueUrl": ear.queue_url, "Attributes": {"Policy": policy}});
        drop(aws.json("sqs", "AmazonSQS.SetQueueAttributes", &admit));
        for topic in ear.topics.keys() {
            // Not raw, as the services have it: what surrounds the message names its topic.
            let request = [
                ("TopicArn", topic.as_str()),
                ("Protocol", "sqs"),
                ("Endpoint", &queue_arn),
                ("ReturnSubscriptionArn", "true"),
            ];
            let answer = aws.form("sns", SNS, "Subscribe", &request);
            ear.subscriptions.push(elements(&answer, "SubscriptionArn").remove(0));
        }
        ear
    }

    /// Takes in what there is by now.
    fn listen(&mut self) {
        let request = json!({"QueueUrl": self.queue_url, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1});
        let answer = self.aws.json("sqs", "AmazonSQS.ReceiveMessage", &request);
        for message in answer["Messages"].as_array().into_iter().flatten() {
            let done = json!({"QueueUrl": self.queue_url, "ReceiptHandle": message["ReceiptHandle"]});
            drop(self.aws.json("sqs", "AmazonSQS.DeleteMessage", &done));
            let notice: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
            self.heard.push(Heard {
                topic: self.topics[notice["TopicArn"].as_str().unwrap()],
                event: serde_json::from_str(notice["Message"].as_str().unwrap()).unwrap(),
                attribute: notice["MessageAttributes"]["event_type"]["Value"].clone(),
            });
        }
    }

    /// Listens until it has heard all of some types about an order, and does something meanwhile.
    fn until(&mut self, types: &[&str], order_id: &str, mut meanwhile: impl FnMut()) {
        let started = Instant::now();
        loop {
            let is_of_it = |heard: &&Heard| heard.event["data"].to_string().contains(order_id);
            let of_it: BTreeSet<_> = self
                .heard
                .iter()
                .filter(is_of_it)
                .map(|heard| heard.event["type"].as_str())
                .collect();
            let missing: Vec<_> = types.iter().filter(|name| !of_it.contains(&Some(**name))).collect();
            if missing.is_empty() {
                return;
            }
            let count = self.heard.len();
            assert!(
                started.elapsed() < HEARD_WITHIN,
                "no {missing:?} among {count}, but {of_it:?}"
            );
            meanwhile();
            self.listen();
        }
    }
}

/// Also when a test fails: a queue that nobody reads would be filled by every test after it.
impl Drop for Ear {
    fn drop(&mut self) {
        for subscription in &self.subscriptions {
            let request = [("SubscriptionArn", subscription.as_str())];
            drop(self.aws.ask_form("sns", SNS, "Unsubscribe", &request));
        }
        let request = json!({"QueueUrl": self.queue_url});
        drop(self.aws.ask("sqs", "AmazonSQS.DeleteQueue", &request));
    }
}

/// Each on the topic that the document says. Also what no table keeps: where couriers are.
#[test]
fn every_event_on_every_topic_is_described() {
    let stack = Stack::get();
    let mut ear = Ear::new(stack.aws());
    let kitchen = Kitchen::open(stack);
    let rider = kitchen.rider(stack, 100.0);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let order_id = kitchen.cooks(&basket);
    let delivery_id = rider.takes(&order_id);
    let mut reported = None::<Instant>;
    ear.until(&[courier::Moved::TYPE], &order_id, || {
        if reported.is_none_or(|reported| reported.elapsed() > REPORT_EVERY) {
            rider.reports(&json!([point(&kitchen)])).is(202);
            reported = Some(Instant::now());
        }
    });
    kitchen.does(&order_id, "ready", &json!({}));
    basket.awaits(&order_id, "ready");
    rider.brings(&delivery_id, &order_id, &basket);
    let reviews = format!("/v1/restaurants/{}/reviews", kitchen.restaurant_id);
    eventually("the review", || {
        let reply = basket
            .customer
            .post(&reviews, &json!({"order_id": order_id, "rating": 5}));
        (reply.status == 201).then_some(()).ok_or(reply.text)
    });
    ear.until(&[payment::Captured::TYPE, restaurant::Reviewed::TYPE], &order_id, || {});

    let mut complaints = BTreeSet::new();
    for Heard {
        topic,
        event,
        attribute,
    } in &ear.heard
    {
        complaints
            .extend(asyncapi::complaint_of_event_on(topic, event).map(|complaint| format!("{complaint}: {event}")));
        assert_eq!(event["type"], *attribute, "what subscribers filter by");
    }
    let all: Vec<_> = complaints.into_iter().collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
    let heard: BTreeSet<_> = ear.heard.iter().map(|heard| heard.topic).collect();
    assert_eq!(
        heard,
        ear.topics.values().copied().collect(),
        "the topics that were heard"
    );
}
