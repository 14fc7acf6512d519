//! What Stripe tells.

use handlerkit::Reply;
use http::Method;
use kernel::SignedDuration;
use serde_json::{Value, json};

use super::scene::{INTENT, Scene, intent};

const PATH: &str = "/v1/webhooks/stripe";

fn event(kind: &str) -> Value {
    json!({"id": "evt_1", "data": {"object": {"object": kind, "id": "pi_1"}}})
}

async fn send(scene: &Scene, body: &Value, signature: &str) -> Reply {
    let headers = [("stripe-signature", signature)];
    scene
        .service
        .nobody()
        .call(&Method::POST, PATH, &headers, Some(body))
        .await
}

async fn receive(scene: &Scene, body: &Value) -> Reply {
    let signature = scene.signature(body, SignedDuration::ZERO);
    send(scene, body, &signature).await
}

#[tokio::test]
async fn a_webhook_makes_the_service_look_and_what_it_sees_happens_once() {
    let scene = Scene::begin();
    let card = scene.save_card("pm_1").await;
    scene.bank_says("requires_action", json!({"client_secret": "pi_1_secret"}));
    scene.place(card).await.unwrap();
    receive(&scene, &event("payment_intent"))
        .await
        .refused(503, "unavailable");
    scene.stripe_shows("requires_capture", json!({}));
    for _ in 0..2 {
        receive(&scene, &event("payment_intent")).await.is(200);
    }
    assert_eq!(scene.payment().await["state"], "authorized");
    assert_eq!(
        scene.service.told(),
        ["payment.action_required.v1", "payment.authorized.v1"]
    );
}

#[tokio::test]
async fn money_that_somebody_else_released_is_told() {
    let scene = Scene::begin();
    scene.authorize().await;
    scene.stripe_shows("canceled", json!({}));
    receive(&scene, &event("payment_intent")).await.is(200);
    assert_eq!(scene.payment().await["reason"], "released_elsewhere");
}

#[tokio::test]
async fn only_what_stripe_signed_lately_is_believed() {
    let scene = Scene::begin();
    let body = event("payment_intent");
    let another = scene.signature(&event("charge"), SignedDuration::ZERO);
    let old = scene.signature(&body, SignedDuration::from_mins(6));
    for signature in ["", "t=1,v1=zz", &another, &old] {
        send(&scene, &body, signature).await.refused(400, "invalid_signature");
    }
    let signed = json!({"id": "evt_1"});
    receive(&scene, &signed).await.refused(400, "malformed_json");
    assert!(scene.stripe.asked().is_empty());
}

#[tokio::test]
async fn what_is_not_the_services_business_is_taken() {
    let scene = Scene::begin();
    receive(&scene, &event("charge")).await.is(200);
    assert!(scene.stripe.asked().is_empty());
    let path = format!("GET {INTENT}?expand%5B%5D=latest_charge");
    scene.stripe.answer(&path, 404, json!({}));
    receive(&scene, &event("payment_intent")).await.is(200);
    scene.stripe_shows("requires_capture", json!({"metadata": {}}));
    receive(&scene, &event("payment_intent")).await.is(200);
    assert!(scene.service.told().is_empty());
}

#[tokio::test]
async fn what_cannot_be_is_for_a_person_to_look_at() {
    let scene = Scene::begin();
    scene.authorize().await;
    scene
        .stripe
        .answer(&format!("POST {INTENT}/cancel"), 200, intent("canceled", json!({})));
    scene.reject().await.unwrap();
    scene.stripe_shows("succeeded", json!({"amount_received": 2890}));
    let told = scene.service.told();
    receive(&scene, &event("payment_intent"))
        .await
        .refused(409, "contradiction");
    assert_eq!(scene.service.told(), told);
}
