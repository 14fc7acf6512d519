//! How long one estimate of arrival takes, all its parts together.

use std::hint::black_box;
use std::time::Instant;

use eta::{Interval, Kitchen, Leg, Market, Moment, Places, Remaining, Roads, arrival, prep, travel};

/// How many estimates are timed.
const CALLS: u32 = 20_000;

/// The time of an estimate of arrival that 99 in a hundred stay below, in microseconds: an order that is not ready, in a
/// kitchen that is known and busy, whose courier is on the way to it.
#[must_use]
pub fn estimate_us_p99() -> f64 {
    let (mut kitchen, mut market) = (Kitchen::default(), Market::default());
    for minute in 0..200 {
        let minutes = f64::from(minute);
        prep::learn(
            &mut kitchen,
            &mut market,
            moment(minutes),
            8.0 + f64::from(minute * 7 % 29),
        );
    }
    let (roads, places) = (Roads::default(), Places::default());
    let mut times: Vec<f64> = (0..CALLS)
        .map(|call| {
            let now = moment(200.0 + f64::from(call % 600));
            let leg = |km: f64| Leg {
                at: now,
                km,
                prior: 2.0 + 3.0 * km,
            };
            let started = Instant::now();
            let cooking = prep::estimate(&kitchen, &market, now, &[3.0, 9.0, 21.0]);
            let approach = travel::estimate(&roads, &places, leg(f64::from(call % 5) + 0.3)).spread();
            let trip = travel::estimate(&roads, &places, leg(f64::from(call % 9) + 0.7)).spread();
            let interval = Interval::of(&arrival(&Remaining {
                cooking: Some(&cooking),
                cooked: f64::from(call % 25),
                approach: Some(&approach),
                before: None,
                pickup_service: 3.0,
                trip: Some(&trip),
                drop_off_service: 3.0,
            }));
            black_box(interval);
            started.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    crate::mdrp::percentile(&times, 0.99)
}

fn moment(minutes: f64) -> Moment {
    Moment {
        minutes,
        hour: (minutes / 60.0).rem_euclid(24.0),
        weekday: 2,
    }
}
