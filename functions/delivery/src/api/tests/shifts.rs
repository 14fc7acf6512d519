//! Shifts: working, breaks and plans.

use kernel::{Role, ShiftId};
use serde_json::{Value, json};

use super::scene::Scene;
use crate::domain::cast::{id, minutes, trattoria};

const START: &str = "/v1/couriers/me/shift/start";
const BREAK: &str = "/v1/couriers/me/shift/break";
const RESUME: &str = "/v1/couriers/me/shift/resume";
const END: &str = "/v1/couriers/me/shift/end";
const PLANS: &str = "/v1/couriers/me/shifts";

#[tokio::test]
async fn a_shift_begins_has_a_break_and_ends() {
    let scene = Scene::begin().await;
    let courier = scene.courier().await;
    courier.post(BREAK, &Value::Null).await.refused(409, "off_shift");
    courier.post(RESUME, &Value::Null).await.refused(409, "off_shift");
    let start = json!({"position": trattoria()});
    for (path, body, status) in [
        (START, &start, "free"),
        (START, &start, "free"),
        (BREAK, &Value::Null, "on_break"),
        (RESUME, &Value::Null, "free"),
        (END, &Value::Null, "approved"),
        (END, &Value::Null, "approved"),
    ] {
        let courier = courier.post(path, body).await.expect(200);
        assert_eq!(courier["status"], status, "{path}");
    }
}

#[tokio::test]
async fn no_shift_begins_without_approval_or_a_position() {
    let scene = Scene::begin().await;
    let start = json!({"position": trattoria()});
    let applicant = scene.service.person(&[Role::Courier]);
    for (path, body) in [
        (START, &start),
        (BREAK, &Value::Null),
        (RESUME, &Value::Null),
        (END, &Value::Null),
    ] {
        scene.customer.post(path, body).await.refused(403, "forbidden");
        applicant.post(path, body).await.refused(404, "not_found");
    }
    applicant
        .post("/v1/couriers", &json!({"vehicle": "bicycle"}))
        .await
        .is(201);
    let refused = applicant.post(START, &start).await;
    refused.refused(409, "courier_not_approved");
    let nowhere = scene.courier().await.post(START, &json!({})).await;
    nowhere.refused(422, "invalid_body");
}

#[tokio::test]
async fn what_was_taken_comes_before_a_break_and_the_end() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    let refused = taken.courier.post(BREAK, &Value::Null).await;
    refused.refused(409, "not_free_for_a_break");
    let refused = taken.courier.post(END, &Value::Null).await;
    assert_eq!(refused.refused(409, "carrying_food")["state"], "picked_up");
}

#[tokio::test]
async fn a_shift_that_ends_before_the_pick_up_gives_the_delivery_back() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    taken.courier.post(END, &Value::Null).await.is(200);
    assert_eq!(scene.track(&scene.customer, taken.order_id).await["state"], "waiting");
    assert_eq!(scene.times_told("delivery.released.v1"), 1);
}

#[tokio::test]
async fn shifts_are_planned_listed_and_cancelled() {
    let scene = Scene::begin().await;
    let courier = scene.courier().await;
    let from = scene.service.now() + minutes(60);
    let plan = |from, to| json!({"from": from, "to": to});
    let shift = plan(from, from + minutes(120));
    let planned = courier.post(PLANS, &shift).await.expect(201);
    assert_eq!(courier.post(PLANS, &shift).await.expect(201), planned);
    let overlapping = plan(from + minutes(60), from + minutes(180));
    let refused = courier.post(PLANS, &overlapping).await.refused(409, "shift_overlaps");
    assert_eq!(refused["shift_id"], planned["shift_id"]);
    for (from, to, code) in [
        (from - minutes(120), from, "in_the_past"),
        (from + minutes(300), from + minutes(310), "too_short"),
        (from + minutes(300), from + minutes(15 * 24 * 60), "too_far_ahead"),
    ] {
        let refused = courier.post(PLANS, &plan(from, to)).await;
        assert_eq!(refused.refused(422, "invalid_body")["errors"][0]["code"], code);
    }
    assert_eq!(courier.get(PLANS).await.expect(200)["items"], json!([planned]));

    let path = format!("{PLANS}/{}", planned["shift_id"].as_str().unwrap());
    let other = scene.courier().await;
    other.delete(&path).await.refused(404, "not_found");
    scene.customer.delete(&path).await.refused(403, "forbidden");
    courier.delete(&path).await.is(204);
    courier.delete(&path).await.refused(404, "not_found");
    assert_eq!(courier.get(PLANS).await.expect(200)["items"], json!([]));
    let unknown = format!("{PLANS}/{}", id::<ShiftId>(99));
    courier.delete(&unknown).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_planned_shift_that_is_worked_is_not_cancelled() {
    let scene = Scene::begin().await;
    let courier = scene.courier().await;
    let from = scene.service.now() + minutes(5);
    let shift = json!({"from": from, "to": from + minutes(120)});
    let planned = courier.post(PLANS, &shift).await.expect(201);
    let started = courier.post(START, &json!({"position": trattoria()})).await.expect(200);
    assert_eq!(started["planned_until"], planned["to"]);
    let path = format!("{PLANS}/{}", planned["shift_id"].as_str().unwrap());
    courier.delete(&path).await.refused(409, "shift_running");
}

#[tokio::test]
async fn plans_are_for_approved_couriers() {
    let scene = Scene::begin().await;
    let from = scene.service.now() + minutes(60);
    let shift = json!({"from": from, "to": from + minutes(120)});
    scene.customer.post(PLANS, &shift).await.refused(403, "forbidden");
    scene.customer.get(PLANS).await.refused(403, "forbidden");
    let applicant = scene.service.person(&[Role::Courier]);
    applicant.post(PLANS, &shift).await.refused(404, "not_found");
    applicant
        .post("/v1/couriers", &json!({"vehicle": "foot"}))
        .await
        .is(201);
    let refused = applicant.post(PLANS, &shift).await;
    refused.refused(409, "courier_not_approved");
}
