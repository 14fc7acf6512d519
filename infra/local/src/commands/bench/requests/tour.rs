//! One life through every operation: people sign up, a restaurant opens, orders are placed, cooked, brought, cancelled
//! and rejected.
//!
//! Requests go to the measured programs; what other services make of them happens on the running platform, and is waited
//! for through its public API.

mod couriers;
mod kitchen;
mod orders;

use std::thread::sleep;
use std::time::{Duration, Instant};

use client::Api;
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::outputs::Outputs;
use crate::secrets::PASSWORD;
use crate::seed::{city, list};

use super::gateway::{Caller, Gateway, Request};

/// How long what happens elsewhere may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The people of one life.
struct Cast {
    customer: Caller,
    owner: Caller,
    courier: Caller,
    applicant: Caller,
    operator: Caller,
    staff: Caller,
    staff_id: String,
}

/// A life while it is lived.
struct Life<'a> {
    gateway: &'a mut Gateway,
    outputs: &'a Outputs,
    cast: Cast,
    restaurant: String,
    method: String,
    courier: String,
}

/// Lives one life.
///
/// # Errors
/// When an operation does not do what it should.
pub fn tour(gateway: &mut Gateway, outputs: &Outputs) -> Outcome {
    let city = city()?;
    let cast = people(gateway, outputs)?;
    let mut life = Life {
        gateway,
        outputs,
        cast,
        restaurant: String::new(),
        method: String::new(),
        courier: String::new(),
    };
    life.profile(&city)?;
    life.restaurant(&city)?;
    life.cards_and_shift(&city)?;
    let delivered = life.delivered_order()?;
    life.streets(&city)?;
    life.other_endings()?;
    life.review_and_read(&delivered)?;
    life.leave()
}

/// A request without body, query or version.
fn plain<'a>(operation: &'a str, path: &'a [(&'a str, &'a str)]) -> Request<'a> {
    Request {
        operation,
        path,
        ..Request::default()
    }
}

/// A request with a body.
fn with<'a>(operation: &'a str, path: &'a [(&'a str, &'a str)], body: Value) -> Request<'a> {
    Request {
        operation,
        path,
        body,
        ..Request::default()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Waits until `attempt` gives something.
fn until<T>(what: &str, mut attempt: impl FnMut() -> Outcome<Option<T>>) -> Outcome<T> {
    let started = Instant::now();
    loop {
        if let Some(found) = attempt()? {
            return Ok(found);
        }
        if started.elapsed() > PATIENCE {
            let why = format!("it was waited for {} s", PATIENCE.as_secs());
            return Err(Failure::new(
                format!("There is no {what}"),
                why,
                "see `cargo local logs`",
            ));
        }
        sleep(Duration::from_millis(100));
    }
}

/// Signs everyone up, in every way there is to do so.
fn people(gateway: &mut Gateway, outputs: &Outputs) -> Outcome<Cast> {
    let nobody = Caller::default();
    let mut enrol = |role: &str| -> Outcome<(Caller, String, Value)> {
        let email = format!("{role}-{}@bench.tiffin.example", crate::clock::unique());
        let person = json!({
            "email": email, "password": PASSWORD, "name": "Robin Bench", "role": role, "locale": "en",
            "phone": "+31655550399",
        });
        gateway.ask(&nobody, &with("POST /v1/auth/sign-up", &[], person))?;
        gateway.ask(
            &nobody,
            &with("POST /v1/auth/resend-code", &[], json!({"email": email})),
        )?;
        let code = outputs.aws().mailed_code(&email)?;
        gateway.ask(
            &nobody,
            &with("POST /v1/auth/confirm", &[], json!({"email": email, "code": code})),
        )?;
        let credentials = json!({"email": email, "password": PASSWORD});
        let tokens = gateway.ask(&nobody, &with("POST /v1/auth/sign-in", &[], credentials))?;
        Ok((Caller::new(&tokens)?, email, tokens))
    };
    let (owner, ..) = enrol("restaurant")?;
    let (courier, ..) = enrol("courier")?;
    let (applicant, ..) = enrol("courier")?;
    let (staff, ..) = enrol("restaurant")?;
    let (customer, email, tokens) = enrol("customer")?;
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    gateway.ask(&nobody, &with("POST /v1/auth/refresh", &[], refresh))?;
    gateway.ask(
        &nobody,
        &with("POST /v1/auth/forgot-password", &[], json!({"email": email})),
    )?;
    // A wrong code and a session that never was: what a guess costs.
    let reset = json!({"email": email, "code": "000000", "password": PASSWORD});
    gateway.send(&nobody, &with("POST /v1/auth/reset-password", &[], reset))?;
    let challenge = json!({"session": "none", "code": "000000"});
    gateway.send(&nobody, &with("POST /v1/auth/challenge", &[], challenge))?;
    let login = outputs
        .login("operator")
        .map(|login| json!({"email": login.email, "password": login.password}));
    let tokens = gateway.ask(&nobody, &with("POST /v1/auth/sign-in", &[], login.unwrap_or_default()))?;
    let operator = Caller::new(&tokens)?;
    let staff_id = text(&gateway.ask(&staff, &plain("GET /v1/users/me", &[]))?["user_id"]);
    Ok(Cast {
        customer,
        owner,
        courier,
        applicant,
        operator,
        staff,
        staff_id,
    })
}

impl Life<'_> {
    /// The public API in the eyes of someone, for waiting.
    fn api(&self, caller: &Caller) -> Api {
        self.outputs.api().with_token(&caller.token)
    }

    /// Profile, preferences, addresses, and what an operator sees and does.
    fn profile(&mut self, city: &Value) -> Outcome {
        let (gateway, cast) = (&mut *self.gateway, &self.cast);
        let me = gateway.ask(&cast.customer, &plain("GET /v1/users/me", &[]))?;
        let change = with("PATCH /v1/users/me", &[], json!({"name": "Robin B."}));
        gateway.ask(
            &cast.customer,
            &Request {
                if_match: Some(&me["version"]),
                ..change
            },
        )?;
        let preferences = gateway.ask(&cast.customer, &plain("GET /v1/users/me/preferences", &[]))?;
        gateway.ask(&cast.customer, &with("PUT /v1/users/me/preferences", &[], preferences))?;
        let address = &city["customer"]["address"];
        let added = gateway.ask(
            &cast.customer,
            &with("POST /v1/users/me/addresses", &[], address.clone()),
        )?;
        gateway.ask(&cast.customer, &plain("GET /v1/users/me/addresses", &[]))?;
        let id = text(&added["address_id"]);
        let path = [("address_id", id.as_str())];
        gateway.ask(&cast.customer, &plain("GET /v1/users/me/addresses/{address_id}", &path))?;
        let operation = "PUT /v1/users/me/addresses/{address_id}";
        gateway.ask(&cast.customer, &with(operation, &path, address.clone()))?;
        gateway.ask(
            &cast.customer,
            &plain("DELETE /v1/users/me/addresses/{address_id}", &path),
        )?;
        gateway.ask(&cast.customer, &plain("POST /v1/users/me/mfa/totp", &[]))?;
        let code = json!({"code": "000000"});
        gateway.send(&cast.customer, &with("POST /v1/users/me/mfa/totp/verify", &[], code))?;
        gateway.send(&cast.customer, &plain("DELETE /v1/users/me/mfa/totp", &[]))?;
        let path = [("user_id", cast.staff_id.as_str())];
        gateway.ask(&cast.operator, &plain("GET /v1/users/{user_id}", &path))?;
        let roles = json!({"roles": ["restaurant", "customer"]});
        gateway.ask(&cast.operator, &with("PUT /v1/users/{user_id}/roles", &path, roles))?;
        gateway.ask(&cast.operator, &plain("POST /v1/users/{user_id}/suspend", &path))?;
        gateway.ask(&cast.operator, &plain("POST /v1/users/{user_id}/reinstate", &path))?;
        let phone = json!({"phone": "+31611223344"});
        gateway.ask(&cast.customer, &with("POST /v1/users/me/phone", &[], phone))?;
        let code = json!({"code": "000000"});
        gateway.send(&cast.customer, &with("POST /v1/users/me/phone/verify", &[], code))?;
        Ok(())
    }

    /// A card is saved, another removed; an applicant is refused, and a courier starts work.
    fn cards_and_shift(&mut self, city: &Value) -> Outcome {
        let (gateway, cast) = (&mut *self.gateway, &self.cast);
        let card = json!({"provider_token": "pm_card_visa"});
        let unused = gateway.ask(&cast.customer, &with("POST /v1/payment-methods", &[], card.clone()))?;
        let id = text(&unused["payment_method_id"]);
        let path = [("payment_method_id", id.as_str())];
        gateway.ask(
            &cast.customer,
            &plain("DELETE /v1/payment-methods/{payment_method_id}", &path),
        )?;
        let saved = gateway.ask(&cast.customer, &with("POST /v1/payment-methods", &[], card))?;
        self.method = text(&saved["payment_method_id"]);
        gateway.ask(&cast.customer, &plain("GET /v1/payment-methods", &[]))?;
        // Unsigned: what a forger costs.
        gateway.send(
            &Caller::default(),
            &with("POST /v1/webhooks/stripe", &[], json!({"type": "none"})),
        )?;
        let application = json!({"vehicle": "scooter", "documents": []});
        let refused = gateway.ask(&cast.applicant, &with("POST /v1/couriers", &[], application.clone()))?;
        gateway.ask(&cast.operator, &plain("GET /v1/couriers", &[]))?;
        let path = text(&refused["courier_id"]);
        let path = [("courier_id", path.as_str())];
        let reason = json!({"reason": "documents_missing"});
        let operation = "POST /v1/couriers/{courier_id}/reject";
        gateway.ask(&cast.operator, &with(operation, &path, reason))?;
        let courier = gateway.ask(&cast.courier, &with("POST /v1/couriers", &[], application))?;
        let id = text(&courier["courier_id"]);
        let operation = "POST /v1/couriers/{courier_id}/approve";
        gateway.ask(&cast.operator, &with(operation, &[("courier_id", &id)], json!({})))?;
        let operation = "POST /v1/couriers/{courier_id}/suspend";
        gateway.ask(
            &cast.operator,
            &with(operation, &[("courier_id", &id)], json!({"reason": "other"})),
        )?;
        let operation = "POST /v1/couriers/{courier_id}/reinstate";
        gateway.ask(&cast.operator, &plain(operation, &[("courier_id", &id)]))?;
        self.courier = id;
        self.start_work(city)
    }

    /// A courier plans, changes his mind, and starts at once.
    fn start_work(&mut self, city: &Value) -> Outcome {
        let (gateway, cast) = (&mut *self.gateway, &self.cast);
        let in_hours = |hours| crate::clock::now() + jiff::SignedDuration::from_hours(hours);
        let shift = json!({"from": in_hours(24), "to": in_hours(28)});
        let planned = gateway.ask(&cast.courier, &with("POST /v1/couriers/me/shifts", &[], shift))?;
        gateway.ask(&cast.courier, &plain("GET /v1/couriers/me/shifts", &[]))?;
        let id = text(&planned["shift_id"]);
        let operation = "DELETE /v1/couriers/me/shifts/{shift_id}";
        gateway.ask(&cast.courier, &plain(operation, &[("shift_id", &id)]))?;
        let position = list(&city["restaurants"])[0]["restaurant"]["position"].clone();
        let shift = json!({"position": position});
        gateway.ask(&cast.courier, &with("POST /v1/couriers/me/shift/start", &[], shift))?;
        self.report(&position, 110)
    }

    /// What is read afterwards, and the review.
    fn review_and_read(&mut self, order: &str) -> Outcome {
        let customer = self.cast.customer.clone();
        let api = self.api(&customer);
        self.order(&customer, "GET /v1/orders/{order_id}", order, Value::Null)?;
        self.order(&customer, "GET /v1/orders/{order_id}/timeline", order, Value::Null)?;
        let payment = self.order(&customer, "GET /v1/orders/{order_id}/payment", order, Value::Null)?;
        let id = text(&payment["payment_id"]);
        let gateway = &mut *self.gateway;
        gateway.ask(
            &customer,
            &plain("GET /v1/payments/{payment_id}", &[("payment_id", &id)]),
        )?;
        gateway.ask(&customer, &plain("GET /v1/orders", &[]))?;
        let path = [("restaurant_id", self.restaurant.as_str())];
        let review = json!({"order_id": order, "rating": 5, "comment": "Hot and quick."});
        let restaurant = &self.restaurant;
        // The restaurant learns of the delivery by an event, and a review before that is refused: it is written through
        // the platform until it is taken, and the measured one answers that it is there already.
        until("review", || {
            let path = format!("/v1/restaurants/{restaurant}/reviews");
            Ok(api
                .call(&client::Method::POST, &path, Some(&review))?
                .ok()
                .then_some(()))
        })?;
        gateway.send(
            &customer,
            &with("POST /v1/restaurants/{restaurant_id}/reviews", &path, review),
        )?;
        gateway.ask(&customer, &plain("GET /v1/restaurants/{restaurant_id}/reviews", &path))?;
        let notification = until("notification", || {
            let inbox = api.get("/v1/notifications")?;
            Ok(list(&inbox["items"]).first().map(|one| text(&one["notification_id"])))
        })?;
        gateway.ask(&customer, &plain("GET /v1/notifications", &[]))?;
        let read = "POST /v1/notifications/{notification_id}/read";
        gateway.ask(&customer, &with(read, &[("notification_id", &notification)], json!({})))?;
        gateway.ask(&customer, &with("POST /v1/live/tickets", &[], json!({})))?;
        // Without the token of a mail: what a guess costs.
        for operation in ["GET /v1/unsubscribe", "POST /v1/unsubscribe"] {
            gateway.send(
                &Caller::default(),
                &Request {
                    operation,
                    query: "token=none",
                    ..Request::default()
                },
            )?;
        }
        Ok(())
    }

    /// Everyone goes home, and the restaurant is closed by an operator.
    fn leave(self) -> Outcome {
        let (gateway, cast) = (self.gateway, self.cast);
        gateway.ask(&cast.courier, &plain("GET /v1/couriers/me", &[]))?;
        for operation in [
            "POST /v1/couriers/me/shift/break",
            "POST /v1/couriers/me/shift/resume",
            "POST /v1/couriers/me/shift/end",
        ] {
            gateway.ask(&cast.courier, &with(operation, &[], json!({})))?;
        }
        let path = [("restaurant_id", self.restaurant.as_str())];
        let reason = json!({"reason": "The bench is over"});
        gateway.ask(
            &cast.operator,
            &with("POST /v1/restaurants/{restaurant_id}/suspend", &path, reason),
        )?;
        gateway.ask(&cast.customer, &with("POST /v1/auth/sign-out", &[], json!({})))?;
        Ok(())
    }
}
