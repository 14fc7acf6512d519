//! A restaurant of the city: as it is written down, approved and open.

use std::thread::sleep;
use std::time::{Duration, Instant};

use client::{Api, Method};
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};

use super::compare::{agrees, differences, sold_out, without_sold_out};
use super::mender::Mender;
use super::people::text;
use super::{choose, list};

/// How long a change may take until quotes follow it: events travel from service to service.
const QUOTE_TIMEOUT: Duration = Duration::from_secs(30);
const QUOTE_EVERY: Duration = Duration::from_millis(300);

/// Finds or makes a restaurant; its id.
///
/// # Errors
/// When the platform refuses something.
pub fn restaurant(
    mender: &Mender<'_>,
    description: &Value,
    known: Option<&str>,
    owner: &Api,
    operator: &Api,
) -> Outcome<String> {
    let name = text(&description["restaurant"], "name");
    // What broke off after it had made the restaurant wrote no id down.
    let mine = owner.get("/v1/restaurants/mine?limit=100")?;
    let made = list(&mine["items"]).iter().find(|one| text(one, "name") == name);
    let known = known.or(made.map(|one| text(one, "restaurant_id")));
    let found = known.map(|id| operator.find(&format!("/v1/restaurants/{id}/management")));
    let owner_id = owner.get("/v1/users/me")?["user_id"].clone();
    if let Some(state) = found.transpose()?.flatten() {
        let id = text(&state, "restaurant_id").to_owned();
        let is_owner = |one: &Value| one["user_id"] == owner_id && one["role"] == "owner";
        if list(&state["staff"]).iter().any(is_owner) && state["currency"] == description["restaurant"]["currency"] {
            mend(
                mender,
                &Place {
                    id: &id,
                    name,
                    owner,
                    operator,
                },
                description,
                &state,
                &owner_id,
            )?;
            return Ok(id);
        }
        // Who is no owner any more cannot change it, and nobody else gives it back.
        let reason = json!({"reason": "It was taken from its owner."});
        operator.call(&Method::POST, &format!("/v1/restaurants/{id}/suspend"), Some(&reason))?;
        mender.mended(
            name,
            "it belonged to others and is suspended; a new one takes its place",
        );
    }
    let id = make(description, owner, operator)?;
    mender.mended(name, "made");
    Ok(id)
}

fn make(description: &Value, owner: &Api, operator: &Api) -> Outcome<String> {
    let restaurant = owner.post("/v1/restaurants", &description["restaurant"])?;
    let id = text(&restaurant, "restaurant_id").to_owned();
    let path = format!("/v1/restaurants/{id}");
    owner.put(&format!("{path}/hours"), &description["hours"])?;
    owner.put(&format!("{path}/zones"), &description["zones"])?;
    owner.put(&format!("{path}/menu"), &description["menu"])?;
    owner.post(&format!("{path}/menu/publish"), &json!({}))?;
    owner.post(&format!("{path}/submit"), &json!({}))?;
    operator.post(&format!("{path}/approve"), &json!({}))?;
    Ok(id)
}

/// A restaurant that is looked after.
struct Place<'a> {
    id: &'a str,
    name: &'a str,
    owner: &'a Api,
    operator: &'a Api,
}

impl Place<'_> {
    fn path(&self, rest: &str) -> String {
        format!("/v1/restaurants/{}{rest}", self.id)
    }
}

fn mend(mender: &Mender<'_>, place: &Place<'_>, description: &Value, state: &Value, owner_id: &Value) -> Outcome {
    let (owner, note) = (place.owner, |what: &str| mender.mended(place.name, what));
    mender.admin.forget_restaurant(place.id)?;
    let profile = differences(&description["restaurant"], state);
    if !profile.is_empty() {
        let names: Vec<&str> = profile.keys().map(String::as_str).collect();
        note(&format!("{} as before", names.join(", ")));
        owner.patch(&place.path(""), &state["version"], &Value::Object(profile.clone()))?;
    }
    for part in ["hours", "zones"] {
        let is_exact = part != "hours" || list(&state["hours"]["exceptions"]).is_empty();
        if !is_exact || !agrees(&description[part], &state[part]) {
            owner.put(&place.path(&format!("/{part}")), &description[part])?;
            note(&format!("{part} as before"));
        }
    }
    if !state["capacity"]["max_orders"].is_null() || !state["capacity"]["max_value"].is_null() {
        owner.put(&place.path("/capacity"), &json!({"slot_minutes": 15}))?;
        note("the kitchen takes as much as comes");
    }
    for one in list(&state["staff"]).iter().chain(list(&state["invitations"])) {
        if one["user_id"] != *owner_id {
            owner.delete(&place.path(&format!("/staff/{}", text(one, "user_id"))))?;
            note("somebody who was put on its staff is taken off");
        }
    }
    clear_orders(mender, place)?;
    open(mender, place, state)?;
    menu(mender, place, &description["menu"])
}

/// Cancels what people left behind: couriers would wait at the counter for food that nobody cooks. Food that is on its way
/// is given up with its courier's shift.
fn clear_orders(mender: &Mender<'_>, place: &Place<'_>) -> Outcome {
    for state in ["awaiting_restaurant", "preparing", "ready"] {
        let left = place
            .operator
            .get(&place.path(&format!("/orders?state={state}&limit=100")))?;
        for order in list(&left["items"]) {
            let id = text(order, "order_id");
            let body = json!({"reason": "other"});
            // One that ends in this moment needs nobody to end it.
            let answer = place
                .operator
                .call(&Method::POST, &format!("/v1/orders/{id}/cancel"), Some(&body))?;
            if answer.ok() {
                mender.mended(place.name, &format!("order {id}, left behind, is cancelled"));
            }
        }
    }
    Ok(())
}

/// Brings it where it takes orders.
fn open(mender: &Mender<'_>, place: &Place<'_>, state: &Value) -> Outcome {
    let status = text(state, "status");
    if status == "draft" {
        place.owner.post(&place.path("/submit"), &json!({}))?;
    }
    if status != "approved" {
        place.operator.post(&place.path("/approve"), &json!({}))?;
        mender.mended(place.name, &format!("approved again, it was {status}"));
    }
    if !state["pause"].is_null() {
        place.owner.post(&place.path("/resume"), &json!({}))?;
        mender.mended(place.name, "its pause is ended");
    }
    Ok(())
}

/// Publishes the menu anew if it is another, and puts back on sale what is not.
fn menu(mender: &Mender<'_>, place: &Place<'_>, wanted: &Value) -> Outcome {
    let menu = wanted.clone();
    let plain = without_sold_out(&menu);
    let differs = |known: Option<Value>| known.is_none_or(|known| !agrees(&plain, &without_sold_out(&known)));
    let (draft, shown) = (place.path("/menu/draft"), place.path("/menu"));
    let is_other = differs(place.operator.find(&shown)?);
    if is_other || differs(place.owner.find(&draft)?) {
        place.owner.put(&shown, wanted)?;
        mender.mended(place.name, "the draft of the menu as before");
    }
    if is_other {
        place.owner.post(&place.path("/menu/publish"), &json!({}))?;
        mender.mended(place.name, "the menu is published as before");
    }
    for (kind, id) in sold_out(&place.operator.get(&shown)?) {
        let back = json!({"available": true});
        place.owner.call(
            &Method::PATCH,
            &place.path(&format!("/menu/{kind}/{}", client::percent_encode(&id))),
            Some(&back),
        )?;
        mender.mended(place.name, &format!("{id} is on sale again"));
    }
    Ok(())
}

/// Makes a quote, as a customer would, until one is given: then the restaurant is open, has food and delivers there.
///
/// # Errors
/// When none is given in time; the reason is the last refusal.
pub fn orderable(customer: &Api, id: &str) -> Outcome {
    let started = Instant::now();
    loop {
        let menu = customer.get(&format!("/v1/restaurants/{id}/menu"))?;
        let quote = quote_of(customer, id, &menu)?;
        let answer = customer.call(&Method::POST, "/v1/quotes", Some(&quote))?;
        if answer.ok() {
            return Ok(());
        }
        if started.elapsed() > QUOTE_TIMEOUT {
            let problem = &answer.body;
            let why = format!(
                "a quote is refused with {}: {}",
                text(problem, "code"),
                text(problem, "detail")
            );
            return Err(Failure::new(
                format!("Nothing can be ordered at the restaurant {id}"),
                why.trim_end_matches(['.', ' ']),
                "see `cargo local status` for events that wait; if there are none, start afresh with `cargo local down` \
                 and `cargo local up`",
            ));
        }
        sleep(QUOTE_EVERY);
    }
}

/// The request for the first two dishes of a menu, brought to the customer's first address, with a tip.
///
/// # Errors
/// When the customer's addresses cannot be read.
pub fn quote_of(customer: &Api, restaurant_id: &str, menu: &Value) -> Outcome<Value> {
    let dishes = list(&menu["categories"])
        .iter()
        .flat_map(|category| list(&category["items"]));
    let items: Vec<Value> = dishes.take(2).map(choose).collect();
    let addresses = customer.get("/v1/users/me/addresses")?;
    let first = list(&addresses["items"]);
    let home = first.iter().find(|one| one["default"] == true).or(first.first());
    Ok(json!({
        "restaurant_id": restaurant_id, "items": items,
        "deliver_to": {"address_id": home.map_or(&Value::Null, |home| &home["address_id"])},
        "tip": {"amount": 150, "currency": "EUR"},
    }))
}
