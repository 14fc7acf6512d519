//! A restaurant's kitchen: accepts what comes in, cooks it and calls it out.

use std::time::{Duration, Instant};

use client::{Api, Method};
use serde_json::json;

use crate::live::Feed;
use crate::seed::list;

use super::show::Show;

/// How long to wait for news before looking into the pans.
const LISTEN: Duration = Duration::from_millis(50);

/// How often the list of new orders is read, since frames may be lost.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// When food is called out again that could not be called out.
const AGAIN: Duration = Duration::from_secs(1);

/// A kitchen with what it cooks.
pub struct Kitchen {
    owner: Api,
    id: String,
    feed: Feed,
    cooking: Vec<(String, Instant)>,
}

impl Kitchen {
    /// The kitchen of a restaurant, which hears of new orders from now on.
    pub fn open(owner: &Api, id: &str) -> Self {
        let mut feed = Feed::new(owner.clone());
        feed.follow(format!("restaurant:{id}"));
        Self {
            owner: owner.clone(),
            id: id.to_owned(),
            feed,
            cooking: Vec::new(),
        }
    }

    /// Works until the show is over.
    pub fn work(mut self, show: &Show) {
        let mut looked = Instant::now();
        while !show.over() {
            match self.feed.next(LISTEN) {
                Some(frame) if frame.data["state"] == "awaiting_restaurant" => {
                    self.accept(show, frame.data["order_id"].as_str().unwrap_or_default());
                }
                Some(_) => {}
                None => self.call_out(show),
            }
            if looked.elapsed() > LOOK_EVERY {
                looked = Instant::now();
                let path = format!("/v1/restaurants/{}/orders?state=awaiting_restaurant", self.id);
                let waiting = self.owner.get(&path).unwrap_or_default();
                for order in list(&waiting["items"]) {
                    self.accept(show, order["order_id"].as_str().unwrap_or_default());
                }
                self.call_out(show);
            }
        }
    }

    /// Accepts an order. One that was accepted or ended meanwhile is refused, and needs nothing more.
    fn accept(&mut self, show: &Show, order_id: &str) {
        let path = format!("/v1/orders/{order_id}/accept");
        let answer = self.owner.call(&Method::POST, &path, Some(&json!({})));
        if answer.is_ok_and(|answer| answer.ok()) {
            self.cooking.push((order_id.to_owned(), Instant::now() + show.pace * 3));
        }
    }

    fn call_out(&mut self, show: &Show) {
        let now = Instant::now();
        let Some(next) = self.cooking.iter().position(|(_, ready_at)| *ready_at <= now) else {
            return;
        };
        let (order_id, _) = self.cooking.swap_remove(next);
        let path = format!("/v1/orders/{order_id}/ready");
        match self.owner.call(&Method::POST, &path, Some(&json!({}))) {
            Ok(answer) if answer.ok() => show.call_out(&order_id),
            Ok(answer) if answer.status == 409 => {
                show.trouble(&order_id, &format!("is not called out: {}", answer.body["code"]));
            }
            Ok(_) | Err(_) => self.cooking.push((order_id, now + AGAIN)),
        }
    }
}
