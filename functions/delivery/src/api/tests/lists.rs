//! Lists: how they go on, and what a page of twenty costs.

use axum::extract::State;
use handlerkit::Caller;
use kernel::{CourierId, Role, TypedId as _};
use runtime::{Json, Listing, Paging, Path, Principal, Problem, Query, RequestCause};
use serde_json::{Value, json};

use super::scene::{Scene, courier_path};
use crate::api::couriers::get_courier_trail::get_courier_trail;
use crate::api::couriers::list_applicants::list_applicants;
use crate::api::deliveries::list_failure_reviews::list_failure_reviews;
use crate::api::incidents::list_incidents::list_incidents;
use crate::api::offers::list_offers::list_offers;
use crate::api::shifts::list_shifts::list_shifts;
use crate::api::zones::find_zones::{Near, find_zones};
use crate::api::zones::get_zone_board::{Shown, get_zone_board};
use crate::domain::cast::{minutes, trattoria};

/// What a handler reads: how many items it answers, with its round trips and read units. The edge takes the meter at a
/// request's end, so the handler is called without it.
async fn metered<T>(
    scene: &Scene,
    answer: impl Future<Output = Result<Json<Listing<T>>, Problem>>,
) -> (usize, u64, f64) {
    let meter = scene.app.table.meter();
    let _before = meter.take();
    let Ok(Json(page)) = answer.await else {
        panic!("the list is refused");
    };
    let reading = meter.take();
    (page.items.len(), reading.calls, reading.read_units)
}

fn principal(who: &Caller, role: Role) -> Principal {
    Principal {
        user_id: who.user_id(),
        roles: vec![role],
    }
}

fn operator(scene: &Scene) -> Principal {
    principal(&scene.operator, Role::Operator)
}

const fn twenty() -> Query<Paging> {
    Query(Paging {
        limit: Some(20),
        cursor: None,
    })
}

/// Demands that a list goes on where a page ends, and takes no other cursor.
async fn goes_on(who: &Caller, path: &str, field: &str) {
    let whole = who.get(&format!("{path}?limit=4")).await.expect(200);
    let first = who.get(&format!("{path}?limit=2")).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = who.get(&format!("{path}?limit=2&cursor={cursor}")).await.expect(200);
    let column = |page: &Value| -> Vec<Value> {
        let items = page["items"].as_array().unwrap();
        items.iter().map(|item| item[field].clone()).collect()
    };
    assert_eq!([column(&first), column(&second)].concat(), column(&whole), "{path}");
    let forged = who.get(&format!("{path}?cursor=forged")).await;
    forged.refused(400, "invalid_cursor");
    let all = who.get(&format!("{path}?limit=1000")).await;
    all.refused(400, "invalid_query");
}

#[tokio::test]
async fn applicants_are_listed_the_longest_wait_first() {
    let scene = Scene::begin().await;
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let applicant = scene.service.person(&[Role::Courier]);
        let application = json!({"vehicle": "bicycle", "documents": [{"kind": "identity", "reference": "NL-4711"}]});
        let applied = applicant.post("/v1/couriers", &application).await.expect(201);
        waiting.push(applied["courier_id"].clone());
        scene.service.pass(minutes(1));
    }
    let list = "/v1/couriers";
    goes_on(&scene.operator, list, "courier_id").await;
    let page = scene.operator.get(&format!("{list}?limit=20")).await.expect(200);
    let listed = page["items"].as_array().unwrap().iter();
    let listed: Vec<_> = listed.map(|item| item["courier_id"].clone()).collect();
    assert_eq!(listed, waiting);
    scene.cook.get(list).await.refused(403, "forbidden");
    let read = list_applicants(State(scene.app.clone()), operator(&scene), twenty());
    assert_eq!(metered(&scene, Box::pin(read)).await, (20, 1, 1.0));
}

#[tokio::test]
async fn a_trail_is_listed_the_latest_stretch_first() {
    let scene = Scene::begin().await;
    let courier = scene.on_shift().await;
    for _ in 0..40 {
        scene.service.pass(minutes(2));
        let _taken = scene.report(&courier, trattoria()).await;
    }
    let trail = format!("{}/trail", courier_path(&courier));
    goes_on(&scene.operator, &trail, "points").await;
    let courier_id = Path(CourierId::from_uuid(courier.user_id().uuid()));
    let (app, cause) = (State(scene.app.clone()), RequestCause(scene.service.cause()));
    let read = get_courier_trail(app, operator(&scene), cause, courier_id, twenty());
    assert_eq!(metered(&scene, Box::pin(read)).await, (20, 2, 1.5));
}

#[tokio::test]
async fn failures_are_listed_the_most_urgent_first() {
    let scene = Scene::begin().await;
    for _ in 0..20 {
        let _failure = scene.failure().await;
        scene.service.pass(minutes(1));
    }
    let list = "/v1/deliveries/reviews";
    goes_on(&scene.operator, list, "delivery_id").await;
    let (app, cause) = (State(scene.app.clone()), RequestCause(scene.service.cause()));
    // Half a unit for each courier, whose cases are a partition of their own, and one for the failures.
    let read = list_failure_reviews(app, operator(&scene), cause, twenty());
    assert_eq!(metered(&scene, Box::pin(read)).await, (20, 21, 11.0));
}

#[tokio::test]
async fn lists_without_pages_are_read_at_once() {
    let scene = Scene::begin().await;
    let taken = scene.taken().await;
    let incidents = taken.path("incidents");
    for _ in 0..20 {
        let report = json!({"kind": "other", "note": "The bell does not work."});
        scene.cook.post(&incidents, &report).await.is(201);
    }
    let app = || State(scene.app.clone());
    let cause = || RequestCause(scene.service.cause());
    let read = list_incidents(app(), operator(&scene), Path(taken.delivery_id));
    assert_eq!(metered(&scene, Box::pin(read)).await, (20, 1, 2.0));

    let courier = scene.courier().await;
    let from = scene.service.now() + minutes(60);
    for day in 0..10 {
        let from = from + minutes(day * 24 * 60);
        let shift = json!({"from": from, "to": from + minutes(120)});
        courier.post("/v1/couriers/me/shifts", &shift).await.is(201);
    }
    let read = list_shifts(app(), principal(&courier, Role::Courier), cause());
    assert_eq!(metered(&scene, Box::pin(read)).await, (10, 1, 1.0));

    let (courier, ..) = scene.offered().await;
    let read = list_offers(app(), principal(&courier, Role::Courier), cause());
    assert_eq!(metered(&scene, Box::pin(read)).await, (1, 2, 2.0));
    let near = serde_json::from_value(json!({"near": "52.3702,4.8952"})).unwrap();
    let read = find_zones(app(), operator(&scene), cause(), Query::<Near>(near));
    assert_eq!(metered(&scene, Box::pin(read)).await, (3, 3, 1.5));
}

#[tokio::test]
async fn a_board_reads_each_of_its_deliveries() {
    let scene = Scene::begin().await;
    for _ in 0..20 {
        let _order = scene.order(5).await;
    }
    let zones = scene.operator.get("/v1/zones?near=52.3702,4.8952").await.expect(200);
    let zone_id = zones["items"][0]["zone_id"].as_str().unwrap().to_owned();
    let shown: Shown = serde_json::from_value(json!({})).unwrap();
    let (app, cause) = (State(scene.app.clone()), RequestCause(scene.service.cause()));
    let meter = scene.app.table.meter();
    let _before = meter.take();
    let board = Box::pin(get_zone_board(
        app,
        operator(&scene),
        cause,
        Path(zone_id),
        Query(shown),
    ))
    .await;
    let reading = meter.take();
    assert!(board.is_ok());
    // Half a unit for each delivery, whose state is in its last event, and two for the zone. A process that does not know the
    // deliveries yet reads their first events too.
    assert_eq!((reading.calls, reading.read_units), (23, 12.0));
}
