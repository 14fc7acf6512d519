//! The bounds of the public sets, on days that are made up here.

use super::taxis::parse;
use super::{Figures, preparation, travel};
use crate::mdrp::{Instance, Order, Point, Restaurant};

/// Numbers from 0 to 1 that are the same in every run (Lehmer's generator, Park and Miller 1988).
struct Dice(u64);

impl Dice {
    fn even(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        f64::from(u32::try_from(self.0).unwrap()) / 2_147_483_647.0
    }

    fn below(&mut self, end: i32) -> i32 {
        (0..end)
            .take_while(|face| f64::from(face + 1) / f64::from(end) < self.even())
            .count()
            .try_into()
            .unwrap()
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }
}

/// A day of a thousand orders. Kitchens say ten, fifteen, twenty or thirty minutes, and one order in seven takes half as long again.
fn day() -> Instance {
    let mut dice = Dice(5);
    let nowhere = Point { x: 0.0, y: 0.0 };
    let kitchens = 120;
    let orders = (0..1_000).map(|number| {
        let restaurant = usize::try_from(dice.below(11) * dice.below(12)).unwrap();
        let usual = [10.0, 15.0, 20.0, 30.0][restaurant % 4];
        let minutes = usual * if dice.even() < 0.14 { 1.5 } else { 1.0 } * (0.2 * dice.normal()).exp();
        Order {
            name: format!("o{number}"),
            at: nowhere,
            placed_at: number,
            restaurant,
            ready_at: number + whole(minutes),
        }
    });
    Instance {
        name: "day".to_owned(),
        orders: orders.collect(),
        couriers: Vec::new(),
        restaurants: (0..kitchens)
            .map(|number| Restaurant {
                name: format!("r{number}"),
                at: nowhere,
            })
            .collect(),
        meters_per_minute: 320.0,
        pickup_service: 4,
        drop_off_service: 4,
        target: 40,
        maximum: 90,
        pay_per_order: 10.0,
        guaranteed_pay_per_hour: 15.0,
    }
}

#[test]
fn kitchens_are_foreseen_better_than_by_their_means() {
    let figures = Figures::of(&preparation(&day()));
    let baselines: Vec<f64> = figures.baselines.iter().map(|(_, mae)| *mae).collect();
    assert_eq!(figures.n, 1_000);
    assert!(figures.mae < baselines[1] && baselines[1] < baselines[0], "{figures:?}");
    assert!(figures.mae < 5.0, "{figures:?}");
    assert!((0.88..=0.93).contains(&figures.p90_coverage), "{figures:?}");
}

fn whole(minutes: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let whole = minutes.round() as i32;
    whole
}

/// Three weeks of trips: slow at noon, slow in zone A, fast on long ways.
fn trips() -> String {
    let mut dice = Dice(3);
    let mut text = "pickup,dropoff,distance,pickup_zone,dropoff_zone,pickup_borough,dropoff_borough\n".to_owned();
    for number in 0..4_000 {
        let start = jiff::civil::date(2019, 3, 1).at(0, 0, 0, 0) + jiff::SignedDuration::from_mins(7 * number);
        let miles = 0.3 + 8.0 * dice.even().powi(2);
        let mut zone = || ["A", "B", "C", "D"][usize::try_from(dice.below(4)).unwrap()];
        let (from, to) = (zone(), zone());
        let noon = if (10..16).contains(&start.hour()) { 1.4 } else { 1.0 };
        let slow = if from == "A" { 1.2 } else { 1.0 };
        let seconds = 60.0 * (2.0 + 5.0 * miles.powf(0.8)) * noon * slow * (0.2 * dice.normal()).exp();
        let end = start + jiff::SignedDuration::from_secs_f64(seconds.round());
        text += &format!("{start},{end},{miles:.2},{from},{to},M,M\n").replace('T', " ");
    }
    text
}

#[test]
fn trips_are_foreseen_better_than_by_a_line() {
    let trips = parse(&trips()).unwrap();
    let figures = Figures::of(&travel(&trips, 0.8, 1.0));
    let baselines: Vec<f64> = figures.baselines.iter().map(|(_, mae)| *mae).collect();
    assert!(figures.mae < 3.0 && figures.mae < 0.85 * baselines[1], "{figures:?}");
    assert!((0.87..=0.94).contains(&figures.p90_coverage), "{figures:?}");
}

#[test]
fn a_file_that_is_no_list_of_trips_is_refused() {
    assert!(parse("pickup,distance\n").unwrap_err().contains("dropoff"));
    let head = "pickup,dropoff,distance,pickup_zone,dropoff_zone,pickup_borough,dropoff_borough\n";
    assert!(
        parse(&format!("{head}yesterday,today,1,A,B,M,M\n"))
            .unwrap_err()
            .contains("line 2")
    );
    let counted = "2019-03-01 10:00:00,2019-03-01 10:09:00,1.5,A,B,M,M\n";
    let left_out =
        "2019-03-01 10:00:00,2019-03-01 10:00:09,1.5,A,B,M,M\n2019-03-01 10:00:00,2019-03-01 10:09:00,1.5,,B,M,M\n";
    assert_eq!(parse(&format!("{head}{counted}{left_out}")).unwrap().len(), 1);
}

#[test]
fn one_estimate_takes_less_than_a_millisecond() {
    // Others use the machine too: the fastest of three counts.
    let fastest = (0..3).map(|_| super::estimate_us_p99()).fold(f64::INFINITY, f64::min);
    assert!(fastest <= 1_000.0, "{fastest} µs");
}
