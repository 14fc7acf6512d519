//! What timers do for money that is reserved or owed.

use kernel::SignedDuration;
use runtime::HandlerError;
use serde_json::{Value, json};

use super::scene::{INTENT, Scene, intent};
use crate::publish::{AUTHORIZATION_EXPIRING, SETTLEMENT_RETRY};
use crate::timers::SWEEP;

/// The step that reserves the money.
const AUTHORIZED: u32 = 3;
/// The step that decides what becomes of it.
const SETTLING: u32 = 4;

fn captured() -> Value {
    intent("succeeded", json!({"amount_received": 2890}))
}

/// The order is delivered while Stripe is down.
async fn owe(scene: &Scene) {
    scene.authorize().await;
    scene.deliver().await.unwrap();
    assert_eq!(scene.payment().await["state"], "capturing");
}

#[tokio::test]
async fn a_settlement_is_tried_until_the_provider_has_done_it() {
    let scene = Scene::begin();
    owe(&scene).await;
    scene.service.pass(SignedDuration::from_secs(30));
    scene.wake(SETTLEMENT_RETRY, SETTLING).await.unwrap();
    assert_eq!(
        scene.service.told(),
        ["payment.authorized.v1", "payment.settling.v1", "payment.settling.v1"],
        "it is postponed once"
    );
    let capture = format!("POST {INTENT}/capture");
    scene.stripe.answer(&capture, 200, captured());
    let asked = scene.count_asked(&capture);
    // A later step has a timer of its own.
    scene.wake(SETTLEMENT_RETRY, SETTLING).await.unwrap();
    assert_eq!(scene.count_asked(&capture), asked);
    scene.wake(SETTLEMENT_RETRY, SETTLING + 1).await.unwrap();
    assert_eq!(scene.payment().await["state"], "captured");
}

#[tokio::test]
async fn operators_hear_of_a_settlement_that_does_not_succeed() {
    let scene = Scene::begin();
    owe(&scene).await;
    scene.service.pass(SignedDuration::from_mins(11));
    scene.wake(SETTLEMENT_RETRY, SETTLING).await.unwrap();
    assert_eq!(
        scene.service.told(),
        ["payment.authorized.v1", "payment.settling.v1", "payment.stalled.v1"]
    );
}

#[tokio::test]
async fn a_settlement_whose_timer_was_lost_is_found_by_the_sweep() {
    let scene = Scene::begin();
    owe(&scene).await;
    scene.wake(SETTLEMENT_RETRY, SETTLING).await.unwrap();
    scene.stripe.answer(&format!("POST {INTENT}/capture"), 200, captured());
    scene.wake(SWEEP, 0).await.unwrap();
    assert_eq!(scene.payment().await["state"], "capturing", "its timer may still come");
    scene.service.pass(SignedDuration::from_mins(10));
    scene.wake(SWEEP, 0).await.unwrap();
    assert_eq!(scene.payment().await["state"], "captured");
}

#[tokio::test]
async fn a_reservation_is_given_back_before_the_bank_lets_it_lapse() {
    let scene = Scene::begin();
    scene.authorize().await;
    scene
        .stripe
        .answer(&format!("POST {INTENT}/cancel"), 200, intent("canceled", json!({})));
    scene.wake(AUTHORIZATION_EXPIRING, AUTHORIZED).await.unwrap();
    assert_eq!(scene.payment().await["state"], "authorized", "it is early");
    scene.service.pass(SignedDuration::from_hours(7 * 24));
    scene.wake(AUTHORIZATION_EXPIRING, AUTHORIZED).await.unwrap();
    let payment = scene.payment().await;
    assert_eq!(
        (&payment["state"], &payment["reason"]),
        (&json!("voided"), &json!("authorization_expired"))
    );
}

#[tokio::test]
async fn a_timer_of_another_name_is_parked() {
    let scene = Scene::begin();
    let parked = scene.wake("lunch", 1).await;
    assert!(matches!(parked, Err(HandlerError::Park(_))), "{parked:?}");
}
