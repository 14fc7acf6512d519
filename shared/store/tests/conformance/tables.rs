//! What the services build upon beneath the commit: indexes, updates, limits and prices.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use store::{Commit, CommitError, Index, Key, Query, StoreError};

use super::cases::{Counter, cause, counter, key};
use super::table;

/// A record that two indexes list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Listed {
    gsi1pk: String,
    gsi1sk: String,
    gsi2pk: String,
    gsi2sk: String,
    note: String,
}

/// What an index of keys holds of it.
#[derive(Debug, PartialEq, Deserialize)]
struct OnlyKeys {
    gsi2sk: String,
    note: Option<String>,
}

#[tokio::test]
async fn an_index_lists_what_has_its_keys_page_by_page() {
    let table = table().await;
    for day in 1..=5 {
        let listed = Listed {
            gsi1pk: "BY_DAY".to_owned(),
            gsi1sk: format!("2026-11-{day:02}"),
            gsi2pk: "BY_NOTE".to_owned(),
            gsi2sk: "the same for all".to_owned(),
            note: format!("day {day}"),
        };
        table
            .commit(Commit::new(&cause()).also_put(&Key::new(format!("DAY#{day}"), "DAY"), &listed))
            .await
            .unwrap();
    }
    let unlisted = Commit::new(&cause()).also_put(&key(), &counter(1));
    table.commit(unlisted).await.unwrap();

    let between = Query::new(Index::Gsi1, "BY_DAY", 10).between("2026-11-02", "2026-11-04");
    let page = table.query::<Listed>(&between.newest_first()).await.unwrap();
    let notes: Vec<_> = page.items.iter().map(|stored| stored.value.note.as_str()).collect();
    assert_eq!(notes, ["day 4", "day 3", "day 2"]);

    // Entries with the same key of the index are told apart by the table's own.
    let mut seen = 0;
    let mut after = None;
    loop {
        let query = Query::new(Index::Gsi2, "BY_NOTE", 2).after(after.take());
        let page = table.query::<OnlyKeys>(&query).await.unwrap();
        assert!(page.items.iter().all(|stored| stored.value.note.is_none()), "{page:?}");
        seen += page.items.len();
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, 5);
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[derive(Debug, PartialEq, Deserialize)]
struct Updated {
    taken: Option<i64>,
    spare: Option<i64>,
    members: Option<Vec<String>>,
}

#[tokio::test]
async fn updates_count_and_keep_sets_and_their_conditions_hold() {
    const REFUSED: &str = "refused";
    let table = table().await;
    let key = key();
    let update = async |expression: &str, condition: &str, values: [(&str, AttributeValue); 2]| {
        let commit = Commit::new(&cause()).also_update(&key, expression, condition, values, REFUSED);
        table.commit(commit).await
    };
    let read = async || table.get::<Updated>(&key).await.unwrap().unwrap().value;
    let take = "SET taken = if_not_exists(taken, :zero) + :two";
    let condition = "attribute_not_exists(pk) OR taken = :zero OR (taken < :two AND taken <= :two)";
    let values = || [(":zero", number(0)), (":two", number(2))];
    update(take, condition, values()).await.unwrap();
    let outcome = update(take, condition, values()).await;
    assert!(matches!(outcome, Err(CommitError::Refused(REFUSED))), "{outcome:?}");
    let give = "SET taken = taken - :one ADD spare :more REMOVE absent";
    update(give, "taken >= :one", [(":one", number(1)), (":more", number(5))])
        .await
        .unwrap();
    let updated = read().await;
    assert_eq!((updated.taken, updated.spare), (Some(1), Some(5)));

    let members = |ids: &[&str]| AttributeValue::Ss(ids.iter().map(|id| (*id).to_owned()).collect());
    let add = [(":members", members(&["ada", "bob"])), (":one", number(1))];
    update("ADD members :members, spare :one", "", add).await.unwrap();
    let leave = async |id: &str| {
        let values = [
            (":member", members(&[id])),
            (":id", AttributeValue::S(id.to_owned())),
            (":one", number(1)),
        ];
        let condition = "attribute_not_exists(members) OR NOT contains(members, :id) OR size(members) > :one";
        let commit = Commit::new(&cause()).also_update(&key, "DELETE members :member", condition, values, REFUSED);
        table.commit(commit).await
    };
    leave("ada").await.unwrap();
    leave("ada").await.unwrap();
    let last = leave("bob").await;
    assert!(matches!(last, Err(CommitError::Refused(REFUSED))), "{last:?}");
    assert_eq!(read().await.members, Some(vec!["bob".to_owned()]));
}

#[tokio::test]
async fn what_no_table_takes_is_a_defect_and_changes_nothing() {
    let table = table().await;
    let key = key();
    let put = |key: &Key, kind: &str| {
        let record = Counter {
            value: 1,
            kind: kind.to_owned(),
        };
        table.commit(Commit::new(&cause()).also_put(key, &record))
    };
    put(&key, "small").await.unwrap();
    let refused = [
        put(&key, &"x".repeat(400 * 1024)).await,
        put(&Key::new("", "STATE"), "no key").await,
        table
            .commit(Commit::new(&cause()).also_put(&key, &counter(1)).also_delete(&key))
            .await,
        table
            .commit(Commit::new(&cause()).also_check(&key, "version = :unknown", [], "undefined"))
            .await,
        table
            .commit(Commit::new(&cause()).also_update(
                &key,
                "SET taken = missing + :one",
                "",
                [(":one", number(1))],
                "missing",
            ))
            .await,
    ];
    for outcome in refused {
        assert!(
            matches!(outcome, Err(CommitError::Store(StoreError::Corrupt(_)))),
            "{outcome:?}"
        );
    }
    let kept = table.get::<Counter>(&key).await.unwrap().unwrap();
    assert_eq!((kept.version, kept.value.kind.as_str()), (1, "small"));
}

#[tokio::test]
async fn a_unit_of_writing_is_a_kilobyte_of_what_was_there_or_will_be() {
    let table = table().await;
    let key = key();
    let large = Counter {
        value: 1,
        kind: "x".repeat(4500),
    };
    table
        .commit(Commit::new(&cause()).also_put(&key, &large))
        .await
        .unwrap();
    let put = table.meter().take();
    assert_eq!((put.calls, put.write_units), (1, 5.0));
    table
        .commit(
            Commit::new(&cause())
                .also_delete(&key)
                .also_put(&super::cases::key(), &counter(1)),
        )
        .await
        .unwrap();
    let both = table.meter().take();
    assert_eq!(
        (both.calls, both.write_units),
        (1, 12.0),
        "what is deleted counts as it was"
    );
}
