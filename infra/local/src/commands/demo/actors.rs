//! The people of the demonstration: each does what its app would, until the show is over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::http::Method;

use crate::api::Api;
use crate::failure::{Failure, Outcome};
use crate::seed::list;
use crate::ui::say;

/// How long a step may be refused because the one before it has not arrived everywhere.
const STEP_PATIENCE: Duration = Duration::from_mins(1);

/// What all share: the time, the customer who waits at the door, and the end.
pub struct Show {
    started: Instant,
    customer: Api,
    pace: Duration,
    over: AtomicBool,
    failure: Mutex<Option<Failure>>,
}

impl Show {
    /// Begins now.
    pub fn new(customer: Api, pace: Duration) -> Self {
        Self {
            started: Instant::now(),
            customer,
            pace,
            over: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    /// Tells what happens.
    pub fn tell(&self, who: &str, what: &str) {
        say(format!(
            "  {:>6.1} s  {who:<18} {what}",
            self.started.elapsed().as_secs_f64()
        ));
    }

    /// Lets everyone go.
    pub fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Whether it is over.
    pub fn over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Why it was broken off, if it was.
    ///
    /// # Errors
    /// The first failure of anyone.
    pub fn outcome(&self) -> Outcome {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .map_or(Ok(()), Err)
    }

    /// Repeats what someone does, at their pace, until the show is over; what fails, ends it.
    fn repeat(&self, mut turn: impl FnMut() -> Outcome) {
        while !self.over() {
            if let Err(failure) = turn() {
                let mut first = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
                first.get_or_insert(failure);
                self.end();
            }
            sleep(self.pace);
        }
    }
}

/// A restaurant's kitchen.
pub struct Kitchen {
    /// The restaurant.
    pub id: String,
    owner: Api,
    cooking: Mutex<Vec<(String, Instant)>>,
}

impl Kitchen {
    /// The kitchen of a restaurant.
    pub fn new(owner: Api, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            owner,
            cooking: Mutex::new(Vec::new()),
        }
    }

    /// Accepts what comes in, cooks it and calls it out.
    pub fn work(&self, show: &Show) {
        show.repeat(|| {
            let waiting = self
                .owner
                .get(&format!("/v1/restaurants/{}/orders?state=awaiting_restaurant", self.id))?;
            for order in list(&waiting["items"]) {
                let id = order["order_id"].as_str().unwrap_or_default();
                // A list may be a moment old: an order that was accepted already is in the pan.
                let answer = self
                    .owner
                    .call(&Method::POST, &format!("/v1/orders/{id}/accept"), Some(&json!({})))?;
                if answer.ok() {
                    self.cooking().push((id.to_owned(), Instant::now() + show.pace * 3));
                }
            }
            let due: Vec<String> = {
                let mut cooking = self.cooking();
                let now = Instant::now();
                let due = cooking
                    .iter()
                    .filter(|(_, ready_at)| *ready_at <= now)
                    .map(|(id, _)| id.clone())
                    .collect();
                cooking.retain(|(_, ready_at)| *ready_at > now);
                due
            };
            due.iter()
                .try_for_each(|id| self.owner.post(&format!("/v1/orders/{id}/ready"), &json!({})).map(drop))
        });
    }

    fn cooking(&self) -> std::sync::MutexGuard<'_, Vec<(String, Instant)>> {
        self.cooking.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A courier on shift.
pub struct Courier {
    name: String,
    api: Api,
}

impl Courier {
    /// Begins a shift.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn start(api: Api, person: &Value) -> Outcome<Self> {
        let position = person["position"].clone();
        // A shift that an interrupted demonstration left open is as good as a new one.
        let answer = api.call(
            &Method::POST,
            "/v1/couriers/me/shift/start",
            Some(&json!({"position": position})),
        )?;
        if !answer.ok() && answer.status != 409 {
            return Err(crate::http::refused("POST /v1/couriers/me/shift/start", &answer));
        }
        let name = person["name"].as_str().unwrap_or_default().to_owned();
        Ok(Self { name, api })
    }

    /// Takes what is offered and brings it.
    pub fn work(&self, show: &Show) {
        show.repeat(|| {
            let offers = self.api.get("/v1/couriers/me/offers")?;
            let Some(offer) = list(&offers["items"]).first() else {
                return Ok(());
            };
            let id = offer["offer_id"].as_str().unwrap_or_default();
            let answer = self
                .api
                .call(&Method::POST, &format!("/v1/offers/{id}/accept"), Some(&json!({})))?;
            if answer.ok() {
                show.tell(&self.name, "takes the delivery");
                self.bring(show, offer)?;
            }
            Ok(())
        });
    }

    /// Ends the shift. What stays open ends by itself.
    pub fn go_home(&self) {
        drop(
            self.api
                .call(&Method::POST, "/v1/couriers/me/shift/end", Some(&json!({}))),
        );
    }

    /// Fetches everything at the restaurant and brings it, door by door.
    fn bring(&self, show: &Show, offer: &Value) -> Outcome {
        let trip = list(&offer["deliveries"]);
        let step = |one: &Value, action: &str, body: Value| {
            let delivery = one["delivery_id"].as_str().unwrap_or_default();
            self.insist(show, &format!("/v1/deliveries/{delivery}/{action}"), &body)
        };
        for one in trip {
            step(one, "arrived-at-restaurant", json!({}))?;
        }
        show.tell(&self.name, "is at the restaurant");
        for one in trip {
            step(one, "picked-up", json!({}))?;
            show.tell(&self.name, "has the food");
        }
        // The first stop is the restaurant.
        for (one, door) in trip.iter().zip(list(&offer["stops"]).iter().skip(1)) {
            self.report(&door["position"])?;
            step(one, "arrived-at-customer", json!({}))?;
            show.tell(&self.name, "is at the door");
            let order = one["order_id"].as_str().unwrap_or_default();
            let view = show.customer.get(&format!("/v1/orders/{order}/delivery"))?;
            step(one, "delivered", json!({"pin": view["pin"]}))?;
            show.tell(&self.name, "hands over for the PIN");
        }
        Ok(())
    }

    fn report(&self, position: &Value) -> Outcome {
        let point = json!({"at": crate::clock::now(), "position": position});
        self.api
            .post("/v1/couriers/me/locations", &json!({"points": [point]}))
            .map(drop)
    }

    /// Does a step, and again while it is too early for it: events take their time from service to service.
    fn insist(&self, show: &Show, path: &str, body: &Value) -> Outcome {
        sleep(show.pace);
        let started = Instant::now();
        loop {
            let answer = self.api.call(&Method::POST, path, Some(body))?;
            if answer.ok() {
                return Ok(());
            }
            if answer.status != 409 || started.elapsed() > STEP_PATIENCE || show.over() {
                return Err(crate::http::refused(path, &answer));
            }
            sleep(show.pace);
        }
    }
}
