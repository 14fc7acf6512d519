//! Live connections.

use contracts::user::RolesChanged;
use kernel::{Role, SignedDuration};
use serde_json::{Value, json};

use super::scene::{ORDER, Scene, golden};

fn subscribe() -> Value {
    json!({"action": "subscribe", "topic": format!("order:{ORDER}")})
}

#[tokio::test]
async fn a_ticket_opens_one_connection_within_a_minute() {
    let scene = Scene::begin();
    let ticket = scene.ticket(&scene.customer).await;
    assert_eq!(scene.connect("one", &ticket).await, 200);
    assert_eq!(scene.connect("two", &ticket).await, 403);
    assert_eq!(scene.connect("two", "forged").await, 403);
    let ticket = scene.ticket(&scene.customer).await;
    scene.service.pass(SignedDuration::from_secs(60));
    assert_eq!(scene.connect("two", &ticket).await, 403);
    let nobody = scene.service.nobody().post("/v1/live/tickets", &Value::Null).await;
    nobody.refused(401, "unauthorized");
}

#[tokio::test]
async fn a_connection_hears_of_what_it_follows_until_it_does_not() {
    let scene = Scene::begin();
    scene.hear(&golden("order.placed.v1")).await.unwrap();
    scene.open("one", &scene.customer).await;
    scene.send("one", json!({"action": "ping"})).await;
    scene.send("one", json!({"action": "sing"})).await;
    for _ in 0..2 {
        scene.send("one", subscribe()).await;
    }
    scene.hear(&golden("order.accepted.v1")).await.unwrap();
    let unsubscribe = json!({"action": "unsubscribe", "topic": format!("order:{ORDER}")});
    scene.send("one", unsubscribe).await;
    scene.hear(&golden("order.ready.v1")).await.unwrap();
    assert_eq!(
        scene.frames("one"),
        [
            "pong",
            "error",
            "subscribed",
            "subscribed",
            "order.accepted",
            "unsubscribed"
        ]
    );
}

#[tokio::test]
async fn an_order_is_followed_by_those_whom_it_concerns() {
    let scene = Scene::begin();
    scene.hear(&golden("order.placed.v1")).await.unwrap();
    let stranger = scene.service.person(&[Role::Customer]);
    let operator = scene.service.person(&[Role::Operator]);
    for (connection, who, reply) in [
        ("customers", &scene.customer, "subscribed"),
        ("strangers", &stranger, "error"),
        ("operators", &operator, "subscribed"),
        ("couriers", &scene.courier, "error"),
    ] {
        scene.open(connection, who).await;
        scene.send(connection, subscribe()).await;
        assert_eq!(scene.frames(connection), [reply], "{connection}");
    }
    scene.hear(&golden("delivery.assigned.v1")).await.unwrap();
    scene.send("couriers", subscribe()).await;
    assert_eq!(scene.frames("couriers"), ["error", "subscribed"]);
}

#[tokio::test]
async fn followers_see_the_courier_who_is_on_the_order() {
    let scene = Scene::begin();
    scene.hear(&golden("order.placed.v1")).await.unwrap();
    scene.open("one", &scene.customer).await;
    scene.send("one", subscribe()).await;
    let moved = golden("courier.moved.v1");
    scene.hear_move(&moved).await.unwrap();
    assert_eq!(scene.frames("one"), ["subscribed"], "no courier is on it yet");
    scene.hear(&golden("delivery.assigned.v1")).await.unwrap();
    scene.hear_move(&moved).await.unwrap();
    assert_eq!(scene.frames("one").last().unwrap(), "courier.moved");
}

#[tokio::test]
async fn a_connection_that_has_ended_or_is_gone_follows_nothing() {
    let scene = Scene::begin();
    scene.hear(&golden("order.placed.v1")).await.unwrap();
    for connection in ["one", "two"] {
        scene.open(connection, &scene.customer).await;
        scene.send(connection, subscribe()).await;
    }
    scene.disconnect("one").await;
    scene.lose("two");
    for event in ["order.accepted.v1", "order.ready.v1"] {
        scene.hear(&golden(event)).await.unwrap();
    }
    assert_eq!(scene.frames("one"), ["subscribed"]);
    assert_eq!(scene.frames("two"), ["subscribed", "order.accepted"]);
}

#[tokio::test]
async fn who_loses_a_role_loses_the_connections_and_gets_no_ticket_for_it() {
    let scene = Scene::begin();
    let cook = scene.service.person(&[Role::Restaurant]);
    let unused = scene.ticket(&cook).await;
    scene.open("one", &cook).await;
    let changed = RolesChanged {
        user_id: cook.user_id(),
        roles: vec![Role::Customer],
        suspended: false,
        changed_by: None,
    };
    let event = scene.service.event(&cook.user_id(), 1, &changed);
    scene.hear(&serde_json::to_string(&event).unwrap()).await.unwrap();
    assert_eq!(scene.frames("one"), ["closed"]);
    assert!(scene.is_closed("one"));
    assert_eq!(scene.connect("two", &unused).await, 403);
    let refused = cook.post("/v1/live/tickets", &Value::Null).await;
    refused.refused(403, "forbidden");
}
