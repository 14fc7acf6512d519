//! The customer's view: what the timeline of every order says, as it happens.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::api::Api;
use crate::failure::{Failure, Outcome};
use crate::seed::list;

use super::actors::Show;

/// How often the timelines are read.
const EVERY: Duration = Duration::from_millis(300);

/// How long all orders together may take without anything happening.
const PATIENCE: Duration = Duration::from_mins(2);

/// Orders that are followed.
pub struct Watch<'a> {
    customer: &'a Api,
    show: &'a Show,
    orders: Vec<Followed>,
    news_at: Instant,
}

struct Followed {
    id: String,
    told: usize,
    ended: bool,
}

impl<'a> Watch<'a> {
    /// Follows nothing yet.
    pub fn new(customer: &'a Api, show: &'a Show) -> Self {
        Self {
            customer,
            show,
            orders: Vec::new(),
            news_at: Instant::now(),
        }
    }

    /// Follows an order.
    pub fn add(&mut self, order: &Value) {
        let id = order["order_id"].as_str().unwrap_or_default().to_owned();
        self.show.tell(&format!("order {}", self.orders.len() + 1), &id);
        self.orders.push(Followed {
            id,
            told: 0,
            ended: false,
        });
        self.news_at = Instant::now();
    }

    /// The orders' ids.
    pub fn orders(&self) -> impl Iterator<Item = &str> {
        self.orders.iter().map(|order| order.id.as_str())
    }

    /// Looks for a while.
    ///
    /// # Errors
    /// When the API refuses.
    pub fn look_for(&mut self, time: Duration) -> Outcome {
        let started = Instant::now();
        loop {
            self.look()?;
            if started.elapsed() >= time {
                return Ok(());
            }
            sleep(EVERY.min(time));
        }
    }

    /// Looks until every order has ended and its money has moved.
    ///
    /// # Errors
    /// When the API refuses, or nothing happens any more.
    pub fn until_all_end(&mut self) -> Outcome {
        while self.orders.iter().any(|order| !order.ended) {
            if self.show.over() {
                return self.show.outcome();
            }
            if self.news_at.elapsed() > PATIENCE {
                let open = self
                    .orders
                    .iter()
                    .filter(|order| !order.ended)
                    .map(|order| order.id.as_str());
                return Err(Failure::new(
                    "Not every order came to its end",
                    format!(
                        "nothing happened for {} s to {}",
                        PATIENCE.as_secs(),
                        open.collect::<Vec<_>>().join(", ")
                    ),
                    "see `cargo local status` for messages that wait, and `cargo local logs`",
                ));
            }
            sleep(EVERY);
            self.look()?;
        }
        Ok(())
    }

    fn look(&mut self) -> Outcome {
        for (index, order) in self.orders.iter_mut().enumerate().filter(|(_, order)| !order.ended) {
            let timeline = self.customer.get(&format!("/v1/orders/{}/timeline", order.id))?;
            let entries = list(&timeline["items"]);
            for entry in entries.iter().skip(order.told) {
                let kind = entry["type"].as_str().unwrap_or_default();
                let by = entry["by"].as_str().map(|by| format!(" by {by}")).unwrap_or_default();
                self.show.tell(&format!("order {}", index + 1), &format!("{kind}{by}"));
                self.news_at = Instant::now();
            }
            order.told = entries.len();
            let last = entries
                .last()
                .and_then(|entry| entry["type"].as_str())
                .unwrap_or_default();
            if ["delivered", "cancelled", "rejected", "undeliverable"]
                .iter()
                .any(|end| last.contains(end))
            {
                let payment = self.customer.get(&format!("/v1/orders/{}/payment", order.id))?;
                let state = payment["state"].as_str().unwrap_or_default();
                if state == "captured" || state == "voided" {
                    self.show
                        .tell(&format!("order {}", index + 1), &format!("payment {state}"));
                    self.news_at = Instant::now();
                    order.ended = true;
                }
            }
        }
        Ok(())
    }
}
