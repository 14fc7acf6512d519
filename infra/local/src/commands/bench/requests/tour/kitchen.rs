//! A restaurant opens, and is run from day to day.

use serde_json::{Value, json};

use super::super::gateway::{Caller, Request};
use super::{Life, plain, text, with};
use crate::failure::Outcome;
use crate::seed::list;

impl Life<'_> {
    /// A restaurant opens.
    pub(super) fn restaurant(&mut self, city: &Value) -> Outcome {
        let (gateway, cast) = (&mut *self.gateway, &self.cast);
        let description = &list(&city["restaurants"])[0];
        let body = description["restaurant"].clone();
        let created = gateway.ask(&cast.owner, &with("POST /v1/restaurants", &[], body))?;
        let id = text(&created["restaurant_id"]);
        let path = [("restaurant_id", id.as_str())];
        let mut own = |operation: &str, body: Value| gateway.ask(&cast.owner, &with(operation, &path, body));
        own(
            "PUT /v1/restaurants/{restaurant_id}/hours",
            description["hours"].clone(),
        )?;
        own(
            "PUT /v1/restaurants/{restaurant_id}/zones",
            description["zones"].clone(),
        )?;
        own(
            "PUT /v1/restaurants/{restaurant_id}/capacity",
            json!({"slot_minutes": 15}),
        )?;
        own("PUT /v1/restaurants/{restaurant_id}/menu", description["menu"].clone())?;
        own("GET /v1/restaurants/{restaurant_id}/menu/draft", Value::Null)?;
        own("POST /v1/restaurants/{restaurant_id}/menu/publish", json!({}))?;
        own("POST /v1/restaurants/{restaurant_id}/submit", json!({}))?;
        gateway.ask(&cast.operator, &plain("GET /v1/admin/restaurants", &[]))?;
        gateway.ask(
            &cast.operator,
            &with("POST /v1/restaurants/{restaurant_id}/approve", &path, json!({})),
        )?;
        self.restaurant = id;
        self.manage()?;
        self.menu()
    }

    /// What its owner changes from day to day.
    pub(super) fn manage(&mut self) -> Outcome {
        let (gateway, cast, id) = (&mut *self.gateway, &self.cast, &self.restaurant);
        let path = [("restaurant_id", id.as_str())];
        let shown = gateway.ask(&cast.owner, &plain("GET /v1/restaurants/{restaurant_id}", &path))?;
        gateway.ask(&cast.owner, &plain("GET /v1/restaurants/mine", &[]))?;
        let managed = gateway.ask(
            &cast.owner,
            &plain("GET /v1/restaurants/{restaurant_id}/management", &path),
        )?;
        let version = if managed["version"].is_null() {
            &shown["version"]
        } else {
            &managed["version"]
        };
        let change = with(
            "PATCH /v1/restaurants/{restaurant_id}",
            &path,
            json!({"description": "Now with a terrace."}),
        );
        gateway.ask(
            &cast.owner,
            &Request {
                if_match: Some(version),
                ..change
            },
        )?;
        let staff = [("restaurant_id", id.as_str()), ("user_id", cast.staff_id.as_str())];
        let operation = "PUT /v1/restaurants/{restaurant_id}/staff/{user_id}";
        gateway.ask(&cast.owner, &with(operation, &staff, json!({"role": "staff"})))?;
        let accept = plain("POST /v1/restaurants/{restaurant_id}/staff/accept", &path);
        gateway.ask(&cast.staff, &accept)?;
        gateway.ask(
            &cast.owner,
            &plain("DELETE /v1/restaurants/{restaurant_id}/staff/{user_id}", &staff),
        )?;
        let pause = json!({"reason": "The oven is broken"});
        gateway.ask(
            &cast.owner,
            &with("POST /v1/restaurants/{restaurant_id}/pause", &path, pause),
        )?;
        gateway.ask(
            &cast.owner,
            &with("POST /v1/restaurants/{restaurant_id}/resume", &path, json!({})),
        )?;
        Ok(())
    }

    /// Its menu, and how it is found.
    pub(super) fn menu(&mut self) -> Outcome {
        let (gateway, cast, id) = (&mut *self.gateway, &self.cast, &self.restaurant);
        let path = [("restaurant_id", id.as_str())];
        let menu = gateway.ask(&cast.owner, &plain("GET /v1/restaurants/{restaurant_id}/menu", &path))?;
        let dishes: Vec<&Value> = list(&menu["categories"])
            .iter()
            .flat_map(|one| list(&one["items"]))
            .collect();
        let dish = dishes.first().map(|dish| text(&dish["id"])).unwrap_or_default();
        let item = [("restaurant_id", id.as_str()), ("item_id", dish.as_str())];
        let operation = "PATCH /v1/restaurants/{restaurant_id}/menu/items/{item_id}";
        gateway.ask(&cast.owner, &with(operation, &item, json!({"available": true})))?;
        let groups = dishes.iter().flat_map(|dish| list(&dish["option_groups"]));
        let option = groups
            .flat_map(|group| list(&group["options"]))
            .next()
            .map(|one| text(&one["id"]));
        let option = option.unwrap_or_default();
        let path_option = [("restaurant_id", id.as_str()), ("option_id", option.as_str())];
        let operation = "PATCH /v1/restaurants/{restaurant_id}/menu/options/{option_id}";
        gateway.ask(&cast.owner, &with(operation, &path_option, json!({"available": true})))?;
        let search = plain("GET /v1/restaurants", &[]);
        gateway.ask(
            &Caller::default(),
            &Request {
                query: "near=52.3745,4.884&radius_m=3000",
                ..search
            },
        )?;
        gateway.ask(
            &Caller::default(),
            &plain("GET /v1/restaurants/{restaurant_id}/availability", &path),
        )?;
        Ok(())
    }
}
