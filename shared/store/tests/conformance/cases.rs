//! What `shared/store` promises holds where it is carried out. Whoever includes these tests gives the table to hold them
//! against: an empty one for each test, with `GSI1` of whole items and `GSI2` of keys.

use std::sync::atomic::{AtomicU32, Ordering};

use contracts::{Cause, Envelope};
use kernel::{OrderId, SignedDuration, TypedId as _};
use serde::{Deserialize, Serialize};
use store::{
    Answer, Budget, ChangeError, Commit, CommitError, CursorKey, EventLog, Freshness, Index, Key, Precedent, Published,
    Query, REPLAY_WINDOW, RequestKey, SpendError, StepItem, StoredEvent,
};
use uuid::Uuid;

use super::table;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counter {
    pub value: u32,
    pub kind: String,
}

pub fn counter(value: u32) -> Counter {
    Counter {
        value,
        kind: if value.is_multiple_of(2) { "even" } else { "odd" }.to_owned(),
    }
}

pub fn cause() -> Cause {
    Cause {
        now: "2026-11-20T18:30:00Z".parse().unwrap(),
        correlation_id: "test".to_owned(),
        causation_id: "test".to_owned(),
        traceparent: None,
    }
}

fn event() -> contracts::order::Rejected {
    contracts::order::Rejected {
        order_id: OrderId::from_uuid(Uuid::nil()),
        customer_id: kernel::UserId::from_uuid(Uuid::nil()),
        restaurant_id: kernel::RestaurantId::from_uuid(Uuid::nil()),
        restaurant_name: "Trattoria Bellini".to_owned(),
        reason: contracts::vocabulary::RejectReason::TooBusy.into(),
    }
}

/// A key that no other test uses.
pub fn key() -> Key {
    static DRAWN: AtomicU32 = AtomicU32::new(0);
    Key::new(format!("COUNTER#{}", DRAWN.fetch_add(1, Ordering::Relaxed)), "STATE")
}

fn request(key: &str, fingerprint: &str) -> RequestKey {
    RequestKey {
        caller: "usr_1".to_owned(),
        operation: "count",
        key: key.to_owned(),
        fingerprint: fingerprint.to_owned(),
    }
}

#[tokio::test]
async fn of_concurrent_commits_exactly_one_wins() {
    let table = table().await;
    let key = key();
    table
        .commit(Commit::new(&cause()).create(&key, &"c", &counter(0)))
        .await
        .unwrap();
    let read = table.get::<Counter>(&key).await.unwrap().unwrap();
    let tries = (1..=20).map(|value| {
        let commit = Commit::new(&cause())
            .replace(&key, &"c", &read, &counter(value))
            .event(&event());
        let table = table.clone();
        tokio::spawn(async move { table.commit(commit).await })
    });
    let mut won = 0;
    for outcome in tries.collect::<Vec<_>>() {
        match outcome.await.unwrap() {
            Ok(()) => won += 1,
            Err(CommitError::Conflict) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(won, 1);
    let after = table.get::<Counter>(&key).await.unwrap().unwrap();
    assert_eq!((after.version, after.sequence), (2, 1));
}

#[tokio::test]
async fn changes_decide_again_until_all_are_made() {
    let table = table().await;
    let key = key();
    table
        .commit(Commit::new(&cause()).create(&key, &"c", &counter(0)))
        .await
        .unwrap();
    let add = || async {
        loop {
            let changed = table
                .change::<Counter, (), ()>(&key, |read| {
                    let next = counter(read.value.value + 1);
                    Ok((
                        Some(Commit::new(&cause()).replace(&key, &"c", &read, &next).event(&event())),
                        (),
                    ))
                })
                .await;
            match changed {
                Ok(()) => break,
                Err(ChangeError::Store(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
    };
    tokio::join!(add(), add(), add(), add(), add());
    let after = table.get::<Counter>(&key).await.unwrap().unwrap();
    assert_eq!(
        (after.value.value, after.version, after.sequence),
        (5, 6, 5),
        "no change is lost"
    );
    let missing = table.change::<Counter, (), ()>(&self::key(), |_| Ok((None, ()))).await;
    assert!(matches!(missing, Err(ChangeError::Missing)));
}

#[tokio::test]
async fn state_and_events_are_written_together_or_not_at_all() {
    let table = table().await;
    let key = key();
    let commit = Commit::new(&cause())
        .create(&key, &"ord_1", &counter(1))
        .event(&event())
        .event(&event());
    table.commit(commit).await.unwrap();
    let events = Query::new(Index::Table, &key.pk, 10).prefix("EVENT#");
    let page = table.query::<StoredEvent>(&events).await.unwrap();
    let ids: Vec<_> = page
        .items
        .iter()
        .map(|stored| stored.value.envelope.id.as_str())
        .collect();
    assert_eq!(ids, ["ord_1/1", "ord_1/2"]);

    let taken = self::key();
    table
        .commit(Commit::new(&cause()).also_put(&taken, &counter(1)))
        .await
        .unwrap();
    let read = table.get::<Counter>(&key).await.unwrap().unwrap();
    let refused = Commit::new(&cause())
        .replace(&key, &"ord_1", &read, &counter(2))
        .event(&event())
        .also_claim(&taken, &counter(1), "taken");
    assert!(matches!(
        table.commit(refused).await,
        Err(CommitError::Refused("taken"))
    ));
    assert_eq!(
        table.get::<Counter>(&key).await.unwrap().unwrap(),
        read,
        "nothing was written"
    );
    assert_eq!(table.query::<StoredEvent>(&events).await.unwrap().items.len(), 2);
}

#[tokio::test]
async fn a_consumed_event_does_nothing_twice() {
    let table = table().await;
    let key = key();
    table
        .commit(Commit::new(&cause()).create(&key, &"c", &counter(0)))
        .await
        .unwrap();
    for expected in [true, false, false] {
        let read = table.get::<Counter>(&key).await.unwrap().unwrap();
        let next = counter(read.value.value + 1);
        let commit = Commit::new(&cause())
            .replace(&key, &"c", &read, &next)
            .consumed("pay_1/1");
        match table.commit(commit).await {
            Ok(()) => assert!(expected),
            Err(CommitError::Duplicate) => assert!(!expected),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(table.get::<Counter>(&key).await.unwrap().unwrap().value.value, 1);
}

#[tokio::test]
async fn a_replayed_key_returns_the_first_answer() {
    let table = table().await;
    let first = request("k", "body");
    let now = cause().now;
    let answer = |body: &str| Answer {
        status: 201,
        body: body.to_owned(),
    };
    assert_eq!(table.precedent(&first, now).await.unwrap(), Precedent::None);
    let commit = |key: &Key, body: &str| {
        Commit::new(&cause())
            .create(key, &"c", &counter(0))
            .answer(&first, &answer(body))
    };
    table.commit(commit(&key(), "first")).await.unwrap();
    let Err(CommitError::KeyTaken(marker)) = table.commit(commit(&key(), "second")).await else {
        panic!("the key is taken")
    };
    assert_eq!(first.judge(marker.as_ref(), now), Precedent::Answered(answer("first")));
    assert_eq!(
        table.precedent(&first, now).await.unwrap(),
        Precedent::Answered(answer("first"))
    );
    assert_eq!(
        table.precedent(&request("k", "other"), now).await.unwrap(),
        Precedent::OtherRequest
    );
    let other = RequestKey {
        caller: "usr_2".to_owned(),
        ..first.clone()
    };
    assert_eq!(
        table.precedent(&other, now).await.unwrap(),
        Precedent::None,
        "keys are the caller's own"
    );
    assert_eq!(
        table.precedent(&first, now + REPLAY_WINDOW).await.unwrap(),
        Precedent::None
    );
}

#[tokio::test]
async fn of_an_event_log_each_step_is_written_once_and_carries_the_state() {
    let table = table().await;
    let log = EventLog::new(key().pk);
    assert_eq!(log.last::<Counter>(&table, Freshness::Latest).await.unwrap(), None);
    for sequence in 1..=3 {
        let envelope = Envelope::new("c", sequence, &cause(), &event()).unwrap();
        let published = Published {
            envelope,
            timers: Vec::new(),
        };
        let step = StepItem::new(sequence, Some(published), counter(sequence * 10));
        let commit = || log.append(Commit::new(&cause()), &step);
        assert!(table.commit_if_current(commit()).await.unwrap());
        assert!(!table.commit_if_current(commit()).await.unwrap(), "the step is there");
    }
    let last = log.last::<Counter>(&table, Freshness::Latest).await.unwrap().unwrap();
    assert_eq!((last.sequence, last.state.value), (3, 30));
    let history = log.history(&table).await.unwrap();
    let sequences: Vec<u32> = history.iter().map(|envelope| envelope.sequence).collect();
    assert_eq!(sequences, [1, 2, 3]);
}

#[tokio::test]
async fn a_record_is_created_then_changed_and_left_alone_if_there_is_nothing_to_do() {
    let table = table().await;
    let key = key();
    for wanted in [7, 7, 8] {
        let set = |counter: &mut Counter| {
            let differs = counter.value != wanted;
            *counter = self::counter(wanted);
            differs
        };
        table.upsert(&cause(), &key, set).await.unwrap();
    }
    let read = table.get::<Counter>(&key).await.unwrap().unwrap();
    assert_eq!((read.value.value, read.version), (8, 2));
}

#[tokio::test]
async fn a_lost_race_outranks_a_refusal_that_was_decided_on_what_is_no_longer_so() {
    let table = table().await;
    let (raced, claimed) = (key(), key());
    for key in [&raced, &claimed] {
        table
            .commit(Commit::new(&cause()).also_put(key, &counter(1)))
            .await
            .unwrap();
    }
    let commit = || Commit::new(&cause()).also_claim(&claimed, &counter(2), "taken");
    let refused = table.commit(commit().also_put(&key(), &counter(2))).await;
    assert!(matches!(refused, Err(CommitError::Refused("taken"))), "{refused:?}");
    let overtaken = table.commit(commit().also_create(&raced, &counter(2))).await;
    assert!(matches!(overtaken, Err(CommitError::Conflict)), "{overtaken:?}");
}

#[tokio::test]
async fn a_replica_keeps_the_newest_whatever_the_order() {
    let table = table().await;
    let key = key();
    for (sequence, fresh) in [(2, true), (1, false), (2, false), (5, true), (4, false)] {
        let outcome = table
            .commit(Commit::new(&cause()).put_newer(&key, &counter(sequence), sequence))
            .await;
        match outcome {
            Ok(()) => assert!(fresh, "{sequence}"),
            Err(CommitError::Duplicate) => assert!(!fresh, "{sequence}"),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(table.get::<Counter>(&key).await.unwrap().unwrap().value.value, 5);
}

#[tokio::test]
async fn a_budget_is_never_exceeded_however_many_spend_at_once() {
    const BUDGET: Budget = Budget::new("count", 5, SignedDuration::from_mins(10));
    let table = table().await;
    let now = cause().now;
    let mut spending = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let table = table.clone();
        spending.spawn(async move { table.spend(&BUDGET, "usr_1", now).await });
    }
    let outcomes = spending.join_all().await;
    let spent = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(spent, 5, "{outcomes:?}");
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    for error in refused {
        assert!(
            matches!(error, SpendError::Exhausted { retry_after_seconds } if (1..=600).contains(retry_after_seconds)),
            "{error}"
        );
    }
    // Others, and the next window, have room of their own.
    table.spend(&BUDGET, "usr_2", now).await.unwrap();
    table.spend(&BUDGET, "usr_1", now + BUDGET.window).await.unwrap();
    // A wider budget of the same operation counts on.
    table.spend(&BUDGET.times(2), "usr_1", now).await.unwrap();
}

#[tokio::test]
async fn lists_come_in_pages_whose_cursors_cannot_be_forged() {
    let table = table().await;
    let partition = "LIST#of-a-test".to_owned();
    for value in 0..25 {
        let key = Key::new(&partition, format!("ITEM#{value:03}"));
        table
            .commit(Commit::new(&cause()).also_put(&key, &counter(value)))
            .await
            .unwrap();
    }
    let secret = CursorKey::new("secret");
    let list = |query: Query| query.prefix("ITEM#").newest_first();
    let mut seen = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let query = list(Query::new(Index::Table, &partition, 10))
            .after_cursor(&secret, cursor.as_deref())
            .unwrap();
        let page = table.query::<Counter>(&query).await.unwrap();
        assert!(page.items.len() <= 10);
        seen.extend(page.items.iter().map(|stored| stored.value.value));
        cursor = query.cursor(&secret, &page);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).rev().collect::<Vec<_>>());

    let query = list(Query::new(Index::Table, &partition, 10));
    let page = table.query::<Counter>(&query).await.unwrap();
    let cursor = query.cursor(&secret, &page).unwrap();
    let other = list(Query::new(Index::Table, "LIST#of-somebody-else", 10));
    assert!(other.after_cursor(&secret, Some(&cursor)).is_err());
    assert!(
        list(Query::new(Index::Table, &partition, 10))
            .after_cursor(&secret, Some("AAAA"))
            .is_err()
    );
}

#[tokio::test]
async fn several_items_come_in_the_order_of_their_keys() {
    let table = table().await;
    let keys: Vec<_> = (0..150).map(|_| key()).collect();
    for (value, key) in (0..).zip(&keys).step_by(2) {
        table
            .commit(Commit::new(&cause()).also_put(key, &counter(value)))
            .await
            .unwrap();
    }
    let found = table.get_all(&keys).await.unwrap();
    for (index, item) in found.into_iter().enumerate() {
        let value = item.map(|item| store::read::<Counter>(item).unwrap().value.value);
        assert_eq!(value, index.is_multiple_of(2).then_some(u32::try_from(index).unwrap()));
    }
}

#[tokio::test]
async fn what_it_costs_is_counted() {
    let table = table().await;
    let key = key();
    assert_eq!(table.meter().take().calls, 0, "the table was made by another client");
    table
        .commit(Commit::new(&cause()).create(&key, &"c", &counter(0)))
        .await
        .unwrap();
    let one = table.meter().take();
    assert_eq!(
        (one.calls, one.write_units),
        (1, 1.0),
        "one item alone needs no transaction"
    );
    let read = table.get::<Counter>(&key).await.unwrap().unwrap();
    let commit = Commit::new(&cause())
        .replace(&key, &"c", &read, &counter(1))
        .event(&event());
    table.commit(commit).await.unwrap();
    let two = table.meter().take();
    assert_eq!(
        (two.calls, two.read_units, two.write_units),
        (2, 1.0, 4.0),
        "a transaction writes at twice the price"
    );
}
