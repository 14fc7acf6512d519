//! Everybody around one order, and every operation of the API: what tests of all operations share.

use std::path::Path;
use std::sync::OnceLock;

use kernel::SignedDuration;
use serde_json::Value;
use testkit::{Kitchen, Method, Person, Reply, Stack};

/// Somebody in relation to one order, its restaurant and its delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Nobody,
    Customer,
    OtherCustomer,
    Owner,
    OtherOwner,
    Courier,
    OtherCourier,
    Operator,
}

pub use Who::{Courier, Customer, Nobody, Operator, OtherCourier, OtherCustomer, OtherOwner, Owner};

pub const EVERYBODY: &[Who] = &[
    Nobody,
    Customer,
    OtherCustomer,
    Owner,
    OtherOwner,
    Courier,
    OtherCourier,
    Operator,
];
const SIGNED_IN: &[Who] = &[
    Customer,
    OtherCustomer,
    Owner,
    OtherOwner,
    Courier,
    OtherCourier,
    Operator,
];
const CUSTOMERS: &[Who] = &[Customer, OtherCustomer];
const OWNERS: &[Who] = &[Owner, OtherOwner];
const COURIERS: &[Who] = &[Courier, OtherCourier];

/// Operation, who may, and a body that is wrong in nothing but perhaps in who sends it.
pub type Row = (&'static str, &'static [Who], &'static str);

const ADDRESS: &str = r#"{"label": "Home", "line1": "Kerkstraat 7", "city": "Amsterdam", "postal_code": "1017 GA", "country": "NL", "position": {"lat": 52.37, "lng": 4.89}}"#;
const RESTAURANT: &str = r#"{"name": "Bistro", "cuisines": ["french"], "phone": "+31205550109", "address": {"line1": "Dam 1", "city": "Amsterdam", "postal_code": "1012 JS", "country": "NL"}, "position": {"lat": 52.37, "lng": 4.89}, "time_zone": "Europe/Amsterdam", "currency": "EUR", "tax": {"rate_bps": 900, "inclusive": true}, "prep_time_minutes": 15}"#;
const QUOTE: &str = r#"{"restaurant_id": "{restaurant_id}", "items": [{"item_id": "margherita", "quantity": 1}], "deliver_to": {"line1": "Kerkstraat 7", "city": "Amsterdam", "postal_code": "1017 GA", "country": "NL", "position": {"lat": 52.37, "lng": 4.89}}}"#;
const ZONES: &str = r#"{"type": "FeatureCollection", "features": [], "max_distance_m": 5000}"#;

const USER: &[Row] = &[
    ("POST /v1/auth/sign-up", EVERYBODY, ""),
    ("POST /v1/auth/confirm", EVERYBODY, ""),
    ("POST /v1/auth/resend-code", EVERYBODY, ""),
    ("POST /v1/auth/sign-in", EVERYBODY, ""),
    ("POST /v1/auth/challenge", EVERYBODY, ""),
    ("POST /v1/auth/refresh", EVERYBODY, ""),
    ("POST /v1/auth/forgot-password", EVERYBODY, ""),
    ("POST /v1/auth/reset-password", EVERYBODY, ""),
    ("POST /v1/auth/sign-out", SIGNED_IN, "{}"),
    ("GET /v1/users/me", SIGNED_IN, ""),
    ("PATCH /v1/users/me", SIGNED_IN, r#"{"name": "Sam"}"#),
    ("GET /v1/users/me/preferences", SIGNED_IN, ""),
    ("PUT /v1/users/me/preferences", SIGNED_IN, "{}"),
    ("GET /v1/users/me/addresses", CUSTOMERS, ""),
    ("POST /v1/users/me/addresses", CUSTOMERS, ADDRESS),
    ("GET /v1/users/me/addresses/{address_id}", &[Customer], ""),
    ("PUT /v1/users/me/addresses/{address_id}", &[Customer], ADDRESS),
    ("DELETE /v1/users/me/addresses/{address_id}", &[Customer], ""),
    ("POST /v1/users/me/mfa/totp", SIGNED_IN, "{}"),
    ("DELETE /v1/users/me/mfa/totp", SIGNED_IN, ""),
    ("POST /v1/users/me/mfa/totp/verify", SIGNED_IN, r#"{"code": "000000"}"#),
    ("GET /v1/users/{user_id}", &[Operator], ""),
    (
        "PUT /v1/users/{user_id}/roles",
        &[Operator],
        r#"{"roles": ["customer"]}"#,
    ),
    ("POST /v1/users/{user_id}/suspend", &[Operator], ""),
    ("POST /v1/users/{user_id}/reinstate", &[Operator], ""),
    // No texts are sent to numbers of this country.
    ("POST /v1/users/me/phone", SIGNED_IN, r#"{"phone": "+12025550123"}"#),
    ("POST /v1/users/me/phone/verify", SIGNED_IN, r#"{"code": "000000"}"#),
];

const RESTAURANT_SERVICE: &[Row] = &[
    ("GET /v1/restaurants", EVERYBODY, ""),
    ("POST /v1/restaurants", OWNERS, RESTAURANT),
    ("GET /v1/restaurants/mine", SIGNED_IN, ""),
    ("GET /v1/admin/restaurants", &[Operator], ""),
    ("GET /v1/restaurants/{restaurant_id}", EVERYBODY, ""),
    ("GET /v1/restaurants/{restaurant_id}/availability", EVERYBODY, ""),
    ("GET /v1/restaurants/{restaurant_id}/menu", EVERYBODY, ""),
    ("GET /v1/restaurants/{restaurant_id}/reviews", EVERYBODY, ""),
    (
        "PATCH /v1/restaurants/{restaurant_id}",
        &[Owner],
        r#"{"name": "Bistro"}"#,
    ),
    ("POST /v1/restaurants/{restaurant_id}/submit", &[Owner], "{}"),
    ("POST /v1/restaurants/{restaurant_id}/approve", &[Operator], "{}"),
    (
        "POST /v1/restaurants/{restaurant_id}/suspend",
        &[Operator],
        r#"{"reason": "hygiene"}"#,
    ),
    (
        "POST /v1/restaurants/{restaurant_id}/pause",
        &[Owner, Operator],
        r#"{"reason": "The oven is broken"}"#,
    ),
    ("POST /v1/restaurants/{restaurant_id}/resume", &[Owner, Operator], "{}"),
    (
        "PUT /v1/restaurants/{restaurant_id}/hours",
        &[Owner],
        r#"{"weekly": {}, "exceptions": []}"#,
    ),
    ("PUT /v1/restaurants/{restaurant_id}/zones", &[Owner], ZONES),
    (
        "PUT /v1/restaurants/{restaurant_id}/capacity",
        &[Owner],
        r#"{"slot_minutes": 15}"#,
    ),
    ("GET /v1/restaurants/{restaurant_id}/management", &[Owner, Operator], ""),
    (
        "PUT /v1/restaurants/{restaurant_id}/menu",
        &[Owner],
        r#"{"categories": []}"#,
    ),
    ("GET /v1/restaurants/{restaurant_id}/menu/draft", &[Owner, Operator], ""),
    ("POST /v1/restaurants/{restaurant_id}/menu/publish", &[Owner], "{}"),
    (
        "PATCH /v1/restaurants/{restaurant_id}/menu/items/{item_id}",
        &[Owner],
        r#"{"available": true}"#,
    ),
    (
        "PATCH /v1/restaurants/{restaurant_id}/menu/options/{option_id}",
        &[Owner],
        r#"{"available": true}"#,
    ),
    (
        "PUT /v1/restaurants/{restaurant_id}/staff/{user_id}",
        &[Owner],
        r#"{"role": "staff"}"#,
    ),
    ("POST /v1/restaurants/{restaurant_id}/staff/accept", &[Owner], ""),
    ("DELETE /v1/restaurants/{restaurant_id}/staff/{user_id}", &[Owner], ""),
    (
        "POST /v1/restaurants/{restaurant_id}/reviews",
        &[Customer],
        r#"{"order_id": "{order_id}", "rating": 5}"#,
    ),
];

const ORDER: &[Row] = &[
    ("POST /v1/quotes", CUSTOMERS, QUOTE),
    (
        "POST /v1/orders",
        CUSTOMERS,
        r#"{"quote_id": "{quote_id}", "payment_method_id": "{payment_method_id}"}"#,
    ),
    ("GET /v1/orders", CUSTOMERS, ""),
    ("GET /v1/orders/{order_id}", &[Customer, Owner, Courier, Operator], ""),
    (
        "GET /v1/orders/{order_id}/timeline",
        &[Customer, Owner, Courier, Operator],
        "",
    ),
    (
        "GET /v1/orders/{order_id}/cancellation",
        &[Customer, Owner, Operator],
        "",
    ),
    ("POST /v1/orders/{order_id}/accept", &[Owner], "{}"),
    (
        "POST /v1/orders/{order_id}/reject",
        &[Owner],
        r#"{"reason": "too_busy"}"#,
    ),
    (
        "POST /v1/orders/{order_id}/delay",
        &[Owner],
        r#"{"minutes": 5, "reason": "too_busy"}"#,
    ),
    ("POST /v1/orders/{order_id}/ready", &[Owner], "{}"),
    (
        "POST /v1/orders/{order_id}/cancel",
        &[Customer, Owner, Operator],
        r#"{"reason": "other"}"#,
    ),
    ("GET /v1/restaurants/{restaurant_id}/orders", &[Owner, Operator], ""),
    ("GET /v1/admin/orders", &[Operator], ""),
];

const PAYMENT: &[Row] = &[
    (
        "POST /v1/payment-methods",
        CUSTOMERS,
        r#"{"provider_token": "pm_card_visa"}"#,
    ),
    ("GET /v1/payment-methods", CUSTOMERS, ""),
    ("DELETE /v1/payment-methods/{payment_method_id}", &[Customer], ""),
    ("GET /v1/orders/{order_id}/payment", &[Customer, Operator], ""),
    ("GET /v1/payments/{payment_id}", &[Customer, Operator], ""),
    ("POST /v1/webhooks/stripe", EVERYBODY, ""),
];

const DELIVERY: &[Row] = &[
    (
        "POST /v1/couriers",
        COURIERS,
        r#"{"vehicle": "bicycle", "documents": []}"#,
    ),
    ("GET /v1/couriers", &[Operator], ""),
    ("POST /v1/couriers/{courier_id}/approve", &[Operator], "{}"),
    (
        "POST /v1/couriers/{courier_id}/reject",
        &[Operator],
        r#"{"reason": "documents_missing"}"#,
    ),
    (
        "POST /v1/couriers/{courier_id}/suspend",
        &[Operator],
        r#"{"reason": "other"}"#,
    ),
    ("POST /v1/couriers/{courier_id}/reinstate", &[Operator], ""),
    (
        "POST /v1/couriers/me/shifts",
        COURIERS,
        r#"{"from": "2030-01-01T10:00:00Z", "to": "2030-01-01T14:00:00Z"}"#,
    ),
    ("GET /v1/couriers/me/shifts", COURIERS, ""),
    ("DELETE /v1/couriers/me/shifts/{shift_id}", &[Courier], ""),
    (
        "POST /v1/couriers/me/shift/start",
        COURIERS,
        r#"{"position": {"lat": 52.37, "lng": 4.89}}"#,
    ),
    ("POST /v1/couriers/me/shift/end", COURIERS, "{}"),
    ("POST /v1/couriers/me/shift/break", COURIERS, "{}"),
    ("POST /v1/couriers/me/shift/resume", COURIERS, "{}"),
    ("GET /v1/couriers/me", COURIERS, ""),
    (
        "POST /v1/couriers/me/locations",
        COURIERS,
        r#"{"points": [{"at": "2026-11-20T18:30:00Z", "position": {"lat": 52.37, "lng": 4.89}}]}"#,
    ),
    ("GET /v1/couriers/{courier_id}/trail", &[Operator], ""),
    ("GET /v1/couriers/me/offers", COURIERS, ""),
    ("GET /v1/couriers/me/route", COURIERS, ""),
    ("POST /v1/offers/{offer_id}/accept", &[Courier], "{}"),
    (
        "POST /v1/offers/{offer_id}/decline",
        &[Courier],
        r#"{"reason": "too_far"}"#,
    ),
    (
        "POST /v1/deliveries/{delivery_id}/arrived-at-restaurant",
        &[Courier],
        "{}",
    ),
    ("POST /v1/deliveries/{delivery_id}/picked-up", &[Courier], "{}"),
    (
        "POST /v1/deliveries/{delivery_id}/arrived-at-customer",
        &[Courier],
        "{}",
    ),
    (
        "POST /v1/deliveries/{delivery_id}/delivered",
        &[Courier],
        r#"{"pin": "0000"}"#,
    ),
    (
        "POST /v1/deliveries/{delivery_id}/failed",
        &[Courier, Operator],
        r#"{"reason": "customer_absent"}"#,
    ),
    ("POST /v1/deliveries/{delivery_id}/returned", &[Courier, Operator], "{}"),
    ("GET /v1/deliveries/reviews", &[Operator], ""),
    (
        "POST /v1/deliveries/{delivery_id}/review",
        &[Operator],
        r#"{"fault": "platform"}"#,
    ),
    (
        "POST /v1/deliveries/{delivery_id}/photo-uploads",
        &[Courier],
        r#"{"content_type": "image/jpeg", "size_bytes": 100000}"#,
    ),
    (
        "POST /v1/deliveries/{delivery_id}/incidents",
        &[Owner, Courier, Operator],
        r#"{"kind": "other"}"#,
    ),
    ("GET /v1/deliveries/{delivery_id}/incidents", &[Operator], ""),
    (
        "POST /v1/deliveries/{delivery_id}/unassign",
        &[Operator],
        r#"{"reason": "courier_unreachable"}"#,
    ),
    ("GET /v1/zones", &[Operator], ""),
    ("GET /v1/zones/{zone_id}/board", &[Operator], ""),
    (
        "GET /v1/orders/{order_id}/delivery",
        &[Customer, Owner, Courier, Operator],
        "",
    ),
];

const NOTIFICATION: &[Row] = &[
    ("GET /v1/notifications", SIGNED_IN, ""),
    ("POST /v1/notifications/{notification_id}/read", &[Customer], "{}"),
    ("GET /v1/unsubscribe", EVERYBODY, ""),
    ("POST /v1/unsubscribe", EVERYBODY, ""),
    ("POST /v1/live/tickets", SIGNED_IN, "{}"),
];

pub fn rows() -> impl Iterator<Item = Row> {
    [USER, RESTAURANT_SERVICE, ORDER, PAYMENT, DELIVERY, NOTIFICATION]
        .into_iter()
        .flatten()
        .copied()
}

/// One order on its way, everybody around it, and everybody's counterpart elsewhere.
pub struct Cast {
    pub people: Vec<(Who, Person)>,
    ids: Vec<(&'static str, String)>,
}

impl Cast {
    pub fn get() -> &'static Self {
        static CAST: OnceLock<Cast> = OnceLock::new();
        CAST.get_or_init(Self::build)
    }

    fn build() -> Self {
        let stack = Stack::get();
        let kitchen = Kitchen::open(stack);
        let elsewhere = Kitchen::open(stack);
        let rider = kitchen.rider(stack, 100.0);
        let other_rider = elsewhere.rider(stack, 100.0);
        let basket = kitchen.customer(stack, "pm_card_visa");
        let address: Value = serde_json::from_str(ADDRESS).unwrap();
        let address = basket.customer.post("/v1/users/me/addresses", &address).expect(201);
        let order_id = kitchen.cooks(&basket);
        let offer = rider.offered(&order_id);
        let delivery_id = rider.takes(&order_id);
        let payment = basket.awaits_payment(&order_id, "authorized");
        let shift = rider
            .plans(SignedDuration::from_hours(24), SignedDuration::from_hours(28))
            .expect(201);
        let notification_id = testkit::eventually("a notification", || {
            let inbox = basket.customer.get("/v1/notifications").expect(200);
            let first = inbox["items"][0]["notification_id"].as_str().map(str::to_owned);
            first.ok_or_else(|| inbox.to_string())
        });
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let ids = vec![
            ("{address_id}", text(&address["address_id"])),
            ("{user_id}", basket.customer.user_id.clone()),
            ("{restaurant_id}", kitchen.restaurant_id.clone()),
            ("{item_id}", "margherita".to_owned()),
            ("{option_id}", "tofu".to_owned()),
            ("{quote_id}", order_id.replace("ord_", "quo_")),
            ("{order_id}", order_id),
            ("{payment_method_id}", basket.payment_method_id.clone()),
            ("{payment_id}", text(&payment["payment_id"])),
            ("{courier_id}", rider.courier_id.clone()),
            ("{shift_id}", text(&shift["shift_id"])),
            ("{offer_id}", text(&offer["offer_id"])),
            ("{delivery_id}", delivery_id),
            ("{zone_id}", "85196953fffffff".to_owned()),
            ("{notification_id}", notification_id),
        ];
        let people = vec![
            (Nobody, stack.anonymous()),
            (Customer, basket.customer),
            (OtherCustomer, stack.enrol("customer")),
            (Owner, kitchen.owner),
            (OtherOwner, elsewhere.owner),
            (Courier, rider.person),
            (OtherCourier, other_rider.person),
            (Operator, stack.operator()),
        ];
        Self { people, ids }
    }

    pub fn fill(&self, template: &str) -> String {
        self.ids
            .iter()
            .fold(template.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    pub fn tries(&self, who: Who, operation: &str, body: &str) -> Reply {
        self.tries_with(who, operation, self.fill(body).as_bytes(), "application/json")
    }

    pub fn tries_with(&self, who: Who, operation: &str, body: &[u8], content_type: &str) -> Reply {
        let (method, path) = operation.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        let person = &self.people.iter().find(|(known, _)| *known == who).unwrap().1;
        let key = uuid::Uuid::new_v4().to_string();
        let headers = [
            ("idempotency-key", key.as_str()),
            ("if-match", "\"1\""),
            ("content-type", content_type),
        ];
        person.call(&method, &self.fill(path), &headers, body)
    }
}

/// Every operation of a service's document, internal ones included: `GET /v1/orders`, and its id.
pub fn operations(service: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../functions/{service}/openapi.json"));
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            (format!("{} {path}", method.to_uppercase()), id)
        })
    });
    operations.collect()
}

/// The operations that the services' documents describe, each with whether it takes a JSON body.
pub fn described() -> Vec<(String, bool)> {
    let functions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions");
    let mut described = Vec::new();
    for entry in std::fs::read_dir(functions).unwrap() {
        let Ok(text) = std::fs::read_to_string(entry.unwrap().path().join("openapi.json")) else {
            continue;
        };
        let document: Value = serde_json::from_str(&text).unwrap();
        for (path, operations) in document["paths"].as_object().unwrap() {
            if path.starts_with("/internal/") || path.starts_with("/v1/docs") {
                continue;
            }
            for (method, operation) in operations.as_object().unwrap() {
                let mut types = operation["requestBody"]["content"].as_object().into_iter().flatten();
                let body = types.any(|(media_type, _)| media_type.starts_with("application/json"));
                described.push((format!("{} {path}", method.to_uppercase()), body));
            }
        }
    }
    described
}
