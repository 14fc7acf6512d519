//! A small city: someone of every role, three open restaurants and three couriers, made and mended through the public API.
//!
//! One piece of code makes the city, restores it after people have broken it, and prepares the demonstration: it compares
//! each thing with what is written down and does what is missing. Only what the public interface cannot do is done past
//! it, as an account's owner would on AWS: nobody signs up as an operator, and a lost password is set in the user pool.

mod admin;
mod compare;
mod couriers;
mod mender;
mod people;
mod restaurants;

use std::thread;

use client::Api;
use serde_json::{Value, json};

use crate::failure::{Failure, OrFail, Outcome};
use crate::outputs::{City, Login, Outputs};
use crate::secrets::PASSWORD;
use mender::{Mender, for_each, join};

pub use people::is_seeded_card;
pub use restaurants::{orderable, quote_of};

/// The people and the restaurants.
const CITY: &str = include_str!("../city.json");

/// The city as it is written down.
///
/// # Errors
/// When `city.json` is no JSON.
pub fn city() -> Outcome<Value> {
    serde_json::from_str(CITY).or_fail("Cannot understand infra/local/city.json", "correct it")
}

/// The city as it is, with everybody signed in.
pub struct Town {
    /// The owner of all restaurants.
    pub owner: Api,
    /// The restaurants' ids, in the order of `city.json`.
    pub restaurants: Vec<String>,
    /// The customers, in the order in which they were asked for; the first is the seeded one.
    pub customers: Vec<Resident>,
    /// The couriers, in the order in which they were asked for; the seeded ones come first.
    pub couriers: Vec<Resident>,
    /// What was made or mended; empty if all was well.
    pub mended: Vec<String>,
}

/// Somebody with an account.
pub struct Resident {
    /// What the city says of the person.
    pub person: Value,
    /// The API as the person sees it.
    pub api: Api,
}

/// Fills an empty platform or mends what has become of its city, and puts the logins into the outputs; what was done.
///
/// # Errors
/// When the platform refuses something.
pub fn run(outputs: &mut Outputs) -> Outcome<Vec<String>> {
    let town = settle(outputs, &[], &[])?;
    let city = city()?;
    let couriers: Vec<Login> = list(&city["couriers"])
        .iter()
        .map(|courier| login("courier", courier))
        .collect();
    outputs.logins = vec![
        login("customer", &city["customer"]),
        login("restaurant", &city["owner"]),
    ];
    outputs.logins.extend(couriers.first().cloned());
    outputs.logins.push(login("operator", &city["operator"]));
    outputs.city = City {
        restaurant_ids: town.restaurants,
        couriers,
    };
    Ok(town.mended)
}

/// Finds, makes and mends the city, with further customers and couriers.
///
/// # Errors
/// When the platform refuses something, or nothing can be ordered in the end.
pub fn settle(outputs: &Outputs, customers: &[Value], couriers: &[Value]) -> Outcome<Town> {
    let city = city()?;
    let mender = Mender::new(outputs);
    let operator = people::operator(&mender, &city["operator"])?;
    let all_customers: Vec<Value> = [&[city["customer"].clone()], customers].concat();
    let all_couriers: Vec<Value> = [list(&city["couriers"]), couriers].concat();
    let town = thread::scope(|scope| {
        let restaurants = scope.spawn(|| {
            let owner = people::member(&mender, &city["owner"], "restaurant", &operator)?;
            let restaurants = for_each(&numbered(list(&city["restaurants"])), |(index, description)| {
                let known = outputs.city.restaurant_ids.get(*index).map(String::as_str);
                restaurants::restaurant(&mender, description, known, &owner, &operator)
            })?;
            Ok((owner, restaurants))
        });
        let customers = scope.spawn(|| {
            for_each(&all_customers, |person| {
                people::customer(&mender, person, &operator).map(|api| resident(person, api))
            })
        });
        let couriers = for_each(&all_couriers, |person| {
            couriers::courier(&mender, person, &operator).map(|api| resident(person, api))
        })?;
        let customers = join(customers.join())?;
        let (owner, restaurants) = join(restaurants.join())?;
        Ok::<_, Failure>(Town {
            owner,
            restaurants,
            customers,
            couriers,
            mended: Vec::new(),
        })
    })?;
    let done = mender.into_mended();
    if let Some(customer) = town.customers.first().filter(|_| !done.is_empty()) {
        for_each(&town.restaurants, |id| orderable(&customer.api, id))?;
    }
    Ok(Town { mended: done, ..town })
}

fn numbered(values: &[Value]) -> Vec<(usize, &Value)> {
    values.iter().enumerate().collect()
}

fn resident(person: &Value, api: Api) -> Resident {
    Resident {
        person: person.clone(),
        api,
    }
}

/// The members of a JSON list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// One of a dish, with as many options of every group as it demands.
pub fn choose(dish: &Value) -> Value {
    let options = list(&dish["option_groups"]).iter().flat_map(|group| {
        let demanded = group["min"]
            .as_u64()
            .and_then(|min| usize::try_from(min).ok())
            .unwrap_or(0);
        let chosen = list(&group["options"]).iter().take(demanded);
        chosen.map(|option| json!({"group_id": group["id"], "option_id": option["id"]}))
    });
    json!({"item_id": dish["id"], "quantity": 1, "options": options.collect::<Vec<_>>()})
}

fn login(role: &str, person: &Value) -> Login {
    Login {
        role: role.to_owned(),
        email: people::text(person, "email").to_owned(),
        password: PASSWORD.to_owned(),
    }
}
