//! Orders, and how each of them ends.

use serde_json::{Value, json};

use super::super::gateway::Caller;
use super::{Life, plain, text, until, with};
use crate::failure::Outcome;
use crate::seed::{city, list};

impl Life<'_> {
    /// Places an order, and waits until it is paid.
    pub(super) fn place(&mut self) -> Outcome<String> {
        let api = self.api(&self.cast.customer);
        let menu = api.get(&format!("/v1/restaurants/{}/menu", self.restaurant))?;
        let dishes = list(&menu["categories"])
            .iter()
            .flat_map(|category| list(&category["items"]));
        let items: Vec<Value> = dishes.take(2).map(crate::seed::choose).collect();
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
            let answer = api.call(&client::Method::POST, "/v1/quotes", Some(&body))?;
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

    pub(super) fn awaits(&self, order: &str, state: &str) -> Outcome {
        let api = self.api(&self.cast.customer);
        until(&format!("{order} that is {state}"), || {
            let found = api.get(&format!("/v1/orders/{order}"))?;
            Ok((found["state"] == state).then_some(()))
        })
    }

    pub(super) fn order(&mut self, caller: &Caller, operation: &str, order: &str, body: Value) -> Outcome<Value> {
        self.gateway.ask(caller, &with(operation, &[("order_id", order)], body))
    }

    /// An order from the quote to the door.
    pub(super) fn delivered_order(&mut self) -> Outcome<String> {
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
        let delivery = self.accept(&offer)?;
        self.gateway.ask(&courier, &plain("GET /v1/couriers/me/route", &[]))?;
        self.order(&owner, "POST /v1/orders/{order_id}/ready", &order, json!({}))?;
        self.delivery(
            "POST /v1/deliveries/{delivery_id}/arrived-at-restaurant",
            &delivery,
            json!({}),
        )?;
        self.delivery("POST /v1/deliveries/{delivery_id}/picked-up", &delivery, json!({}))?;
        self.report(&city()?["customer"]["address"]["position"], 0)?;
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
    pub(super) fn other_endings(&mut self) -> Outcome {
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
        let delivery = self.accept(&offer)?;
        self.order(&owner, "POST /v1/orders/{order_id}/ready", &order, json!({}))?;
        self.delivery("POST /v1/deliveries/{delivery_id}/picked-up", &delivery, json!({}))?;
        self.delivery(
            "POST /v1/deliveries/{delivery_id}/arrived-at-customer",
            &delivery,
            json!({}),
        )?;
        let photo = json!({"content_type": "image/jpeg", "size_bytes": 100_000});
        self.delivery("POST /v1/deliveries/{delivery_id}/photo-uploads", &delivery, photo)?;
        let reason = json!({"reason": "wrong_address"});
        self.delivery("POST /v1/deliveries/{delivery_id}/failed", &delivery, reason)?;
        self.judge(&delivery)?;
        self.delivery("POST /v1/deliveries/{delivery_id}/returned", &delivery, json!({}))?;
        let order = self.place()?;
        self.order(&owner, "POST /v1/orders/{order_id}/accept", &order, json!({}))?;
        let offer_id = text(&self.offer(&order)?["offer_id"]);
        let path = [("offer_id", offer_id.as_str())];
        let reason = json!({"reason": "too_far"});
        self.gateway
            .ask(&courier, &with("POST /v1/offers/{offer_id}/decline", &path, reason))?;
        // Nobody else is near: the customer gives up.
        let reason = json!({"reason": "too_slow"});
        self.order(&customer, "POST /v1/orders/{order_id}/cancel", &order, reason.clone())?;
        let order = self.place()?;
        self.order(&owner, "POST /v1/orders/{order_id}/accept", &order, json!({}))?;
        let offer = self.offer(&order)?;
        let delivery = self.accept(&offer)?;
        self.trouble(&delivery)?;
        self.order(&customer, "POST /v1/orders/{order_id}/cancel", &order, reason)?;
        Ok(())
    }
}
