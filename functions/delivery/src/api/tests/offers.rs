//! Offers: seen, taken and declined.

use kernel::{OfferId, Role, SignedDuration};
use serde_json::{Value, json};

use super::scene::Scene;
use crate::domain::cast::id;

const OFFERS: &str = "/v1/couriers/me/offers";

#[tokio::test]
async fn an_offer_is_seen_by_its_courier_and_taken_once() {
    let scene = Scene::begin().await;
    let (courier, order_id, path) = scene.offered().await;
    let offer = scene.offer(&courier).await.unwrap();
    assert_eq!(offer["order_id"], order_id.to_string());
    assert!(offer["stops"][1].get("address").is_none(), "{offer}");
    let accept = format!("{path}/accept");
    let (one, two) = tokio::join!(courier.post(&accept, &Value::Null), courier.post(&accept, &Value::Null));
    let (won, lost) = if one.status == 200 { (one, two) } else { (two, one) };
    assert_eq!(won.expect(200)["state"], "assigned");
    assert_eq!(lost.status, 409, "{}", lost.text);
    let late = courier.post(&accept, &Value::Null).await;
    late.refused(409, "offer_already_accepted");
    let late = courier
        .post(&format!("{path}/decline"), &json!({"reason": "break"}))
        .await;
    late.refused(409, "offer_already_accepted");
    assert_eq!(scene.offer(&courier).await, None);
    assert_eq!(scene.times_told("delivery.assigned.v1"), 1);
}

#[tokio::test]
async fn an_offer_that_is_declined_goes_to_the_next() {
    let scene = Scene::begin().await;
    let (courier, _, path) = scene.offered().await;
    let next = scene.on_shift().await;
    assert_eq!(scene.offer(&next).await, None);
    let decline = format!("{path}/decline");
    let unreasonable = courier.post(&decline, &json!({"reason": "rain"})).await;
    unreasonable.refused(422, "invalid_body");
    for _ in 0..2 {
        let declined = courier.post(&decline, &json!({"reason": "too_far"})).await;
        assert_eq!(declined.expect(200)["status"], "declined");
    }
    let late = courier.post(&format!("{path}/accept"), &Value::Null).await;
    late.refused(409, "offer_declined");
    assert!(scene.offer(&next).await.is_some());
    assert_eq!(scene.offer(&courier).await, None);
}

#[tokio::test]
async fn an_offer_is_nobody_elses() {
    let scene = Scene::begin().await;
    let (_, _, path) = scene.offered().await;
    let other = scene.courier().await;
    let applicant = scene.service.person(&[Role::Courier]);
    let unknown = format!("/v1/offers/{}", id::<OfferId>(99));
    let reason = json!({"reason": "other"});
    for (operation, body) in [("accept", &Value::Null), ("decline", &reason)] {
        let path = format!("{path}/{operation}");
        other.post(&path, body).await.refused(404, "not_found");
        scene.customer.post(&path, body).await.refused(403, "forbidden");
        let unknown = format!("{unknown}/{operation}");
        other.post(&unknown, body).await.refused(404, "not_found");
    }
    applicant.get(OFFERS).await.refused(404, "not_found");
    scene.customer.get(OFFERS).await.refused(403, "forbidden");
}

#[tokio::test]
async fn an_offer_ends_with_its_time() {
    let scene = Scene::begin().await;
    let (courier, _, path) = scene.offered().await;
    scene.service.pass(SignedDuration::from_secs(46));
    assert_eq!(scene.offer(&courier).await, None);
    let late = courier.post(&format!("{path}/accept"), &Value::Null).await;
    late.refused(409, "offer_expired");
}
