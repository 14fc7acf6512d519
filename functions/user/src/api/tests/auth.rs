//! Signing up, in and out.

use kernel::{Role, TypedId as _};
use serde_json::{Value, json};

use super::scene::{EMAIL, PASSWORD, Scene, tokens};

const SIGN_IN: &str = "/v1/auth/sign-in";

fn sign_up() -> Value {
    json!({"email": EMAIL, "password": PASSWORD, "name": "Ada Lovelace", "role": "courier", "phone": "06 55550301"})
}

fn credentials() -> Value {
    json!({"email": EMAIL, "password": PASSWORD})
}

#[tokio::test]
async fn an_account_is_opened_by_the_code_that_was_mailed() {
    let scene = Scene::begin();
    let person = scene.service.person(&[Role::Courier]);
    let (user_id, nobody) = (person.user_id(), scene.service.nobody());
    let sub = json!({"UserConfirmed": false, "UserSub": user_id.uuid().to_string()});
    scene.pool("SignUp", &sub);
    let signed_up = nobody.post("/v1/auth/sign-up", &sign_up()).await.expect(201);
    assert_eq!(signed_up["user_id"], user_id.to_string());

    scene.account(user_id, EMAIL, "UNCONFIRMED", &[]);
    scene.pool("AdminAddUserToGroup", &json!({}));
    let confirm = |user_id: &str| json!({"email": EMAIL, "code": "042917", "user_id": user_id});
    let (path, own) = ("/v1/auth/confirm", confirm(&user_id.to_string()));
    let other = scene.service.person(&[]).user_id().to_string();
    let replaced = nobody.post(path, &confirm(&other)).await;
    replaced.refused(409, "sign_up_replaced");
    scene.pool_refuses("ConfirmSignUp", "CodeMismatchException");
    nobody.post(path, &own).await.refused(422, "invalid_code");
    assert!(scene.service.told().is_empty());
    scene.pool("ConfirmSignUp", &json!({}));
    assert_eq!(nobody.post(path, &own).await.expect(200)["status"], "confirmed");
    assert_eq!(scene.asked("AdminAddUserToGroup")[0]["GroupName"], "courier");
    assert_eq!(scene.service.told(), ["user.registered.v1"]);
    let me = person.get("/v1/users/me").await.expect(200);
    assert_eq!(
        (&me["name"], &me["phone"]),
        (&json!("Ada Lovelace"), &json!("+31655550301"))
    );
}

#[tokio::test]
async fn nobody_learns_by_signing_up_who_has_an_account() {
    let scene = Scene::begin();
    let owner = scene.enrol(EMAIL, &[Role::Customer]).await;
    scene.pool_refuses("SignUp", "UsernameExistsException");
    let nobody = scene.service.nobody();
    let made_up = nobody.post("/v1/auth/sign-up", &sign_up()).await.expect(201);
    assert_ne!(made_up["user_id"], owner.user_id().to_string());
    assert_eq!(scene.service.told(), ["user.registered.v1", "user.sign_up_repeated.v1"]);
}

#[tokio::test]
async fn what_makes_no_account_is_refused_before_the_pool_is_asked() {
    let scene = Scene::begin();
    let nobody = scene.service.nobody();
    for (field, value, code) in [
        ("password", json!("short"), "password_too_weak"),
        ("password", json!("ada lovelace"), "password_too_weak"),
        ("role", json!("operator"), "invalid_body"),
        ("email", json!("ada"), "invalid_body"),
        ("phone", json!("12"), "invalid_body"),
    ] {
        let mut body = sign_up();
        body[field] = value;
        let refused = nobody.post("/v1/auth/sign-up", &body).await;
        refused.refused(422, code);
    }
    scene.pool_refuses("SignUp", "CodeDeliveryFailureException");
    let unsent = nobody.post("/v1/auth/sign-up", &sign_up()).await;
    unsent.refused(503, "code_not_sent");
}

#[tokio::test]
async fn a_right_password_lets_a_person_in_and_ten_wrong_ones_nobody() {
    let scene = Scene::begin();
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let nobody = scene.service.nobody();
    scene.pool_refuses("AdminInitiateAuth", "UserNotConfirmedException");
    let waits = nobody.post(SIGN_IN, &credentials()).await;
    waits.refused(403, "user_unconfirmed");
    let let_in = tokens(person.user_id(), EMAIL, &[Role::Customer], Some("refresh"));
    scene.pool("AdminInitiateAuth", &let_in);
    let signed_in = nobody.post(SIGN_IN, &credentials()).await.expect(200);
    assert_eq!(signed_in["refresh_token"], "refresh");
    scene.pool_refuses("AdminInitiateAuth", "NotAuthorizedException");
    for _ in 0..10 {
        let wrong = nobody.post(SIGN_IN, &credentials()).await;
        wrong.refused(401, "invalid_credentials");
    }
    scene.pool("AdminInitiateAuth", &let_in);
    let late = nobody.post(SIGN_IN, &credentials()).await;
    late.refused(429, "too_many_requests");
}

#[tokio::test]
async fn a_one_time_password_completes_a_sign_in() {
    let scene = Scene::begin();
    let person = scene.enrol(EMAIL, &[Role::Operator]).await;
    let nobody = scene.service.nobody();
    let let_in = tokens(person.user_id(), EMAIL, &[Role::Operator], Some("refresh"));
    scene.pool("AdminInitiateAuth", &let_in);
    let without = nobody.post(SIGN_IN, &credentials()).await;
    without.refused(403, "second_factor_required");

    let username = person.user_id().uuid().to_string();
    let challenge = json!({
        "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "the session of the pool",
        "ChallengeParameters": {"USER_ID_FOR_SRP": username},
    });
    scene.pool("AdminInitiateAuth", &challenge);
    let challenged = nobody.post(SIGN_IN, &credentials()).await.expect(200);
    assert_eq!(challenged["challenge"], "totp");
    let path = "/v1/auth/challenge";
    let answer = json!({"session": challenged["session"], "code": "042917"});
    scene.pool_refuses("AdminRespondToAuthChallenge", "CodeMismatchException");
    nobody.post(path, &answer).await.refused(422, "invalid_code");
    scene.pool("AdminRespondToAuthChallenge", &let_in);
    let signed_in = nobody.post(path, &answer).await.expect(200);
    assert_eq!(signed_in["expires_in"], 3600);
    let asked = scene.asked("AdminRespondToAuthChallenge");
    assert_eq!(asked[1]["ChallengeResponses"]["USERNAME"], username);
    let nonsense = json!({"session": "nonsense", "code": "042917"});
    nobody.post(path, &nonsense).await.refused(401, "invalid_session");
}

#[tokio::test]
async fn a_refresh_token_gets_new_tokens_and_stays_good() {
    let scene = Scene::begin();
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let nobody = scene.service.nobody();
    let (path, body) = ("/v1/auth/refresh", json!({"refresh_token": "refresh"}));
    let let_in = |roles| tokens(person.user_id(), EMAIL, roles, None);
    scene.pool("GetTokensFromRefreshToken", &let_in(&[Role::Customer]));
    let refreshed = nobody.post(path, &body).await.expect(200);
    assert_eq!(refreshed["refresh_token"], "refresh");
    scene.pool("GetTokensFromRefreshToken", &let_in(&[Role::Operator]));
    let without = nobody.post(path, &body).await;
    without.refused(403, "second_factor_required");
    scene.pool_refuses("GetTokensFromRefreshToken", "NotAuthorizedException");
    let dead = nobody.post(path, &body).await;
    dead.refused(401, "invalid_refresh_token");
    nobody.post(path, &json!({})).await.refused(422, "invalid_body");
}

#[tokio::test]
async fn a_person_signs_out_everywhere() {
    let scene = Scene::begin();
    let person = scene.service.person(&[Role::Customer]);
    let path = "/v1/auth/sign-out";
    scene.pool("AdminUserGlobalSignOut", &json!({}));
    person.post(path, &Value::Null).await.is(204);
    let username = person.user_id().uuid().to_string();
    assert_eq!(scene.asked("AdminUserGlobalSignOut")[0]["Username"], username);
    scene.pool_refuses("AdminUserGlobalSignOut", "UserNotFoundException");
    person.post(path, &Value::Null).await.is(204);
    let nobody = scene.service.nobody();
    nobody.post(path, &Value::Null).await.refused(401, "unauthorized");
}
