//! A courier works.

use serde_json::{Value, json};

use super::super::gateway::Request;
use super::{Life, plain, text, until, with};
use crate::failure::Outcome;
use crate::seed::list;

impl Life<'_> {
    /// Where the courier is, or was some seconds ago: nobody is believed who flies.
    pub(super) fn report(&mut self, position: &Value, seconds_ago: i64) -> Outcome {
        let at = crate::clock::now() - jiff::SignedDuration::from_secs(seconds_ago);
        let points = json!({"points": [{"at": at, "position": position}]});
        self.gateway
            .ask(&self.cast.courier, &with("POST /v1/couriers/me/locations", &[], points))
            .map(drop)
    }

    /// The offer of an order, once the courier has one.
    pub(super) fn offer(&self, order: &str) -> Outcome<Value> {
        let api = self.api(&self.cast.courier);
        until("offer", || {
            let offers = api.get("/v1/couriers/me/offers")?;
            Ok(list(&offers["items"])
                .iter()
                .find(|offer| offer["order_id"] == order)
                .cloned())
        })
    }

    pub(super) fn delivery(&mut self, operation: &str, delivery: &str, body: Value) -> Outcome {
        let path = [("delivery_id", delivery)];
        let request = with(operation, &path, body);
        self.gateway.ask(&self.cast.courier, &request).map(drop)
    }

    /// Accepts an offer; gives the delivery.
    pub(super) fn accept(&mut self, offer: &Value) -> Outcome<String> {
        let offer_id = text(&offer["offer_id"]);
        let path = [("offer_id", offer_id.as_str())];
        let request = with("POST /v1/offers/{offer_id}/accept", &path, json!({}));
        self.gateway.ask(&self.cast.courier, &request)?;
        Ok(text(&offer["delivery_id"]))
    }

    /// What happens on the way is noted, and looked at; then an operator takes the courier off.
    pub(super) fn trouble(&mut self, delivery: &str) -> Outcome {
        let path = [("delivery_id", delivery)];
        let note = json!({"kind": "other", "note": "The road is closed."});
        self.delivery("POST /v1/deliveries/{delivery_id}/incidents", delivery, note)?;
        let operator = self.cast.operator.clone();
        let request = plain("GET /v1/deliveries/{delivery_id}/incidents", &path);
        self.gateway.ask(&operator, &request)?;
        let reason = json!({"reason": "courier_unreachable"});
        let request = with("POST /v1/deliveries/{delivery_id}/unassign", &path, reason);
        self.gateway.ask(&operator, &request).map(drop)
    }

    /// What nobody can prove is judged by an operator.
    pub(super) fn judge(&mut self, delivery: &str) -> Outcome {
        let operator = self.cast.operator.clone();
        self.gateway.ask(&operator, &plain("GET /v1/deliveries/reviews", &[]))?;
        let path = [("delivery_id", delivery)];
        let fault = json!({"fault": "platform", "note": "The house has no number."});
        let request = with("POST /v1/deliveries/{delivery_id}/review", &path, fault);
        self.gateway.ask(&operator, &request).map(drop)
    }

    /// What an operator sees of the streets.
    pub(super) fn streets(&mut self, city: &Value) -> Outcome {
        let (gateway, cast) = (&mut *self.gateway, &self.cast);
        let position = &list(&city["restaurants"])[0]["restaurant"]["position"];
        let near = format!("near={},{}", position["lat"], position["lng"]);
        let zones = plain("GET /v1/zones", &[]);
        let zones = gateway.ask(&cast.operator, &Request { query: &near, ..zones })?;
        let zone = text(&list(&zones["items"])[0]["zone_id"]);
        let path = [("zone_id", zone.as_str())];
        gateway.ask(&cast.operator, &plain("GET /v1/zones/{zone_id}/board", &path))?;
        let path = [("courier_id", self.courier.as_str())];
        gateway.ask(&cast.operator, &plain("GET /v1/couriers/{courier_id}/trail", &path))?;
        Ok(())
    }
}
