//! What became of one order, from what was heard of it and from what was looked up.

use jiff::Timestamp;
use serde_json::{Value, json};

/// How far an order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It has not been placed yet.
    Planned,
    /// It waits for its payment.
    Placed,
    /// It waits for the restaurant.
    Confirmed,
    /// The kitchen cooks it.
    Accepted,
    /// It waits for its courier.
    Ready,
    /// A courier brings it.
    PickedUp,
    /// It was handed over.
    Delivered,
    /// It ended, and so has its payment.
    Settled,
}

/// How an order ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The food arrived.
    Delivered,
    /// It was cancelled, for a reason.
    Cancelled(String),
    /// The restaurant did not take it, for a reason.
    Rejected(String),
    /// The food could not be handed over, for a reason.
    Undeliverable(String),
}

/// One order.
#[derive(Debug, Clone)]
pub struct Tale {
    /// Counted from one.
    pub number: u32,
    /// Its id, once it was placed.
    pub order_id: String,
    /// Why it was not placed, if it could not be.
    pub refused: Option<String>,
    /// How it ended.
    pub end: Option<End>,
    /// The state of its payment, as far as it is known.
    pub payment: String,
    /// What went wrong meanwhile.
    pub troubles: Vec<String>,
    moments: Vec<(Stage, Timestamp)>,
}

impl Tale {
    /// An order that is not placed yet.
    pub fn planned(number: u32) -> Self {
        Self {
            number,
            order_id: String::new(),
            refused: None,
            end: None,
            payment: String::new(),
            troubles: Vec::new(),
            moments: Vec::new(),
        }
    }

    /// It is placed.
    pub fn placed(&mut self, order: &Value, now: Timestamp) {
        order["order_id"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut self.order_id);
        self.reach(Stage::Placed, moment(&order["placed_at"]).unwrap_or(now));
    }

    /// Hears of it over the live channel. Whether that was news.
    pub fn hear(&mut self, kind: &str, data: &Value, at: Timestamp) -> bool {
        let reason = || data["reason"].as_str().unwrap_or("no reason").to_owned();
        match kind {
            "order.confirmed" => self.reach(Stage::Confirmed, at),
            "order.accepted" => self.reach(Stage::Accepted, at),
            "order.ready" => self.reach(Stage::Ready, at),
            "order.picked_up" => self.reach(Stage::PickedUp, at),
            "order.delivered" => self.ended(End::Delivered, at),
            "order.cancelled" => self.ended(End::Cancelled(reason()), at),
            "order.rejected" => self.ended(End::Rejected(reason()), at),
            "order.undeliverable" => self.ended(End::Undeliverable(reason()), at),
            "payment.captured" | "payment.voided" | "payment.declined" => {
                self.paid(kind.trim_start_matches("payment."), at)
            }
            // The rest moves no order: where the courier is, when it should arrive.
            _ => false,
        }
    }

    /// Takes over what its timeline says, why it ended if it did without food, and how its payment stands now. Whether
    /// that was news.
    pub fn look(&mut self, timeline: &Value, reason: &Value, payment: &Value, now: Timestamp) -> bool {
        let mut is_news = false;
        for entry in timeline["items"].as_array().into_iter().flatten() {
            let kind = entry["type"].as_str().unwrap_or_default();
            let kind = kind.rsplit_once(".v").map_or(kind, |(kind, _)| kind);
            let data = json!({"reason": reason});
            is_news |= self.hear(kind, &data, moment(&entry["at"]).unwrap_or(now));
        }
        let state = payment["state"].as_str().unwrap_or_default();
        if ["captured", "voided", "declined"].contains(&state) {
            self.paid(state, now) || is_news
        } else {
            state.clone_into(&mut self.payment);
            is_news
        }
    }

    /// Whether all that is told of an order that ended was heard.
    pub fn is_complete(&self) -> bool {
        let needed = [Stage::Confirmed, Stage::Accepted, Stage::Ready, Stage::PickedUp];
        let is_delivered = self.end == Some(End::Delivered);
        self.is_over() && (!is_delivered || needed.iter().all(|stage| self.at(*stage).is_some()))
    }

    /// How far it is.
    pub fn stage(&self) -> Stage {
        if self.is_over() {
            return Stage::Settled;
        }
        let reached = self.moments.iter().map(|(stage, _)| *stage);
        // What is paid for is not over before the food arrived.
        reached
            .filter(|stage| *stage != Stage::Settled)
            .max()
            .unwrap_or(Stage::Planned)
    }

    /// Whether nothing will happen to it any more: it was never placed, or it ended and its money has moved.
    pub fn is_over(&self) -> bool {
        let is_paid = self.at(Stage::Settled).is_some();
        self.refused.is_some() || self.end.is_some() && is_paid
    }

    /// When it reached a stage, if it did.
    pub fn at(&self, stage: Stage) -> Option<Timestamp> {
        let found = self.moments.iter().find(|(reached, _)| *reached == stage);
        found.map(|(_, at)| *at)
    }

    fn reach(&mut self, stage: Stage, at: Timestamp) -> bool {
        let is_new = self.at(stage).is_none();
        if is_new {
            self.moments.push((stage, at));
        }
        is_new
    }

    fn ended(&mut self, end: End, at: Timestamp) -> bool {
        if end == End::Delivered {
            self.reach(Stage::Delivered, at);
        }
        let is_new = self.end.is_none();
        self.end.get_or_insert(end);
        is_new
    }

    fn paid(&mut self, state: &str, at: Timestamp) -> bool {
        state.clone_into(&mut self.payment);
        self.reach(Stage::Settled, at)
    }
}

fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn placed() -> Tale {
        let mut tale = Tale::planned(1);
        tale.placed(&json!({"order_id": "ord_1"}), second(10));
        tale
    }

    #[test]
    fn an_order_is_over_once_it_ended_and_its_money_moved_in_whatever_order_that_is_heard() {
        let mut tale = placed();
        assert!(tale.hear("payment.captured", &json!({}), second(30)));
        assert!(!tale.is_over());
        assert_eq!(tale.stage(), Stage::Placed);
        assert!(tale.hear("order.delivered", &json!({}), second(29)));
        assert!(tale.is_over());
        assert_eq!(tale.at(Stage::Delivered), Some(second(29)));
    }

    #[test]
    fn what_comes_twice_or_moves_nothing_is_no_news() {
        let mut tale = placed();
        assert!(tale.hear("order.accepted", &json!({}), second(11)));
        assert!(!tale.hear("order.accepted", &json!({}), second(12)));
        assert!(!tale.hear("courier.moved", &json!({}), second(12)));
        assert_eq!(tale.at(Stage::Accepted), Some(second(11)));
    }

    #[test]
    fn what_was_not_heard_is_looked_up() {
        let mut tale = placed();
        tale.hear("order.accepted", &json!({}), second(12));
        let timeline = json!({"items": [
            {"type": "order.placed.v1", "at": "1970-01-01T00:00:10Z"},
            {"type": "order.accepted.v1", "at": "1970-01-01T00:00:13Z"},
            {"type": "order.picked_up.v1", "at": "1970-01-01T00:00:20Z"},
            {"type": "order.delivered.v1", "at": "1970-01-01T00:00:25Z"},
        ]});
        let none = Value::Null;
        assert!(tale.look(&timeline, &none, &json!({"state": "capturing"}), second(40)));
        assert!(!tale.is_over());
        assert_eq!(tale.payment, "capturing");
        assert!(tale.look(&timeline, &none, &json!({"state": "captured"}), second(41)));
        assert!(tale.is_over());
        assert!(!tale.is_complete(), "nobody heard that it was confirmed and ready");
        assert_eq!(tale.at(Stage::Accepted), Some(second(12)));
        assert_eq!(tale.at(Stage::PickedUp), Some(second(20)));
        assert_eq!(tale.at(Stage::Delivered), Some(second(25)));
        assert!(!tale.look(&timeline, &none, &json!({"state": "captured"}), second(42)));
    }

    #[test]
    fn an_order_that_ends_without_food_says_why() {
        let mut tale = placed();
        let timeline = json!({"items": [{"type": "order.cancelled.v1", "at": "1970-01-01T00:00:50Z"}]});
        tale.look(&timeline, &json!("no_courier"), &json!({"state": "voided"}), second(50));
        assert_eq!(tale.end, Some(End::Cancelled("no_courier".to_owned())));
        assert!(tale.is_over() && tale.is_complete());
    }
}
