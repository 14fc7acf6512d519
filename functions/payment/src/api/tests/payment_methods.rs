//! Saved cards.

use axum::extract::State;
use kernel::{Role, SignedDuration};
use runtime::{Paging, Principal, Query};
use serde_json::{Value, json};

use super::scene::{ATTACH, Scene, error};
use crate::api::list_payment_methods::list_payment_methods;

const METHODS: &str = "/v1/payment-methods";
const DETACH: &str = "POST /v1/payment_methods/pm_1/detach";

fn token() -> Value {
    json!({"provider_token": "pm_card_visa"})
}

#[tokio::test]
async fn a_card_is_saved_once_listed_and_removed() {
    let scene = Scene::begin();
    let saved = scene.save_card("pm_1").await;
    assert_eq!(scene.save_card("pm_1").await, saved);
    assert_eq!(scene.count_asked("POST /v1/customers"), 1);
    let listed = scene.customer.get(METHODS).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["payment_method_id"], saved.to_string());
    assert_eq!(listed["items"][0]["expires"], "2030-04");

    let path = format!("{METHODS}/{saved}");
    let other = scene.service.person(&[Role::Customer]);
    other.delete(&path).await.refused(404, "not_found");
    assert_eq!(other.get(METHODS).await.expect(200)["items"], json!([]));
    scene.customer.delete(&path).await.refused(503, "unavailable");
    scene.stripe.answer(DETACH, 200, json!({}));
    scene.customer.delete(&path).await.is(204);
    scene.customer.delete(&path).await.refused(404, "not_found");
    assert_eq!(scene.customer.get(METHODS).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn a_card_that_the_provider_detached_before_is_removed() {
    let scene = Scene::begin();
    let saved = scene.save_card("pm_1").await;
    scene.stripe.answer(DETACH, 400, error("payment_method_not_attached"));
    scene.customer.delete(&format!("{METHODS}/{saved}")).await.is(204);
}

#[tokio::test]
async fn only_customers_save_cards_and_only_by_tokens() {
    let scene = Scene::begin();
    let saved = scene.save_card("pm_1").await;
    let path = format!("{METHODS}/{saved}");
    let courier = scene.service.person(&[Role::Courier]);
    courier.post(METHODS, &token()).await.refused(403, "forbidden");
    courier.get(METHODS).await.refused(403, "forbidden");
    courier.delete(&path).await.refused(403, "forbidden");
    let nobody = scene.service.nobody();
    nobody.post(METHODS, &token()).await.refused(401, "unauthorized");
    for body in [
        json!({"provider_token": "4242424242424242"}),
        json!({"provider_token": 4242}),
    ] {
        let refused = scene.customer.post(METHODS, &body).await;
        let problem = refused.refused(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], "invalid_provider_token");
        assert!(!problem.to_string().contains("4242"), "{problem}");
    }
    let more = json!({"provider_token": "pm_card_visa", "number": "1"});
    scene.customer.post(METHODS, &more).await.refused(422, "invalid_body");
    let list = |query: &str| format!("{METHODS}?{query}");
    scene.customer.get(&list("limit=0")).await.refused(400, "invalid_query");
    scene
        .customer
        .get(&list("cursor=forged"))
        .await
        .refused(400, "invalid_cursor");
}

#[tokio::test]
async fn a_card_that_the_bank_or_the_provider_refuses_is_not_saved() {
    let scene = Scene::begin();
    scene.customer.post(METHODS, &token()).await.refused(503, "unavailable");
    for (status, code) in [(402, "card_declined"), (404, "resource_missing")] {
        scene.stripe.answer(ATTACH, status, error(code));
        let refused = scene.customer.post(METHODS, &token()).await;
        let problem = refused.refused(422, "payment_method_refused");
        assert_eq!(problem["provider_code"], code);
    }
    assert_eq!(scene.customer.get(METHODS).await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn twenty_cards_are_as_many_as_one_may_save_and_one_query_to_list() {
    let scene = Scene::begin();
    for number in 0..20 {
        scene.save_card(&format!("pm_{number}")).await;
    }
    let exhausted = scene.customer.post(METHODS, &token()).await;
    exhausted.refused(429, "too_many_requests");
    scene.service.pass(SignedDuration::from_hours(1));
    let full = scene.customer.post(METHODS, &token()).await;
    full.refused(409, "too_many_payment_methods");

    let principal = Principal {
        user_id: scene.customer.user_id(),
        roles: vec![Role::Customer],
    };
    let paging = Paging {
        limit: None,
        cursor: None,
    };
    let meter = scene.app.table.meter();
    let _before = meter.take();
    let page = list_payment_methods(State(scene.app.clone()), principal, Query(paging)).await;
    assert_eq!(page.unwrap().0.items.len(), 20);
    let cost = meter.take();
    assert_eq!((cost.calls, cost.read_units), (1, 2.0));

    let first = scene.customer.get(&format!("{METHODS}?limit=15")).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = scene
        .customer
        .get(&format!("{METHODS}?cursor={cursor}"))
        .await
        .expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 5);
}
