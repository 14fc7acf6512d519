//! Positions as phones send them: odd points, clocks that are wrong, and reports that come late.

use kernel::{Position, SignedDuration, Timestamp};
use serde_json::{Value, json};
use testkit::{Kitchen, Reply, Rider, Stack};

const LOCATIONS: &str = "/v1/couriers/me/locations";

/// A courier's phone, whose clock is so many seconds ahead.
struct Phone {
    kitchen: Kitchen,
    rider: Rider,
    ahead: i64,
}

impl Phone {
    fn new(ahead: i64) -> Self {
        let stack = Stack::get();
        let kitchen = Kitchen::open(stack);
        let rider = kitchen.rider(stack, 0.0);
        Self { kitchen, rider, ahead }
    }

    /// The phone's time, so many seconds ago.
    #[expect(clippy::disallowed_methods, reason = "a phone has a clock")]
    fn time(&self, seconds_ago: i64) -> Timestamp {
        Timestamp::now() + SignedDuration::from_secs(self.ahead - seconds_ago)
    }

    /// A point so many metres north of the restaurant, measured so many seconds ago.
    fn point(&self, meters: f64, seconds_ago: i64) -> Value {
        json!({"at": self.time(seconds_ago), "position": self.kitchen.north(meters), "accuracy_m": 8.0})
    }

    fn sends(&self, report: &Value) -> Reply {
        let reply = self.rider.person.post(LOCATIONS, report);
        reply.is(202);
        reply
    }

    /// Sends points with the time of sending.
    fn reports(&self, points: &Value) -> Reply {
        self.sends(&json!({"points": points, "sent_at": self.time(0)}))
    }

    /// Where the platform believes the courier to be, in metres north of the restaurant, and how many seconds ago.
    #[expect(clippy::disallowed_methods, reason = "a test has a clock")]
    fn believed(&self) -> (u32, i64) {
        let item = Stack::get()
            .aws()
            .item("delivery", &format!("COURIER#{}", self.rider.courier_id), "POSITION");
        let number = |value: &Value| value["N"].as_str().unwrap_or_default().parse().unwrap_or_default();
        let place = &item["position"]["M"];
        let position = Position::new(number(&place["lat"]), number(&place["lng"])).unwrap();
        let start: Position = serde_json::from_value(self.kitchen.north(0.0)).unwrap();
        let at: Timestamp = item["at"]["S"].as_str().unwrap_or_default().parse().unwrap();
        (start.distance(position), Timestamp::now().duration_since(at).as_secs())
    }
}

/// The places and reasons of what a report dropped.
fn drops(reply: &Reply) -> Vec<(u64, &str, &str)> {
    let drops = reply.body["drops"].as_array().unwrap();
    assert_eq!(reply.body["dropped"], drops.len(), "{}", reply.text);
    drops
        .iter()
        .map(|drop| {
            let text = |name: &str| drop[name].as_str().unwrap_or_default();
            (drop["index"].as_u64().unwrap(), text("pointer"), text("reason"))
        })
        .collect()
}

#[test]
fn one_odd_point_costs_itself_and_no_other() {
    let phone = Phone::new(0);
    let reply = phone.reports(&json!([
        phone.point(10.0, 9),
        {"at": phone.time(8), "position": {"lat": 91, "lng": 4.9}},
        {"at": phone.time(7), "position": {"lat": "north", "lng": 4.9}},
        "here",
        {"at": phone.time(6), "position": phone.kitchen.north(12.0), "accuracy_m": 900},
        phone.point(20.0, -600),
        phone.point(20.0, 4_000),
        phone.point(900_000.0, 4),
        phone.point(30.0, 2),
        phone.point(30.0, 2),
    ]));
    assert_eq!(reply.body["accepted"], 2, "{}", reply.text);
    let expected = [
        (1, "/points/1/position/lat", "out_of_range"),
        (2, "/points/2/position/lat", "malformed"),
        (3, "/points/3", "malformed"),
        (4, "/points/4/accuracy_m", "inaccurate"),
        (5, "/points/5/at", "in_future"),
        (6, "/points/6/at", "too_old"),
        (7, "/points/7/position", "unreachable"),
        (9, "/points/9/at", "older"),
    ];
    assert_eq!(drops(&reply), expected);
    assert_eq!(phone.believed().0, 30);
}

#[test]
fn what_a_phone_does_not_know_costs_nothing() {
    let phone = Phone::new(0);
    let mut points = [phone.point(10.0, 6), phone.point(20.0, 4), phone.point(30.0, 2)];
    for (point, unknown) in points.iter_mut().zip([json!(-1), json!(-1.0), Value::Null]) {
        for field in ["accuracy_m", "speed_mps", "heading_deg"] {
            point[field] = unknown.clone();
        }
        point["altitude_m"] = json!(-3.5);
    }
    let reply = phone.reports(&json!(points));
    assert_eq!(
        (&reply.body["accepted"], drops(&reply).len()),
        (&json!(3), 0),
        "{}",
        reply.text
    );
}

#[test]
fn what_is_no_list_of_points_is_refused() {
    let phone = Phone::new(0);
    let many = vec![phone.point(10.0, 1); 101];
    for (body, pointer) in [
        (json!({"points": []}), "/points"),
        (json!({"points": many}), "/points"),
        (json!({"points": {"at": 1}}), "/points"),
        (json!({}), ""),
    ] {
        let reply = phone.rider.person.post(LOCATIONS, &body);
        let problem = reply.refused(422, "invalid_body");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
}

#[test]
fn a_clock_that_is_corrected_hides_nobody() {
    for (wrong, says_when) in [(120, true), (120, false), (-120, true), (7_200, true)] {
        let mut phone = Phone::new(wrong);
        let send = |phone: &Phone, meters: f64| {
            let mut report = json!({"points": [phone.point(meters, 0)]});
            if says_when {
                report["sent_at"] = json!(phone.time(0));
            }
            let reply = phone.sends(&report);
            assert_eq!(reply.body["accepted"], 1, "{wrong} {says_when}: {}", reply.text);
            let (at, age) = phone.believed();
            assert!(
                (f64::from(at) - meters).abs() < 1.5 && (0..20).contains(&age),
                "{at} m, {age} s"
            );
            reply.body["clock_ahead_ms"].as_i64().unwrap()
        };
        let ahead = send(&phone, 10.0);
        assert!((wrong * 1_000 - ahead).abs() < 20_000, "{ahead}");
        send(&phone, 20.0);
        phone.ahead = 0;
        let ahead = send(&phone, 30.0);
        assert!(ahead.abs() < 20_000, "{ahead}");
    }
}

#[test]
fn what_was_stored_in_a_tunnel_keeps_its_age() {
    let phone = Phone::new(600);
    let stored: Vec<Value> = (0..60_i32)
        .map(|number| phone.point(f64::from(number), i64::from(400 - 5 * number)))
        .collect();
    let reply = phone.reports(&json!(stored));
    // Those before the shift began are none of the platform's business.
    let known: Vec<_> = drops(&reply).iter().map(|(.., reason)| (*reason).to_owned()).collect();
    assert!(known.iter().all(|reason| reason == "older"), "{}", reply.text);
    let (at, age) = phone.believed();
    assert_eq!(at, 59);
    assert!((105..130).contains(&age), "{age} s");
}

#[test]
fn a_report_that_was_overtaken_moves_nobody_backwards() {
    let phone = Phone::new(0);
    let slow = json!({"points": [phone.point(10.0, 60), phone.point(20.0, 50)], "sent_at": phone.time(50)});
    phone.reports(&json!([phone.point(30.0, 30), phone.point(40.0, 1)]));
    let reply = phone.sends(&slow);
    let expected = [(0, "/points/0/at", "older"), (1, "/points/1/at", "older")];
    assert_eq!(drops(&reply), expected);
    assert_eq!(phone.believed().0, 40);
    // Said again, all of it is known.
    let again = json!([phone.point(50.0, 0)]);
    assert_eq!(phone.reports(&again).body["accepted"], 1);
    assert_eq!(phone.reports(&again).body["accepted"], 0);
}
