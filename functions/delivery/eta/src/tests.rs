//! What must hold whatever is learned.

use proptest::prelude::*;

use crate::spread::MINUTES_MAX;
use crate::{Effect, Interval, Kitchen, Leg, Market, Moment, Places, Remaining, Roads, Spread, arrival, prep, travel};

fn at(minutes: f64) -> Moment {
    Moment {
        minutes,
        hour: (minutes / 60.0).rem_euclid(24.0),
        weekday: 3,
    }
}

fn leg(km: f64) -> Leg {
    Leg {
        at: at(720.0),
        km,
        prior: 2.0 + 3.0 * km,
    }
}

/// Numbers from 0 to 1 that are the same in every run (Lehmer's generator, Park and Miller 1988).
struct Dice(u64);

impl Dice {
    fn even(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        f64::from(u32::try_from(self.0).unwrap()) / 2_147_483_647.0
    }

    /// About normal: the sum of twelve.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }
}

#[test]
fn a_new_kitchen_is_its_market_and_becomes_itself() {
    let (mut kitchen, mut market) = (Kitchen::default(), Market::default());
    let likely = |kitchen: &Kitchen, market: &Market| prep::estimate(kitchen, market, at(600.0), &[]).quantile(0.5);
    let first = likely(&kitchen, &market);
    assert!((14.0..18.0).contains(&first), "{first}");
    let mut last = first;
    for order in 0..12 {
        prep::learn(&mut kitchen, &mut market, at(f64::from(order)), 30.0);
        let now = likely(&kitchen, &market);
        assert!(now >= last - 0.01, "{now} after {last}");
        last = now;
    }
    assert!((28.0..31.0).contains(&last), "{last}");
    // Another kitchen of the market learns only a little from it.
    let other = likely(&Kitchen::default(), &market);
    assert!(other > first && other < 24.0, "{other}");
}

#[test]
fn orders_that_wait_longer_than_usual_delay_the_next() {
    let (mut kitchen, mut market) = (Kitchen::default(), Market::default());
    for order in 0..16 {
        prep::learn(
            &mut kitchen,
            &mut market,
            at(f64::from(order * 20)),
            10.0 + f64::from(order % 4),
        );
    }
    let likely = |queue: &[f64]| prep::estimate(&kitchen, &market, at(1_000.0), queue).quantile(0.5);
    assert!((likely(&[1.0]) - likely(&[])).abs() < 0.3, "nothing is late yet");
    assert!(likely(&[20.0, 22.0, 25.0]) > likely(&[20.0]) && likely(&[20.0]) > likely(&[]));
}

#[test]
fn a_slow_hour_and_a_slow_zone_are_learned() {
    let (mut roads, mut slow, mut plain) = (Roads::default(), Places::default(), Places::default());
    for _ in 0..200 {
        travel::learn(&mut roads, &mut slow, leg(3.0), 16.0);
        travel::learn(&mut roads, &mut plain, leg(3.0), 11.0);
    }
    let likely = |roads: &Roads, places: &Places, at: Moment| {
        travel::estimate(roads, places, Leg { at, ..leg(3.0) }).quantile(0.5)
    };
    let (noon, night) = (at(720.0), at(180.0));
    assert!(
        (likely(&roads, &slow, noon) - 16.0).abs() < 1.0,
        "{}",
        likely(&roads, &slow, noon)
    );
    assert!(
        (likely(&roads, &plain, noon) - 11.0).abs() < 1.0,
        "{}",
        likely(&roads, &plain, noon)
    );
    for _ in 0..200 {
        travel::learn(&mut roads, &mut plain, Leg { at: night, ..leg(3.0) }, 7.0);
    }
    assert!(likely(&roads, &plain, night) < likely(&roads, &plain, noon) - 2.0);
}

#[test]
fn a_tenth_is_a_tenth_whatever_the_shape() {
    let mut dice = Dice(7);
    let (mut market, mut kitchens) = (Market::default(), vec![Kitchen::default(); 20]);
    let (mut roads, mut places) = (Roads::default(), Places::default());
    let (mut late_food, mut late_way, mut early_way, mut asked) = (0, 0, 0, 0);
    for order in 0..6_000 {
        let now = at(f64::from(order));
        let kitchen = &mut kitchens[usize::try_from(order).unwrap() % 20];
        // Every kitchen has its minutes, and one order in six takes twice as long.
        let usual = 8.0 + f64::from(order % 20);
        let minutes = (usual * if dice.even() < 0.17 { 2.0 } else { 1.0 } + dice.normal()).max(0.0);
        // Ways have a tail that is heavier than that of the model.
        let way = 12.0 * (0.2 * dice.normal() * if dice.even() < 0.1 { 3.0 } else { 1.0 }).exp();
        let leg = Leg { at: now, ..leg(3.0) };
        if order >= 1_000 {
            asked += 1;
            late_food += u32::from(minutes > prep::estimate(kitchen, &market, now, &[]).quantile(0.9));
            let foreseen = travel::estimate(&roads, &places, leg);
            late_way += u32::from(way > foreseen.quantile(0.9));
            early_way += u32::from(way < foreseen.quantile(0.1));
        }
        prep::learn(kitchen, &mut market, now, minutes);
        travel::learn(&mut roads, &mut places, leg, way);
    }
    for outside in [late_food, late_way, early_way] {
        let share = f64::from(outside) / f64::from(asked);
        assert!((0.07..=0.12).contains(&share), "{share}");
    }
}

#[test]
fn parts_add_up_and_the_later_of_two_decides() {
    let ten = Spread::certain(10.0);
    let die = Spread::from_weights(&[0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]);
    assert!((ten.then(&die).mean() - 13.5).abs() < 1e-9);
    assert!((die.then(&die).at(7) - 6.0 / 36.0).abs() < 1e-9);
    // Both dice at most 3: a quarter.
    let both = die.and(&die);
    assert!(((0..=3).map(|minute| both.at(minute)).sum::<f64>() - 0.25).abs() < 1e-9);
    assert_eq!(ten.and(&die), ten);
    let remaining = Remaining {
        cooking: Some(&ten),
        cooked: 4.0,
        approach: Some(&die),
        pickup_service: 3.0,
        trip: Some(&ten),
        drop_off_service: 2.0,
        ..Remaining::default()
    };
    let whole = arrival(&remaining);
    assert!((whole.mean() - 21.0).abs() < 0.2, "{}", whole.mean());
}

#[test]
fn states_are_small_and_survive_being_kept() {
    let (mut kitchen, mut market, mut roads, mut places) = (
        Kitchen::default(),
        Market::default(),
        Roads::default(),
        Places::default(),
    );
    let mut dice = Dice(11);
    for order in 0..400 {
        // Since 1970.
        let now = at(29_000_000.0 + f64::from(order));
        prep::learn(&mut kitchen, &mut market, now, 5.0 + 20.0 * dice.even());
        travel::learn(
            &mut roads,
            &mut places,
            Leg {
                at: now,
                ..leg(5.0 * dice.even())
            },
            20.0 * dice.even(),
        );
    }
    let json = serde_json::to_string(&kitchen).unwrap();
    assert!(json.len() <= 300, "{} bytes: {json}", json.len());
    assert_eq!(serde_json::from_str::<Kitchen>(&json).unwrap(), kitchen);
    let json = serde_json::to_string(&market).unwrap();
    assert!(json.len() <= 900, "{} bytes: {json}", json.len());
    let again: Market = serde_json::from_str(&json).unwrap();
    let quantiles = |market: &Market| {
        let spread = prep::estimate(&kitchen, market, at(500.0), &[]);
        [0.1, 0.5, 0.9].map(|level| spread.quantile(level))
    };
    for (kept, was) in quantiles(&again).iter().zip(quantiles(&market)) {
        assert!((kept - was).abs() < 0.05, "{kept} {was}");
    }
    let json = serde_json::to_string(&roads).unwrap();
    assert!(json.len() <= 1_300, "{} bytes: {json}", json.len());
    let again: Roads = serde_json::from_str(&json).unwrap();
    let likely = |roads: &Roads| travel::estimate(roads, &places, leg(2.0)).quantile(0.9);
    assert!((likely(&again) - likely(&roads)).abs() < 0.05);
    let effect: Effect = serde_json::from_str("[1000000000,0]").unwrap();
    assert!(
        effect.mean() <= 5.0 && effect.variance() > 0.0,
        "what was kept may be wrong"
    );
}

proptest! {
    #[test]
    fn garbage_is_bounded(orders in prop::collection::vec((any::<f64>(), any::<f64>(), any::<f64>()), 0..40)) {
        let (mut kitchen, mut market, mut roads, mut places) =
            (Kitchen::default(), Market::default(), Roads::default(), Places::default());
        for (when, km, minutes) in orders {
            prep::learn(&mut kitchen, &mut market, at(when), minutes);
            travel::learn(&mut roads, &mut places, Leg { at: at(when), km, prior: minutes }, minutes);
            let odd = travel::estimate(&roads, &places, Leg { at: at(when), km, prior: minutes });
            prop_assert!(odd.quantile(0.9).is_finite() && odd.spread().mean().is_finite());
            prop_assert!(prep::estimate(&kitchen, &market, at(when), &[minutes, km]).mean().is_finite());
        }
        let food = prep::estimate(&kitchen, &market, at(600.0), &[]);
        let way = travel::estimate(&roads, &places, leg(3.0));
        prop_assert!(kitchen.orders() <= prep::RECENT_MAX);
        for level in [0.1, 0.5, 0.9] {
            prop_assert!((0.0..=240.0).contains(&food.quantile(level)));
            prop_assert!(way.quantile(level).is_finite() && way.quantile(level) > 0.0);
        }
    }

    #[test]
    fn quantiles_are_ordered(minutes in prop::collection::vec(0.0..90.0_f64, 0..40), km in 0.1..20.0_f64, cooked in 0.0..150.0_f64) {
        let (mut kitchen, mut market, mut roads, mut places) =
            (Kitchen::default(), Market::default(), Roads::default(), Places::default());
        for (order, minutes) in minutes.into_iter().enumerate() {
            let now = at(f64::from(u32::try_from(order).unwrap()) * 7.0);
            prep::learn(&mut kitchen, &mut market, now, minutes);
            travel::learn(&mut roads, &mut places, leg(km), minutes);
        }
        let cooking = prep::estimate(&kitchen, &market, at(300.0), &[cooked]);
        let way = travel::estimate(&roads, &places, leg(km));
        let trip = way.spread();
        let whole = arrival(&Remaining { cooking: Some(&cooking), cooked, trip: Some(&trip), ..Remaining::default() });
        for spread in [&cooking, &trip, &whole] {
            let interval = Interval::of(spread);
            prop_assert!(interval.earliest <= interval.likely && interval.likely <= interval.latest);
            let sum: f64 = (0..=MINUTES_MAX).map(|minute| spread.at(minute)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-6);
        }
        for level in [0.1, 0.5, 0.9] {
            let off = (way.quantile(level) - trip.quantile(level)).abs();
            prop_assert!(way.quantile(level) > 200.0 || off < 0.6, "the grid is a minute: {off}");
        }
    }

    #[test]
    fn waiting_never_makes_the_food_earlier(minutes in prop::collection::vec(0.0..60.0_f64, 1..30)) {
        let (mut kitchen, mut market) = (Kitchen::default(), Market::default());
        for minutes in minutes {
            prep::learn(&mut kitchen, &mut market, at(0.0), minutes);
        }
        let cooking = prep::estimate(&kitchen, &market, at(100.0), &[]);
        for level in [0.1, 0.5, 0.9] {
            let mut last = 0.0;
            for cooked in 0..200 {
                let cooked = f64::from(cooked) * 0.7;
                let ready = cooked + cooking.after(cooked).quantile(level);
                // Half a minute is the grid.
                prop_assert!(ready >= last - 0.5, "{ready} after {last} at {cooked}");
                last = ready;
            }
        }
    }
}

#[test]
fn a_kitchens_word_counts_until_its_orders_are_known() {
    let (mut kitchen, mut market) = (Kitchen::default(), Market::default());
    let likely = |kitchen: &Kitchen, market: &Market| {
        prep::estimate_planned(kitchen, market, at(600.0), &[], 20.0).quantile(0.5)
    };
    assert!((likely(&kitchen, &market) - 20.0).abs() < 1.0);
    for order in 0..16 {
        prep::learn(&mut kitchen, &mut market, at(f64::from(order * 30)), 32.0);
    }
    assert!(
        (likely(&kitchen, &market) - 32.0).abs() < 1.5,
        "{}",
        likely(&kitchen, &market)
    );
    let nonsense = prep::estimate_planned(&kitchen, &market, at(600.0), &[], f64::NAN).quantile(0.5);
    assert!((nonsense - 32.0).abs() < 1.0);
}
