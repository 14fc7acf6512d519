//! Preparation on a day of the Meal Delivery Routing Problem.
//!
//! A kitchen's time is from placement to ready. An order is foreseen at its placement from what is known then: its
//! restaurant, the orders that were ready by then, and which orders are still being cooked. It is learned at its ready time. Each day
//! is another city, so each begins with nothing learned.

use std::collections::HashMap;

use eta::{Kitchen, Market, Moment, prep};

use super::Forecast;
use crate::mdrp::Instance;

/// What the set is called.
pub const SET: &str = "preparation";
/// The orders of a kitchen's market that its own are mixed with, in the simpler way of estimating.
const SHRINKAGE: f64 = 3.0;
/// What the simpler ways say before anything is known.
const NOTHING_KNOWN: f64 = 16.0;

/// Foresees every order of a day.
#[must_use]
pub fn preparation(instance: &Instance) -> Vec<Forecast> {
    let mut placed: Vec<usize> = (0..instance.orders.len()).collect();
    placed.sort_by_key(|&order| instance.orders[order].placed_at);
    let mut ready = placed.clone();
    ready.sort_by_key(|&order| instance.orders[order].ready_at);
    let mut ready = ready.into_iter().peekable();
    let mut city = City::default();
    let mut forecasts = Vec::with_capacity(placed.len());
    for order in placed {
        let order = &instance.orders[order];
        while let Some(done) = ready.next_if(|&done| instance.orders[done].ready_at <= order.placed_at) {
            let done = &instance.orders[done];
            // An order that is ready at once is learned before the next, but not before itself.
            city.learn(done.restaurant, done.placed_at, done.ready_at);
        }
        forecasts.push(city.foresee(order.restaurant, order.placed_at, order.ready_at));
    }
    forecasts
}

/// What has been learned of a city by some minute.
#[derive(Default)]
struct City {
    market: Market,
    kitchens: HashMap<usize, Kitchen>,
    /// When the orders were placed that each kitchen cooks.
    cooking: HashMap<usize, Vec<i32>>,
    /// Orders and their minutes: of the city, and of each kitchen.
    all: (f64, f64),
    own: HashMap<usize, (f64, f64)>,
}

impl City {
    fn foresee(&mut self, restaurant: usize, placed_at: i32, ready_at: i32) -> Forecast {
        let cooking = self.cooking.entry(restaurant).or_default();
        let queue: Vec<f64> = cooking.iter().map(|at| f64::from(placed_at - at)).collect();
        cooking.push(placed_at);
        let kitchen = self.kitchens.entry(restaurant).or_default();
        let spread = prep::estimate(kitchen, &self.market, moment(placed_at), &queue);
        let (orders, minutes) = self.all;
        let global = (minutes + NOTHING_KNOWN) / (orders + 1.0);
        let (own_orders, own_minutes) = self.own.get(&restaurant).copied().unwrap_or_default();
        let shrunk = (own_minutes + SHRINKAGE * global) / (own_orders + SHRINKAGE);
        Forecast {
            earliest: spread.quantile(0.1),
            likely: spread.quantile(0.5),
            latest: spread.quantile(0.9),
            truth: f64::from(ready_at - placed_at),
            baselines: vec![("global_mean", global), ("restaurant_mean", shrunk)],
        }
    }

    fn learn(&mut self, restaurant: usize, placed_at: i32, ready_at: i32) {
        let minutes = f64::from(ready_at - placed_at);
        let cooking = self.cooking.entry(restaurant).or_default();
        if let Some(place) = cooking.iter().position(|&at| at == placed_at) {
            cooking.swap_remove(place);
        }
        let kitchen = self.kitchens.entry(restaurant).or_default();
        prep::learn(kitchen, &mut self.market, moment(ready_at), minutes);
        for (orders, sum) in [&mut self.all, self.own.entry(restaurant).or_default()] {
            *orders += 1.0;
            *sum += minutes;
        }
    }
}

/// The days begin at some hour that is not told; what matters is that the same minute is the same hour.
fn moment(minute: i32) -> Moment {
    let minutes = f64::from(minute);
    Moment {
        minutes,
        hour: (minutes / 60.0).rem_euclid(24.0),
        weekday: 0,
    }
}
