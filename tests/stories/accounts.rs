//! Accounts: opened, interrupted, guessed at, and changed by many at once.

use std::collections::BTreeSet;
use std::thread;

use serde_json::{Value, json};
use testkit::{Person, Reply, Stack, eventually};
use uuid::Uuid;

/// Addresses in a book, at most.
const ADDRESSES_MAX: usize = 20;

fn application(email: &str, role: &str) -> Value {
    json!({"email": email, "password": Person::password(), "name": "Robin", "role": role})
}

fn new_email() -> String {
    format!("robin.{}@example.com", Uuid::new_v4().simple())
}

fn credentials(email: &str) -> Value {
    json!({"email": email, "password": Person::password()})
}

fn address(label: &str) -> Value {
    json!({"label": label, "line1": "Kerkstraat 7", "city": "Amsterdam", "postal_code": "1017 GA", "country": "NL",
           "position": {"lat": 52.37, "lng": 4.89}})
}

fn signed_in(stack: &'static Stack, email: &str) -> Person {
    let tokens = stack
        .anonymous()
        .post("/v1/auth/sign-in", &credentials(email))
        .expect(200);
    stack.anonymous().with_token(tokens["access_token"].as_str().unwrap())
}

/// Asks the user pool directly, as its administrator.
fn pool(stack: &'static Stack, operation: &str, mut request: Value) -> Value {
    request["UserPoolId"] = json!(stack.outputs.user_pool_id);
    let target = format!("AWSCognitoIdentityProviderService.{operation}");
    stack.aws().json("cognito-idp", &target, &request)
}

/// The types of the events of a user, in order.
fn history(stack: &'static Stack, user_id: &str) -> Vec<String> {
    let events = stack.aws().events("user", &format!("USER#{user_id}"));
    events
        .iter()
        .map(|event| event["type"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_account_is_opened_by_the_code_that_was_mailed() {
    let stack = Stack::get();
    let (nobody, email) = (stack.anonymous(), new_email());
    let signed_up = nobody
        .post("/v1/auth/sign-up", &application(&email, "courier"))
        .expect(201);
    let early = nobody.post("/v1/auth/sign-in", &credentials(&email));
    drop(early.refused(403, "user_unconfirmed"));
    let code = eventually("the code", || {
        let mails = stack.aws().mails_to(&email);
        let digits = |text: &String| {
            let mut runs = text.split(|c: char| !c.is_ascii_digit());
            runs.find(|run| run.len() == 6).map(str::to_owned)
        };
        mails
            .iter()
            .rev()
            .find_map(digits)
            .ok_or_else(|| format!("mails: {mails:?}"))
    });
    nobody
        .post("/v1/auth/confirm", &json!({"email": email, "code": code}))
        .is(200);
    let me = signed_in(stack, &email).get("/v1/users/me").expect(200);
    assert_eq!(me["user_id"], signed_up["user_id"]);
    assert_eq!((&me["roles"], &me["email"]), (&json!(["courier"]), &json!(email)));
    let events = history(stack, me["user_id"].as_str().unwrap());
    assert_eq!(events, ["user.registered.v1"]);
}

#[test]
fn nobody_learns_who_has_an_account() {
    let stack = Stack::get();
    let (nobody, stranger) = (stack.anonymous(), new_email());
    let (waiting, owner) = (new_email(), stack.enrol("customer"));
    nobody
        .post("/v1/auth/sign-up", &application(&waiting, "customer"))
        .is(201);
    // Taken, once waiting for its code and thrice confirmed, is answered as free is; the owner hears of it once.
    let mut ids = BTreeSet::from([owner.user_id.clone()]);
    for email in [
        &stranger,
        &waiting,
        &owner.email,
        &owner.email,
        &owner.email.to_uppercase(),
    ] {
        let answer = nobody
            .post("/v1/auth/sign-up", &application(email, "customer"))
            .expect(201);
        assert_eq!(answer["status"], "unconfirmed");
        assert!(ids.insert(answer["user_id"].as_str().unwrap().to_owned()), "{answer}");
    }
    assert_eq!(
        history(stack, &owner.user_id),
        ["user.registered.v1", "user.sign_up_repeated.v1"]
    );
    // Everything else is the same for whoever has an account and whoever has none.
    let unknown = new_email();
    let same = |path: &str, request: &dyn Fn(&str) -> Value| {
        let told = |reply: Reply| (reply.status, reply.body);
        let answers = [&owner.email, &unknown].map(|email| told(nobody.post(path, &request(email))));
        assert_eq!(answers[0], answers[1], "{path}");
    };
    same(
        "/v1/auth/sign-in",
        &|email| json!({"email": email, "password": "Wrong-horse-9"}),
    );
    same("/v1/auth/resend-code", &|email| json!({"email": email}));
    same("/v1/auth/forgot-password", &|email| json!({"email": email}));
    same(
        "/v1/auth/sign-up",
        &|email| json!({"email": email, "password": "short", "name": "Robin"}),
    );
}

#[test]
fn an_interrupted_registration_is_completed_by_the_next_sign_in() {
    let stack = Stack::get();
    // What a crash left behind: the code taken, and perhaps the group entered, but no record.
    for group_entered in [false, true] {
        let email = new_email();
        stack
            .anonymous()
            .post("/v1/auth/sign-up", &application(&email, "customer"))
            .is(201);
        drop(pool(stack, "AdminConfirmSignUp", json!({"Username": email})));
        if group_entered {
            drop(pool(
                stack,
                "AdminAddUserToGroup",
                json!({"Username": email, "GroupName": "customer"}),
            ));
        }
        let person = signed_in(stack, &email);
        // The token carries the group at once.
        person.get("/v1/users/me/addresses").is(200);
        let me = person.get("/v1/users/me").expect(200);
        assert_eq!((&me["roles"], &me["version"]), (&json!(["customer"]), &json!(1)));
        drop(signed_in(stack, &email));
        assert_eq!(history(stack, me["user_id"].as_str().unwrap()), ["user.registered.v1"]);
    }
}

#[test]
fn a_token_from_past_the_sign_in_gets_its_record_on_first_use() {
    let stack = Stack::get();
    let email = new_email();
    stack
        .anonymous()
        .post("/v1/auth/sign-up", &application(&email, "restaurant"))
        .is(201);
    drop(pool(stack, "AdminConfirmSignUp", json!({"Username": email})));
    let person = signed_in(stack, &email);
    let me = person.get("/v1/users/me").expect(200);
    // As if the sign-in had been cut off before its record was written.
    let partition = format!("USER#{}", me["user_id"].as_str().unwrap());
    assert!(stack.aws().forget("user", &partition) > 0);
    assert_eq!(person.get("/v1/users/me").expect(200)["roles"], json!(["restaurant"]));
}

#[test]
fn of_changes_at_once_one_wins() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let statuses: Vec<u16> = thread::scope(|scope| {
        let change = |number: usize| {
            let person = &person;
            let name = json!({"name": format!("Robin {number}")});
            move || person.patch("/v1/users/me", &json!(1), &name).status
        };
        let tries: Vec<_> = (0..6).map(|number| scope.spawn(change(number))).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |status: u16| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(200), count(412)), (1, 5), "{statuses:?}");
    assert_eq!(person.get("/v1/users/me").expect(200)["version"], 2);
    assert_eq!(
        history(stack, &person.user_id),
        ["user.registered.v1", "user.profile_changed.v1"]
    );
}

#[test]
fn an_address_book_holds_twenty_however_many_come_at_once() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    for number in 1..ADDRESSES_MAX {
        person
            .post("/v1/users/me/addresses", &address(&format!("Number {number}")))
            .is(201);
    }
    let statuses: Vec<u16> = thread::scope(|scope| {
        let add = || person.post("/v1/users/me/addresses", &address("One more")).status;
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(add)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let count = |status: u16| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((count(201), count(409)), (1, 3), "{statuses:?}");
    let book = person.get("/v1/users/me/addresses").expect(200);
    let items = book["items"].as_array().unwrap();
    assert_eq!(items.len(), ADDRESSES_MAX);
    assert_eq!(items.iter().filter(|item| item["default"] == true).count(), 1);
}

#[test]
fn the_same_request_saves_one_address() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let answers: BTreeSet<String> = thread::scope(|scope| {
        let add = || {
            let reply = person.post_with_key("/v1/users/me/addresses", &address("Home"), "one-and-the-same");
            reply.expect(201)["address_id"].as_str().unwrap().to_owned()
        };
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(add)).collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(answers.len(), 1, "{answers:?}");
    let other = person.post_with_key("/v1/users/me/addresses", &address("Work"), "one-and-the-same");
    drop(other.refused(422, "idempotency_key_reused"));
    let book = person.get("/v1/users/me/addresses").expect(200);
    assert_eq!(book["items"].as_array().unwrap().len(), 1);
}

#[test]
fn an_operator_makes_a_customer_a_courier() {
    let stack = Stack::get();
    let (operator, person) = (stack.operator(), stack.enrol("customer"));
    let path = format!("/v1/users/{}/roles", person.user_id);
    let both = json!({"roles": ["customer", "courier"]});
    // The same again changes nothing.
    for _ in 0..2 {
        assert_eq!(operator.put(&path, &both).expect(200)["roles"], both["roles"]);
    }
    assert_eq!(
        history(stack, &person.user_id),
        ["user.registered.v1", "user.roles_changed.v1"]
    );
    // What was done in the pool alone is seen at the next sign-in.
    drop(pool(
        stack,
        "AdminRemoveUserFromGroup",
        json!({"Username": person.email, "GroupName": "customer"}),
    ));
    let me = signed_in(stack, &person.email).get("/v1/users/me").expect(200);
    assert_eq!(me["roles"], json!(["courier"]));
    let own = operator.put(
        &format!("/v1/users/{}/roles", operator.user_id),
        &json!({"roles": ["customer"]}),
    );
    drop(own.refused(409, "own_operator_role"));
}

#[test]
fn signing_out_ends_every_refresh_token() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let tokens = stack
        .anonymous()
        .post("/v1/auth/sign-in", &credentials(&person.email))
        .expect(200);
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let renewed = stack.anonymous().post("/v1/auth/refresh", &refresh).expect(200);
    stack
        .anonymous()
        .with_token(renewed["access_token"].as_str().unwrap())
        .get("/v1/users/me")
        .is(200);
    // The pool counts in whole seconds: a token of the second of the sign-out may outlive it.
    thread::sleep(std::time::Duration::from_millis(1100));
    person.post("/v1/auth/sign-out", &json!({})).is(204);
    let refused = stack.anonymous().post("/v1/auth/refresh", &refresh);
    drop(refused.refused(401, "invalid_refresh_token"));
}

#[test]
fn a_number_at_sign_up_is_one_of_the_country_that_was_said() {
    let stack = Stack::get();
    let signs_up = |email: &str, more: &Value| {
        let mut body = application(email, "customer");
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        stack.anonymous().post("/v1/auth/sign-up", &body)
    };
    for more in [
        json!({"phone": "06 55550301", "country": "NL"}),
        json!({"phone": "06 55550301", "locale": "nl-NL"}),
        json!({"phone": "+31 6 5555 0301"}),
    ] {
        let email = new_email();
        signs_up(&email, &more).is(201);
        drop(pool(stack, "AdminConfirmSignUp", json!({"Username": email})));
        let me = signed_in(stack, &email).get("/v1/users/me").expect(200);
        assert_eq!(me["phone"], "+31655550301", "{more}");
    }
    for (more, code) in [
        (json!({"phone": "06 55550301"}), "phone_country_needed"),
        (json!({"phone": "06 5555", "country": "NL"}), "phone_too_short"),
    ] {
        let problem = signs_up(&new_email(), &more).refused(422, "invalid_body");
        assert_eq!(problem["errors"][0]["code"], code, "{more}");
    }
}

#[test]
fn a_password_that_is_easy_to_guess_says_why() {
    let stack = Stack::get();
    let email = format!("robin.hood.{}@example.com", Uuid::new_v4().simple());
    for (password, code) in [
        ("aB3$xyz".to_owned(), "password_too_short"),
        ("vexj qk7-wn".repeat(24), "password_too_long"),
        ("a".repeat(256), "password_repetitive"),
        ("ab".repeat(20), "password_repetitive"),
        ("xk4pm".repeat(4), "password_repetitive"),
        ("0123456789".to_owned(), "password_repetitive"),
        ("Password123!".to_owned(), "password_common"),
        ("P@ssw0rd2026".to_owned(), "password_common"),
        ("qwertyuiop".to_owned(), "password_common"),
        (format!("my-{}", email.split('@').next().unwrap()), "password_personal"),
        ("robin-of-the-woods".to_owned(), "password_personal"),
    ] {
        let mut body = application(&email, "customer");
        body["password"] = json!(password);
        let problem = stack
            .anonymous()
            .post("/v1/auth/sign-up", &body)
            .refused(422, "password_too_weak");
        assert_eq!(problem["errors"][0]["code"], code, "{password}");
        let reset = json!({"email": email, "code": "000000", "password": password});
        let problem = stack
            .anonymous()
            .post("/v1/auth/reset-password", &reset)
            .refused(422, "password_too_weak");
        assert_eq!(problem["errors"][0]["code"], code, "{password}");
    }
    // Length is enough: neither digits nor signs are asked for.
    for password in ["correct horse battery staple".to_owned(), "vexj qk7-wn".repeat(5)] {
        let mut body = application(&new_email(), "customer");
        body["password"] = json!(password);
        stack.anonymous().post("/v1/auth/sign-up", &body).is(201);
    }
}
