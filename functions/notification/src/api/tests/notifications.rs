//! The in-app inbox.

use ::store::Commit;
use kernel::{MessageId, Role, SignedDuration, TypedId as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::scene::{Scene, golden};
use crate::domain::Recipient;
use crate::store::{Note, note_key};
use crate::usecase::list_notifications::list_notifications;

const INBOX: &str = "/v1/notifications";

/// Lays messages down in an inbox.
async fn lay_down(scene: &Scene, recipient: Recipient, first: u128) {
    for number in first..first + 25 {
        let note = Note {
            kind: "order_confirmed".to_owned(),
            category: "order_updates".to_owned(),
            title: "Your order is confirmed".to_owned(),
            body: "Trattoria Bellini has been asked to start. Expect it between 19:10 and 19:25.".to_owned(),
            order_id: None,
            created_at: scene.service.now(),
            read_at: None,
            channels: Vec::new(),
            claimed_by: None,
            lease_until: None,
            expires_at: (scene.service.now() + SignedDuration::from_hours(1)).as_second(),
        };
        let key = note_key(recipient, MessageId::from_uuid(Uuid::from_u128(number)), true);
        let cause = scene.service.cause();
        let commit = Commit::new(&cause).also_put(&key, &note);
        scene.service.table().commit(commit).await.unwrap();
    }
}

#[tokio::test]
async fn a_message_is_listed_until_it_is_read_and_after() {
    let scene = Scene::begin();
    scene.hear(&golden("order.confirmed.v1")).await.unwrap();
    let listed = scene.customer.get(INBOX).await.expect(200);
    let message = &listed["items"][0];
    assert_eq!(
        (&message["kind"], &message["read_at"]),
        (&json!("order_confirmed"), &Value::Null)
    );
    let read = format!("{INBOX}/{}/read", message["notification_id"].as_str().unwrap());
    let stranger = scene.service.person(&[Role::Customer]);
    let operator = scene.service.person(&[Role::Operator]);
    for who in [&stranger, &operator] {
        who.post(&read, &Value::Null).await.refused(404, "not_found");
        assert!(scene.kinds(who).await.is_empty());
    }
    let nobody = scene.service.nobody();
    nobody.post(&read, &Value::Null).await.refused(401, "unauthorized");
    nobody.get(INBOX).await.refused(401, "unauthorized");
    let first = scene.customer.post(&read, &Value::Null).await.expect(200);
    scene.service.pass(SignedDuration::from_mins(1));
    let again = scene.customer.post(&read, &Value::Null).await.expect(200);
    assert!(first == again && !first["read_at"].is_null(), "{first} {again}");
}

#[tokio::test]
async fn operators_share_an_inbox() {
    let scene = Scene::begin();
    scene.hear(&golden("payment.stalled.v1")).await.unwrap();
    let [one, two] = [(); 2].map(|()| scene.service.person(&[Role::Operator]));
    let listed = one.get(INBOX).await.expect(200);
    let read = format!(
        "{INBOX}/{}/read",
        listed["items"][0]["notification_id"].as_str().unwrap()
    );
    one.post(&read, &Value::Null).await.is(200);
    let listed = two.get(INBOX).await.expect(200);
    assert!(!listed["items"][0]["read_at"].is_null(), "{listed}");
    assert!(scene.kinds(&scene.customer).await.is_empty());
}

#[tokio::test]
async fn a_page_goes_on_where_the_one_before_ended() {
    let scene = Scene::begin();
    let user_id = scene.customer.user_id();
    lay_down(&scene, Recipient::Person(user_id), 0).await;
    let first = scene.customer.get(INBOX).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = scene
        .customer
        .get(&format!("{INBOX}?cursor={cursor}"))
        .await
        .expect(200);
    let count = |page: &Value| page["items"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (20, 5));
    assert!(second["next_cursor"].is_null());
    let other = scene.service.person(&[Role::Customer]);
    for (who, query) in [(&scene.customer, "forged"), (&other, cursor)] {
        let refused = who.get(&format!("{INBOX}?cursor={query}")).await;
        refused.refused(400, "invalid_cursor");
    }
    let refused = scene.customer.get(&format!("{INBOX}?limit=101")).await;
    refused.refused(400, "invalid_query");
}

#[tokio::test]
async fn a_page_of_twenty_is_one_query_for_each_inbox() {
    let scene = Scene::begin();
    let user_id = scene.customer.user_id();
    lay_down(&scene, Recipient::Person(user_id), 0).await;
    lay_down(&scene, Recipient::Operators, 100).await;
    let table = scene.service.table();
    let mut costs = Vec::new();
    for is_operator in [false, true] {
        let _before = table.meter().take();
        let inboxes = Recipient::inboxes(user_id, is_operator);
        let page = list_notifications(table, &inboxes, 20, None).await.unwrap();
        assert_eq!(page.notes.len(), 20);
        let cost = table.meter().take();
        costs.push((cost.calls, cost.read_units));
    }
    assert_eq!(costs, [(1, 2.0), (2, 4.0)]);
}
