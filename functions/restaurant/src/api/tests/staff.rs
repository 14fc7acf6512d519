//! Who works for a restaurant.

use contracts::restaurant::StaffRole;
use kernel::{Role, SignedDuration};
use serde_json::{Value, json};

use super::scene::{Scene, column};

#[tokio::test]
async fn whoever_accepts_an_invitation_works_there_until_removed() {
    let scene = Scene::begin();
    let path = scene.draft().await;
    let person = scene.service.person(&[Role::Restaurant]);
    let (staff, accept) = (
        format!("{path}/staff/{}", person.user_id()),
        format!("{path}/staff/accept"),
    );
    person.post(&accept, &Value::Null).await.refused(404, "not_found");
    let role = json!({"role": "manager"});
    person.put(&staff, &role).await.refused(404, "not_found");
    let invited = scene.owner.put(&staff, &role).await.expect(200);
    assert_eq!(invited["invited_until"], "2026-12-04T18:30:00Z");
    let mine = person.get("/v1/restaurants/mine").await.expect(200);
    assert_eq!(column(&mine, "invited_until"), ["2026-12-04T18:30:00Z"]);
    person
        .get(&format!("{path}/management"))
        .await
        .refused(404, "not_found");
    for _ in 0..2 {
        let accepted = person.post(&accept, &Value::Null).await.expect(200);
        assert_eq!(accepted["role"], "manager");
    }
    person.get(&format!("{path}/management")).await.is(200);
    person
        .put(&staff, &json!({"role": "owner"}))
        .await
        .refused(403, "forbidden");
    scene.owner.delete(&staff).await.is(204);
    person
        .get(&format!("{path}/management"))
        .await
        .refused(404, "not_found");
    let mine = person.get("/v1/restaurants/mine").await.expect(200);
    assert_eq!(mine["items"], json!([]));
}

#[tokio::test]
async fn an_invitation_ends_after_fourteen_days() {
    let scene = Scene::begin();
    let path = scene.draft().await;
    let person = scene.service.person(&[Role::Restaurant]);
    let staff = format!("{path}/staff/{}", person.user_id());
    scene.owner.put(&staff, &json!({"role": "staff"})).await.is(200);
    scene.service.pass(SignedDuration::from_hours(14 * 24));
    let late = person.post(&format!("{path}/staff/accept"), &Value::Null).await;
    late.refused(404, "not_found");
}

#[tokio::test]
async fn a_restaurant_keeps_an_owner_and_owners_alone_choose_the_staff() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let manager = scene.hire(&path, StaffRole::Manager).await;
    let of_owner = format!("{path}/staff/{}", scene.owner.user_id());
    let role = json!({"role": "manager"});
    scene.owner.put(&of_owner, &role).await.refused(409, "last_owner");
    scene.owner.delete(&of_owner).await.refused(409, "last_owner");
    for other in [&manager, &scene.customer, &scene.operator] {
        other.put(&of_owner, &role).await.refused(403, "forbidden");
        other.delete(&of_owner).await.refused(403, "forbidden");
    }
    let wrong = json!({"role": "chef"});
    scene.owner.put(&of_owner, &wrong).await.refused(422, "invalid_body");
    let of_manager = format!("{path}/staff/{}", manager.user_id());
    manager.delete(&of_manager).await.is(204);
}
