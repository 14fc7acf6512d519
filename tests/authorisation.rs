//! Who may do what: every operation, tried by everyone who may not, and read by everyone who may.
//!
//! The table in `operations.rs` is the specification. An operation without a row fails the test, so none is ever added
//! unthought.

use std::collections::BTreeSet;

use serde_json::json;
use testkit::{Person, Stack};

use crate::operations::{self, Cast, Customer, EVERYBODY, Nobody, rows};

#[test]
fn every_operation_has_a_row() {
    let described: BTreeSet<_> = operations::described()
        .into_iter()
        .map(|(operation, _)| operation)
        .collect();
    let rows: BTreeSet<_> = rows().map(|(operation, ..)| operation.to_owned()).collect();
    assert_eq!(rows, described);
}

#[test]
fn nobody_does_what_they_may_not() {
    let cast = Cast::get();
    let mut wrong = Vec::new();
    for (operation, may, body) in rows() {
        for who in EVERYBODY.iter().filter(|who| !may.contains(who)) {
            let reply = cast.tries(*who, operation, body);
            let refused = if *who == Nobody {
                reply.status == 401
            } else {
                [403, 404].contains(&reply.status)
            };
            if !refused {
                wrong.push(format!("{who:?} {operation}: {} {}", reply.status, reply.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everybody_reads_what_they_may() {
    let cast = Cast::get();
    let mut wrong = Vec::new();
    for (operation, may, _) in rows().filter(|(operation, ..)| operation.starts_with("GET ")) {
        for who in may {
            let reply = cast.tries(*who, operation, "");
            // A search without a place and a link without its token are refused for that, not for who asks.
            if [401, 403, 404].contains(&reply.status) || reply.status >= 500 {
                wrong.push(format!("{who:?} {operation}: {} {}", reply.status, reply.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn forged_and_foreign_tokens_are_refused() {
    let cast = Cast::get();
    let customer = &cast.people.iter().find(|(who, _)| *who == Customer).unwrap().1;
    let token = customer.token().to_owned();
    let (head, signature) = token.rsplit_once('.').unwrap();
    let reversed: String = signature.chars().rev().collect();
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4IiwidG9rZW5fdXNlIjoiYWNjZXNzIn0.";
    for forged in [
        format!("{head}.{reversed}"),
        format!("{head}."),
        unsigned.to_owned(),
        "x".to_owned(),
        String::new(),
    ] {
        customer.with_token(&forged).get("/v1/users/me").is(401);
    }
    // The identity token tells an app who is signed in; it is no permission to act.
    let signing_in = json!({"email": customer.email, "password": Person::password()});
    let tokens = Stack::get()
        .anonymous()
        .post("/v1/auth/sign-in", &signing_in)
        .expect(200);
    customer
        .with_token(tokens["id_token"].as_str().unwrap())
        .get("/v1/users/me")
        .is(401);
}

#[test]
fn internal_routes_are_for_services_alone() {
    let cast = Cast::get();
    for (who, person) in &cast.people {
        for path in [
            "/internal/users/{user_id}/contact",
            "/internal/restaurants/{restaurant_id}/menus/1",
        ] {
            let reply = person.get(&cast.fill(path));
            assert!(
                [401, 403].contains(&reply.status),
                "{who:?} {path}: {} {}",
                reply.status,
                reply.text
            );
        }
        let reply = person.post("/internal/delivery-estimates", &json!({}));
        assert!(
            [401, 403].contains(&reply.status),
            "{who:?}: {} {}",
            reply.status,
            reply.text
        );
    }
}
