//! Where a person has orders brought to.

use http::Method;
use kernel::Role;
use serde_json::{Value, json};

use super::scene::Scene;
use crate::app::App;
use crate::usecase::address_book;

const BOOK: &str = "/v1/users/me/addresses";

fn home() -> Value {
    json!({
        "label": "Home", "line1": "Prinsengracht 263", "city": "Amsterdam", "postal_code": "1016 GV", "country": "NL",
        "position": {"lat": 52.3752, "lng": 4.884},
    })
}

#[tokio::test]
async fn an_address_is_saved_once_however_often_it_is_sent() {
    let scene = Scene::begin();
    let person = scene.service.person(&[Role::Customer]);
    let first = person.post_with_key(BOOK, &home(), "once").await.expect(201);
    let again = person.post_with_key(BOOK, &home(), "once").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.expect(201), first);
    assert_eq!(first["default"], true, "the only one is the default");
    let mut work = home();
    work["label"] = "Work".into();
    let reused = person.post_with_key(BOOK, &work, "once").await;
    reused.refused(422, "idempotency_key_reused");
    let keyless = person.call(&Method::POST, BOOK, &[], Some(&home())).await;
    keyless.refused(400, "idempotency_key_missing");
    work["country"] = "Netherlands".into();
    person.post(BOOK, &work).await.refused(422, "invalid_body");
    assert_eq!(person.get(BOOK).await.expect(200)["items"], json!([first]));
}

#[tokio::test]
async fn an_address_is_its_owners_alone() {
    let scene = Scene::begin();
    let person = scene.service.person(&[Role::Customer]);
    let other = scene.service.person(&[Role::Customer]);
    let courier = scene.service.person(&[Role::Courier]);
    let saved = person.post(BOOK, &home()).await.expect(201);
    let path = format!("{BOOK}/{}", saved["address_id"].as_str().unwrap());
    assert_eq!(person.get(&path).await.expect(200), saved);
    for (who, status, code) in [(&other, 404, "not_found"), (&courier, 403, "forbidden")] {
        who.get(&path).await.refused(status, code);
        who.put(&path, &home()).await.refused(status, code);
        who.delete(&path).await.refused(status, code);
    }
    courier.get(BOOK).await.refused(403, "forbidden");
    courier.post(BOOK, &home()).await.refused(403, "forbidden");
    let internal = |who: kernel::UserId| path.replace("/v1/users/me", &format!("/internal/users/{who}"));
    let service = scene.service.another_service();
    let told = service.get(&internal(person.user_id())).await.expect(200);
    assert_eq!(told["line1"], "Prinsengracht 263");
    service.get(&internal(other.user_id())).await.refused(404, "not_found");
    person.get(&internal(person.user_id())).await.refused(403, "forbidden");
}

#[tokio::test]
async fn an_address_is_replaced_and_removed_and_one_stays_the_default() {
    let scene = Scene::begin();
    let person = scene.service.person(&[Role::Customer]);
    let first = person.post(BOOK, &home()).await.expect(201);
    let mut work = home();
    work["label"] = "Work".into();
    let second = person.post(BOOK, &work).await.expect(201);
    let path = |saved: &Value| format!("{BOOK}/{}", saved["address_id"].as_str().unwrap());
    let mut neglected = home();
    neglected["default"] = false.into();
    let refused = person.put(&path(&first), &neglected).await;
    refused.refused(409, "default_address_needed");
    work["default"] = true.into();
    assert_eq!(person.put(&path(&second), &work).await.expect(200)["default"], true);
    assert_eq!(person.get(&path(&first)).await.expect(200)["default"], false);
    person.delete(&path(&first)).await.is(204);
    person.delete(&path(&first)).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_full_book_is_read_in_one_round_trip() {
    let scene = Scene::begin();
    let person = scene.service.person(&[Role::Customer]);
    for _ in 0..20 {
        person.post(BOOK, &home()).await.is(201);
    }
    let full = person.post(BOOK, &home()).await;
    full.refused(409, "address_book_full");
    let app = App::new(scene.service.edge()).unwrap();
    let _before = app.table.meter().take();
    let book = address_book::find(&app.table, person.user_id()).await.unwrap();
    let cost = app.table.meter().take();
    assert_eq!((book.saved().len(), cost.calls, cost.read_units), (20, 1, 1.0));
}
