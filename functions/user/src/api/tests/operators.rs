//! What operators do with accounts.

use kernel::{Role, TypedId as _};
use serde_json::{Value, json};

use super::scene::{EMAIL, Scene, tokens};

const OPERATOR: &str = "grace@example.com";

#[tokio::test]
async fn an_operator_replaces_the_roles_of_others() {
    let scene = Scene::begin();
    let operator = scene.enrol(OPERATOR, &[Role::Operator]).await;
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let user = format!("/v1/users/{}", person.user_id());
    let roles = format!("{user}/roles");
    assert_eq!(operator.get(&user).await.expect(200)["email"], EMAIL);
    scene.pool("AdminAddUserToGroup", &json!({}));
    let courier = json!({"roles": ["customer", "courier"]});
    let changed = operator.put(&roles, &courier).await.expect(200);
    assert_eq!(changed["roles"], json!(["customer", "courier"]));
    let granted = &scene.asked("AdminAddUserToGroup")[0];
    assert_eq!(granted["GroupName"], "courier");
    assert_eq!(granted["Username"], person.user_id().uuid().to_string());
    assert!(scene.service.told().contains(&"user.roles_changed.v1".to_owned()));

    let too_few = operator.put(&roles, &json!({"roles": []})).await;
    assert_eq!(too_few.refused(422, "invalid_body")["errors"][0]["code"], "too_few");
    operator
        .put(&roles, &json!({"roles": ["chef"]}))
        .await
        .refused(422, "invalid_body");
    let powerful = operator.put(&roles, &json!({"roles": ["operator"]})).await;
    powerful.refused(409, "second_factor_required");
    let own = format!("/v1/users/{}/roles", operator.user_id());
    operator.put(&own, &courier).await.refused(409, "own_operator_role");
}

#[tokio::test]
async fn others_are_no_operators_and_unknown_people_are_not_found() {
    let scene = Scene::begin();
    let operator = scene.enrol(OPERATOR, &[Role::Operator]).await;
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let unknown = scene.service.person(&[]).user_id();
    for (who, of, status, code) in [
        (&person, operator.user_id(), 403, "forbidden"),
        (&operator, unknown, 404, "not_found"),
    ] {
        let user = format!("/v1/users/{of}");
        who.get(&user).await.refused(status, code);
        let roles = json!({"roles": ["customer"]});
        who.put(&format!("{user}/roles"), &roles).await.refused(status, code);
        for action in ["suspend", "reinstate"] {
            let refused = who.post(&format!("{user}/{action}"), &Value::Null).await;
            refused.refused(status, code);
        }
    }
}

#[tokio::test]
async fn a_suspended_person_has_no_roles_until_reinstated() {
    let scene = Scene::begin();
    let operator = scene.enrol(OPERATOR, &[Role::Operator]).await;
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let user = format!("/v1/users/{}", person.user_id());
    for operation in [
        "AdminRemoveUserFromGroup",
        "AdminUserGlobalSignOut",
        "AdminAddUserToGroup",
    ] {
        scene.pool(operation, &json!({}));
    }
    let suspended = operator
        .post(&format!("{user}/suspend"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(
        (&suspended["suspended"], &suspended["roles"]),
        (&json!(true), &json!([]))
    );
    assert_eq!(scene.asked("AdminRemoveUserFromGroup")[0]["GroupName"], "customer");
    assert_eq!(scene.asked("AdminUserGlobalSignOut").len(), 1);
    let barred = tokens(person.user_id(), EMAIL, &[], None);
    scene.pool("GetTokensFromRefreshToken", &barred);
    let refresh = json!({"refresh_token": "refresh"});
    let refused = scene.service.nobody().post("/v1/auth/refresh", &refresh).await;
    refused.refused(403, "suspended");
    let roles = operator
        .put(&format!("{user}/roles"), &json!({"roles": ["courier"]}))
        .await;
    roles.refused(409, "suspended");

    scene.groups(&[]);
    let back = operator
        .post(&format!("{user}/reinstate"), &Value::Null)
        .await
        .expect(200);
    assert_eq!(
        (&back["suspended"], &back["roles"]),
        (&json!(false), &json!(["customer"]))
    );
    assert_eq!(scene.asked("AdminAddUserToGroup")[0]["GroupName"], "customer");
    let own = format!("/v1/users/{}/suspend", operator.user_id());
    operator.post(&own, &Value::Null).await.refused(409, "own_account");
}
