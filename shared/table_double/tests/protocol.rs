//! What the double does that the platform's emulator does not, or that no test can ask of a real table.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, ReturnConsumedCapacity, TransactWriteItem};
use table_double::TableDouble;

const TABLE: &str = "table";

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put(client: &Client, note: &str) {
    let request = client
        .put_item()
        .table_name(TABLE)
        .item("pk", text("A"))
        .item("sk", text("B"));
    request.item("note", text(note)).send().await.unwrap();
}

/// The note of the item, and what reading it cost.
async fn read(client: &Client, is_consistent: bool) -> (Option<String>, f64) {
    let request = client
        .get_item()
        .table_name(TABLE)
        .key("pk", text("A"))
        .key("sk", text("B"));
    let request = request.consistent_read(is_consistent);
    let output = request
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .unwrap();
    let note = output.item().and_then(|item| item["note"].as_s().ok()).cloned();
    let units = output.consumed_capacity().unwrap().capacity_units();
    (note, units.unwrap())
}

#[tokio::test]
async fn reads_that_lag_see_what_was_before_the_last_write() {
    let double = TableDouble::new(TABLE);
    let client = double.client();
    double.lag();
    put(&client, "first").await;
    assert_eq!(read(&client, false).await.0, None);
    put(&client, "second").await;
    assert_eq!(read(&client, false).await.0.unwrap(), "first");
    assert_eq!(read(&client, true).await.0.unwrap(), "second");
    double.catch_up();
    assert_eq!(read(&client, false).await.0.unwrap(), "second");
}

#[tokio::test]
async fn a_unit_of_reading_is_four_kilobytes_and_half_as_much_for_what_may_be_old() {
    let double = TableDouble::new(TABLE);
    let client = double.client();
    for (length, units) in [(1, 1.0), (4000, 1.0), (4200, 2.0), (9000, 3.0)] {
        let note = "x".repeat(length);
        put(&client, &note).await;
        assert_eq!(read(&client, true).await, (Some(note.clone()), units));
        assert_eq!(read(&client, false).await, (Some(note), units / 2.0));
    }
}

#[tokio::test]
async fn a_transaction_that_is_sent_again_with_its_token_is_carried_out_once() {
    let double = TableDouble::new(TABLE);
    let client = double.client();
    let create = |sort_key: &str| {
        let put = Put::builder()
            .table_name(TABLE)
            .item("pk", text("A"))
            .item("sk", text(sort_key));
        let put = put.condition_expression("attribute_not_exists(pk)").build().unwrap();
        let item = TransactWriteItem::builder().put(put).build();
        client
            .transact_write_items()
            .client_request_token("token")
            .transact_items(item)
            .send()
    };
    create("B").await.unwrap();
    create("B").await.unwrap();
    let other = create("C").await.unwrap_err().into_service_error();
    assert!(other.is_idempotent_parameter_mismatch_exception(), "{other}");
    assert_eq!(double.items().len(), 1);
}

#[tokio::test]
#[should_panic(expected = "does not know this ConditionExpression: attribute_type(note, :kind)")]
async fn an_expression_that_the_double_does_not_know_ends_the_test() {
    let client = TableDouble::new(TABLE).client();
    let check = ConditionCheck::builder()
        .table_name(TABLE)
        .key("pk", text("A"))
        .key("sk", text("B"));
    let check = check.condition_expression("attribute_type(note, :kind)");
    let check = check.expression_attribute_values(":kind", text("S")).build().unwrap();
    let item = TransactWriteItem::builder().condition_check(check).build();
    client.transact_write_items().transact_items(item).send().await.unwrap();
}

#[tokio::test]
async fn placeholders_are_used_and_reserved_words_are_not() {
    let client = TableDouble::new(TABLE).client();
    let refused = async |condition: &str| {
        let request = client
            .put_item()
            .table_name(TABLE)
            .item("pk", text("A"))
            .item("sk", text("B"));
        let request = request
            .condition_expression(condition)
            .expression_attribute_values(":one", text("1"));
        request
            .send()
            .await
            .unwrap_err()
            .into_service_error()
            .meta()
            .message()
            .unwrap_or_default()
            .to_owned()
    };
    assert!(
        refused("attribute_not_exists(pk)")
            .await
            .contains("unused in expressions: keys: {:one}")
    );
    assert!(refused("sequence = :one").await.contains("reserved keyword: sequence"));
    assert!(refused("note = :two").await.contains("attribute value: :two"));
}
