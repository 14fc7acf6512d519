//! Who is needed beyond the seeded people, and how many.

use serde_json::{Value, json};

/// A customer places at most this many orders: budgets, and two unpaid ones at a time, hold up whoever orders more.
const ORDERS_EACH: u32 = 10;

/// One courier for so many orders, and never more than so many: more only wait for each other here.
const ORDERS_A_COURIER: u32 = 8;
const COURIERS_MAX: u32 = 12;

/// How far further people live and wait from the seeded ones, in degrees: some ten metres.
const APART: f64 = 0.0002;

const VEHICLES: [&str; 3] = ["bicycle", "scooter", "car"];

/// How many customers so many orders need.
pub fn customers_for(orders: u32) -> u32 {
    orders.div_ceil(ORDERS_EACH).max(1)
}

/// How many couriers so many orders need.
pub fn couriers_for(orders: u32) -> u32 {
    orders.div_ceil(ORDERS_A_COURIER).min(COURIERS_MAX)
}

/// The customers beyond the seeded one, each with an address near that one's.
pub fn further_customers(seeded: &Value, orders: u32) -> Vec<Value> {
    let further = 2..=customers_for(orders);
    further
        .map(|number| {
            let mut address = seeded["address"].clone();
            address["line1"] = json!(format!("Keizersgracht {}", 220 + number));
            address["position"] = near(&address["position"], number);
            let email = format!("customer-{number}@demo.tiffin.example");
            json!({"name": format!("Customer {number}"), "email": email, "address": address})
        })
        .collect()
}

/// The couriers beyond the seeded ones, each with a vehicle and a place of its own near theirs.
pub fn further_couriers(seeded: &[Value], orders: u32) -> Vec<Value> {
    let there = u32::try_from(seeded.len()).unwrap_or(u32::MAX);
    let further = (1..=couriers_for(orders)).skip(seeded.len());
    let like = seeded.iter().cycle();
    let further = further.zip(VEHICLES.iter().cycle()).zip(like);
    further
        .map(|((number, vehicle), like)| {
            json!({
                "name": format!("Courier {number}"), "email": format!("courier-{number}@demo.tiffin.example"),
                "vehicle": vehicle, "position": near(&like["position"], number - there),
            })
        })
        .collect()
}

/// Whether what was mended is about one of those that are brought here.
pub fn is_about_further(mended: &str) -> bool {
    ["Customer ", "Courier "].iter().any(|name| mended.starts_with(name))
}

fn near(position: &Value, number: u32) -> Value {
    let moved = |field: &str| position[field].as_f64().unwrap_or(0.0) + f64::from(number) * APART;
    json!({"lat": moved("lat"), "lng": moved("lng")})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::seed::{city, list};

    #[test]
    fn a_few_orders_need_nobody_but_the_seeded_people() {
        let city = city().unwrap();
        assert!(further_customers(&city["customer"], 10).is_empty());
        assert!(further_couriers(list(&city["couriers"]), 24).is_empty());
    }

    #[test]
    fn a_hundred_orders_bring_people_who_differ_in_name_and_place() {
        let city = city().unwrap();
        let customers = further_customers(&city["customer"], 100);
        let couriers = further_couriers(list(&city["couriers"]), 100);
        assert_eq!((customers.len(), couriers.len()), (9, 9));
        let different = |field: &str| {
            let all = customers.iter().chain(&couriers);
            all.map(|person| person[field].to_string())
                .collect::<BTreeSet<_>>()
                .len()
        };
        assert_eq!((different("email"), different("name")), (18, 18));
        let places: BTreeSet<String> = couriers.iter().map(|one| one["position"].to_string()).collect();
        assert_eq!(places.len(), 9);
    }

    #[test]
    fn however_many_orders_the_couriers_do_not_stand_in_each_others_way() {
        assert_eq!(couriers_for(200), COURIERS_MAX);
        assert_eq!(customers_for(200), 20);
    }
}
