//! One life through every operation: people sign up, a restaurant opens, orders are placed, cooked, brought, cancelled
//! and rejected.
//!
//! Requests go to the measured programs; what other services make of them happens on the running platform, and is waited
//! for through its public API.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::api::{Api, mailed_code};
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
    operator: Caller,
    staff_id: String,
}

/// A life while it is lived.
struct Life<'a> {
    gateway: &'a mut Gateway,
    outputs: &'a Outputs,
    cast: Cast,
    restaurant: String,
    method: String,
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
    };
    life.profile(&city)?;
    life.restaurant(&city)?;
    life.cards_and_shift(&city)?;
    let delivered = life.delivered_order()?;
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
        let code = mailed_code(outputs, &email)?;
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
        operator,
        staff_id,
    })
}

impl Life<'_> {
    /// The public API in the eyes of someone, for waiting.
    fn api(&self, caller: &Caller) -> Api {
        Api::with_token(self.outputs, &caller.token)
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
        Ok(())
    }

    /// A restaurant opens.
    fn restaurant(&mut self, city: &Value) -> Outcome {
        let (gateway, cast) = (&mut *self.gateway, &self.cast);
        let description = &list(&city["restaurants"])[0];
        let body = description["restaurant"].clone();
        let created = gateway.ask(&cast.owner, &with("POST /v1/restaurants", &[], body))?;
        let id = text(&created["restaurant_id"]);
        let path = [("restaurant_id", id.as_str())];
        let mut own = |operation: &str, body: Value| gateway.ask(&cast.owner, &with(operation, &path, body));
        own(
            "PUT /v1/restaurants/{restaurant_id}/hours",
            description["hours"].clone(),
        )?;
        own(
            "PUT /v1/restaurants/{restaurant_id}/zones",
            description["zones"].clone(),
        )?;
        own(
            "PUT /v1/restaurants/{restaurant_id}/capacity",
            json!({"slot_minutes": 15}),
        )?;
        own("PUT /v1/restaurants/{restaurant_id}/menu", description["menu"].clone())?;
        own("GET /v1/restaurants/{restaurant_id}/menu/draft", Value::Null)?;
        own("POST /v1/restaurants/{restaurant_id}/menu/publish", json!({}))?;
        own("POST /v1/restaurants/{restaurant_id}/submit", json!({}))?;
        gateway.ask(&cast.operator, &plain("GET /v1/admin/restaurants", &[]))?;
        gateway.ask(
            &cast.operator,
            &with("POST /v1/restaurants/{restaurant_id}/approve", &path, json!({})),
        )?;
        self.restaurant = id;
        self.manage()?;
        self.menu()
    }

    /// What its owner changes from day to day.
    fn manage(&mut self) -> Outcome {
        let (gateway, cast, id) = (&mut *self.gateway, &self.cast, &self.restaurant);
        let path = [("restaurant_id", id.as_str())];
        let shown = gateway.ask(&cast.owner, &plain("GET /v1/restaurants/{restaurant_id}", &path))?;
        gateway.ask(&cast.owner, &plain("GET /v1/restaurants/mine", &[]))?;
        let managed = gateway.ask(
            &cast.owner,
            &plain("GET /v1/restaurants/{restaurant_id}/management", &path),
        )?;
        let version = if managed["version"].is_null() {
            &shown["version"]
        } else {
            &managed["version"]
        };
        let change = with(
            "PATCH /v1/restaurants/{restaurant_id}",
            &path,
            json!({"description": "Now with a terrace."}),
        );
        gateway.ask(
            &cast.owner,
            &Request {
                if_match: Some(version),
                ..change
            },
        )?;
        let staff = [("restaurant_id", id.as_str()), ("user_id", cast.staff_id.as_str())];
        let operation = "PUT /v1/restaurants/{restaurant_id}/staff/{user_id}";
        gateway.ask(&cast.owner, &with(operation, &staff, json!({"role": "staff"})))?;
        gateway.ask(
            &cast.owner,
            &plain("DELETE /v1/restaurants/{restaurant_id}/staff/{user_id}", &staff),
        )?;
        let pause = json!({"reason": "The oven is broken"});
        gateway.ask(
            &cast.owner,
            &with("POST /v1/restaurants/{restaurant_id}/pause", &path, pause),
        )?;
        gateway.ask(
            &cast.owner,
            &with("POST /v1/restaurants/{restaurant_id}/resume", &path, json!({})),
        )?;
        Ok(())
    }

    /// Its menu, and how it is found.
    fn menu(&mut self) -> Outcome {
        let (gateway, cast, id) = (&mut *self.gateway, &self.cast, &self.restaurant);
        let path = [("restaurant_id", id.as_str())];
        let menu = gateway.ask(&cast.owner, &plain("GET /v1/restaurants/{restaurant_id}/menu", &path))?;
        let dishes: Vec<&Value> = list(&menu["categories"])
            .iter()
            .flat_map(|one| list(&one["items"]))
            .collect();
        let dish = dishes.first().map(|dish| text(&dish["id"])).unwrap_or_default();
        let item = [("restaurant_id", id.as_str()), ("item_id", dish.as_str())];
        let operation = "PATCH /v1/restaurants/{restaurant_id}/menu/items/{item_id}";
        gateway.ask(&cast.owner, &with(operation, &item, json!({"available": true})))?;
        let groups = dishes.iter().flat_map(|dish| list(&dish["option_groups"]));
        let option = groups
            .flat_map(|group| list(&group["options"]))
            .next()
            .map(|one| text(&one["id"]));
        let option = option.unwrap_or_default();
        let path_option = [("restaurant_id", id.as_str()), ("option_id", option.as_str())];
        let operation = "PATCH /v1/restaurants/{restaurant_id}/menu/options/{option_id}";
        gateway.ask(&cast.owner, &with(operation, &path_option, json!({"available": true})))?;
        let search = plain("GET /v1/restaurants", &[]);
        gateway.ask(
            &Caller::default(),
            &Request {
                query: "near=52.3745,4.884&radius_m=3000",
                ..search
            },
        )?;
        gateway.ask(
            &Caller::default(),
            &plain("GET /v1/restaurants/{restaurant_id}/availability", &path),
        )?;
        Ok(())
    }

    /// A card is saved, another removed; a courier starts work.
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
        let courier = gateway.ask(&cast.courier, &with("POST /v1/couriers", &[], application))?;
        let id = text(&courier["courier_id"]);
        let operation = "POST /v1/couriers/{courier_id}/approve";
        gateway.ask(&cast.operator, &with(operation, &[("courier_id", &id)], json!({})))?;
        let position = list(&city["restaurants"])[0]["restaurant"]["position"].clone();
        let shift = json!({"position": position});
        gateway.ask(&cast.courier, &with("POST /v1/couriers/me/shift/start", &[], shift))?;
        self.report(&position)
    }

    fn report(&mut self, position: &Value) -> Outcome {
        let points = json!({"points": [{"at": crate::clock::now(), "position": position}]});
        self.gateway
            .ask(&self.cast.courier, &with("POST /v1/couriers/me/locations", &[], points))
            .map(drop)
    }

    /// Places an order, and waits until it is paid.
    fn place(&mut self) -> Outcome<String> {
        let api = self.api(&self.cast.customer);
        let menu = api.get(&format!("/v1/restaurants/{}/menu", self.restaurant))?;
        let dishes = list(&menu["categories"])
            .iter()
            .flat_map(|category| list(&category["items"]));
        let items: Vec<Value> = dishes.take(2).map(crate::commands::demo::choose).collect();
        let body = json!({
            "restaurant_id": self.restaurant, "items": items,
            "deliver_to": city()?["customer"]["address"].as_object().map(|address| {
                let wanted = ["line1", "city", "postal_code", "country", "position"];
                let fields = address.iter().filter(|(name, _)| wanted.contains(&name.as_str()));
                fields.map(|(name, value)| (name.clone(), value.clone())).collect::<serde_json::Map<_, _>>()
            }),
        });
        // The order service learns of the restaurant by events.
        let quote = until("quote", || {
            let answer = api.call(&ureq::http::Method::POST, "/v1/quotes", Some(&body))?;
            Ok(answer.ok().then_some(()))
        });
        quote?;
        let cast = &self.cast;
        let quote = self.gateway.ask(&cast.customer, &with("POST /v1/quotes", &[], body))?;
        let order = json!({"quote_id": quote["quote_id"], "payment_method_id": self.method});
        let order = text(&self.gateway.ask(&cast.customer, &with("POST /v1/orders", &[], order))?["order_id"]);
        self.awaits(&order, "awaiting_restaurant")?;
        Ok(order)
    }

    fn awaits(&self, order: &str, state: &str) -> Outcome {
        let api = self.api(&self.cast.customer);
        until(&format!("{order} that is {state}"), || {
            let found = api.get(&format!("/v1/orders/{order}"))?;
            Ok((found["state"] == state).then_some(()))
        })
    }

    /// The offer of an order, once the courier has one.
    fn offer(&self, order: &str) -> Outcome<Value> {
        let api = self.api(&self.cast.courier);
        until("offer", || {
            let offers = api.get("/v1/couriers/me/offers")?;
            Ok(list(&offers["items"])
                .iter()
                .find(|offer| offer["order_id"] == order)
                .cloned())
        })
    }

    fn order(&mut self, caller: &Caller, operation: &str, order: &str, body: Value) -> Outcome<Value> {
        self.gateway.ask(caller, &with(operation, &[("order_id", order)], body))
    }

    fn delivery(&mut self, operation: &str, delivery: &str, body: Value) -> Outcome {
        let path = [("delivery_id", delivery)];
        let request = with(operation, &path, body);
        self.gateway.ask(&self.cast.courier, &request).map(drop)
    }

    /// An order from the quote to the door.
    fn delivered_order(&mut self) -> Outcome<String> {
        let order = self.place()?;
        let (customer, owner) = (self.cast.customer.clone(), self.cast.owner.clone());
        let path = [("restaurant_id", self.restaurant.as_str())];
        self.gateway
            .ask(&owner, &plain("GET /v1/restaurants/{restaurant_id}/orders", &path))?;
        self.gateway
            .ask(&self.cast.operator, &plain("GET /v1/admin/orders", &[]))?;
        self.order(&customer, "GET /v1/orders/{order_id}/cancellation", &order, Value::Null)?;
        self.order(&owner, "POST /v1/orders/{order_id}/accept", &order, json!({}))?;
        let delay = json!({"minutes": 5, "reason": "too_busy"});
        self.order(&owner, "POST /v1/orders/{order_id}/delay", &order, delay)?;
        let offer = self.offer(&order)?;
        let courier = self.cast.courier.clone();
        self.gateway.ask(&courier, &plain("GET /v1/couriers/me/offers", &[]))?;
        let (offer_id, delivery) = (text(&offer["offer_id"]), text(&offer["delivery_id"]));
        let path = [("offer_id", offer_id.as_str())];
        self.gateway
            .ask(&courier, &with("POST /v1/offers/{offer_id}/accept", &path, json!({})))?;
        self.gateway.ask(&courier, &plain("GET /v1/couriers/me/route", &[]))?;
        self.order(&owner, "POST /v1/orders/{order_id}/ready", &order, json!({}))?;
        self.delivery(
            "POST /v1/deliveries/{delivery_id}/arrived-at-restaurant",
            &delivery,
            json!({}),
        )?;
        self.delivery("POST /v1/deliveries/{delivery_id}/picked-up", &delivery, json!({}))?;
        self.delivery(
            "POST /v1/deliveries/{delivery_id}/arrived-at-customer",
            &delivery,
            json!({}),
        )?;
        let view = self.order(&customer, "GET /v1/orders/{order_id}/delivery", &order, Value::Null)?;
        let hand_over = json!({"pin": view["pin"]});
        self.delivery("POST /v1/deliveries/{delivery_id}/delivered", &delivery, hand_over)?;
        self.awaits(&order, "delivered")?;
        Ok(order)
    }

    /// Orders that end otherwise: cancelled, rejected, declined by the courier and failed at the door.
    fn other_endings(&mut self) -> Outcome {
        let (customer, owner) = (self.cast.customer.clone(), self.cast.owner.clone());
        let order = self.place()?;
        let reason = json!({"reason": "changed_my_mind"});
        self.order(&customer, "POST /v1/orders/{order_id}/cancel", &order, reason)?;
        let order = self.place()?;
        self.order(
            &owner,
            "POST /v1/orders/{order_id}/reject",
            &order,
            json!({"reason": "too_busy"}),
        )?;
        let order = self.place()?;
        self.order(&owner, "POST /v1/orders/{order_id}/accept", &order, json!({}))?;
        let courier = self.cast.courier.clone();
        let offer = self.offer(&order)?;
        let (offer_id, delivery) = (text(&offer["offer_id"]), text(&offer["delivery_id"]));
        let path = [("offer_id", offer_id.as_str())];
        self.gateway
            .ask(&courier, &with("POST /v1/offers/{offer_id}/accept", &path, json!({})))?;
        self.order(&owner, "POST /v1/orders/{order_id}/ready", &order, json!({}))?;
        self.delivery("POST /v1/deliveries/{delivery_id}/picked-up", &delivery, json!({}))?;
        self.delivery(
            "POST /v1/deliveries/{delivery_id}/arrived-at-customer",
            &delivery,
            json!({}),
        )?;
        let reason = json!({"reason": "customer_absent"});
        self.delivery("POST /v1/deliveries/{delivery_id}/failed", &delivery, reason)?;
        let order = self.place()?;
        self.order(&owner, "POST /v1/orders/{order_id}/accept", &order, json!({}))?;
        let offer_id = text(&self.offer(&order)?["offer_id"]);
        let path = [("offer_id", offer_id.as_str())];
        let reason = json!({"reason": "too_far"});
        self.gateway
            .ask(&courier, &with("POST /v1/offers/{offer_id}/decline", &path, reason))?;
        // Nobody else is near: the customer gives up.
        self.order(
            &customer,
            "POST /v1/orders/{order_id}/cancel",
            &order,
            json!({"reason": "too_slow"}),
        )?;
        Ok(())
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
                .call(&ureq::http::Method::POST, &path, Some(&review))?
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
        gateway.ask(&cast.courier, &with("POST /v1/couriers/me/shift/end", &[], json!({})))?;
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
