//! A customer: orders one meal after the other, and follows them all to the end.

use std::time::{Duration, Instant};

use client::{Api, Method};
use serde_json::{Value, json};

use crate::clock;
use crate::failure::Outcome;
use crate::live::{Feed, Frame};
use crate::seed::{Resident, is_seeded_card, list, quote_of};

use super::show::Show;
use super::tale::{Stage, Tale};

/// How many orders may wait for their payment at once; the order service says so.
const UNPAID_MAX: usize = 2;

/// How long to wait for news before looking whether an order is due.
const LISTEN: Duration = Duration::from_millis(100);

/// How soon an order is placed again that may not be placed now.
const LATER: Duration = Duration::from_millis(700);

/// After how long without news an order is looked up, since frames may be lost; and how often one is.
const QUIET: Duration = Duration::from_secs(15);
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Somebody who orders.
pub struct Customer<'a> {
    api: Api,
    card: Value,
    restaurants: &'a [String],
    feed: Feed,
    followed: Vec<Followed>,
    quote: Option<(u32, Value)>,
    looked_at: Instant,
    not_before: Instant,
}

struct Followed {
    tale: Tale,
    news_at: Instant,
}

impl<'a> Customer<'a> {
    /// A customer who has ordered nothing yet.
    ///
    /// # Errors
    /// When the means of payment cannot be read.
    pub fn new(resident: &Resident, restaurants: &'a [String]) -> Outcome<Self> {
        let api = resident.api.clone();
        let methods = api.get("/v1/payment-methods")?;
        let card = list(&methods["items"]).iter().find(|method| is_seeded_card(method));
        let mut feed = Feed::new(api.clone());
        feed.open();
        Ok(Self {
            card: card.map_or(Value::Null, |card| card["payment_method_id"].clone()),
            api,
            restaurants,
            feed,
            followed: Vec::new(),
            quote: None,
            looked_at: Instant::now(),
            not_before: Instant::now(),
        })
    }

    /// Places the orders of these numbers and follows them, until all have ended or nothing happens any more.
    pub fn live(mut self, show: &Show, numbers: &[u32]) -> Vec<Tale> {
        let mut planned = numbers.iter().copied().peekable();
        loop {
            let is_done = planned.peek().is_none() && self.followed.iter().all(|one| one.tale.is_over());
            if is_done || show.is_silent() {
                break;
            }
            if let Some(number) = planned.peek().copied()
                && show.due(number).max(self.not_before) <= Instant::now()
                && self.unpaid() < UNPAID_MAX
                && show.takes_place(number)
                && self.order(show, number)
            {
                planned.next();
            }
            match self.feed.next(LISTEN) {
                Some(frame) => self.hear(show, &frame),
                None => self.look(show),
            }
        }
        let mut tales: Vec<Tale> = self.followed.into_iter().map(|one| one.tale).collect();
        tales.extend(planned.map(Tale::planned));
        for tale in &mut tales {
            tale.troubles = show.troubles_of(tale.number);
        }
        tales
    }

    fn unpaid(&self) -> usize {
        let unpaid = self.followed.iter().filter(|one| one.tale.stage() == Stage::Placed);
        unpaid.count()
    }

    /// Places an order; false if that is to be tried again later.
    fn order(&mut self, show: &Show, number: u32) -> bool {
        let mut tale = Tale::planned(number);
        match self.place(number) {
            Ok(Placing::Done(order)) => {
                tale.placed(&order, clock::now());
                show.placed(number, &tale.order_id, &self.api);
                show.tell(&format!("order {number}"), &tale.order_id);
                self.feed.follow_soon(format!("order:{}", tale.order_id));
            }
            Ok(Placing::Later) => {
                self.not_before = Instant::now() + LATER;
                return false;
            }
            Ok(Placing::Refused(why)) => tale.refused = Some(why),
            Err(failure) => tale.refused = Some(failure.to_string()),
        }
        if let Some(why) = &tale.refused {
            show.tell(&format!("order {number}"), &format!("could not be placed: {why}"));
        }
        show.news(number, tale.stage());
        let news_at = Instant::now();
        self.followed.push(Followed { tale, news_at });
        true
    }

    fn place(&mut self, number: u32) -> Outcome<Placing> {
        let quote_id = if let Some((_, known)) = self.quote.take().filter(|(of, _)| *of == number) {
            known
        } else {
            let id = &self.restaurants[number.saturating_sub(1) as usize % self.restaurants.len()];
            let menu = self.api.get(&format!("/v1/restaurants/{id}/menu"))?;
            let wanted = quote_of(&self.api, id, &menu)?;
            let answer = self.api.call(&Method::POST, "/v1/quotes", Some(&wanted))?;
            if !answer.ok() {
                return Ok(Placing::Refused(code(&answer.body, answer.status)));
            }
            answer.body["quote_id"].clone()
        };
        let order = json!({"quote_id": quote_id, "payment_method_id": self.card});
        let answer = self.api.call(&Method::POST, "/v1/orders", Some(&order))?;
        let body = &answer.body;
        Ok(match (answer.ok(), body["code"].as_str()) {
            (true, _) => Placing::Done(body.clone()),
            // A payment takes its time.
            (false, Some("too_many_unpaid_orders")) => {
                self.quote = Some((number, quote_id));
                Placing::Later
            }
            (false, _) => Placing::Refused(code(body, answer.status)),
        })
    }

    fn hear(&mut self, show: &Show, frame: &Frame) {
        let Some(order_id) = frame.data["order_id"].as_str() else {
            return;
        };
        let mut followed = self.followed.iter_mut();
        let Some(one) = followed.find(|one| one.tale.order_id == order_id) else {
            return;
        };
        let is_news = one.tale.hear(&frame.kind, &frame.data, frame.at);
        let number = one.tale.number;
        if is_news || frame.kind.starts_with("delivery.") && frame.kind != "delivery.eta_changed" {
            one.news_at = Instant::now();
            show.tell(&format!("order {number}"), &told(frame));
            show.news(number, one.tale.stage());
        }
        if is_news && one.tale.is_over() {
            self.feed.leave(&format!("order:{order_id}"));
        }
    }

    /// Looks the order up that nothing was heard of for the longest time, if that is long.
    fn look(&mut self, show: &Show) {
        if self.looked_at.elapsed() < LOOK_EVERY {
            return;
        }
        let open = self.followed.iter_mut().filter(|one| !one.tale.is_over());
        let quietest = open.min_by_key(|one| one.news_at);
        let Some(one) = quietest.filter(|one| one.news_at.elapsed() > QUIET) else {
            return;
        };
        self.looked_at = Instant::now();
        // What cannot be looked up now is looked up later.
        one.news_at = Instant::now();
        if look_up(&self.api, &mut one.tale).unwrap_or(false) {
            let number = one.tale.number;
            show.tell(
                &format!("order {number}"),
                &format!("{:?}, as was looked up", one.tale.stage()),
            );
            show.news(number, one.tale.stage());
            if one.tale.is_over() {
                let topic = format!("order:{}", one.tale.order_id);
                self.feed.leave(&topic);
            }
        }
    }
}

enum Placing {
    Done(Value),
    Later,
    Refused(String),
}

/// Reads how an order stands; whether that was news.
///
/// # Errors
/// When the API refuses.
pub fn look_up(api: &Api, tale: &mut Tale) -> Outcome<bool> {
    let path = format!("/v1/orders/{}", tale.order_id);
    let timeline = api.get(&format!("{path}/timeline"))?;
    let payment = api.find(&format!("{path}/payment"))?.unwrap_or_default();
    let is_without_food = |entry: &Value| {
        let kind = entry["type"].as_str().unwrap_or_default();
        let ends = ["order.cancelled", "order.rejected", "order.undeliverable"];
        ends.iter().any(|end| kind.starts_with(end))
    };
    let reason = if list(&timeline["items"]).iter().any(is_without_food) {
        api.get(&path)?["ended"]["reason"].clone()
    } else {
        Value::Null
    };
    Ok(tale.look(&timeline, &reason, &payment, clock::now()))
}

/// A frame in a few words.
fn told(frame: &Frame) -> String {
    let detail = ["reason", "by", "place", "payment"]
        .iter()
        .find_map(|name| frame.data[*name].as_str());
    match detail.filter(|detail| !frame.kind.ends_with(detail)) {
        Some(detail) => format!("{} ({detail})", frame.kind),
        None => frame.kind.clone(),
    }
}

fn code(problem: &Value, status: u16) -> String {
    let code = problem["code"].as_str().map(str::to_owned);
    code.unwrap_or_else(|| format!("status {status}"))
}
