//! A place of its own for each story: a restaurant, its customer and a courier nearby, far from those of all others.

use kernel::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Person, Reply, Stack, eventually};

/// Degrees of latitude between two places: more than any delivery goes.
const GRID_DEGREES: f64 = 0.5;
/// How far north of a restaurant its customers live.
const DOOR_METERS: f64 = 1500.0;

/// A position that no other story uses, on the equator's side of nowhere.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "no two stories may meet")]
pub fn place() -> (f64, f64) {
    let cells = Uuid::new_v4().as_u128();
    let cell = |index: u128, count: u128| {
        let number = u32::try_from((cells >> (index * 32)) % count).unwrap_or_default();
        f64::from(number) * GRID_DEGREES
    };
    (-60.0 + cell(0, 240), -170.0 + cell(1, 680))
}

/// A menu with a plain item, one with options, and one that is sold out.
#[must_use]
pub fn menu() -> Value {
    menu_in("EUR", 1)
}

/// The same menu in a currency, whose minor units count so many times as many as euro cents.
#[must_use]
pub fn menu_in(currency: &str, times: i64) -> Value {
    let price = |cents: i64| json!({"amount": cents * times, "currency": currency});
    json!({"categories": [{"id": "mains", "name": "Mains", "items": [
        {"id": "margherita", "name": "Margherita", "description": "Tomato, mozzarella, basil", "price": price(1150),
         "diets": ["vegetarian"], "allergens": ["gluten", "milk"], "available": true, "option_groups": []},
        {"id": "bowl", "name": "Bowl", "price": price(990), "diets": ["vegan"], "allergens": [], "available": true,
         "option_groups": [{"id": "toppings", "name": "Toppings", "min": 1, "max": 3, "free": 1, "options": [
            {"id": "tofu", "name": "Tofu", "price": price(150), "available": true},
            {"id": "avocado", "name": "Avocado", "price": price(200), "available": true},
            {"id": "kimchi", "name": "Kimchi", "price": price(120), "available": false}]}]},
        {"id": "truffle", "name": "Truffle pasta", "price": price(2400), "diets": [], "allergens": ["gluten"],
         "available": false, "option_groups": []}]}]})
}

/// What a new restaurant says of itself.
#[must_use]
pub fn restaurant(currency: &str, prep_time_minutes: u32, (lat, lng): (f64, f64)) -> Value {
    json!({
        "name": "Trattoria Bellini", "cuisines": ["italian"], "phone": "+31205550101",
        "address": {"line1": "Prinsengracht 12", "city": "Amsterdam", "postal_code": "1015 DV", "country": "NL"},
        "position": {"lat": lat, "lng": lng}, "time_zone": "Europe/Amsterdam", "currency": currency,
        "tax": {"rate_bps": 900, "inclusive": true}, "prep_time_minutes": prep_time_minutes,
    })
}

/// A restaurant that is open at all hours.
#[derive(Debug, Clone)]
pub struct Kitchen {
    /// Who owns it.
    pub owner: Person,
    /// Its id.
    pub restaurant_id: String,
    /// Where it is.
    pub position: (f64, f64),
}

/// A courier on shift near a restaurant.
#[derive(Debug, Clone)]
pub struct Rider {
    /// Who.
    pub person: Person,
    /// The courier's id.
    pub courier_id: String,
}

/// What a customer means to order.
#[derive(Debug, Clone)]
pub struct Basket {
    /// Who orders.
    pub customer: Person,
    /// The saved payment method.
    pub payment_method_id: String,
    /// The body for a quote.
    pub quote: Value,
}

impl Kitchen {
    /// Opens a restaurant somewhere of its own: owner, hours, menu, approval.
    #[must_use]
    pub fn open(stack: &'static Stack) -> Self {
        Self::open_with(stack, 12)
    }

    /// Opens a restaurant that takes so many minutes to cook.
    #[must_use]
    pub fn open_with(stack: &'static Stack, prep_time_minutes: u32) -> Self {
        Self::found(stack, "EUR", prep_time_minutes, &menu())
    }

    /// Opens a restaurant that sells in a currency: see [`menu_in`].
    #[must_use]
    pub fn selling_in(stack: &'static Stack, currency: &str, times: i64) -> Self {
        Self::found(stack, currency, 12, &menu_in(currency, times))
    }

    fn found(stack: &'static Stack, currency: &str, prep_time_minutes: u32, menu: &Value) -> Self {
        let owner = stack.enrol("restaurant");
        let (lat, lng) = place();
        let restaurant = restaurant(currency, prep_time_minutes, (lat, lng));
        let created = owner.post("/v1/restaurants", &restaurant).expect(201);
        let restaurant_id = created["restaurant_id"].as_str().unwrap_or_default().to_owned();
        let path = format!("/v1/restaurants/{restaurant_id}");
        let all_day = json!([{"from": "00:00", "to": "00:00"}]);
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let weekly: serde_json::Map<_, _> = days.iter().map(|day| ((*day).to_owned(), all_day.clone())).collect();
        owner
            .put(&format!("{path}/hours"), &json!({"weekly": weekly, "exceptions": []}))
            .is(200);
        owner.put(&format!("{path}/menu"), menu).is(200);
        owner.post(&format!("{path}/menu/publish"), &json!({})).is(200);
        owner.post(&format!("{path}/submit"), &json!({})).is(200);
        stack.operator().post(&format!("{path}/approve"), &json!({})).is(200);
        Self {
            owner,
            restaurant_id,
            position: (lat, lng),
        }
    }

    /// Where its customers' door is.
    #[must_use]
    pub fn door(&self) -> Value {
        self.north(DOOR_METERS)
    }

    /// A position so many metres north of the restaurant.
    #[must_use]
    pub fn north(&self, meters: f64) -> Value {
        json!({"lat": self.position.0 + meters / 111_195.0, "lng": self.position.1})
    }

    /// A customer who means to order here, with a card.
    #[must_use]
    pub fn customer(&self, stack: &'static Stack, card: &str) -> Basket {
        let customer = stack.enrol("customer");
        self.basket_of(customer, card)
    }

    /// The basket of a known customer, with a further card.
    #[must_use]
    pub fn basket_of(&self, customer: Person, card: &str) -> Basket {
        let method = customer
            .post("/v1/payment-methods", &json!({"provider_token": card}))
            .expect(201);
        let quote = json!({
            "restaurant_id": self.restaurant_id,
            "items": [
                {"item_id": "margherita", "quantity": 2},
                {"item_id": "bowl", "quantity": 1, "options": [
                    {"group_id": "toppings", "option_id": "tofu"}, {"group_id": "toppings", "option_id": "avocado"}]},
            ],
            "deliver_to": {
                "line1": "Kerkstraat 7", "city": "Amsterdam", "postal_code": "1017 GA", "country": "NL",
                "position": self.door(),
            },
            "tip": {"amount": 100, "currency": "EUR"},
        });
        let payment_method_id = method["payment_method_id"].as_str().unwrap_or_default().to_owned();
        Basket {
            customer,
            payment_method_id,
            quote,
        }
    }

    /// A courier on shift nearby.
    #[must_use]
    pub fn rider(&self, stack: &'static Stack, meters: f64) -> Rider {
        let person = stack.enrol("courier");
        let created = person
            .post("/v1/couriers", &json!({"vehicle": "bicycle", "documents": []}))
            .expect(201);
        let courier_id = created["courier_id"].as_str().unwrap_or_default().to_owned();
        stack
            .operator()
            .post(&format!("/v1/couriers/{courier_id}/approve"), &json!({}))
            .is(200);
        person
            .post("/v1/couriers/me/shift/start", &json!({"position": self.north(meters)}))
            .is(200);
        Rider { person, courier_id }
    }

    /// An order that is placed, paid and accepted: it is being cooked.
    #[must_use]
    #[track_caller]
    pub fn cooks(&self, basket: &Basket) -> String {
        let order_id = basket.ordered();
        basket.awaits(&order_id, "awaiting_restaurant");
        self.does(&order_id, "accept", &json!({}));
        order_id
    }

    /// The restaurant does something with an order.
    #[track_caller]
    pub fn does(&self, order_id: &str, action: &str, body: &Value) {
        self.owner
            .post(&format!("/v1/orders/{order_id}/{action}"), body)
            .is(200);
    }
}

impl Basket {
    /// A quote, once the order service knows the restaurant and its menu.
    #[must_use]
    pub fn quoted(&self) -> Value {
        eventually("a quote", || {
            let reply = self.customer.post("/v1/quotes", &self.quote);
            if reply.status == 201 {
                Ok(reply.body)
            } else {
                Err(format!("{} {}", reply.status, reply.text))
            }
        })
    }

    /// The body that places an order of a quote.
    #[must_use]
    pub fn placing(&self, quote: &Value) -> Value {
        json!({"quote_id": quote["quote_id"], "payment_method_id": self.payment_method_id})
    }

    /// Places the order, and gives its id.
    #[must_use]
    pub fn ordered(&self) -> String {
        let quote = self.quoted();
        let order = self.customer.post("/v1/orders", &self.placing(&quote)).expect(201);
        order["order_id"].as_str().unwrap_or_default().to_owned()
    }

    /// The order as the customer sees it.
    #[must_use]
    pub fn order(&self, order_id: &str) -> Value {
        self.customer.get(&format!("/v1/orders/{order_id}")).expect(200)
    }

    /// Waits until the order is in a state.
    pub fn awaits(&self, order_id: &str, state: &str) {
        eventually(&format!("{order_id} to be {state}"), || {
            let order = self.order(order_id);
            if order["state"] == state {
                Ok(())
            } else {
                Err(order.to_string())
            }
        });
    }

    /// Waits until the payment of an order is in a state, and gives it.
    #[must_use]
    pub fn awaits_payment(&self, order_id: &str, state: &str) -> Value {
        eventually(&format!("the payment of {order_id} to be {state}"), || {
            let reply = self.customer.get(&format!("/v1/orders/{order_id}/payment"));
            if reply.body["state"] == state {
                Ok(reply.body)
            } else {
                Err(reply.text)
            }
        })
    }
}

impl Rider {
    /// Plans a shift, from and to so long after now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a courier has a clock")]
    pub fn plans(&self, from: SignedDuration, to: SignedDuration) -> Reply {
        let now = Timestamp::now();
        let shift = json!({"from": now + from, "to": now + to});
        self.person.post("/v1/couriers/me/shifts", &shift)
    }

    /// Waits for an offer of an order's delivery, and gives it.
    #[must_use]
    pub fn offered(&self, order_id: &str) -> Value {
        eventually(&format!("an offer of {order_id}"), || {
            let reply = self.person.get("/v1/couriers/me/offers");
            let offers = reply.body["items"].as_array().cloned().unwrap_or_default();
            offers
                .into_iter()
                .find(|offer| offer["order_id"] == order_id)
                .ok_or(reply.text)
        })
    }

    /// Takes the delivery of an order, and gives its id.
    #[must_use]
    pub fn takes(&self, order_id: &str) -> String {
        let offer = self.offered(order_id);
        let offer_id = offer["offer_id"].as_str().unwrap_or_default();
        self.person
            .post(&format!("/v1/offers/{offer_id}/accept"), &json!({}))
            .is(200);
        offer["delivery_id"].as_str().unwrap_or_default().to_owned()
    }

    /// The courier does something with a delivery.
    #[track_caller]
    pub fn does(&self, delivery_id: &str, action: &str, body: &Value) {
        self.person
            .post(&format!("/v1/deliveries/{delivery_id}/{action}"), body)
            .is(200);
    }

    /// The courier's device says that the courier is at a position now.
    ///
    /// # Panics
    /// If the report is not taken.
    #[track_caller]
    #[expect(clippy::disallowed_methods, reason = "a device has a clock")]
    pub fn stands_at(&self, position: &Value) {
        let point = json!({"at": Timestamp::now(), "position": position, "accuracy_m": 8.0});
        let reply = self.reports(&json!([point]));
        assert_eq!(reply.body["accepted"], 1, "{}", reply.text);
    }

    /// Tells where the courier is, as the courier's device does.
    #[must_use]
    pub fn reports(&self, points: &Value) -> Reply {
        self.person
            .post("/v1/couriers/me/locations", &json!({"points": points}))
    }

    /// Brings the food to the door and hands it over for the customer's PIN.
    pub fn brings(&self, delivery_id: &str, order_id: &str, basket: &Basket) {
        self.does(delivery_id, "arrived-at-restaurant", &json!({}));
        self.does(delivery_id, "picked-up", &json!({}));
        self.does(delivery_id, "arrived-at-customer", &json!({}));
        let view = basket
            .customer
            .get(&format!("/v1/orders/{order_id}/delivery"))
            .expect(200);
        self.does(delivery_id, "delivered", &json!({"pin": view["pin"]}));
    }
}
