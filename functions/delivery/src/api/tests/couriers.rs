//! Couriers: applying, operators' answers, reports and routes.

use kernel::{Role, SignedDuration};
use serde_json::{Value, json};

use super::scene::{Scene, courier_path};
use crate::domain::cast::{kerkstraat, trattoria};

const ME: &str = "/v1/couriers/me";
const LOCATIONS: &str = "/v1/couriers/me/locations";

fn application() -> Value {
    json!({"vehicle": "bicycle", "country": "NL", "documents": [{"kind": "identity", "reference": "NL-4711"}]})
}

#[tokio::test]
async fn who_applies_waits_for_an_operator() {
    let scene = Scene::begin().await;
    let courier = scene.service.person(&[Role::Courier]);
    courier.get(ME).await.refused(404, "not_found");
    for _ in 0..2 {
        let applied = courier.post("/v1/couriers", &application()).await.expect(201);
        assert_eq!(applied["status"], "pending");
    }
    let mut other = application();
    other["vehicle"] = "car".into();
    courier
        .post("/v1/couriers", &other)
        .await
        .refused(409, "courier_exists");
    let approve = format!("{}/approve", courier_path(&courier));
    let refused = scene.operator.post(&approve, &json!({"documents_version": 7})).await;
    assert_eq!(refused.refused(409, "documents_changed")["documents_version"], 1);
    for _ in 0..2 {
        let approved = scene.operator.post(&approve, &json!({"documents_version": 1})).await;
        assert_eq!(approved.expect(200)["status"], "approved");
    }
    assert_eq!(courier.get(ME).await.expect(200)["status"], "approved");
}

#[tokio::test]
async fn an_application_that_is_wrong_or_from_others_is_refused() {
    let scene = Scene::begin().await;
    let applied = scene.customer.post("/v1/couriers", &application()).await;
    applied.refused(403, "forbidden");
    let applied = scene.service.nobody().post("/v1/couriers", &application()).await;
    applied.refused(401, "unauthorized");
    let courier = scene.service.person(&[Role::Courier]);
    let applied = courier.post("/v1/couriers", &json!({"vehicle": "rocket"})).await;
    applied.refused(422, "invalid_body");
    let mut many = application();
    many["documents"] = vec![application()["documents"][0].clone(); 11].into();
    let problem = courier.post("/v1/couriers", &many).await.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "too_many");
    courier.get(ME).await.refused(404, "not_found");
}

#[tokio::test]
async fn whoever_is_rejected_may_apply_again() {
    let scene = Scene::begin().await;
    let courier = scene.service.person(&[Role::Courier]);
    courier.post("/v1/couriers", &application()).await.is(201);
    let reject = format!("{}/reject", courier_path(&courier));
    let reason = json!({"reason": "documents_unreadable"});
    let rejected = scene.operator.post(&reject, &reason).await.expect(200);
    assert_eq!(rejected["rejected"], "documents_unreadable");
    let unreasonable = scene.operator.post(&reject, &json!({"reason": "bored"})).await;
    unreasonable.refused(422, "invalid_body");
    courier.post("/v1/couriers", &application()).await.is(201);
    let approved = scene.courier().await;
    let reject = format!("{}/reject", courier_path(&approved));
    let refused = scene.operator.post(&reject, &reason).await;
    refused.refused(409, "courier_approved");
}

#[tokio::test]
async fn who_is_suspended_works_no_longer_until_reinstated() {
    let scene = Scene::begin().await;
    let pending = scene.service.person(&[Role::Courier]);
    pending.post("/v1/couriers", &application()).await.is(201);
    let reason = json!({"reason": "safety"});
    let suspend = format!("{}/suspend", courier_path(&pending));
    let refused = scene.operator.post(&suspend, &reason).await;
    refused.refused(409, "courier_not_approved");

    let courier = scene.on_shift().await;
    let path = courier_path(&courier);
    let suspended = scene.operator.post(&format!("{path}/suspend"), &reason).await;
    assert_eq!(suspended.expect(200)["status"], "suspended");
    let start = json!({"position": trattoria()});
    let refused = courier.post("/v1/couriers/me/shift/start", &start).await;
    refused.refused(409, "courier_suspended");
    let reinstated = scene.operator.post(&format!("{path}/reinstate"), &Value::Null).await;
    assert_eq!(reinstated.expect(200)["status"], "approved");
    courier.post("/v1/couriers/me/shift/start", &start).await.is(200);
}

#[tokio::test]
async fn only_operators_answer_applications_and_only_of_couriers_that_there_are() {
    let scene = Scene::begin().await;
    let courier = scene.courier().await;
    let stranger = scene.service.person(&[Role::Courier]);
    for (operation, body) in [
        ("approve", json!({})),
        ("reject", json!({"reason": "other"})),
        ("suspend", json!({"reason": "other"})),
        ("reinstate", Value::Null),
    ] {
        let own = format!("{}/{operation}", courier_path(&courier));
        courier.post(&own, &body).await.refused(403, "forbidden");
        let unknown = format!("{}/{operation}", courier_path(&stranger));
        scene.operator.post(&unknown, &body).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn reports_are_taken_on_shift_and_make_a_trail() {
    let scene = Scene::begin().await;
    let courier = scene.courier().await;
    let point = json!({"at": scene.service.now(), "position": kerkstraat()});
    let refused = courier.post(LOCATIONS, &json!({"points": [point]})).await;
    refused.refused(409, "off_shift");

    let courier = scene.on_shift().await;
    scene.service.pass(SignedDuration::from_mins(5));
    let point = json!({"at": scene.service.now(), "position": kerkstraat()});
    let report = json!({"points": [point, {"at": "yesterday"}]});
    let taken = courier.post(LOCATIONS, &report).await.expect(202);
    assert_eq!((&taken["accepted"], &taken["dropped"]), (&json!(1), &json!(1)));
    assert_eq!(taken["drops"][0]["reason"], "malformed");
    let empty = courier.post(LOCATIONS, &json!({"points": []})).await;
    empty.refused(422, "invalid_body");
    let customers = scene.customer.post(LOCATIONS, &report).await;
    customers.refused(403, "forbidden");

    let trail = format!("{}/trail", courier_path(&courier));
    let stretches = scene.operator.get(&trail).await.expect(200);
    assert!(
        stretches["items"][0]["points"][0]["position"].is_object(),
        "{stretches}"
    );
    courier.get(&trail).await.refused(403, "forbidden");
    let unknown = format!("{}/trail", courier_path(&scene.customer));
    scene.operator.get(&unknown).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_device_that_reports_too_often_is_told_to_wait() {
    let scene = Scene::begin().await;
    let courier = scene.on_shift().await;
    scene.service.pass(SignedDuration::from_mins(2));
    for _ in 0..12 {
        let _taken = scene.report(&courier, trattoria()).await;
    }
    let report = json!({"points": [{"at": scene.service.now(), "position": trattoria()}]});
    let refused = courier.post(LOCATIONS, &report).await;
    assert!(refused.header("retry-after").is_some());
    refused.refused(429, "too_many_reports");
}

#[tokio::test]
async fn a_route_has_the_stops_of_what_was_taken() {
    let scene = Scene::begin().await;
    let route = "/v1/couriers/me/route";
    let applicant = scene.service.person(&[Role::Courier]);
    applicant.get(route).await.refused(404, "not_found");
    scene.customer.get(route).await.refused(403, "forbidden");
    let courier = scene.courier().await;
    assert_eq!(courier.get(route).await.expect(200)["stops"], json!([]));
    let taken = scene.taken().await;
    let stops = taken.courier.get(route).await.expect(200)["stops"].clone();
    let kinds = stops.as_array().unwrap().iter().map(|stop| stop["kind"].clone());
    assert_eq!(kinds.collect::<Vec<_>>(), ["pickup", "drop_off"]);
    assert_eq!(stops[1]["address"], "Kerkstraat 7, Amsterdam");
}
