//! What other services tell, and whom it is told.

use kernel::Role;
use runtime::HandlerError;
use serde_json::{Value, json};

use super::scene::{MAILS, Scene, TEXTS, golden};
use crate::domain::OrderEvent;

#[tokio::test]
async fn every_event_that_is_subscribed_to_is_handled() {
    let scene = Scene::begin();
    let others = [
        "user.registered.v1",
        "user.profile_changed.v1",
        "user.preferences_changed.v1",
        "user.sign_up_repeated.v1",
        "restaurant.approved.v1",
        "restaurant.changed.v1",
        "delivery.offered.v1",
        "delivery.offer_ended.v1",
    ];
    for event_type in others.iter().chain(OrderEvent::TYPES) {
        let handled = scene.hear(&golden(event_type)).await;
        assert!(handled.is_ok(), "{event_type}: {handled:?}");
    }
    scene.hear(&golden("user.roles_changed.v1")).await.unwrap();
    scene.hear(&golden("order.released.v1")).await.unwrap();
    scene.hear_move(&golden("courier.moved.v1")).await.unwrap();
    let customers = scene.kinds(&scene.customer).await;
    for kind in [
        "order_confirmed",
        "order_accepted",
        "out_for_delivery",
        "receipt",
        "sign_up_repeated",
    ] {
        assert!(customers.iter().any(|known| known == kind), "{kind} in {customers:?}");
    }
    let operator = scene.service.person(&[Role::Operator]);
    assert_eq!(scene.kinds(&operator).await.len(), 3);
    assert!(!scene.kinds(&scene.courier).await.is_empty());
}

#[tokio::test]
async fn a_message_goes_once_however_often_its_event_comes() {
    let scene = Scene::begin();
    for _ in 0..2 {
        scene.hear(&golden("order.confirmed.v1")).await.unwrap();
    }
    assert_eq!(scene.count_asked(MAILS), 1);
    assert_eq!(scene.service.told(), ["notification.sent.v1"]);
    assert_eq!(scene.kinds(&scene.customer).await, ["order_confirmed"]);
}

#[tokio::test]
async fn a_message_that_its_provider_refuses_has_failed_and_one_that_must_wait_comes_again() {
    let scene = Scene::begin();
    let aws = scene.service.aws();
    aws.answer(MAILS, 429, r#"{"__type": "TooManyRequestsException"}"#);
    let busy = scene.hear(&golden("order.confirmed.v1")).await;
    assert!(matches!(busy, Err(HandlerError::Retry(_))), "{busy:?}");
    assert!(scene.service.told().is_empty());
    aws.answer(
        MAILS,
        400,
        r#"{"__type": "MessageRejected", "message": "It is no address."}"#,
    );
    for _ in 0..2 {
        scene.hear(&golden("order.confirmed.v1")).await.unwrap();
    }
    assert_eq!(scene.service.told(), ["notification.failed.v1"]);
    assert_eq!(scene.count_asked(MAILS), 2);
}

#[tokio::test]
async fn texts_go_to_numbers_of_countries_that_are_served() {
    let scene = Scene::begin();
    scene.hear(&golden("order.delayed.v1")).await.unwrap();
    assert_eq!(scene.count_asked(TEXTS), 1);
    let placed = golden("order.placed.v1");
    scene.hear(&placed).await.unwrap();
    scene.hear(&golden("delivery.assigned.v1")).await.unwrap();
    scene.hear(&golden("delivery.released.v1")).await.unwrap();
    assert_eq!(scene.kinds(&scene.courier).await, ["courier_released"]);
    assert_eq!(
        scene.count_asked(TEXTS),
        1,
        "the courier's number is of another country"
    );
}

#[tokio::test]
async fn a_message_waits_for_the_user_service_and_goes_nowhere_without_a_contact() {
    let scene = Scene::begin();
    scene.user_service_says(&scene.customer, 503, Value::Null);
    let waiting = scene.hear(&golden("order.confirmed.v1")).await;
    assert!(matches!(waiting, Err(HandlerError::Retry(_))), "{waiting:?}");
    scene.user_service_says(&scene.customer, 404, json!({"code": "not_found"}));
    scene.hear(&golden("order.confirmed.v1")).await.unwrap();
    assert_eq!(scene.count_asked(MAILS), 0);
    assert_eq!(scene.kinds(&scene.customer).await, ["order_confirmed"]);
}

#[tokio::test]
async fn a_courier_is_named_only_of_an_order_that_is_known() {
    let scene = Scene::begin();
    let early = scene.hear(&golden("delivery.assigned.v1")).await;
    assert!(matches!(early, Err(HandlerError::Retry(_))), "{early:?}");
    scene.hear(&golden("order.placed.v1")).await.unwrap();
    scene.hear(&golden("delivery.assigned.v1")).await.unwrap();
    scene.hear(&golden("delivery.assigned.v1")).await.unwrap();
}
