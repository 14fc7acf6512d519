//! The zone runner dies after any of its writes, and what it left is put right by whoever comes next.
//!
//! The program is the service's own, against a table of its own in the emulated DynamoDB. A proxy in between counts the
//! writes, and kills the process after the n-th, before it hears that it was done: for each n, until it gets through alive.
//! Then comes what comes anyway: the message again, deadlines, the minute, and somebody says yes. In the end everything must
//! be as if nobody had died: the same events, each courier's record bound to what the deliveries say and to nothing else,
//! the rows right.

mod proxy;
mod town;

use std::collections::BTreeSet;
use std::thread;

use kernel::Timestamp;
use proxy::Proxy;
use serde_json::{Value, json};
use testkit::{Stack, eventually};
use town::{Programs, Town, batch};

/// More than a run writes.
const WRITES_MAX: u32 = 16;
/// Deaths at a time.
const AT_ONCE: u32 = 4;
/// Longer than any of this takes.
const LONG: u32 = 900;

/// Somebody dies while doing something.
struct Story {
    /// How long the offers last that were made before.
    offer_seconds: u32,
    /// What was before.
    before: fn(&mut Town<'_>),
    /// Which function dies, and of which message.
    dies: fn(&mut Town<'_>) -> (&'static str, String),
    /// What becomes of each delivery, until somebody says yes; a number is that of a courier.
    ends: &'static [&'static [&'static str]],
    /// How often whoever does it writes, at least.
    writes_least: usize,
}

#[test]
fn a_beginning_that_dies_after_any_write_leaves_one_offer() {
    survives(&Story {
        offer_seconds: LONG,
        before: |town| town.courier(300.0),
        dies: |town| ("inbox", town.accepted(15)),
        ends: &[&["offered 0"]],
        // The row, the beginning, the zone's place in the list, its lease, the offer, the row again.
        writes_least: 6,
    });
}

#[test]
fn a_bundle_that_dies_after_any_write_is_one_offer_of_both() {
    survives(&Story {
        offer_seconds: LONG,
        before: |town| {
            for _ in 0..2 {
                let message = town.accepted(15);
                tell(town, "inbox", &message);
            }
            assert_eq!(town.seen(), Ok(vec![vec![], vec![]]));
            town.courier(300.0);
        },
        dies: |town| ("timers", town.minute()),
        ends: &[&["offered 0"], &["offered 0"]],
        // The lease, the offer, two rows, the lease.
        writes_least: 5,
    });
}

#[test]
fn food_that_nobody_brings_is_told_to_an_operator_once_whoever_dies() {
    survives(&Story {
        offer_seconds: LONG,
        before: |_| {},
        dies: |town| ("inbox", town.accepted(-15)),
        ends: &[&["escalated"]],
        // The row, the beginning, the list, the lease, the note with the escalation, the row again.
        writes_least: 6,
    });
}

#[test]
fn a_silent_courier_is_freed_once_whoever_dies() {
    survives(&Story {
        offer_seconds: LONG,
        before: |town| {
            town.courier(300.0);
            let message = town.accepted(15);
            tell(town, "inbox", &message);
            let acceptance = town.acceptance(0);
            tell(town, "api", &acceptance);
            assert_eq!(
                town.seen(),
                Ok(vec![vec!["offered 0".to_owned(), "assigned 0".to_owned()]])
            );
            town.silent(0, 40);
            town.courier(900.0);
        },
        dies: |town| ("timers", town.minute()),
        ends: &[&["offered 0", "assigned 0", "released 0 silent", "offered 1"]],
        // The release, the courier's record, the row, the lease, the offer, the row, the lease.
        writes_least: 7,
    });
}

#[test]
fn an_offer_that_nobody_answers_goes_on_once_whoever_dies() {
    survives(&Story {
        offer_seconds: 1,
        before: |town| {
            town.courier(300.0);
            let message = town.accepted(15);
            tell(town, "inbox", &message);
            town.courier(900.0);
        },
        dies: |town| {
            let (over_at, message) = town.offer_over(0);
            eventually("the end of the offer", || {
                let now = Timestamp::now();
                (now > over_at).then_some(()).ok_or_else(|| now.to_string())
            });
            ("timers", message)
        },
        ends: &[&["offered 0", "offer_ended 0 expired", "offered 1"]],
        // The end, the courier's record, the row, the lease, the offer, the row, the lease.
        writes_least: 7,
    });
}

/// Lets somebody die after each write in turn, until one gets through alive.
fn survives(story: &Story) {
    let programs = &Programs::new(story.offer_seconds);
    let mut survived: Vec<bool> = Vec::new();
    for first in (1..=WRITES_MAX).step_by(AT_ONCE as usize) {
        survived.extend(thread::scope(|scope| {
            let runs: Vec<_> = (first..first + AT_ONCE)
                .map(|writes| scope.spawn(move || dies_and_recovers(story, programs, writes)))
                .collect();
            let ends: Vec<bool> = runs.into_iter().map(|run| run.join().unwrap()).collect();
            ends
        }));
        if survived.ends_with(&[true]) {
            break;
        }
    }
    let deaths = survived.iter().filter(|alive| !**alive).count();
    assert!(survived.is_sorted(), "{survived:?}");
    assert!(survived.ends_with(&[true]), "it never got through");
    assert!(deaths >= story.writes_least, "it died {deaths} times");
}

/// Dies after so many writes, and what comes next comes. True if it did not die.
fn dies_and_recovers(story: &Story, programs: &Programs, writes: u32) -> bool {
    let mut town = Town::new(programs);
    (story.before)(&mut town);
    let (function, message) = (story.dies)(&mut town);

    let proxy = Proxy::start(&Stack::get().outputs.aws_endpoint, programs.table(), writes);
    let mut mortal = programs.start(function, Some(&proxy.url));
    proxy.aim_at(mortal.pid());
    let survived = mortal.invoke(&message).is_ok();
    drop(mortal);

    // The queue hands the message over again, and then whatever is due is due as often as it takes.
    tell(&town, function, &message);
    let mut timers = programs.start("timers", None);
    let mut awaits = |ends: &[Vec<String>]| {
        let told = eventually(&format!("{ends:?} after {writes} writes"), || {
            for message in town.time_passes() {
                drop(timers.invoke(&message).unwrap().answer.unwrap());
            }
            let told = town.seen()?;
            let is_short = told.iter().zip(ends).any(|(told, ends)| told.len() < ends.len());
            if is_short { Err(format!("{told:?}")) } else { Ok(told) }
        });
        assert_eq!(told, ends, "after {writes} writes");
    };
    let mut ends: Vec<Vec<String>> = story
        .ends
        .iter()
        .map(|ends| ends.iter().map(|end| (*end).to_owned()).collect())
        .collect();
    awaits(&ends);
    if let Some(courier) = town.asked() {
        tell(&town, "api", &town.acceptance(courier));
        for ends in &mut ends {
            ends.push(format!("assigned {courier}"));
        }
        awaits(&ends);
    }
    survived
}

fn tell(town: &Town<'_>, function: &str, message: &str) {
    let mut process = town.programs.start(function, None);
    let answer = process.invoke(message).unwrap().answer.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let is_done = answer["batchItemFailures"] == json!([]) || answer["statusCode"] == 200;
    assert!(is_done, "{answer}\n{}", process.log());
}

/// A zone, by its number: the cells of one of H3's base cells.
fn zone(number: u64) -> String {
    const WITHIN_BASE_CELL: u64 = (1 << 45) - 1;
    const SAMPLE: u64 = 0x0851_9695_3fff_ffff;
    let digits = (1..=5_u32).map(|level| {
        let digit = number / 7_u64.pow(5 - level) % 7;
        digit << (3 * (15 - level))
    });
    let unused = (1 << 30) - 1;
    format!("{:x}", (SAMPLE & !WITHIN_BASE_CELL) | digits.sum::<u64>() | unused)
}

#[test]
fn a_minute_of_a_thousand_zones_is_one_read_and_a_call_for_ten() {
    const ZONES: u64 = 1_000;
    let programs = Programs::new(LONG);
    let aws = Stack::get().aws();
    let (soon, later) = (Timestamp::now().as_second() + 300, Timestamp::now().as_second() + 1_500);
    let zones: Vec<String> = (0..ZONES).map(zone).collect();
    for some in zones.chunks(25) {
        let puts = some.iter().enumerate().map(|(index, zone)| {
            let ends = if index % 5 == 0 { soon } else { later };
            json!({"PutRequest": {"Item": {
                "pk": {"S": "ZONES"}, "sk": {"S": zone}, "zone": {"S": zone}, "expires_at": {"N": ends.to_string()},
                "version": {"N": "1"}, "sequence": {"N": "0"},
            }}})
        });
        let puts: Vec<Value> = puts.collect();
        let request = json!({"RequestItems": {programs.table(): puts}});
        drop(aws.json("dynamodb", "DynamoDB_20120810.BatchWriteItem", &request));
    }
    let proxy = Proxy::start(&Stack::get().outputs.aws_endpoint, programs.table(), u32::MAX);
    let mut timers = programs.start("timers", Some(&proxy.url));
    let tick = batch(&json!({
        "name": "tick", "subject": "zones", "sequence": 0, "due_at": "2026-01-01T00:00:00Z", "correlationid": "tick",
    }));
    let answer = timers.invoke(&tick).unwrap().answer.unwrap();
    assert_eq!(answer, r#"{"batchItemFailures":[]}"#, "{}", timers.log());

    let passed = proxy.passed();
    let of = |operation: &str| passed.iter().filter(|call| call.operation == operation).count();
    let batches: Vec<Value> = passed
        .iter()
        .filter(|call| call.operation == "AmazonSQS.SendMessageBatch")
        .map(|call| serde_json::from_str(&call.body).unwrap())
        .collect();
    let messages = batches.iter().flat_map(|call| call["Entries"].as_array().unwrap());
    let messages = messages.map(|entry| entry["MessageBody"].as_str().unwrap());
    let messages: Vec<Value> = messages.map(|body| serde_json::from_str(body).unwrap()).collect();
    let named = |name: &str| messages.iter().filter(|message| message["name"] == name).count();
    // Every five minutes the shifts are looked at, too, and what nobody has judged.
    let lists = named("shifts");
    assert!(lists == 0 || lists == 32, "{lists}");
    let looks = usize::from(lists > 0);
    assert_eq!((named("zone"), named("zone_ending")), (800, 200));
    let subjects: BTreeSet<&str> = messages
        .iter()
        .map(|message| message["subject"].as_str().unwrap())
        .collect();
    assert!(zones.iter().all(|zone| subjects.contains(zone.as_str())));
    let calls = messages.len().div_ceil(10);
    assert_eq!(
        (of("DynamoDB_20120810.Query"), batches.len(), passed.len()),
        (1 + looks, calls, calls + 1 + looks)
    );
}

#[test]
fn a_zone_is_listed_again_as_long_as_it_is_in_use() {
    let programs = &Programs::new(LONG);
    let mut town = Town::new(programs);
    let until = town.list(3);
    tell(&town, "timers", &town.ending());
    assert_eq!(town.listed_until(), Some(until));
    let message = town.accepted(15);
    tell(&town, "inbox", &message);
    let until = town.list(3);
    tell(&town, "timers", &town.minute());
    assert_eq!(town.listed_until(), Some(until));
    tell(&town, "timers", &town.ending());
    assert!(town.listed_until() > Some(until + 20 * 60));
}

#[test]
fn a_look_at_shifts_ends_all_of_its_own_list_and_none_of_another() {
    // More than are ended at a time.
    const GONE: usize = 20;
    let programs = &Programs::new(LONG);
    let mut town = Town::new(programs);
    for _ in 0..GONE {
        town.courier_gone(3);
    }
    town.courier_gone(4);
    tell(&town, "timers", &town.shifts(3));
    let on_shift: Vec<bool> = (0..=GONE).map(|courier| courier == GONE).collect();
    assert_eq!(town.on_shift(), on_shift);
    tell(&town, "timers", &town.shifts(4));
    assert_eq!(town.on_shift(), [false; GONE + 1]);
}
