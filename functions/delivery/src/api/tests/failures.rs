//! Food that could not be handed over, and who is at fault.

use kernel::{DeliveryId, SignedDuration};
use serde_json::{Value, json};

use super::scene::Scene;
use crate::domain::cast::{id, kerkstraat};

const REVIEWS: &str = "/v1/deliveries/reviews";

#[tokio::test]
async fn a_customer_is_absent_only_after_the_waiting_time_at_the_door() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    let absent = json!({"reason": "customer_absent"});
    let path = taken.path("failed");
    let elsewhere = taken.courier.post(&path, &absent).await;
    elsewhere.refused(409, "not_at_customer");
    scene.service.pass(SignedDuration::from_mins(5));
    let _taken = scene.report(&taken.courier, kerkstraat()).await;
    assert_eq!(taken.step("arrived-at-customer").await, "at_customer");
    let early = taken.courier.post(&path, &absent).await;
    assert!(early.header("retry-after").is_some());
    early.refused(409, "wait_longer");
    scene.service.pass(SignedDuration::from_mins(9));
    let _taken = scene.report(&taken.courier, kerkstraat()).await;
    for _ in 0..2 {
        let failed = taken.courier.post(&path, &absent).await.expect(200);
        assert_eq!((&failed["state"], failed.get("review_by")), (&json!("returning"), None));
    }
    for _ in 0..2 {
        let returned = taken.courier.post(&taken.path("returned"), &json!({})).await;
        assert_eq!(returned.expect(200)["state"], "returned");
    }
    assert_eq!(scene.times_told("delivery.failed.v1"), 1);
}

#[tokio::test]
async fn food_that_is_damaged_is_not_brought_back() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    let path = taken.path("failed");
    let named = json!({"reason": "damaged", "fault": "customer"});
    let refused = taken.courier.post(&path, &named).await.refused(422, "invalid_body");
    assert_eq!(refused["errors"][0]["code"], "not_allowed");
    let unknown = taken.courier.post(&path, &json!({"reason": "hungry"})).await;
    unknown.refused(422, "invalid_body");
    let failed = taken.courier.post(&path, &json!({"reason": "damaged"})).await;
    assert_eq!(failed.expect(200)["state"], "failed");
    let returned = taken.courier.post(&taken.path("returned"), &json!({})).await;
    returned.refused(409, "wrong_state");
}

#[tokio::test]
async fn an_operator_ends_the_delivery_of_a_courier_who_is_lost() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    let lost = json!({"reason": "other", "fault": "courier"});
    let failed = scene.operator.post(&taken.path("failed"), &lost).await.expect(200);
    assert_eq!((&failed["state"], failed.get("review_by")), (&json!("returning"), None));
    let outcome = json!({"outcome": "disposed"});
    let returned = scene.operator.post(&taken.path("returned"), &outcome).await;
    assert_eq!(returned.expect(200)["state"], "returned");
    let waiting = scene.order(5).await;
    let failed = format!("/v1/deliveries/{}/failed", crate::store::delivery_of(waiting));
    scene.operator.post(&failed, &lost).await.refused(409, "wrong_state");
    for operation in ["failed", "returned"] {
        let body = if operation == "failed" { &lost } else { &outcome };
        let unknown = format!("/v1/deliveries/{}/{operation}", id::<DeliveryId>(99));
        scene.operator.post(&unknown, body).await.refused(404, "not_found");
        let customers = scene.customer.post(&taken.path(operation), body).await;
        customers.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn an_operator_judges_what_nothing_proves() {
    let scene = Scene::begin().await;
    let failure = scene.failure().await;
    let review = failure.path("review");
    let fault = json!({"fault": "courier", "note": "The bell works."});
    let listed = scene.operator.get(REVIEWS).await.expect(200);
    assert_eq!(listed["items"][0]["delivery_id"], failure.delivery_id.to_string());
    assert_eq!(listed["items"][0]["cases"]["failed"], 1);
    failure.courier.get(REVIEWS).await.refused(403, "forbidden");
    failure.courier.post(&review, &fault).await.refused(403, "forbidden");
    let unknown = scene.operator.post(&review, &json!({"fault": "weather"})).await;
    unknown.refused(422, "invalid_body");
    for _ in 0..2 {
        let judged = scene.operator.post(&review, &fault).await.expect(200);
        assert_eq!(judged.get("review_by"), None);
    }
    let otherwise = scene.operator.post(&review, &json!({"fault": "customer"})).await;
    otherwise.refused(409, "nothing_to_judge");
    assert_eq!(scene.operator.get(REVIEWS).await.expect(200)["items"], json!([]));
    let unknown = format!("/v1/deliveries/{}/review", id::<DeliveryId>(99));
    scene.operator.post(&unknown, &fault).await.refused(404, "not_found");
}

#[tokio::test]
async fn nobody_judges_what_they_carried() {
    let scene = Scene::begin().await;
    let failure = scene.failure().await;
    let both = [kernel::Role::Courier, kernel::Role::Operator];
    let courier = scene.service.user(failure.courier.user_id(), &both);
    let judged = courier
        .post(&failure.path("review"), &json!({"fault": "customer"}))
        .await;
    judged.refused(409, "own_delivery");
    let ready = scene.picked_up().await;
    let early = scene
        .operator
        .post(&ready.path("review"), &json!({"fault": "customer"}))
        .await;
    early.refused(409, "nothing_to_judge");
    let nobody = scene.service.nobody().post(&ready.path("review"), &Value::Null).await;
    nobody.refused(401, "unauthorized");
}
