//! A courier works.

use serde_json::{Value, json};

use super::{Life, until, with};
use crate::failure::Outcome;
use crate::seed::list;

impl Life<'_> {
    pub(super) fn report(&mut self, position: &Value) -> Outcome {
        let points = json!({"points": [{"at": crate::clock::now(), "position": position}]});
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
}
