//! Timers, as the service's queue hands them over.

use contracts::Timer;
use kernel::{CourierId, SignedDuration, TypedId as _};
use runtime::{HandlerError, TimerQueue};
use serde_json::json;

use super::scene::{QUEUE, Scene};
use crate::domain::cast::{minutes, trattoria};
use crate::domain::cell::zone;
use crate::publish::{OFFER_EXPIRED, REVIEW, SEARCH, SHIFTS, TICK, ZONE, ZONE_ENDING};
use crate::{store, timers};

#[tokio::test]
async fn an_offer_that_nobody_answered_goes_to_the_next() {
    let scene = Scene::begin().await;
    let (courier, order_id, _) = scene.offered().await;
    let next = scene.on_shift().await;
    let expires_at = scene.offer(&courier).await.unwrap()["expires_at"].clone();
    let expires_at = serde_json::from_value(expires_at).unwrap();
    scene.service.pass(SignedDuration::from_secs(46));
    for _ in 0..2 {
        let delivery_id = store::delivery_of(order_id);
        scene.due(OFFER_EXPIRED, &delivery_id, 2, expires_at).await;
    }
    assert_eq!(scene.times_told("delivery.offer_ended.v1"), 1);
    assert!(scene.offer(&next).await.is_some());
}

/// A courier is found for what was held until it is time to leave.
async fn finds_a_courier(name: &str) {
    let scene = Scene::begin().await;
    let courier = scene.on_shift().await;
    let order_id = scene.order(60).await;
    assert_eq!(scene.offer(&courier).await, None);
    for _ in 0..58 {
        scene.service.pass(minutes(1));
        let _taken = scene.report(&courier, trattoria()).await;
    }
    assert_eq!(scene.offer(&courier).await, None);
    let sequence = u32::try_from(scene.service.events().len()).unwrap();
    let now = scene.service.now();
    if name == SEARCH {
        scene.due(name, &store::delivery_of(order_id), sequence, now).await;
    } else {
        scene.due(name, &zone(trattoria()).unwrap(), 0, now).await;
    }
    let offer = scene.offer(&courier).await;
    assert_eq!(offer.unwrap()["order_id"], order_id.to_string(), "{name}");
}

#[tokio::test]
async fn a_search_that_a_crash_ended_goes_on() {
    finds_a_courier(SEARCH).await;
}

#[tokio::test]
async fn a_zone_is_dispatched_each_minute() {
    finds_a_courier(ZONE).await;
}

#[tokio::test]
async fn a_zone_whose_place_in_the_list_ends_is_dispatched_too() {
    finds_a_courier(ZONE_ENDING).await;
}

#[tokio::test]
async fn a_minute_has_a_message_for_each_zone_and_every_five_minutes_for_each_list_of_shifts() {
    let scene = Scene::begin().await;
    let _order = scene.order(5).await;
    let named = |name: &str| {
        let asked = scene.service.aws().asked().into_iter();
        let sent = asked.filter(|(request, _)| request == QUEUE).map(|(_, body)| body);
        let name = format!(r#"\"name\":\"{name}\""#);
        sent.map(|body| body.matches(&name).count()).sum::<usize>()
    };
    scene.due(TICK, &"zones", 0, scene.service.now()).await;
    assert_eq!((named(ZONE), named(SHIFTS)), (1, 32));
    scene.service.pass(minutes(1));
    scene.due(TICK, &"zones", 0, scene.service.now()).await;
    assert_eq!((named(ZONE), named(SHIFTS)), (2, 32));
}

#[tokio::test]
async fn a_shift_ends_by_itself_when_nothing_was_heard() {
    let scene = Scene::begin().await;
    let courier = scene.on_shift().await;
    let courier_id = CourierId::from_uuid(courier.user_id().uuid());
    let list = courier_id.uuid().as_u128() % store::SHIFT_LISTS;
    scene.service.pass(minutes(19));
    scene.due(SHIFTS, &list, 0, scene.service.now()).await;
    assert_eq!(courier.get("/v1/couriers/me").await.expect(200)["status"], "free");
    scene.service.pass(minutes(2));
    scene.due(SHIFTS, &list, 0, scene.service.now()).await;
    let ended = courier.get("/v1/couriers/me").await.expect(200);
    assert_eq!(
        (&ended["status"], ended["shift_ended"].is_string()),
        (&json!("approved"), true)
    );
}

#[tokio::test]
async fn what_nobody_has_judged_in_time_is_charged_to_nobody() {
    let scene = Scene::begin().await;
    let failure = scene.failure().await;
    scene.service.pass(SignedDuration::from_hours(24));
    for _ in 0..2 {
        scene.due(REVIEW, &failure.delivery_id, 1, scene.service.now()).await;
    }
    let listed = scene.operator.get("/v1/deliveries/reviews").await.expect(200);
    assert_eq!(listed["items"], json!([]));
    assert_eq!(scene.times_told("delivery.failed.v1"), 1);
}

#[tokio::test]
async fn a_timer_of_another_service_is_parked() {
    let scene = Scene::begin().await;
    let timer = Timer {
        name: "payment_deadline".to_owned(),
        subject: "ord_1".to_owned(),
        sequence: 1,
        due_at: scene.service.now(),
        correlationid: String::new(),
    };
    let queue = TimerQueue::of(scene.service.edge()).unwrap();
    let parked = Box::pin(timers::handle(&scene.app, &queue, &timer, &scene.service.cause())).await;
    assert!(matches!(parked, Err(HandlerError::Park(_))), "{parked:?}");
}
