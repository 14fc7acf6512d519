//! Zones, as operators see them.

use serde_json::json;

use super::scene::Scene;

const NEAR: &str = "/v1/zones?near=52.3702,4.8952";

#[tokio::test]
async fn an_operator_finds_a_zone_and_sees_what_goes_on_there() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let waiting = scene.order(5).await;
    let zones = scene.operator.get(NEAR).await.expect(200);
    let zone = &zones["items"][0];
    assert_eq!((&zone["open"], &zone["waiting"]), (&json!(2), &json!(1)));
    let path = format!("/v1/zones/{}/board", zone["zone_id"].as_str().unwrap());
    let board = scene.operator.get(&path).await.expect(200);
    assert_eq!(board["counts"]["open"], 2);
    assert_eq!(board["counts"]["couriers"], 1);
    let orders: Vec<_> = board["deliveries"].as_array().unwrap().iter().collect();
    for (order_id, state) in [(taken.order_id, "assigned"), (waiting, "waiting")] {
        let row = orders.iter().find(|row| row["order_id"] == order_id.to_string());
        assert_eq!(row.unwrap()["state"], state);
    }
    assert_eq!(board["couriers"][0]["status"], "busy");
    let one = scene.operator.get(&format!("{path}?limit=1")).await.expect(200);
    assert_eq!(one["deliveries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn zones_are_for_operators_and_are_asked_for_by_what_they_are() {
    let scene = Scene::begin().await;
    let zones = scene.operator.get(NEAR).await.expect(200);
    let path = format!("/v1/zones/{}/board", zones["items"][0]["zone_id"].as_str().unwrap());
    for path in [NEAR, &path] {
        scene.cook.get(path).await.refused(403, "forbidden");
        scene.service.nobody().get(path).await.refused(401, "unauthorized");
    }
    for query in ["/v1/zones", "/v1/zones?near=91,4.9", &format!("{path}?limit=101")] {
        scene.operator.get(query).await.refused(400, "invalid_query");
    }
    scene
        .operator
        .get("/v1/zones/nowhere/board")
        .await
        .refused(404, "not_found");
}
