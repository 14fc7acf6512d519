//! Following a delivery, and what it would cost and take.

use contracts::restaurant::Changed;
use handlerkit::Neighbours;
use kernel::{OrderId, Role, SignedDuration};
use serde_json::{Value, json};

use super::scene::{Scene, golden};
use crate::domain::cast::{id, kerkstraat, trattoria};

const ESTIMATES: &str = "/internal/delivery-estimates";

#[tokio::test]
async fn a_delivery_is_followed_by_those_whom_it_concerns() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let path = format!("/v1/orders/{}/delivery", taken.order_id);
    for (who, sees_pin) in [
        (&scene.customer, true),
        (&scene.cook, false),
        (&scene.operator, false),
        (&taken.courier, false),
    ] {
        let seen = who.get(&path).await.expect(200);
        assert_eq!(seen["state"], "assigned");
        assert_eq!(seen.get("pin").is_some(), sees_pin, "{seen}");
    }
    let before = scene.track(&scene.customer, taken.order_id).await;
    assert_eq!(before["courier"]["position_approximate"], true);
    let strangers = [Role::Customer, Role::Restaurant, Role::Courier].map(|role| scene.service.person(&[role]));
    for stranger in &strangers {
        stranger.get(&path).await.refused(404, "not_found");
    }
    scene.service.nobody().get(&path).await.refused(401, "unauthorized");
    let unknown = format!("/v1/orders/{}/delivery", id::<OrderId>(99));
    scene.customer.get(&unknown).await.refused(404, "not_found");
}

#[tokio::test]
async fn who_no_longer_works_at_the_restaurant_follows_nothing() {
    let scene = Scene::begin().await;
    let order_id = scene.order(5).await;
    assert_eq!(scene.track(&scene.cook, order_id).await["state"], "waiting");
    let changed: Changed = golden(include_str!(
        "../../../../../shared/contracts/golden/restaurant.changed.v1.json"
    ));
    scene.hear(&changed.restaurant.restaurant_id, 2, &changed).await;
    let path = format!("/v1/orders/{order_id}/delivery");
    scene.cook.get(&path).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_move_is_told_to_who_waits_for_the_food() {
    let scene = Scene::begin().await;
    let taken = scene.picked_up().await;
    scene.service.pass(SignedDuration::from_mins(5));
    let _taken = scene.report(&taken.courier, kerkstraat()).await;
    let asked = scene.service.aws().asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].1.contains("courier.moved.v1"), "{asked:?}");
    let seen = scene.track(&scene.customer, taken.order_id).await;
    assert_eq!(seen["courier"]["position"], json!(kerkstraat()));
}

fn request() -> Value {
    json!({"pickup": trattoria(), "drop_off": kerkstraat(), "ready_at": "2026-11-20T18:50:00Z", "currency": "EUR"})
}

#[tokio::test]
async fn another_service_asks_what_a_delivery_costs_and_takes() {
    let scene = Scene::begin().await;
    let neighbour = scene.service.another_service();
    let estimate = neighbour.post(ESTIMATES, &request()).await.expect(200);
    assert_eq!(estimate["fee"]["currency"], "EUR");
    assert!(
        estimate["window"]["from"].as_str() > Some("2026-11-20T18:50:00Z"),
        "{estimate}"
    );
    for (field, value, code) in [
        ("drop_off", json!({"lat": 53.2, "lng": 4.9}), "too_far"),
        ("currency", json!("XAU"), "currency_not_served"),
    ] {
        let mut request = request();
        request[field] = value;
        let refused = neighbour.post(ESTIMATES, &request).await;
        assert_eq!(refused.refused(422, "invalid_body")["errors"][0]["code"], code);
    }
    let person = scene.operator.post(ESTIMATES, &request()).await;
    person.refused(403, "forbidden");
}

#[tokio::test]
async fn a_router_that_is_down_is_replaced_by_the_own_model_of_ways() {
    let stub = Neighbours::start("");
    let scene = Scene::begin_with_router(stub.url()).await;
    let neighbour = scene.service.another_service();
    let own = neighbour.post(ESTIMATES, &request()).await.expect(200);
    let routes = stub.asked();
    let (route, _) = routes.first().unwrap();
    assert!(route.starts_with("GET /route/v1/"), "{route}");
    let slow = json!({"code": "Ok", "routes": [{"distance": 1500.0, "duration": 1500.0}]});
    stub.answer(route, 200, slow);
    scene.service.pass(SignedDuration::from_secs(31));
    let measured = neighbour.post(ESTIMATES, &request()).await.expect(200);
    assert!(
        measured["window"]["to"].as_str() > own["window"]["to"].as_str(),
        "{own} {measured}"
    );
}
