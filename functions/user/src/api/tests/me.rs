//! The signed-in person: profile, preferences, phone and second factor.

use handlerkit::{Caller, Reply};
use http::Method;
use kernel::{Role, SignedDuration};
use serde_json::{Value, json};

use super::scene::{EMAIL, Scene, token};

const ME: &str = "/v1/users/me";
const TOTP: &str = "/v1/users/me/mfa/totp";
const SNS: &str = "POST sns.eu-central-1.amazonaws.com/";
const SENT: &str = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult><MessageId>1\
                    </MessageId></PublishResult></PublishResponse>";

#[tokio::test]
async fn a_profile_is_changed_from_the_version_that_was_read() {
    let scene = Scene::begin();
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let me = person.get(ME).await.expect(200);
    let (version, change) = (
        &me["version"],
        json!({"name": "Ada King", "time_zone": "Europe/London"}),
    );
    let changed = person.patch(ME, version, &change).await.expect(200);
    assert_eq!(
        (&changed["name"], &changed["email"]),
        (&json!("Ada King"), &json!(EMAIL))
    );
    person
        .patch(ME, version, &json!({"name": "Ada"}))
        .await
        .refused(412, "stale");
    let blind = person.call(&Method::PATCH, ME, &[], Some(&change)).await;
    blind.refused(428, "if_match_missing");
    let wrong = json!({"time_zone": "Europe/Atlantis"});
    let refused = person.patch(ME, &changed["version"], &wrong).await;
    refused.refused(422, "invalid_body");
    scene.service.nobody().get(ME).await.refused(401, "unauthorized");
    assert_eq!(scene.service.told(), ["user.registered.v1", "user.profile_changed.v1"]);
}

#[tokio::test]
async fn preferences_are_replaced_as_a_whole() {
    let scene = Scene::begin();
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let path = "/v1/users/me/preferences";
    assert_eq!(person.get(path).await.expect(200)["marketing"], false);
    let body = json!({"diets": ["vegan"], "marketing": true, "quiet_hours": {"from": "22:00", "to": "07:00"}});
    person.put(path, &body).await.is(200);
    let kept = person.get(path).await.expect(200);
    assert_eq!((&kept["diets"], &kept["marketing"]), (&json!(["vegan"]), &json!(true)));
    let diets: Vec<_> = (0..11).map(|number| format!("diet-{number}")).collect();
    let problem = person.put(path, &json!({"diets": diets})).await;
    assert_eq!(problem.refused(422, "invalid_body")["errors"][0]["pointer"], "/diets");
    assert!(scene.service.told().contains(&"user.preferences_changed.v1".to_owned()));
}

#[tokio::test]
async fn a_phone_is_verified_by_the_code_that_was_sent_to_it() {
    let scene = Scene::begin();
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let (path, verify) = ("/v1/users/me/phone", "/v1/users/me/phone/verify");
    let number = json!({"phone": "06 55550301"});
    let abroad = person.post(path, &json!({"phone": "+12025550123"})).await;
    let problem = abroad.refused(422, "invalid_body");
    assert_eq!(problem["errors"][0]["code"], "phone_country_not_served");
    scene.service.aws().answer(SNS, 500, "<ErrorResponse/>");
    person.post(path, &number).await.refused(503, "text_not_sent");
    scene.service.aws().answer(SNS, 200, SENT);
    person.post(path, &number).await.is(202);
    let contact = format!("/internal/users/{}/contact", person.user_id());
    let service = scene.service.another_service();
    let unverified = service.get(&contact).await.expect(200);
    assert_eq!(
        (&unverified["email"], unverified.get("phone").unwrap_or(&Value::Null)),
        (&json!(EMAIL), &Value::Null)
    );

    let (_, sent) = scene.service.aws().asked().pop().unwrap();
    let (_, message) = sent.split_once("&Message=").unwrap();
    let code = &message[..6];
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = person.post(verify, &json!({"code": wrong})).await;
    refused.refused(422, "invalid_code");
    let verified = person.post(verify, &json!({"code": code})).await.expect(200);
    assert_eq!(verified["phone_verified"], true);
    assert_eq!(service.get(&contact).await.expect(200)["phone"], "+31655550301");
    person.get(&contact).await.refused(403, "forbidden");
    let unknown = format!("/internal/users/{}/contact", scene.service.person(&[]).user_id());
    service.get(&unknown).await.refused(404, "not_found");
    scene.service.pass(SignedDuration::from_mins(10));
    let late = person.post(verify, &json!({"code": code})).await;
    late.refused(422, "invalid_code");
}

async fn with_token(who: &Caller, method: Method, path: &str, signed_in_at: i64, body: Option<&Value>) -> Reply {
    let bearer = format!("Bearer {}", token(&json!({"auth_time": signed_in_at})));
    who.call(&method, path, &[("authorization", &bearer)], body).await
}

#[tokio::test]
async fn a_one_time_password_is_set_up_and_removed_after_a_fresh_sign_in() {
    let scene = Scene::begin();
    let person = scene.enrol(EMAIL, &[Role::Customer]).await;
    let now = scene.service.now().as_second();
    let (verify, code) = (format!("{TOTP}/verify"), json!({"code": "042917"}));
    let stale = [
        with_token(&person, Method::POST, TOTP, now - 601, None).await,
        with_token(&person, Method::POST, &verify, now - 601, Some(&code)).await,
        with_token(&person, Method::DELETE, TOTP, now - 601, None).await,
    ];
    for reply in stale {
        reply.refused(403, "fresh_sign_in_required");
    }
    scene.pool("AssociateSoftwareToken", &json!({"SecretCode": "JBSWY3DPEHPK3PXP"}));
    let secret = with_token(&person, Method::POST, TOTP, now, None).await.expect(200);
    assert_eq!(secret["secret"], "JBSWY3DPEHPK3PXP");
    scene.pool_refuses("VerifySoftwareToken", "EnableSoftwareTokenMFAException");
    let wrong = with_token(&person, Method::POST, &verify, now, Some(&code)).await;
    wrong.refused(422, "invalid_code");
    scene.pool("VerifySoftwareToken", &json!({"Status": "SUCCESS"}));
    scene.pool("SetUserMFAPreference", &json!({}));
    with_token(&person, Method::POST, &verify, now, Some(&code))
        .await
        .is(204);
    with_token(&person, Method::DELETE, TOTP, now, None).await.is(204);
    let asked = scene.asked("SetUserMFAPreference");
    let demanded: Vec<_> = asked
        .iter()
        .map(|asked| &asked["SoftwareTokenMfaSettings"]["Enabled"])
        .collect();
    assert_eq!(demanded, [&json!(true), &json!(false)]);

    let operator = scene.service.person(&[Role::Operator]);
    let kept = with_token(&operator, Method::DELETE, TOTP, now, None).await;
    kept.refused(409, "second_factor_required");
}
