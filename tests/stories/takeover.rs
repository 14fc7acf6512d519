//! Attempts to get into somebody else's account, or to keep power that was taken away.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Live, Method, Person, Reply, Stack, early_in_a_window, eventually};
use uuid::Uuid;

const ATTACKERS: &str = "Attackers-horse-1";
const OWNERS: &str = "Owners-horse-22";

fn new_email() -> String {
    format!("victim.{}@example.com", Uuid::new_v4().simple())
}

fn signs_up(email: &str, password: &str) -> Value {
    let application = json!({"email": email, "password": password, "name": "Victoria", "phone": "+31612345678"});
    Stack::get()
        .anonymous()
        .post("/v1/auth/sign-up", &application)
        .expect(201)
}

fn signs_in(email: &str, password: &str) -> Reply {
    let credentials = json!({"email": email, "password": password});
    Stack::get().anonymous().post("/v1/auth/sign-in", &credentials)
}

fn code_to(email: &str) -> String {
    eventually("the code", || {
        let mails = Stack::get().aws().mails_to(email);
        let newest = mails.iter().rev().find_map(|mail| {
            let mut runs = mail.split(|c: char| !c.is_ascii_digit());
            runs.find(|run| run.len() == 6).map(str::to_owned)
        });
        newest.ok_or_else(|| format!("{mails:?}"))
    })
}

#[test]
fn whoever_signed_up_before_the_owner_of_an_address_never_gets_in() {
    let email = new_email();
    let attacker = signs_up(&email, ATTACKERS);
    let owner = signs_up(&email, OWNERS);
    assert_ne!(attacker["user_id"], owner["user_id"]);
    let confirmation = json!({"email": email, "code": code_to(&email)});
    Stack::get().anonymous().post("/v1/auth/confirm", &confirmation).is(200);
    signs_in(&email, OWNERS).is(200);
    drop(signs_in(&email, ATTACKERS).refused(401, "invalid_credentials"));
}

#[test]
fn whoever_signs_up_after_the_owner_does_not_get_the_owners_confirmation() {
    let email = new_email();
    let nobody = Stack::get().anonymous();
    let owner = signs_up(&email, OWNERS);
    let attacker = signs_up(&email, ATTACKERS);
    // The owner's app binds the code to the owner's sign-up, which is gone: the attacker's is not confirmed by it.
    let confirmation = json!({"email": email, "code": code_to(&email), "user_id": owner["user_id"]});
    drop(
        nobody
            .post("/v1/auth/confirm", &confirmation)
            .refused(409, "sign_up_replaced"),
    );
    drop(signs_in(&email, ATTACKERS).refused(403, "user_unconfirmed"));
    // Once more, and it is the owner's.
    let again = signs_up(&email, OWNERS);
    let confirmation = json!({"email": email, "code": code_to(&email), "user_id": again["user_id"]});
    nobody.post("/v1/auth/confirm", &confirmation).is(200);
    signs_in(&email, OWNERS).is(200);
    drop(signs_in(&email, ATTACKERS).refused(401, "invalid_credentials"));
    assert_ne!(attacker["user_id"], again["user_id"]);
}

#[test]
fn of_sign_ups_at_once_one_counts_and_only_with_its_own_id() {
    let email = new_email();
    let ids: Vec<Value> = thread::scope(|scope| {
        let tries: Vec<_> = (0..3)
            .map(|number| {
                let email = &email;
                scope.spawn(move || {
                    let password = format!("Some-horse-{number}");
                    let application = json!({"email": email, "password": password, "name": "Victoria"});
                    Stack::get().anonymous().post("/v1/auth/sign-up", &application)
                })
            })
            .collect();
        let replies = tries.into_iter().map(|one| one.join().unwrap());
        replies
            .filter(|reply| reply.status == 201)
            .map(|reply| reply.body["user_id"].clone())
            .collect()
    });
    assert!(!ids.is_empty());
    let code = code_to(&email);
    let confirm = |id: &Value| {
        let body = json!({"email": email, "code": code, "user_id": id});
        Stack::get().anonymous().post("/v1/auth/confirm", &body).status
    };
    let confirmed = ids.iter().filter(|id| confirm(id) == 200).count();
    assert!(confirmed <= 1, "{confirmed} sign-ups were confirmed");
}

/// The user pool can be asked directly with an app's own token. What it takes must not matter here.
#[test]
fn what_a_token_writes_into_the_user_pool_changes_no_address_and_no_role() {
    let stack = Stack::get();
    let (person, other) = (stack.enrol("customer"), new_email());
    let request = json!({"AccessToken": person.token(), "UserAttributes": [
        {"Name": "email", "Value": other}, {"Name": "custom:role", "Value": "operator"}]});
    let target = "AWSCognitoIdentityProviderService.UpdateUserAttributes";
    drop(stack.aws().json("cognito-idp", target, &request));
    let me = person.get("/v1/users/me").expect(200);
    assert_eq!(
        (&me["email"], &me["roles"]),
        (&json!(person.email), &json!(["customer"]))
    );
    // The emulator moves the address at once, which the pool does only once it is proven: a test of the template sees to that.
    let roles = [&person.email, &other].map(|email| {
        let answer = signs_in(email, Person::password());
        let token = answer.body["access_token"].as_str()?.to_owned();
        Some(person.with_token(&token).get("/v1/users/me").expect(200)["roles"].clone())
    });
    assert!(
        roles.iter().flatten().all(|roles| *roles == json!(["customer"])),
        "{roles:?}"
    );
    assert!(roles.iter().any(Option::is_some), "{roles:?}");
}

#[test]
fn the_user_pool_lets_nobody_in_past_the_service() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let client = &stack.outputs.user_pool_client_id;
    let (email, password) = (&person.email, Person::password());
    let parameters = json!({"USERNAME": email, "PASSWORD": password});
    let by_password = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
    let forgot = json!({"ClientId": client, "Username": email});
    let sign_up = json!({"ClientId": client, "Username": new_email(), "Password": password});
    let reset = json!({"ClientId": client, "Username": email, "Password": password, "ConfirmationCode": "000000"});
    for (action, request) in [
        ("InitiateAuth", &by_password),
        ("ForgotPassword", &forgot),
        ("ConfirmForgotPassword", &reset),
        ("ResendConfirmationCode", &forgot),
        ("SignUp", &sign_up),
    ] {
        let target = format!("AWSCognitoIdentityProviderService.{action}");
        let answer = stack.aws().ask("cognito-idp", &target, request);
        answer.is(400);
        let refusals = ["NotAuthorizedException", "InvalidParameterException"];
        assert!(
            refusals.iter().any(|refusal| answer.text.contains(refusal)),
            "{action}: {}",
            answer.text
        );
    }
}

#[test]
fn guessing_a_password_is_stopped_and_the_owner_waits_at_most_a_quarter_of_an_hour() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    early_in_a_window(Duration::from_mins(15));
    let guesses: Vec<u16> = (0..12)
        .map(|_| signs_in(&person.email, "Wrong-horse-9").status)
        .collect();
    // What a fault repeated counts, too.
    let wrong = guesses.iter().filter(|status| **status == 401).count();
    assert!((8..=10).contains(&wrong), "{guesses:?}");
    assert!(guesses[wrong..].iter().all(|status| *status == 429), "{guesses:?}");
    let refused = signs_in(&person.email, Person::password());
    let wait = refused.header("retry-after").and_then(|text| text.parse::<u32>().ok());
    assert!(wait.is_some_and(|seconds| (1..=900).contains(&seconds)), "{wait:?}");
    drop(refused.refused(429, "too_many_requests"));
}

#[test]
fn mails_to_an_address_are_bounded_whether_it_has_an_account_or_not() {
    let stack = Stack::get();
    for email in [stack.enrol("customer").email, new_email()] {
        for path in ["/v1/auth/resend-code", "/v1/auth/forgot-password"] {
            let ask = || stack.anonymous().post(path, &json!({"email": email})).status;
            early_in_a_window(Duration::from_hours(1));
            let statuses: Vec<u16> = (0..6).map(|_| ask()).collect();
            // What a fault repeated counts, too.
            let mails = statuses.iter().filter(|status| **status == 202).count();
            assert!((3..=5).contains(&mails), "{path}: {statuses:?}");
            assert!(
                statuses[mails..].iter().all(|status| *status == 429),
                "{path}: {statuses:?}"
            );
        }
    }
}

#[test]
fn a_phone_is_verified_by_its_code_before_it_counts() {
    let stack = Stack::get();
    early_in_a_window(Duration::from_hours(24));
    let person = stack.enrol("customer");
    assert_eq!(person.get("/v1/users/me").expect(200)["phone_verified"], false);
    let abroad = person.post("/v1/users/me/phone", &json!({"phone": "+88216123456"}));
    assert_eq!(
        abroad.refused(422, "invalid_body")["errors"][0]["code"],
        "phone_country_not_served"
    );
    person
        .post("/v1/users/me/phone", &json!({"phone": person.phone}))
        .is(202);
    drop(
        person
            .post("/v1/users/me/phone/verify", &json!({"code": "000000"}))
            .refused(422, "invalid_code"),
    );
    person.verify_phone();
    assert_eq!(person.get("/v1/users/me").expect(200)["phone_verified"], true);
    // A third code to one number in a day is the last, whoever asks. What a fault repeated counts, too.
    let again = person.post("/v1/users/me/phone", &json!({"phone": person.phone}));
    assert!([202, 429].contains(&again.status), "{}", again.text);
    let pumped = stack
        .enrol("customer")
        .post("/v1/users/me/phone", &json!({"phone": person.phone}));
    drop(pumped.refused(429, "too_many_requests"));
}

/// Signed in before the roles changed, and not since.
#[test]
fn an_operator_who_loses_the_role_loses_it_everywhere_within_seconds() {
    let stack = Stack::get();
    let (operator, person) = (stack.operator(), stack.enrol("customer"));
    let path = format!("/v1/users/{}/roles", person.user_id);
    // Without a one-time password nobody becomes an operator.
    let both = json!({"roles": ["customer", "operator"]});
    drop(operator.put(&path, &both).refused(409, "second_factor_required"));
    let promoted = promoted(stack, &operator, &person);
    for route in [
        "/v1/admin/orders",
        "/v1/admin/restaurants",
        "/v1/couriers",
        "/v1/zones?near=52.37,4.90",
    ] {
        promoted.get(route).is(200);
    }
    promoted.get(&format!("/v1/users/{}", person.user_id)).is(200);
    drop(
        promoted
            .delete("/v1/users/me/mfa/totp")
            .refused(409, "second_factor_required"),
    );
    let mut live = Live::follow(&promoted, "operators");
    let ticket = Live::ticket(&promoted);
    operator.put(&path, &json!({"roles": ["customer"]})).is(200);
    live.until_closed();
    assert!(Live::open(&ticket).is_err(), "a ticket from before");
    let user = format!("/v1/users/{}", operator.user_id);
    for route in [
        "/v1/admin/orders",
        "/v1/admin/restaurants",
        "/v1/couriers",
        "/v1/zones?near=52.37,4.90",
        &user,
    ] {
        eventually(&format!("the old token to be refused at {route}"), || {
            let status = promoted.get(route).status;
            if status == 403 { Ok(()) } else { Err(status.to_string()) }
        });
    }
}

/// An operator who takes the second factor off in the user pool itself, past this service's proof of a fresh sign-in.
#[test]
fn an_operator_without_a_second_factor_gets_no_new_tokens() {
    let stack = Stack::get();
    let (operator, person) = (stack.operator(), stack.enrol("customer"));
    let tokens = operator_tokens(stack, &operator, &person);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    stack.anonymous().post("/v1/auth/refresh", &refresh).is(200);
    let off = json!({"AccessToken": tokens["access_token"], "SoftwareTokenMfaSettings": {"Enabled": false}});
    let target = "AWSCognitoIdentityProviderService.SetUserMFAPreference";
    drop(stack.aws().json("cognito-idp", target, &off));
    let refused = stack.anonymous().post("/v1/auth/refresh", &refresh);
    drop(refused.refused(403, "second_factor_required"));
    drop(signs_in(&person.email, Person::password()).refused(403, "second_factor_required"));
}

#[test]
fn guessing_a_one_time_password_is_stopped() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let secret = with_one_time_password(&person);
    let answers = |code: &str| {
        let challenge = signs_in(&person.email, Person::password()).expect(200);
        let answer = json!({"session": challenge["session"], "code": code});
        let body = answer.to_string();
        stack
            .anonymous()
            .once(&Method::POST, "/v1/auth/challenge", &[], body.as_bytes())
    };
    let right = testkit::totp(&secret);
    let wrong = if right == "000000" { "111111" } else { "000000" };
    // What a fault repeated counts, too.
    early_in_a_window(Duration::from_mins(15));
    let guesses: Vec<u16> = (0..11).map(|_| answers(wrong).status).collect();
    let tried = guesses.iter().filter(|status| **status == 422).count();
    assert!((8..=10).contains(&tried), "{guesses:?}");
    assert!(guesses[tried..].iter().all(|status| *status == 429), "{guesses:?}");
    let refused = answers(&testkit::totp(&secret));
    assert!(refused.header("retry-after").is_some(), "{}", refused.text);
    drop(refused.refused(429, "too_many_requests"));
}

/// Sets a one-time password up: its secret.
fn with_one_time_password(person: &Person) -> String {
    let begun = person.post("/v1/users/me/mfa/totp", &json!({})).expect(200);
    let secret = begun["secret"].as_str().unwrap().to_owned();
    let code = json!({"code": testkit::totp(&secret)});
    person.post("/v1/users/me/mfa/totp/verify", &code).is(204);
    secret
}

/// Makes a person an operator as it is done: with a one-time password, and signed in with it.
fn promoted(stack: &'static Stack, operator: &Person, person: &Person) -> Person {
    let tokens = operator_tokens(stack, operator, person);
    person.with_token(tokens["access_token"].as_str().unwrap())
}

fn operator_tokens(stack: &'static Stack, operator: &Person, person: &Person) -> Value {
    let secret = with_one_time_password(person);
    let both = json!({"roles": ["customer", "operator"]});
    operator
        .put(&format!("/v1/users/{}/roles", person.user_id), &both)
        .is(200);
    let challenge = signs_in(&person.email, Person::password()).expect(200);
    let answer = json!({"session": challenge["session"], "code": testkit::totp(&secret)});
    stack.anonymous().post("/v1/auth/challenge", &answer).expect(200)
}

#[test]
fn of_two_operators_who_demote_each_other_one_stays() {
    let stack = Stack::get();
    let seeded = stack.operator();
    let people = [stack.enrol("customer"), stack.enrol("customer")];
    let operators: Vec<Person> = people.iter().map(|person| promoted(stack, &seeded, person)).collect();
    // The seeded one stays out of it, so the list is brought to these two in the table alone.
    let members = json!({":members": {"SS": [people[0].user_id, people[1].user_id]}});
    stack.aws().update(
        "user",
        "OPERATORS",
        "OPERATORS",
        "SET #name = :members",
        "members",
        &members,
    );
    let statuses: Vec<u16> = thread::scope(|scope| {
        let demote = |by: usize, whom: usize| {
            let path = format!("/v1/users/{}/roles", people[whom].user_id);
            let operator = &operators[by];
            move || operator.put(&path, &json!({"roles": ["customer"]})).status
        };
        let tries = [scope.spawn(demote(0, 1)), scope.spawn(demote(1, 0))];
        tries.map(|one| one.join().unwrap()).to_vec()
    });
    let demoted = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(demoted, 1, "{statuses:?}");
    // The list is put right for whoever comes after.
    let members = json!({":members": {"SS": [seeded.user_id]}});
    stack.aws().update(
        "user",
        "OPERATORS",
        "OPERATORS",
        "ADD #name :members",
        "members",
        &members,
    );
    for person in &people {
        seeded
            .put(
                &format!("/v1/users/{}/roles", person.user_id),
                &json!({"roles": ["customer"]}),
            )
            .is(200);
    }
}

#[test]
fn a_suspended_person_is_out_until_an_operator_lets_them_in_again() {
    let stack = Stack::get();
    let (operator, person) = (stack.operator(), stack.enrol("customer"));
    let path = |what: &str| format!("/v1/users/{}/{what}", person.user_id);
    for _ in 0..2 {
        let suspended = operator.post(&path("suspend"), &json!({})).expect(200);
        assert_eq!(
            (&suspended["roles"], &suspended["suspended"]),
            (&json!([]), &json!(true))
        );
    }
    drop(signs_in(&person.email, Person::password()).refused(403, "suspended"));
    drop(signs_in(&person.email, "Wrong-horse-9").refused(401, "invalid_credentials"));
    operator.post(&path("reinstate"), &json!({})).is(200);
    let tokens = signs_in(&person.email, Person::password()).expect(200);
    let back = person.with_token(tokens["access_token"].as_str().unwrap());
    assert_eq!(back.get("/v1/users/me").expect(200)["roles"], json!(["customer"]));
    let own = format!("/v1/users/{}/suspend", operator.user_id);
    drop(operator.post(&own, &json!({})).refused(409, "own_account"));
}
