//! Codes that are mailed, lost passwords, and accounts that nobody confirms.

use serde_json::json;

use super::scene::{EMAIL, PASSWORD, Scene};
use crate::app::App;
use crate::usecase::registration;

#[tokio::test]
async fn codes_are_mailed_a_few_times_and_alike_for_unknown_addresses() {
    let scene = Scene::begin();
    let nobody = scene.service.nobody();
    let body = json!({"email": EMAIL});
    for (path, operation) in [
        ("/v1/auth/resend-code", "ResendConfirmationCode"),
        ("/v1/auth/forgot-password", "ForgotPassword"),
    ] {
        scene.pool(operation, &json!({}));
        nobody.post(path, &body).await.is(202);
        scene.pool_refuses(operation, "UserNotFoundException");
        for _ in 1..5 {
            nobody.post(path, &body).await.is(202);
        }
        let often = nobody.post(path, &body).await;
        often.refused(429, "too_many_requests");
        let other = json!({"email": "grace@example.com"});
        scene.pool_refuses(operation, "TooManyRequestsException");
        let throttled = nobody.post(path, &other).await;
        throttled.refused(429, "too_many_requests");
    }
}

#[tokio::test]
async fn a_lost_password_is_replaced_and_ends_the_old_sign_ins() {
    let scene = Scene::begin();
    let nobody = scene.service.nobody();
    let path = "/v1/auth/reset-password";
    let body = |password: &str| json!({"email": EMAIL, "code": "042917", "password": password});
    let weak = nobody.post(path, &body("short")).await;
    weak.refused(422, "password_too_weak");
    scene.pool_refuses("ConfirmForgotPassword", "ExpiredCodeException");
    let wrong = nobody.post(path, &body(PASSWORD)).await;
    wrong.refused(422, "invalid_code");
    scene.pool("ConfirmForgotPassword", &json!({}));
    scene.pool("AdminUserGlobalSignOut", &json!({}));
    nobody.post(path, &body(PASSWORD)).await.is(204);
    assert_eq!(scene.asked("AdminUserGlobalSignOut").len(), 1);
}

#[tokio::test]
async fn accounts_that_nobody_confirmed_within_a_day_are_deleted() {
    let scene = Scene::begin();
    let app = App::new(scene.service.edge()).unwrap();
    let now = scene.service.now();
    let user = |name: &str, age: i64, status: &str| {
        let made_at = now.as_second() - age;
        json!({"Username": name, "UserCreateDate": made_at, "UserStatus": status})
    };
    let users = [
        user("old", 86_401, "UNCONFIRMED"),
        user("new", 86_000, "UNCONFIRMED"),
        user("confirmed", 100_000, "CONFIRMED"),
    ];
    scene.pool("ListUsers", &json!({"Users": users}));
    scene.pool_refuses("AdminDeleteUser", "InternalErrorException");
    let failed = registration::delete_unconfirmed(&app, now).await;
    assert!(failed.is_err(), "the schedule must hear of it");
    scene.pool("AdminDeleteUser", &json!({}));
    registration::delete_unconfirmed(&app, now).await.unwrap();
    let deleted: Vec<_> = scene.asked("AdminDeleteUser");
    assert!(deleted.iter().all(|asked| asked["Username"] == "old"), "{deleted:?}");
    assert_eq!(deleted.len(), 2);
}
