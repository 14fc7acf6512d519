//! Menus: a draft, what is published, and what is sold out.

use contracts::restaurant::StaffRole;
use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use super::scene::{Scene, draft_menu};

#[tokio::test]
async fn a_menu_is_a_draft_until_it_is_published() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let (menu, publish) = (format!("{path}/menu"), format!("{path}/menu/publish"));
    let draft = format!("{menu}/draft");
    scene
        .owner
        .post(&publish, &Value::Null)
        .await
        .refused(409, "menu_missing");
    scene.owner.get(&draft).await.refused(404, "not_found");
    let saved = scene.owner.put(&menu, &draft_menu()).await.expect(200);
    assert_eq!(saved["version"], 0);
    assert_eq!(scene.operator.get(&draft).await.expect(200), saved);
    scene.customer.get(&draft).await.refused(403, "forbidden");
    scene.customer.get(&menu).await.refused(404, "not_found");
    for _ in 0..2 {
        let published = scene.owner.post(&publish, &Value::Null).await.expect(200);
        assert_eq!(published["version"], 1, "the same draft changes nothing");
    }
    let shown = scene.customer.get(&menu).await.expect(200);
    assert_eq!(shown["categories"], saved["categories"]);
    assert_eq!(
        scene.service.told(),
        ["restaurant.approved.v1", "restaurant.menu_published.v1"]
    );
}

#[tokio::test]
async fn a_menu_is_its_managers_affair_and_has_rules() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let (menu, publish) = (format!("{path}/menu"), format!("{path}/menu/publish"));
    let staff = scene.hire(&path, StaffRole::Staff).await;
    for other in [&staff, &scene.operator, &scene.customer] {
        other.put(&menu, &draft_menu()).await.refused(403, "forbidden");
        other.post(&publish, &Value::Null).await.refused(403, "forbidden");
    }
    let mut wrong = draft_menu();
    wrong["categories"][0]["items"][0]["price"]["currency"] = "USD".into();
    let problem = scene.owner.put(&menu, &wrong).await.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "wrong_currency");
    scene.owner.put(&menu, &json!({"categories": []})).await.is(200);
    let problem = scene.owner.post(&publish, &Value::Null).await;
    let problem = problem.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "menu_empty");
}

#[tokio::test]
async fn a_menu_that_is_known_is_not_sent_again_until_something_sells_out() {
    let scene = Scene::begin();
    let path = scene.with_menu().await;
    let menu = format!("{path}/menu");
    let first = scene.customer.get(&menu).await;
    let tag = first.header("etag").unwrap().to_owned();
    let known = [("if-none-match", tag.as_str())];
    let again = scene.customer.call(&Method::GET, &menu, &known, None).await;
    again.is(304);

    let staff = scene.hire(&path, StaffRole::Staff).await;
    let say = async |who: &handlerkit::Caller, entry: &str, body: Value| {
        let path = format!("{menu}/{entry}");
        who.call(&Method::PATCH, &path, &[], Some(&body)).await
    };
    let sold_out = || json!({"available": false});
    for (entry, kind) in [("items/tiramisu", "item"), ("options/olives", "option")] {
        let answer = say(&staff, entry, sold_out()).await.expect(200);
        assert_eq!(answer["kind"], kind, "{answer}");
    }
    let changed = scene.customer.call(&Method::GET, &menu, &known, None).await.expect(200);
    assert_eq!(changed["categories"][1]["items"][0]["available"], false);
    for entry in ["items/lasagne", "options/tiramisu"] {
        say(&staff, entry, sold_out()).await.refused(404, "not_found");
    }
    let until = json!({"available": true, "until": "2026-11-20T20:00:00Z"});
    for entry in ["items/tiramisu", "options/olives"] {
        let problem = say(&staff, entry, until.clone()).await.refused(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], "until_without_end");
        say(&scene.customer, entry, sold_out()).await.refused(403, "forbidden");
    }
    let told = scene.service.told();
    let said = |told: &&String| *told == "restaurant.item_availability_changed.v1";
    assert_eq!(told.iter().filter(said).count(), 2, "{told:?}");
}

#[tokio::test]
async fn nothing_sells_out_before_the_restaurant_is_approved() {
    let scene = Scene::begin();
    let path = scene.draft().await;
    scene.owner.put(&format!("{path}/menu"), &draft_menu()).await.is(200);
    let publish = format!("{path}/menu/publish");
    scene.owner.post(&publish, &Value::Null).await.is(200);
    let body = json!({"available": false});
    for entry in ["items/tiramisu", "options/olives"] {
        let path = format!("{path}/menu/{entry}");
        let early = scene.owner.call(&Method::PATCH, &path, &[], Some(&body)).await;
        early.refused(409, "not_approved");
    }
}

#[tokio::test]
async fn another_service_reads_a_version_of_the_menu() {
    let scene = Scene::begin();
    let path = scene.with_menu().await;
    let restaurant_id = path.rsplit('/').next().unwrap();
    let version = |version: u32| format!("/internal/restaurants/{restaurant_id}/menus/{version}");
    let service = scene.service.another_service();
    assert_eq!(service.get(&version(1)).await.expect(200)["version"], 1);
    service.get(&version(2)).await.refused(404, "not_found");
    for person in [&scene.owner, &scene.service.person(&[Role::Operator])] {
        person.get(&version(1)).await.refused(403, "forbidden");
    }
}
