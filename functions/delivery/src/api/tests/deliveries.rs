//! The way of a delivery from the restaurant to the door.

use kernel::{DeliveryId, Role, SignedDuration};
use serde_json::{Value, json};

use super::scene::{Scene, Taken};
use crate::domain::cast::{id, kerkstraat};

const JPEG: &[u8] = b"\xff\xd8\xff\xe0\x00\x10JFIF";

fn photo() -> Value {
    json!({"content_type": "image/jpeg", "size_bytes": 284_113})
}

/// Each operation of a courier on the way, with a body that it takes.
fn steps() -> [(&'static str, Value); 6] {
    [
        ("arrived-at-restaurant", Value::Null),
        ("picked-up", json!({})),
        ("arrived-at-customer", Value::Null),
        ("delivered", json!({"pin": "0000"})),
        ("failed", json!({"reason": "other"})),
        ("photo-uploads", photo()),
    ]
}

#[tokio::test]
async fn food_is_fetched_and_handed_over_for_the_pin() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    assert_eq!(taken.step("arrived-at-restaurant").await, "at_restaurant");
    let early = taken.courier.post(&taken.path("picked-up"), &json!({})).await;
    assert!(early.header("retry-after").is_some());
    early.refused(409, "food_not_ready");
    scene.ready(taken.order_id).await;
    for _ in 0..2 {
        let picked_up = taken.courier.post(&taken.path("picked-up"), &json!({})).await;
        assert_eq!(picked_up.expect(200)["state"], "picked_up");
    }
    scene.service.pass(SignedDuration::from_mins(5));
    let _taken = scene.report(&taken.courier, kerkstraat()).await;
    assert_eq!(taken.step("arrived-at-customer").await, "at_customer");
    let pin = json!({"pin": scene.pin(taken.order_id).await});
    for _ in 0..2 {
        let delivered = taken.courier.post(&taken.path("delivered"), &pin).await;
        assert_eq!(delivered.expect(200)["state"], "delivered");
    }
    for event in ["delivery.picked_up.v1", "delivery.delivered.v1"] {
        assert_eq!(scene.times_told(event), 1, "{event}");
    }
}

#[tokio::test]
async fn food_that_is_not_called_ready_is_fetched_with_the_code_on_its_bag() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let path = taken.path("picked-up");
    let order_id = taken.order_id.to_string();
    let code = &order_id[order_id.len() - 4..];
    let wrong = if code == "0000" { "1111" } else { "0000" };
    let refused = taken.courier.post(&path, &json!({"order_code": wrong})).await;
    let problem = refused.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "order_code_wrong");
    assert_eq!(problem["attempts_left"], 4);
    let picked_up = taken.courier.post(&path, &json!({"order_code": code})).await;
    assert_eq!(picked_up.expect(200)["state"], "picked_up");
}

#[tokio::test]
async fn a_pin_may_be_wrong_five_times() {
    let scene = Scene::begin().await;
    let taken = scene.at_door(false).await;
    let path = taken.path("delivered");
    let pin = scene.pin(taken.order_id).await;
    let wrong = if pin == "0000" { "1111" } else { "0000" };
    for attempts_left in (0..5).rev() {
        let refused = taken.courier.post(&path, &json!({"pin": wrong})).await;
        let problem = refused.refused(422, "invalid_body");
        assert_eq!(problem["attempts_left"], attempts_left);
    }
    let locked = taken.courier.post(&path, &json!({"pin": pin})).await;
    locked.refused(409, "pin_locked");
}

#[tokio::test]
async fn a_hand_over_is_proved_by_a_pin_or_a_photo() {
    let scene = Scene::begin().await;
    let taken = scene.at_door(false).await;
    let key = format!("photos/{}/{:032x}", taken.delivery_id, 7);
    for (body, code) in [
        (json!({}), "ambiguous"),
        (json!({"pin": "0000", "photo_key": key}), "ambiguous"),
        (json!({"pin": "no"}), "invalid"),
    ] {
        let refused = taken.courier.post(&taken.path("delivered"), &body).await;
        assert_eq!(refused.refused(422, "invalid_body")["errors"][0]["code"], code);
    }
}

async fn upload(taken: &Taken) -> String {
    let upload = taken
        .courier
        .post(&taken.path("photo-uploads"), &photo())
        .await
        .expect(201);
    assert_eq!(upload["headers"]["content-length"], "284113");
    upload["photo_key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_photo_is_enough_where_food_is_left_at_the_door() {
    let scene = Scene::begin().await;
    let taken = scene.at_door(true).await;
    let key = upload(&taken).await;
    let path = taken.path("delivered");
    let body = json!({"photo_key": key});
    let unanswered = taken.courier.post(&path, &body).await;
    unanswered.refused(503, "unavailable");
    scene.lose_photo(&key);
    let missing = taken.courier.post(&path, &body).await;
    assert_eq!(
        missing.refused(422, "invalid_body")["errors"][0]["code"],
        "photo_missing"
    );
    scene.upload(&key, "image/jpeg", b"A text, and no photo");
    let text = taken.courier.post(&path, &body).await;
    assert_eq!(
        text.refused(422, "invalid_body")["errors"][0]["code"],
        "photo_unsuitable"
    );
    scene.upload(&key, "image/jpeg", JPEG);
    let delivered = taken.courier.post(&path, &body).await;
    assert_eq!(delivered.expect(200)["state"], "delivered");
    for (who, sees) in [(&scene.customer, true), (&scene.operator, true), (&scene.cook, false)] {
        let seen = scene.track(who, taken.order_id).await;
        assert_eq!(seen.get("photo_url").is_some(), sees, "{seen}");
    }
}

#[tokio::test]
async fn a_photo_is_not_enough_before_the_waiting_time_is_over() {
    let scene = Scene::begin().await;
    let taken = scene.at_door(false).await;
    let key = upload(&taken).await;
    scene.upload(&key, "image/jpeg", JPEG);
    let path = taken.path("delivered");
    let early = taken.courier.post(&path, &json!({"photo_key": key})).await;
    early.refused(409, "photo_not_enough");
    scene.service.pass(SignedDuration::from_mins(9));
    let unseen = taken.courier.post(&path, &json!({"photo_key": key})).await;
    unseen.refused(409, "not_seen_at_the_door");
    let _taken = scene.report(&taken.courier, kerkstraat()).await;
    let delivered = taken.courier.post(&path, &json!({"photo_key": key})).await;
    assert_eq!(delivered.expect(200)["state"], "delivered");
}

#[tokio::test]
async fn a_photo_is_announced_with_its_type_and_size_by_who_carries_the_food() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let early = taken.courier.post(&taken.path("photo-uploads"), &photo()).await;
    assert_eq!(early.refused(409, "wrong_state")["state"], "assigned");
    for (body, code) in [
        (json!({"content_type": "text/plain", "size_bytes": 10}), "unsupported"),
        (json!({"content_type": "image/png", "size_bytes": 0}), "out_of_range"),
    ] {
        let refused = taken.courier.post(&taken.path("photo-uploads"), &body).await;
        assert_eq!(refused.refused(422, "invalid_body")["errors"][0]["code"], code);
    }
}

#[tokio::test]
async fn a_delivery_is_nobody_elses() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    let other = scene.courier().await;
    for (operation, body) in steps() {
        let path = taken.path(operation);
        other.post(&path, &body).await.refused(404, "not_found");
        scene.customer.post(&path, &body).await.refused(403, "forbidden");
        let anybody = scene.service.nobody().post(&path, &body).await;
        anybody.refused(401, "unauthorized");
        let unknown = format!("/v1/deliveries/{}/{operation}", id::<DeliveryId>(99));
        taken.courier.post(&unknown, &body).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_step_in_the_wrong_state_is_refused() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    for (operation, body) in steps() {
        if matches!(operation, "arrived-at-restaurant" | "picked-up") {
            continue;
        }
        let early = taken.courier.post(&taken.path(operation), &body).await;
        assert_eq!(early.refused(409, "wrong_state")["state"], "assigned", "{operation}");
    }
    let early = taken.courier.post(&taken.path("returned"), &json!({})).await;
    early.refused(409, "wrong_state");
}

#[tokio::test]
async fn who_lost_the_role_brings_what_is_in_the_bag() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    let person = scene.service.user(taken.courier.user_id(), &[Role::Customer]);
    let pin = json!({"pin": scene.pin(taken.order_id).await});
    let delivered = person.post(&taken.path("delivered"), &pin).await;
    assert_eq!(delivered.expect(200)["state"], "delivered");
}

#[tokio::test]
async fn an_operator_takes_a_courier_off_before_the_pick_up() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let path = taken.path("unassign");
    let reason = json!({"reason": "courier_unreachable"});
    taken.courier.post(&path, &reason).await.refused(403, "forbidden");
    let unreasonable = scene.operator.post(&path, &json!({"reason": "boredom"})).await;
    unreasonable.refused(422, "invalid_body");
    let unassigned = scene.operator.post(&path, &reason).await.expect(200);
    assert_eq!(unassigned["state"], "waiting");
    let again = scene.operator.post(&path, &reason).await;
    again.refused(409, "wrong_state");
    let unknown = format!("/v1/deliveries/{}/unassign", id::<DeliveryId>(99));
    scene.operator.post(&unknown, &reason).await.refused(404, "not_found");
    assert_eq!(scene.offer(&taken.courier).await, None);
}
