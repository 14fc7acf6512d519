//! Restaurants from the draft to the suspension.

use contracts::restaurant::StaffRole;
use contracts::user;
use kernel::Role;
use runtime::Done;
use serde_json::{Value, json};

use super::scene::{Scene, new_restaurant};
use crate::app::App;
use crate::inbox;

#[tokio::test]
async fn a_restaurant_is_created_once_however_often_it_is_sent() {
    let scene = Scene::begin();
    let owner = &scene.owner;
    let body = new_restaurant();
    let first = owner.post_with_key("/v1/restaurants", &body, "once").await;
    let again = owner.post_with_key("/v1/restaurants", &body, "once").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    let created = first.expect(201);
    assert_eq!(created, again.expect(201));
    assert_eq!(
        (&created["status"], &created["missing"]),
        (&json!("draft"), &json!(["hours", "menu"]))
    );
    let mut other = body;
    other["name"] = "Trattoria Rossi".into();
    let reused = owner.post_with_key("/v1/restaurants", &other, "once").await;
    reused.refused(422, "idempotency_key_reused");
    let mine = owner.get("/v1/restaurants/mine").await.expect(200);
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_restaurant_is_not_created_by_everybody_nor_from_everything() {
    let scene = Scene::begin();
    let path = "/v1/restaurants";
    let body = new_restaurant();
    scene.customer.post(path, &body).await.refused(403, "forbidden");
    let nobody = scene.service.nobody();
    nobody.post(path, &body).await.refused(401, "unauthorized");
    for (field, value, code) in [
        ("time_zone", json!("Europe/Atlantis"), "unknown_time_zone"),
        ("currency", json!("XAU"), "currency_not_served"),
        ("phone", json!("12"), "phone_too_short"),
        (
            "minimum_order",
            json!({"amount": 1000, "currency": "USD"}),
            "wrong_currency",
        ),
    ] {
        let mut body = new_restaurant();
        body[field] = value;
        let problem = scene.owner.post(path, &body).await.refused(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
    }
}

#[tokio::test]
async fn a_draft_is_seen_by_its_staff_and_operators_alone() {
    let scene = Scene::begin();
    let path = scene.draft().await;
    let management = format!("{path}/management");
    for insider in [&scene.owner, &scene.operator] {
        assert_eq!(insider.get(&management).await.expect(200)["status"], "draft");
    }
    let stranger = scene.service.person(&[Role::Restaurant]);
    stranger.get(&management).await.refused(404, "not_found");
    scene.service.nobody().get(&path).await.refused(404, "not_found");
    let unknown = "/v1/restaurants/rst_01jd8v4q6nf2xb3k7p0zr5t1cd/management";
    scene.operator.get(unknown).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_change_is_made_from_the_version_that_was_read() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let staff = scene.hire(&path, StaffRole::Staff).await;
    let shown = scene.owner.get(&path).await.expect(200);
    let change = json!({"prep_time_minutes": 30, "description": null});
    let changed = scene.owner.patch(&path, &shown["version"], &change).await.expect(200);
    assert_eq!(changed["prep_time_minutes"], 30);
    assert_eq!(changed.get("description"), None);
    let stale = scene.owner.patch(&path, &shown["version"], &change).await;
    stale.refused(412, "stale");
    let blind = scene.owner.call(&http::Method::PATCH, &path, &[], Some(&change)).await;
    blind.is(428);
    let version = &changed["version"];
    staff.patch(&path, version, &change).await.refused(403, "forbidden");
    let outsider = scene.service.person(&[Role::Restaurant]);
    outsider.patch(&path, version, &change).await.refused(403, "forbidden");
    let wrong = json!({"time_zone": "Europe/Atlantis"});
    let problem = scene.owner.patch(&path, version, &wrong).await;
    let problem = problem.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "unknown_time_zone");
}

#[tokio::test]
async fn an_operator_lets_a_restaurant_on_and_takes_it_off() {
    let scene = Scene::begin();
    let path = scene.draft().await;
    let (approve, suspend) = (format!("{path}/approve"), format!("{path}/suspend"));
    let early = scene.operator.post(&approve, &Value::Null).await;
    assert_eq!(early.refused(409, "wrong_status")["restaurant_status"], "draft");
    let stranger = scene.service.person(&[Role::Restaurant]);
    let submit = format!("{path}/submit");
    stranger.post(&submit, &Value::Null).await.refused(404, "not_found");
    for _ in 0..2 {
        let submitted = scene.owner.post(&submit, &Value::Null).await.expect(200);
        assert_eq!(submitted["status"], "submitted");
    }
    scene.owner.post(&approve, &Value::Null).await.refused(403, "forbidden");
    let approved = scene.operator.post(&approve, &Value::Null).await.expect(200);
    assert_eq!(approved["status"], "approved");
    assert_eq!(scene.customer.get(&path).await.expect(200)["status"], "approved");
    scene
        .owner
        .post(&submit, &Value::Null)
        .await
        .refused(409, "wrong_status");

    let reason = json!({"reason": "The licence has expired."});
    scene.owner.post(&suspend, &reason).await.refused(403, "forbidden");
    let suspended = scene.operator.post(&suspend, &reason).await.expect(200);
    assert_eq!(suspended["suspension_reason"], "The licence has expired.");
    scene.customer.get(&path).await.refused(404, "not_found");
    assert_eq!(
        scene.service.told(),
        ["restaurant.approved.v1", "restaurant.changed.v1"]
    );
}

#[tokio::test]
async fn who_is_an_operator_no_longer_is_refused_before_the_token_ends() {
    let scene = Scene::begin();
    let list = "/v1/admin/restaurants";
    scene.operator.get(list).await.is(200);
    let changed = user::RolesChanged {
        user_id: scene.operator.user_id(),
        roles: vec![Role::Customer],
        suspended: false,
        changed_by: None,
    };
    let event = scene.service.event(&scene.operator.user_id(), 2, &changed);
    let app = App::new(scene.service.edge());
    let Done = inbox::handle(&app, &event, &scene.service.cause()).await.unwrap();
    scene.operator.get(list).await.refused(403, "forbidden");
}
