//! A courier on shift: takes what is offered and brings it, door by door.

use std::thread::sleep;
use std::time::{Duration, Instant};

use client::{Api, Method};
use serde_json::{Value, json};

use crate::clock;
use crate::failure::Outcome;
use crate::live::Feed;
use crate::seed::{Resident, list};

use super::show::Show;

/// How long a step may be refused because the one before it has not arrived everywhere, and how often it is tried.
const STEP_PATIENCE: Duration = Duration::from_secs(90);
const STEP_EVERY: Duration = Duration::from_secs(1);

/// States of a delivery in which its courier can do nothing for it any more.
const LOST: [&str; 4] = ["withdrawn", "delivered", "returned", "failed"];

/// How long to wait for an offer before looking whether the show is over.
const LISTEN: Duration = Duration::from_millis(200);

/// How often offers are looked up, since frames may be lost.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// A phone reports where it is at most so often: the service takes twelve reports a minute.
const REPORT_EVERY: Duration = Duration::from_secs(6);

/// A courier on shift.
pub struct Courier {
    name: String,
    api: Api,
    feed: Feed,
    reported_at: Option<Instant>,
    points: Vec<Value>,
}

impl Courier {
    /// Begins a shift, and hears of offers from now on.
    ///
    /// # Errors
    /// When the API refuses: who has worked too long today may not.
    pub fn start(resident: &Resident) -> Outcome<Self> {
        let api = resident.api.clone();
        let position = &resident.person["position"];
        let shift = api.post("/v1/couriers/me/shift/start", &json!({"position": position}))?;
        let id = shift["courier_id"].as_str().unwrap_or_default();
        let mut feed = Feed::new(api.clone());
        feed.follow(format!("courier:{id}"));
        Ok(Self {
            name: resident.person["name"].as_str().unwrap_or_default().to_owned(),
            api,
            feed,
            reported_at: None,
            points: Vec::new(),
        })
    }

    /// Works until the show is over, then ends the shift. What stays open ends by itself.
    pub fn work(mut self, show: &Show) {
        let mut looked = Instant::now();
        let mut seen = Vec::new();
        while !show.over() {
            let frame = self.feed.next(LISTEN);
            let offered = frame.filter(|frame| frame.kind == "delivery.offered");
            // An offer of several deliveries is told once for each.
            let is_new = offered.is_some_and(|frame| {
                let id = frame.data["offer_id"].to_string();
                let is_new = !seen.contains(&id);
                seen.push(id);
                is_new
            });
            if is_new || looked.elapsed() > LOOK_EVERY {
                self.take(show);
                looked = Instant::now();
            }
        }
        let end = json!({});
        drop(self.api.call(&Method::POST, "/v1/couriers/me/shift/end", Some(&end)));
    }

    /// Takes the offer that is there, if any.
    fn take(&mut self, show: &Show) {
        let Ok(offers) = self.api.get("/v1/couriers/me/offers") else {
            return;
        };
        let Some(offer) = list(&offers["items"]).first() else {
            return;
        };
        let path = format!("/v1/offers/{}/accept", offer["offer_id"].as_str().unwrap_or_default());
        let answer = self.api.call(&Method::POST, &path, Some(&json!({})));
        // Another was quicker, or the offer is over: then it goes on without him.
        if answer.is_ok_and(|answer| answer.ok()) {
            show.tell(&self.name, "takes the delivery");
            self.bring(show, offer);
        }
    }

    /// Fetches everything at the restaurant and brings it. What cannot be brought is told, and the rest is brought.
    fn bring(&mut self, show: &Show, offer: &Value) {
        let trip = list(&offer["deliveries"]);
        // The first stop is the restaurant.
        let doors = list(&offer["stops"]).iter().skip(1);
        let mut aboard = Vec::new();
        for (one, door) in trip.iter().zip(doors) {
            let fetched = self
                .step(show, one, "arrived-at-restaurant", &json!({}))
                .and_then(|()| {
                    show.await_call(order_of(one));
                    self.step(show, one, "picked-up", &json!({}))
                });
            match fetched {
                Ok(()) => {
                    show.tell(&self.name, "has the food");
                    aboard.push((one, door));
                }
                Err(why) => show.trouble(order_of(one), &format!("{} could not fetch it: {why}", self.name)),
            }
        }
        for (one, door) in aboard {
            self.report(&door["position"]);
            if let Err(why) = self.hand_over(show, one) {
                show.trouble(order_of(one), &format!("{} could not hand it over: {why}", self.name));
            }
        }
    }

    fn hand_over(&self, show: &Show, one: &Value) -> Outcome {
        self.step(show, one, "arrived-at-customer", &json!({}))?;
        show.tell(&self.name, "is at the door");
        let order = order_of(one);
        // The customer says the PIN.
        let customer = show.customer_of(order).unwrap_or_else(|| self.api.clone());
        let view = customer.get(&format!("/v1/orders/{order}/delivery"))?;
        self.step(show, one, "delivered", &json!({"pin": view["pin"]}))?;
        show.tell(&self.name, "hands over for the PIN");
        Ok(())
    }

    /// Tells where he is; what may not be told yet is told with the next report. A report that is refused is none.
    fn report(&mut self, position: &Value) {
        self.points.push(json!({"at": clock::now(), "position": position}));
        if self.reported_at.is_some_and(|at| at.elapsed() < REPORT_EVERY) {
            return;
        }
        self.reported_at = Some(Instant::now());
        let points = json!({"points": std::mem::take(&mut self.points)});
        drop(self.api.call(&Method::POST, "/v1/couriers/me/locations", Some(&points)));
    }

    /// Does a step, and again while it is too early for it: events take their time from service to service.
    fn step(&self, show: &Show, one: &Value, action: &str, body: &Value) -> Outcome {
        sleep(show.pace);
        let delivery = one["delivery_id"].as_str().unwrap_or_default();
        let path = format!("/v1/deliveries/{delivery}/{action}");
        let started = Instant::now();
        loop {
            let answer = self.api.call(&Method::POST, &path, Some(body))?;
            if answer.ok() {
                return Ok(());
            }
            let is_lost = answer.body["state"].as_str().is_some_and(|state| LOST.contains(&state));
            if answer.status != 409 || is_lost || started.elapsed() > STEP_PATIENCE || show.over() {
                return Err(answer.refusal(action).into());
            }
            sleep(STEP_EVERY.max(show.pace));
        }
    }
}

fn order_of(delivery: &Value) -> &str {
    delivery["order_id"].as_str().unwrap_or_default()
}
