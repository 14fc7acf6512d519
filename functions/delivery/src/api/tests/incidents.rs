//! Incidents of a delivery.

use kernel::DeliveryId;
use serde_json::json;

use super::scene::Scene;
use crate::domain::cast::id;

#[tokio::test]
async fn an_incident_is_noted_once_however_often_it_is_sent() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let path = taken.path("incidents");
    let report = json!({"kind": "vehicle_problem", "note": "The chain is off."});
    let first = taken.courier.post_with_key(&path, &report, "once").await;
    let again = taken.courier.post_with_key(&path, &report, "once").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.expect(201), again.expect(201));
    let other = json!({"kind": "other"});
    let reused = taken.courier.post_with_key(&path, &other, "once").await;
    reused.refused(422, "idempotency_key_reused");
    let listed = scene.operator.get(&path).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["items"][0]["by"], "courier");
}

#[tokio::test]
async fn incidents_are_reported_by_those_who_have_to_do_with_the_delivery() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let path = taken.path("incidents");
    let report = json!({"kind": "other"});
    for (who, by) in [(&scene.cook, "restaurant"), (&scene.operator, "operator")] {
        assert_eq!(who.post(&path, &report).await.expect(201)["by"], by);
    }
    let other = scene.courier().await;
    for who in [&scene.customer, &other] {
        who.post(&path, &report).await.refused(404, "not_found");
        who.get(&path).await.refused(403, "forbidden");
    }
    let wrong = scene.operator.post(&path, &json!({"kind": "boredom"})).await;
    wrong.refused(422, "invalid_body");
    let unknown = format!("/v1/deliveries/{}/incidents", id::<DeliveryId>(99));
    scene.operator.post(&unknown, &report).await.refused(404, "not_found");
    scene.operator.get(&unknown).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_delivery_keeps_fifty_incidents() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let path = taken.path("incidents");
    let report = json!({"kind": "other"});
    for _ in 0..50 {
        scene.operator.post(&path, &report).await.is(201);
    }
    let refused = scene.operator.post(&path, &report).await;
    refused.refused(409, "too_many_incidents");
}
