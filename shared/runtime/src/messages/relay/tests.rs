//! A topic that takes a batch in part, or one event never.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use contracts::{Cause, Envelope, Timer};
use kernel::{Timestamp, TypedId as _, UserId};
use serde_json::{Value, json};

use super::super::stub;
use super::*;

/// What the topic, the failure queue and the timers have taken, and what the topic does not take.
#[derive(Clone, Default)]
struct World {
    published: Arc<Mutex<Vec<String>>>,
    letters: Arc<Mutex<Vec<Value>>>,
    timers: Arc<Mutex<Vec<String>>>,
    /// Events that the topic does not take this time, by id.
    throttled: Vec<&'static str>,
    /// Events that the topic refuses for good, by id.
    refused: Vec<&'static str>,
    /// Events that make the topic refuse the whole request, by id.
    too_long: Vec<&'static str>,
    /// Subjects whose timers cannot be set this time.
    timerless: Vec<&'static str>,
}

impl SetTimers for World {
    async fn set(&self, timers: &[Timer]) -> Result<(), String> {
        if timers
            .iter()
            .any(|timer| self.timerless.contains(&timer.subject.as_str()))
        {
            return Err("the queue is throttled".to_owned());
        }
        let mut set = self.timers.lock().unwrap();
        set.extend(
            timers
                .iter()
                .map(|timer| format!("{}/{}", timer.subject, timer.sequence)),
        );
        Ok(())
    }
}

impl World {
    fn relay(&self) -> Relay<Self> {
        let (topic, queue) = (self.clone(), self.clone());
        let topic = stub::serve(move |call| topic.publish(call));
        let queue = stub::serve(move |call| (200, queue.take_letters(call)));
        Relay {
            topic: "arn:aws:sns:eu-central-1:000000000000:order".to_owned(),
            client: aws_sdk_sns::Client::new(&stub::sdk(&topic)),
            failures: Sender::new(
                aws_sdk_sqs::Client::new(&stub::sdk(&queue)),
                format!("{queue}/failures"),
            ),
            timers: self.clone(),
            taken: AtomicUsize::default(),
        }
    }

    /// Answers `PublishBatch`, whose requests are forms and whose answers are XML.
    fn publish(&self, call: &str) -> (u16, String) {
        let fields: BTreeMap<String, String> = call.split('&').filter_map(field).collect();
        let of = |index: usize, name: &str| {
            let field = format!("PublishBatchRequestEntries.member.{index}.{name}");
            fields.get(&field).cloned()
        };
        let (mut taken, mut successful, mut failed) = (Vec::new(), String::new(), String::new());
        for index in 1..=BATCH_ENTRIES_MAX {
            let (Some(id), Some(message)) = (of(index, "Id"), of(index, "Message")) else {
                break;
            };
            let event: Value = serde_json::from_str(&message).unwrap();
            let event = event["id"].as_str().unwrap();
            if self.too_long.contains(&event) {
                let error =
                    "<Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>too long</Message></Error>";
                return (400, format!("<ErrorResponse>{error}</ErrorResponse>"));
            }
            let fault = self.refused.contains(&event);
            if fault || self.throttled.contains(&event) {
                let code = if fault { "InvalidParameter" } else { "Throttled" };
                let entry = format!("<Id>{id}</Id><Code>{code}</Code><SenderFault>{fault}</SenderFault>");
                failed.extend(["<member>", &entry, "</member>"]);
            } else {
                taken.push(event.to_owned());
                let entry = format!("<Id>{id}</Id><MessageId>{event}</MessageId>");
                successful.extend(["<member>", &entry, "</member>"]);
            }
        }
        self.published.lock().unwrap().extend(taken);
        let result = format!("<Successful>{successful}</Successful><Failed>{failed}</Failed>");
        let answer = format!("<PublishBatchResult>{result}</PublishBatchResult>");
        (200, format!("<PublishBatchResponse>{answer}</PublishBatchResponse>"))
    }

    fn take_letters(&self, call: &str) -> String {
        let call: Value = serde_json::from_str(call).unwrap();
        let bodies = call["Entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| &entry["MessageBody"]);
        let letters = bodies.map(|body| serde_json::from_str(body.as_str().unwrap()).unwrap());
        self.letters.lock().unwrap().extend(letters);
        json!({"Successful": [{"Id": "0", "MessageId": "1", "MD5OfMessageBody": ""}], "Failed": []}).to_string()
    }

    /// What a batch leaves: the record from which the stream hands it over again, if any.
    async fn relayed(&self, events: &[(&str, u32)]) -> Option<String> {
        let records = (100..)
            .zip(events)
            .map(|(number, (subject, sequence))| record(number, subject, *sequence));
        let batch = json!({"Records": records.collect::<Vec<_>>()});
        let response = self.relay().send(serde_json::from_value(batch).unwrap()).await;
        let mut failures = response.batch_item_failures.into_iter();
        let first = failures.next().and_then(|failure| failure.item_identifier);
        assert!(failures.next().is_none());
        first
    }

    fn published(&self) -> Vec<String> {
        self.published.lock().unwrap().clone()
    }

    fn timers(&self) -> Vec<String> {
        self.timers.lock().unwrap().clone()
    }
}

fn field(pair: &str) -> Option<(String, String)> {
    let (name, value) = pair.split_once('=')?;
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b'+' => b' ',
            byte => byte,
        });
    }
    Some((name.to_owned(), String::from_utf8(bytes).ok()?))
}

/// A record of the stream: an event that sets one deadline.
fn record(number: u32, subject: &str, sequence: u32) -> Value {
    let cause = Cause {
        now: Timestamp::UNIX_EPOCH,
        correlation_id: String::new(),
        causation_id: String::new(),
        traceparent: None,
    };
    let payload = contracts::user::ProfileChanged {
        user_id: UserId::from_uuid(uuid::Uuid::nil()),
    };
    let envelope = Envelope::new(subject, sequence, &cause, &payload).unwrap();
    let timers = json!([{"M": {"name": {"S": "deadline"}, "due_at": {"S": "2026-11-20T19:00:00Z"}}}]);
    json!({
        "eventID": number.to_string(),
        "eventName": "INSERT",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_199_400,
            "Keys": {"pk": {"S": subject}, "sk": {"S": "-"}},
            "SizeBytes": 100,
            "SequenceNumber": number.to_string(),
            "NewImage": {
                "pk": {"S": subject},
                "sk": {"S": format!("{EVENT_PREFIX}{sequence:08}")},
                "envelope": {"S": serde_json::to_string(&envelope).unwrap()},
                "timers": {"L": timers},
            },
        },
    })
}

#[tokio::test]
async fn deadlines_of_what_was_taken_are_set_when_the_rest_of_the_batch_is_throttled() {
    let world = World {
        throttled: vec!["e/1"],
        ..World::default()
    };
    let first = world.relayed(&[("a", 1), ("b", 1), ("c", 1), ("d", 1), ("e", 1)]).await;
    assert_eq!(first.as_deref(), Some("104"));
    assert_eq!(world.published(), ["a/1", "b/1", "c/1", "d/1"]);
    assert_eq!(world.timers(), ["a/1", "b/1", "c/1", "d/1"]);
}

#[tokio::test]
async fn of_two_failures_the_stream_goes_on_from_the_lower_one() {
    let world = World {
        throttled: vec!["d/1"],
        timerless: vec!["b"],
        ..World::default()
    };
    let first = world.relayed(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)]).await;
    assert_eq!(first.as_deref(), Some("101"));
    assert_eq!(world.timers(), ["a/1", "c/1"]);
}

#[tokio::test]
async fn one_event_that_fails_keeps_back_only_its_own_aggregate() {
    let world = World {
        throttled: vec!["a/1"],
        ..World::default()
    };
    let mut events = vec![("a", 1)];
    events.extend((1..=BATCH_ENTRIES_MAX).map(|sequence| ("b", u32::try_from(sequence).unwrap())));
    events.extend([("a", 2), ("c", 1)]);
    assert_eq!(world.relayed(&events).await.as_deref(), Some("100"));
    let published = world.published();
    assert!(published.contains(&"c/1".to_owned()), "{published:?}");
    assert!(!published.contains(&"a/2".to_owned()), "{published:?}");
}

#[tokio::test]
async fn an_event_that_can_never_be_published_is_put_aside_by_its_key_and_takes_no_other_with_it() {
    for refused in [
        World {
            refused: vec!["b/1"],
            ..World::default()
        },
        World {
            too_long: vec!["b/1"],
            ..World::default()
        },
    ] {
        assert_eq!(refused.relayed(&[("a", 1), ("b", 1), ("c", 1)]).await, None);
        assert_eq!(refused.published(), ["a/1", "c/1"]);
        let letters = refused.letters.lock().unwrap().clone();
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0]["event"], json!({"pk": "b", "sk": "EVENT#00000001"}));
    }
}

#[tokio::test]
async fn an_event_item_that_cannot_be_read_is_put_aside() {
    let world = World::default();
    let mut broken = record(100, "a", 1);
    broken["dynamodb"]["NewImage"]["envelope"] = json!({"S": "{}"});
    let batch = json!({"Records": [broken, record(101, "b", 1)]});
    let response = world.relay().send(serde_json::from_value(batch).unwrap()).await;
    assert!(response.batch_item_failures.is_empty());
    assert_eq!(world.published(), ["b/1"]);
    assert_eq!(world.letters.lock().unwrap()[0]["event"]["pk"], "a");
}

#[test]
fn sequence_numbers_are_compared_as_numbers() {
    assert!(is_before("99", "100"));
    assert!(is_before(
        "100000000000000000000000000000000001",
        "100000000000000000000000000000000002"
    ));
    assert!(!is_before("100", "0099"));
}

#[test]
fn cuts_by_count_and_by_size() {
    let sizes = |bodies: &[usize]| {
        let mut events: Vec<_> = bodies.iter().map(|bytes| event(*bytes)).collect();
        let mut sizes = Vec::new();
        while !events.is_empty() {
            let rest = events.split_off(chunk_length(&events));
            sizes.push(std::mem::replace(&mut events, rest).len());
        }
        sizes
    };
    assert_eq!(sizes(&[]), Vec::<usize>::new());
    assert_eq!(sizes(&[10; 23]), [10, 10, 3]);
    assert_eq!(sizes(&[BATCH_BYTES_MAX / 2; 3]), [2, 1]);
    assert_eq!(sizes(&[BATCH_BYTES_MAX + 1, 1]), [1, 1]);
}

fn event(body_bytes: usize) -> Outgoing {
    let record = serde_json::from_value(record(1, "a", 1)).unwrap();
    let Record::Event(event) = Record::read(record) else {
        panic!("an event");
    };
    Outgoing {
        body: "x".repeat(body_bytes),
        ..*event
    }
}
