//! Bad input gets a clear problem with a stable code, never a 500, and changes nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::operations::{self, Cast, Courier, Customer, Nobody, Operator, Owner, Who, rows};

/// Larger than any body that any operation takes.
const HUGE_BYTES: usize = 1_200 * 1024;

/// Checks the signature of whatever came before it reads it, so that nobody but the provider learns more.
const SIGNED: &str = "POST /v1/webhooks/stripe";

/// What is wrong with any operation's body.
fn broken(valid: &str) -> Vec<(&'static str, String, &'static [u16])> {
    let mut unknown: Value = serde_json::from_str(valid).unwrap_or_default();
    unknown["surely_unknown"] = 1.into();
    let deep = format!(
        "{}{}{}{}{}",
        r#"{"surely_unknown": "#,
        "[".repeat(5000),
        "",
        "]".repeat(5000),
        "}"
    );
    vec![
        ("no JSON", "{\"a\": ".to_owned(), &[400]),
        ("two values", "{} {}".to_owned(), &[400, 422]),
        ("a list", "[]".to_owned(), &[422]),
        ("a null", "null".to_owned(), &[422]),
        ("an unknown field", unknown.to_string(), &[422]),
        ("deep nesting", deep, &[400, 422]),
        (
            "a huge body",
            format!("{{\"surely_unknown\": \"{}\"}}", "x".repeat(HUGE_BYTES)),
            &[413],
        ),
    ]
}

#[test]
fn broken_bodies_are_refused_by_every_operation() {
    let cast = Cast::get();
    let rows: BTreeMap<_, _> = rows()
        .map(|(operation, may, body)| (operation, (may[0], body)))
        .collect();
    let mut wrong = Vec::new();
    for (operation, _) in operations::described()
        .into_iter()
        .filter(|(_, takes_json)| *takes_json)
    {
        let (who, valid) = rows[operation.as_str()];
        let signed = operation == SIGNED;
        for (what, body, statuses) in broken(valid) {
            let statuses = if signed { &[400, 413] } else { statuses };
            let reply = cast.tries_with(who, &operation, body.as_bytes(), "application/json");
            let code = reply.body["code"].as_str().unwrap_or_default();
            if !statuses.contains(&reply.status) || code.is_empty() {
                wrong.push(format!("{operation} with {what}: {} {}", reply.status, reply.text));
            }
        }
        let reply = cast.tries_with(who, &operation, valid.as_bytes(), "text/plain");
        let expected = if signed {
            (400, Some("invalid_signature"))
        } else {
            (415, Some("unsupported_media_type"))
        };
        if (reply.status, reply.body["code"].as_str()) != expected {
            wrong.push(format!("{operation} as text: {} {}", reply.status, reply.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_that_are_none_name_nothing() {
    let cast = Cast::get();
    let mut wrong = Vec::new();
    for (operation, may, body) in rows().filter(|(operation, ..)| operation.contains("_id}")) {
        for id in ["nonsense", "ord_", "%00", "ord_7zzzzzzzzzzzzzzzzzzzzzzzzz"] {
            let (before, after) = (operation.find('{').unwrap(), operation.find('}').unwrap());
            let path = format!("{}{id}{}", &operation[..before], &operation[after + 1..]);
            let reply = cast.tries(may[0], &path, body);
            if reply.status != 404 && reply.status != 400 {
                wrong.push(format!("{path}: {} {}", reply.status, reply.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Operation, who asks, body, and the status and code of the answer.
const CASES: &[(&str, Who, &str, u16, &str)] = &[
    (
        "POST /v1/auth/sign-up",
        Nobody,
        r#"{"email": "no address", "password": "Correct-horse-9", "name": "Sam"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/auth/sign-up",
        Nobody,
        r#"{"email": "a@example.com", "password": "short", "name": "Sam"}"#,
        422,
        "password_too_weak",
    ),
    (
        "POST /v1/auth/sign-up",
        Nobody,
        r#"{"email": "a@example.com", "password": "Correct-horse-9", "name": "Sam", "role": "operator"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/auth/sign-in",
        Nobody,
        r#"{"email": "nobody@example.com", "password": "Correct-horse-9"}"#,
        401,
        "invalid_credentials",
    ),
    ("GET /v1/orders?limit=0", Customer, "", 400, "invalid_query"),
    ("GET /v1/orders?limit=101", Customer, "", 400, "invalid_query"),
    ("GET /v1/orders?cursor=AAAA", Customer, "", 400, "invalid_cursor"),
    ("GET /v1/restaurants?near=91,0", Nobody, "", 400, "invalid_query"),
    (
        "PUT /v1/restaurants/{restaurant_id}/hours",
        Owner,
        r#"{"weekly": {"mon": [{"from": "10:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}]}, "exceptions": []}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/orders/{order_id}/reject",
        Owner,
        r#"{"reason": "no_mood"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/payment-methods",
        Customer,
        r#"{"provider_token": "4242424242424242"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/couriers/{courier_id}/reject",
        Operator,
        r#"{"reason": "mood"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/couriers/me/locations",
        Courier,
        r#"{"points": []}"#,
        422,
        "invalid_body",
    ),
    (
        "GET /v1/couriers/{courier_id}/trail?limit=101",
        Operator,
        "",
        400,
        "invalid_query",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/failed",
        Courier,
        r#"{"reason": "rain"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/failed",
        Courier,
        r#"{"reason": "customer_absent", "fault": "customer"}"#,
        422,
        "invalid_body",
    ),
    ("GET /v1/deliveries/reviews?limit=0", Operator, "", 400, "invalid_query"),
    (
        "POST /v1/deliveries/{delivery_id}/review",
        Operator,
        r#"{"fault": "weather"}"#,
        422,
        "invalid_body",
    ),
    ("GET /v1/zones?near=nowhere", Operator, "", 400, "invalid_query"),
    (
        "GET /v1/zones/{zone_id}/board?limit=0",
        Operator,
        "",
        400,
        "invalid_query",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/unassign",
        Operator,
        r#"{"reason": "boredom"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/delivered",
        Courier,
        r#"{"pin": "1234", "photo_key": "photos/x"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/delivered",
        Courier,
        r#"{"photo_key": "photos/{delivery_id}/00000000000000000000000000000000"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/delivered",
        Courier,
        r#"{"photo_key": "../secrets"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/photo-uploads",
        Courier,
        r#"{"content_type": "text/html", "size_bytes": 100000}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/incidents",
        Owner,
        r#"{"kind": "rain"}"#,
        422,
        "invalid_body",
    ),
    (
        "POST /v1/webhooks/stripe",
        Nobody,
        r#"{"id": "evt_1"}"#,
        400,
        "invalid_signature",
    ),
    ("GET /v1/admin/orders?state=eaten", Operator, "", 400, "invalid_query"),
    ("GET /v1/unsubscribe?token=forged", Nobody, "", 400, "invalid_token"),
    ("POST /v1/unsubscribe?token=forged", Nobody, "", 400, "invalid_token"),
];

#[test]
fn values_that_cannot_be_are_named() {
    let cast = Cast::get();
    let mut wrong = Vec::new();
    for (operation, who, body, status, code) in CASES {
        let reply = cast.tries(*who, operation, body);
        if (reply.status, reply.body["code"].as_str()) != (*status, Some(*code)) {
            wrong.push(format!(
                "{operation} {body}: {} {}, not {status} {code}",
                reply.status, reply.text
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn quantities_options_and_tips_have_limits() {
    let cast = Cast::get();
    let quote = |items: &str, more: &str| {
        let address = r#"{"line1": "Kerkstraat 7", "city": "Amsterdam", "postal_code": "1017 GA", "country": "NL", "position": {"lat": 52.37, "lng": 4.89}}"#;
        format!(r#"{{"restaurant_id": "{{restaurant_id}}", "items": {items}, "deliver_to": {address}{more}}}"#)
    };
    let pizza = r#"[{"item_id": "margherita", "quantity": 1}]"#;
    let many = format!(
        "[{}]",
        vec![r#"{"item_id": "margherita", "quantity": 1}"#; 51].join(",")
    );
    let opening = r#"[{"group_id": "toppings", "option_id": "tofu", "options": "#.repeat(5);
    let closing = "}]".repeat(5);
    let nested = format!(r#"[{{"item_id": "bowl", "quantity": 1, "options": {opening}[]{closing}}}]"#);
    for body in [
        quote("[]", ""),
        quote(&many, ""),
        quote(&nested, ""),
        quote(r#"[{"item_id": "margherita", "quantity": 0}]"#, ""),
        quote(r#"[{"item_id": "margherita", "quantity": -1}]"#, ""),
        quote(r#"[{"item_id": "margherita", "quantity": 1000}]"#, ""),
        quote(r#"[{"item_id": "unknown", "quantity": 1}]"#, ""),
        quote(r#"[{"item_id": "truffle", "quantity": 1}]"#, ""),
        quote(r#"[{"item_id": "bowl", "quantity": 1}]"#, ""),
        quote(
            r#"[{"item_id": "margherita", "quantity": 1, "price": {"amount": 1, "currency": "EUR"}}]"#,
            "",
        ),
        quote(pizza, r#", "tip": {"amount": -1, "currency": "EUR"}"#),
        quote(pizza, r#", "tip": {"amount": 100, "currency": "USD"}"#),
        quote(pizza, r#", "tip": {"amount": 9000000000000000000, "currency": "EUR"}"#),
        quote(pizza, r#", "scheduled_for": "2001-01-01T00:00:00Z""#),
        quote(pizza, r#", "delivery_fee": {"amount": 0, "currency": "EUR"}"#),
    ] {
        let reply = cast.tries(Customer, "POST /v1/quotes", &body);
        assert_eq!(reply.status, 422, "{body}\n{}", reply.text);
        assert!(
            reply.body["errors"][0]["pointer"].is_string() || reply.body["code"].is_string(),
            "{}",
            reply.text
        );
    }
}
