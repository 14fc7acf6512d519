//! Events of other services, as the inbox hands them over.

use contracts::order::{Cancelled, Delayed, Undeliverable};
use contracts::user::RolesChanged;
use kernel::{OrderId, Role};
use runtime::HandlerError;
use serde_json::{Value, json};

use super::scene::{Scene, golden};
use crate::domain::cast::{minutes, trattoria};
use crate::inbox;

fn cancelled(scene: &Scene, order_id: OrderId) -> Cancelled {
    let cancelled: Cancelled = golden(include_str!(
        "../../../../../shared/contracts/golden/order.cancelled.v1.json"
    ));
    Cancelled {
        order_id,
        customer_id: scene.customer.user_id(),
        ..cancelled
    }
}

#[tokio::test]
async fn an_accepted_order_is_one_delivery_however_often_it_is_heard() {
    let scene = Scene::begin().await;
    let accepted = scene.accepted(5, false);
    for _ in 0..2 {
        scene.hear(&accepted.order_id, 3, &accepted).await;
    }
    assert_eq!(scene.times_told("delivery.scheduled.v1"), 1);
    assert_eq!(
        scene.track(&scene.customer, accepted.order_id).await["state"],
        "waiting"
    );
}

#[tokio::test]
async fn a_kitchen_that_needs_longer_moves_the_arrival() {
    let scene = Scene::begin().await;
    let order_id = scene.order(5).await;
    let before = scene.track(&scene.customer, order_id).await;
    let delayed: Delayed = golden(include_str!(
        "../../../../../shared/contracts/golden/order.delayed.v1.json"
    ));
    let delayed = Delayed {
        order_id,
        customer_id: scene.customer.user_id(),
        ready_at: scene.service.now() + minutes(40),
        ..delayed
    };
    scene.hear(&order_id, 4, &delayed).await;
    let after = scene.track(&scene.customer, order_id).await;
    let likely = |seen: &Value| seen["eta"]["likely"].as_str().unwrap().to_owned();
    assert!(likely(&after) > likely(&before), "{before} {after}");
}

#[tokio::test]
async fn food_that_is_ready_is_told_once() {
    let scene = Scene::begin().await;
    let order_id = scene.order(5).await;
    for _ in 0..2 {
        scene.ready(order_id).await;
    }
    assert_eq!(scene.times_told("delivery.food_ready.v1"), 1);
}

#[tokio::test]
async fn food_that_is_ready_before_its_delivery_is_heard_again() {
    let scene = Scene::begin().await;
    let accepted = scene.accepted(5, false);
    let delayed: Delayed = golden(include_str!(
        "../../../../../shared/contracts/golden/order.delayed.v1.json"
    ));
    let delayed = Delayed {
        order_id: accepted.order_id,
        ..delayed
    };
    let event = scene.service.event(&accepted.order_id, 4, &delayed);
    let early = Box::pin(inbox::handle(&scene.app, &event, &scene.service.cause())).await;
    assert!(matches!(early, Err(HandlerError::Retry(_))), "{early:?}");
}

#[tokio::test]
async fn an_order_that_ends_frees_its_courier() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    for _ in 0..2 {
        let cancelled = cancelled(&scene, taken.order_id);
        scene.hear(&taken.order_id, 5, &cancelled).await;
    }
    assert_eq!(scene.track(&scene.operator, taken.order_id).await["state"], "withdrawn");
    assert_eq!(scene.times_told("delivery.withdrawn.v1"), 1);
    let courier = taken.courier.get("/v1/couriers/me").await.expect(200);
    assert_eq!(courier["status"], "free");
}

#[tokio::test]
async fn an_order_that_ended_before_its_delivery_never_has_one() {
    let scene = Scene::begin().await;
    let accepted = scene.accepted(5, false);
    let order_id = accepted.order_id;
    scene.hear(&order_id, 4, &cancelled(&scene, order_id)).await;
    scene.hear(&order_id, 3, &accepted).await;
    let path = format!("/v1/orders/{order_id}/delivery");
    scene.customer.get(&path).await.refused(404, "not_found");
    assert_eq!(scene.service.told(), ["delivery.withdrawn.v1"]);
}

#[tokio::test]
async fn an_order_that_is_overdue_ends_its_delivery() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    let mut event: Value = serde_json::from_str(include_str!(
        "../../../../../shared/contracts/golden/order.undeliverable.v1.json"
    ))
    .unwrap();
    event["data"]["reason"] = json!("overdue");
    let undeliverable = Undeliverable {
        order_id: taken.order_id,
        customer_id: scene.customer.user_id(),
        ..golden(&event.to_string())
    };
    scene.hear(&taken.order_id, 7, &undeliverable).await;
    assert_eq!(scene.track(&scene.operator, taken.order_id).await["state"], "withdrawn");
}

#[tokio::test]
async fn who_loses_the_role_works_no_longer() {
    let scene = Scene::begin().await;
    let courier = scene.on_shift().await;
    let changed = |roles: &[Role]| RolesChanged {
        user_id: courier.user_id(),
        roles: roles.to_vec(),
        suspended: false,
        changed_by: None,
    };
    let start = json!({"position": trattoria()});
    scene.hear(&courier.user_id(), 1, &changed(&[Role::Customer])).await;
    let seen = courier.get("/v1/couriers/me").await.expect(200);
    assert_eq!(seen["shift_ended"], "role_lost");
    let refused = courier.post("/v1/couriers/me/shift/start", &start).await;
    refused.refused(403, "forbidden");
    scene.hear(&courier.user_id(), 2, &changed(&[Role::Courier])).await;
    courier.post("/v1/couriers/me/shift/start", &start).await.is(200);
}
