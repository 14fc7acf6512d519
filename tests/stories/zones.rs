//! Delivery zones as maps have them: islands, holes and coasts of thousands of corners.

use std::f64::consts::TAU;

use serde_json::{Value, json};
use testkit::{Basket, Kitchen, Reply, Stack, eventually};

/// A ring around a place, so many metres north and east of the restaurant, with a rough coast that is up to two per cent wider.
fn ring(kitchen: &Kitchen, [north, east]: [f64; 2], radius: f64, corners: u32) -> Vec<[f64; 2]> {
    let (lat, lng) = kitchen.position;
    let mut ring: Vec<_> = (0..corners)
        .map(|number| {
            let (sin, cos) = (TAU * f64::from(number) / f64::from(corners)).sin_cos();
            let radius = radius * (1.0 + f64::from(number * 7 % 5) / 200.0);
            let meters = 111_195.0;
            [
                lng + (east + radius * cos) / (meters * lat.to_radians().cos()),
                lat + (north + radius * sin) / meters,
            ]
        })
        .collect();
    ring.push(ring[0]);
    ring
}

fn replaces(kitchen: &Kitchen, geometries: &[Value]) -> Reply {
    let feature = |geometry| json!({"type": "Feature", "geometry": geometry, "properties": {}});
    let features: Vec<Value> = geometries.iter().map(feature).collect();
    let path = format!("/v1/restaurants/{}/zones", kitchen.restaurant_id);
    let body = json!({"type": "FeatureCollection", "features": features, "max_distance_m": 20_000});
    kitchen.owner.put(&path, &body)
}

fn corners(geometry: &Value) -> usize {
    match geometry {
        Value::Array(items) if items.first().is_some_and(Value::is_number) => 1,
        Value::Array(items) => items.iter().map(corners).sum(),
        Value::Object(members) => members.get("coordinates").map_or(0, corners),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Asks for a quote to so many metres north of the restaurant until it is as expected: events take their time.
fn awaits_quote(kitchen: &Kitchen, basket: &Basket, meters: f64, delivers: bool) {
    let mut quote = basket.quote.clone();
    quote["deliver_to"]["position"] = kitchen.north(meters);
    eventually(&format!("an answer at {meters} m"), || {
        let reply = basket.customer.post("/v1/quotes", &quote);
        let refused = reply.body["errors"][0]["code"] == "out_of_reach";
        let is_right = if delivers { reply.status == 201 } else { refused };
        is_right.then_some(()).ok_or(reply.text)
    });
}

#[test]
fn islands_are_delivered_to_and_holes_are_not() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let at = |north: f64, radius: f64| ring(&kitchen, [north, 0.0], radius, 40);
    // The mainland with a lake in which an island lies, and an island off the coast.
    let geometry = json!({"type": "MultiPolygon", "coordinates": [
        [at(0.0, 2_000.0), at(1_200.0, 500.0)], [at(1_200.0, 100.0)], [at(4_000.0, 600.0)],
    ]});
    let reply = replaces(&kitchen, std::slice::from_ref(&geometry));
    reply.is(200);
    assert_eq!(reply.body["simplified"], json!([]), "{}", reply.text);
    let kept = &reply.body["zones"]["features"][0]["geometry"];
    assert_eq!(
        (&kept["type"], corners(kept)),
        (&json!("MultiPolygon"), 4 * 41),
        "{kept}"
    );
    awaits_quote(&kitchen, &basket, 3_000.0, false);
    for (meters, delivers) in [
        (0.0, true),
        (900.0, false),
        (1_200.0, true),
        (1_500.0, false),
        (4_100.0, true),
    ] {
        awaits_quote(&kitchen, &basket, meters, delivers);
    }
    // What was read may be written again.
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    let zones = kitchen.owner.get(&format!("{path}/management")).expect(200)["zones"].clone();
    kitchen.owner.put(&format!("{path}/zones"), &zones).is(200);
}

#[test]
fn coasts_of_thousands_of_corners_are_simplified_and_the_answer_says_by_how_much() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let at = |north: f64, radius: f64, corners: u32| ring(&kitchen, [north, 0.0], radius, corners);
    let small = json!({"type": "Polygon", "coordinates": [at(0.0, 100.0, 30)]});
    // More than the 64 KiB that other bodies may have.
    let coast = json!({"type": "MultiPolygon", "coordinates": [
        [at(0.0, 2_000.0, 6_000), at(1_200.0, 500.0, 700)], [at(4_000.0, 600.0, 520)], [at(6_000.0, 0.4, 9)],
    ]});
    let reply = replaces(&kitchen, &[small, coast.clone()]);
    reply.is(200);
    let [told] = reply.body["simplified"].as_array().unwrap().as_slice() else {
        panic!("{}", reply.text)
    };
    let number = |name: &str| told[name].as_f64().unwrap();
    assert_eq!(told["pointer"], "/features/1");
    assert_eq!(told["corners_before"], corners(&coast));
    let kept = &reply.body["zones"]["features"][1]["geometry"];
    assert_eq!(told["corners_after"], corners(kept));
    assert!(corners(kept) <= 970, "{told}");
    assert!(
        number("moved_m") > 0.0 && number("moved_m") <= number("tolerance_m"),
        "{told}"
    );
    assert_eq!((&told["parts_dropped"], &told["holes_dropped"]), (&json!(1), &json!(0)));
    for (meters, delivers) in [(3_000.0, false), (0.0, true), (1_200.0, false), (4_100.0, true)] {
        awaits_quote(&kitchen, &basket, meters, delivers);
    }
}

#[test]
fn what_is_no_zone_or_too_much_of_one_is_refused() {
    let kitchen = Kitchen::open(Stack::get());
    let many: Vec<_> = (1..=300_u32)
        .map(|number| vec![ring(&kitchen, [f64::from(number) * 500.0, 0.0], 200.0, 5)])
        .collect();
    for (geometry, pointer, code) in [
        (
            json!({"type": "MultiPolygon", "coordinates": []}),
            "/features/0/geometry/coordinates",
            "invalid_polygon",
        ),
        (
            json!({"type": "MultiPolygon", "coordinates": [[[[4.9, 52.3], [4.9, 52.4], [4.8, 52.4]]]]}),
            "/features/0/geometry/coordinates",
            "invalid_polygon",
        ),
        (
            json!({"type": "MultiPolygon", "coordinates": many}),
            "/features",
            "too_many",
        ),
    ] {
        let problem = replaces(&kitchen, &[geometry]).refused(422, "invalid_body");
        let error = &problem["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!(pointer), &json!(code)),
            "{problem}"
        );
    }
    // Only those who run it may have it worked on.
    let huge = json!({"type": "Polygon", "coordinates": [ring(&kitchen, [0.0; 2], 900.0, 3_000)]});
    let other = Kitchen::open(Stack::get());
    let foreign = Kitchen {
        owner: other.owner,
        ..kitchen
    };
    replaces(&foreign, &[huge]).refused(403, "forbidden");
}
