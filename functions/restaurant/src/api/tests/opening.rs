//! Hours, breaks, capacity and delivery zones.

use contracts::restaurant::StaffRole;
use kernel::SignedDuration;
use serde_json::{Value, json};

use super::scene::Scene;

fn evenings() -> Value {
    json!({"weekly": {"fri": [{"from": "18:00", "to": "23:00"}]}, "exceptions": []})
}

fn square() -> Value {
    let ring = [
        [4.85, 52.35],
        [4.95, 52.35],
        [4.95, 52.40],
        [4.85, 52.40],
        [4.85, 52.35],
    ];
    json!({
        "type": "FeatureCollection", "max_distance_m": 4000, "features": [{
            "type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"fee": {"amount": 250, "currency": "EUR"}},
        }],
    })
}

#[tokio::test]
async fn a_restaurant_takes_orders_within_its_hours_unless_it_has_a_break() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let availability = format!("{path}/availability");
    let shut = scene.customer.get(&availability).await.expect(200);
    assert_eq!((&shut["open"], &shut["reason"]), (&json!(false), &json!("closed")));
    let opened = scene.owner.put(&format!("{path}/hours"), &evenings()).await.expect(200);
    assert_eq!(opened["missing"], json!(["menu"]));
    let open = scene.customer.get(&availability).await.expect(200);
    assert_eq!(
        (&open["open"], &open["closes_at"]),
        (&json!(true), &json!("2026-11-20T22:00:00Z"))
    );
    let early = format!("{availability}?at=2026-11-20T12:00:00Z");
    assert_eq!(
        scene.customer.get(&early).await.expect(200)["opens_at"],
        "2026-11-20T17:00:00Z"
    );
    scene
        .customer
        .get(&format!("{availability}?at=noon"))
        .await
        .refused(400, "invalid_query");

    let staff = scene.hire(&path, StaffRole::Staff).await;
    let pause = json!({"until": "2026-11-20T19:00:00Z", "reason": "The oven is being repaired."});
    let paused = staff.post(&format!("{path}/pause"), &pause).await.expect(200);
    assert_eq!(paused["pause"], pause);
    assert_eq!(scene.customer.get(&availability).await.expect(200)["reason"], "paused");
    let resume = format!("{path}/resume");
    scene
        .customer
        .post(&resume, &Value::Null)
        .await
        .refused(403, "forbidden");
    for _ in 0..2 {
        let resumed = staff.post(&resume, &Value::Null).await.expect(200);
        assert_eq!(resumed.get("pause"), None);
    }
    assert_eq!(scene.customer.get(&availability).await.expect(200)["open"], true);
    staff.post(&format!("{path}/pause"), &pause).await.is(200);
    scene.service.pass(SignedDuration::from_mins(31));
    let over = scene.customer.get(&availability).await.expect(200);
    assert_eq!(over["open"], true, "a break ends by itself");
    let told = scene.service.told();
    for event in ["restaurant.paused.v1", "restaurant.resumed.v1"] {
        assert!(told.iter().any(|told| told == event), "{event} in {told:?}");
    }
}

#[tokio::test]
async fn a_break_is_refused_to_who_is_not_there_and_where_there_is_none() {
    let scene = Scene::begin();
    let draft = scene.draft().await;
    let pause = json!({"reason": "The oven is being repaired."});
    let early = scene.owner.post(&format!("{draft}/pause"), &pause).await;
    assert_eq!(early.refused(409, "wrong_status")["action"], "pause");
    let resume = scene.owner.post(&format!("{draft}/resume"), &Value::Null).await;
    resume.refused(409, "wrong_status");
    scene
        .customer
        .get(&format!("{draft}/availability"))
        .await
        .refused(404, "not_found");

    let path = format!("{}/pause", scene.public().await);
    scene.customer.post(&path, &pause).await.refused(403, "forbidden");
    let past = json!({"until": "2026-11-20T18:00:00Z", "reason": "The oven is being repaired."});
    let problem = scene.owner.post(&path, &past).await.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["pointer"], "/until");
}

#[tokio::test]
async fn capacity_and_hours_are_the_managers() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let staff = scene.hire(&path, StaffRole::Staff).await;
    let manager = scene.hire(&path, StaffRole::Manager).await;
    let capacity = json!({"slot_minutes": 15, "max_orders": 12});
    let (slots, hours) = (format!("{path}/capacity"), format!("{path}/hours"));
    for other in [&staff, &scene.operator] {
        other.put(&slots, &capacity).await.refused(403, "forbidden");
        other.put(&hours, &evenings()).await.refused(403, "forbidden");
    }
    let replaced = manager.put(&slots, &capacity).await.expect(200);
    assert_eq!(replaced["capacity"], capacity);
    let dollars = json!({"slot_minutes": 15, "max_value": {"amount": 5000, "currency": "USD"}});
    let problem = manager.put(&slots, &dollars).await.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "wrong_currency");
    let mut overlapping = evenings();
    let day = overlapping["weekly"]["fri"].as_array_mut().unwrap();
    day.push(json!({"from": "22:00", "to": "23:30"}));
    manager.put(&hours, &overlapping).await.refused(422, "invalid_body");
}

#[tokio::test]
async fn zones_say_where_a_restaurant_delivers() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let zones = format!("{path}/zones");
    scene.operator.put(&zones, &square()).await.refused(403, "forbidden");
    let replaced = scene.owner.put(&zones, &square()).await.expect(200);
    assert_eq!(
        (&replaced["max_distance_m"], &replaced["simplified"]),
        (&json!(4000), &json!([]))
    );
    let mut open = square();
    let ring = open["features"][0]["geometry"]["coordinates"][0].as_array_mut();
    drop(ring.unwrap().pop());
    let problem = scene.owner.put(&zones, &open).await.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "invalid_polygon");
    let unknown = "/v1/restaurants/rst_01jd8v4q6nf2xb3k7p0zr5t1cd/zones";
    scene.owner.put(unknown, &square()).await.refused(404, "not_found");
}
