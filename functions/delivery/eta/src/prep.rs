//! How long a kitchen takes: its own recent orders, shrunk to its market.
//!
//! Kitchens do not follow a bell: many say ten, fifteen or twenty minutes for almost everything, and sometimes double it.
//! So no mean and no variance is learned but the distribution itself, as in a Dirichlet process (Ferguson 1973): the next
//! order is like one of the kitchen's last [`RECENT_MAX`] orders, each smoothed by a narrow kernel, or, with the weight of
//! [`MARKET_WEIGHT`] orders, like any order of the market. A new kitchen is the market; every order makes it more itself.
//! Its median is what least absolute error asks for, and its quantiles are the interval.
//!
//! Durations are smoothed and compared on the scale `ln(minutes + SHIFT)`, on which their scatter is about even.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::effect::Effect;
use crate::levels::Levels;
use crate::moment::{DAY_KNOTS, Moment, number, whole};
use crate::spread::Spread;

/// The longest preparation that is learned, in minutes; what takes longer was forgotten, not cooked.
pub const MINUTES_MAX: usize = 120;
/// How many of its last orders a kitchen remembers. More changes little, since older ones count less.
pub const RECENT_MAX: usize = 16;
/// How much less an order counts than the one after it.
const FADE: f64 = 0.93;
/// In so many minutes an order's weight halves: a week, so that a menu or a cook may change.
const HALF_LIFE: f64 = 10_080.0;
/// How much more an order counts that began at the same time, and for how many minutes that is so: what keeps a kitchen
/// busy keeps it busy for all its orders.
const RUSH_WEIGHT: f64 = 1.5;
const RUSH_MINUTES: f64 = 45.0;
/// The market weighs as much as this many orders of the kitchen's own.
const MARKET_WEIGHT: f64 = 1.1;
/// How wide an order is smoothed: 6 %, about a minute and a half at a quarter of an hour.
const KERNEL: f64 = 0.06;
/// How wide an order is smoothed in the market's distribution, which serves kitchens of all kinds.
const MARKET_KERNEL: f64 = 0.12;
/// What a kitchen says of an order weighs as much as so many of its orders: most of a new kitchen's estimate, and a
/// quarter of that of one whose orders are known, for what was said is not what was kept. Kitchens speak in steps of five
/// minutes, so it is smoothed by a tenth.
const PLAN_WEIGHT: f64 = 4.0;
const PLAN_KERNEL: f64 = 0.1;
/// Added to minutes before taking logarithms.
const SHIFT: f64 = 10.0;
/// What a market is before its first order: a median of 16 minutes and two thirds between 8 and 28, the usual
/// range of restaurants that deliver. It weighs as much as so many orders.
const PRIOR_MEDIAN: f64 = 16.0;
const PRIOR_SCATTER: f64 = 0.38;
const PRIOR_ORDERS: f64 = 20.0;
/// The market's distribution follows about its last so many orders.
const MARKET_ORDERS_MAX: f64 = 500.0;
/// An order still in the queue weighs as much as so many finished ones, less the longer it has been there (e-fold minutes):
/// it tells that this takes longer than it has taken, unless somebody forgot to say that it is ready. One that has been there longer than the grid is left out.
const QUEUE_WEIGHT: f64 = 0.4;
const QUEUE_MINUTES: f64 = 60.0;
/// No more than so many of the queue are looked at.
const QUEUE_MAX: usize = 20;
/// An order that has waited longer than anything known is still told apart from one that is impossible.
const IMPOSSIBLE: f64 = 1e-7;
/// The hour moves preparation by about 3 % (its variance), a single order by about 35 %.
const HOUR_VARIANCE: f64 = 0.001;
const NOISE: f64 = 0.12;
/// A single order moves what is learned of hours by no more than this.
const SURPRISE_MAX: f64 = 0.5;

/// One order that a kitchen has finished.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Cooked(
    /// The minute in which it was ready.
    i64,
    /// How long it took, in tenths of a minute, as if at a usual hour.
    u16,
);

/// What is remembered of one kitchen: under 300 bytes of JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Kitchen {
    /// The last orders, the latest at the end.
    recent: Vec<Cooked>,
}

impl Kitchen {
    /// How many orders it is known from, up to [`RECENT_MAX`].
    #[must_use]
    pub fn orders(&self) -> usize {
        self.recent.len()
    }
}

/// What is remembered of a market: all kitchens together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "Stored", from = "Stored")]
pub struct Market {
    /// How likely each whole minute is for any order.
    mass: Vec<f64>,
    /// How many orders that comes from, up to [`MARKET_ORDERS_MAX`].
    orders: f64,
    hours: [Effect; DAY_KNOTS],
    levels: Levels,
}

impl Default for Market {
    fn default() -> Self {
        let mut mass = vec![0.0; MINUTES_MAX + 1];
        add_bell(&mut mass, PRIOR_MEDIAN, PRIOR_SCATTER, 1.0);
        Self {
            mass,
            orders: PRIOR_ORDERS,
            hours: [Effect::unknown(HOUR_VARIANCE); DAY_KNOTS],
            levels: Levels::default(),
        }
    }
}

/// How long an order takes that is placed now. `queue` tells for each order that the kitchen still cooks how many minutes
/// ago it was placed; empty if that is not known.
#[must_use]
pub fn estimate(kitchen: &Kitchen, market: &Market, now: Moment, queue: &[f64]) -> Spread {
    believed(kitchen, market, now, queue, None).calibrated(market.levels)
}

/// How long an order takes of which the kitchen says how long: its word counts as [`PLAN_WEIGHT`] orders of its own.
#[must_use]
pub fn estimate_planned(kitchen: &Kitchen, market: &Market, now: Moment, queue: &[f64], plan: f64) -> Spread {
    let plan = (0.0..=number(MINUTES_MAX)).contains(&plan).then_some(plan);
    believed(kitchen, market, now, queue, plan).calibrated(market.levels)
}

/// Learns from an order that was placed so many minutes before `ready`. Anything but a number of at least 0 is ignored.
pub fn learn(kitchen: &mut Kitchen, market: &mut Market, ready: Moment, minutes: f64) {
    if !minutes.is_finite() || minutes < 0.0 || !ready.minutes.is_finite() {
        return;
    }
    let minutes = minutes.min(number(MINUTES_MAX));
    let placed = Moment {
        minutes: ready.minutes - minutes,
        hour: ready.hour - minutes / 60.0,
        weekday: ready.weekday,
    };
    let expected = believed(kitchen, market, placed, &[], None);
    let (low, high) = (
        expected.quantile(market.levels.low()),
        expected.quantile(market.levels.high()),
    );
    market.levels.learn(minutes <= low, minutes > high);
    let usual = (minutes + SHIFT) * (-market.hour(placed)).exp() - SHIFT;
    let surprise = ((minutes + SHIFT) / (expected.quantile(0.5) + SHIFT)).ln();
    market.learn_hour(placed, surprise.clamp(-SURPRISE_MAX, SURPRISE_MAX));
    let usual = usual.clamp(0.0, number(MINUTES_MAX));
    market.learn_order(usual);
    kitchen.learn(ready, usual);
}

/// The distribution before its levels are put right.
fn believed(kitchen: &Kitchen, market: &Market, now: Moment, queue: &[f64], plan: Option<f64>) -> Spread {
    let mut weights: Vec<f64> = market.mass.iter().map(|share| share * MARKET_WEIGHT).collect();
    let mut sum = MARKET_WEIGHT;
    for (rank, order) in kitchen.recent.iter().rev().enumerate() {
        let weight = order.weight(rank, now);
        sum += weight;
        add_bell(&mut weights, order.minutes(), KERNEL, weight);
    }
    if let Some(plan) = plan {
        sum += PLAN_WEIGHT;
        add_bell(&mut weights, plan, PLAN_KERNEL, PLAN_WEIGHT);
    }
    for slot in &mut weights {
        *slot /= sum;
    }
    wait(&mut weights, market, queue);
    Spread::from_weights(&weights).stretched(SHIFT, market.hour(now).exp())
}

/// Adds what the queue tells: of an order that is not ready after so many minutes, the part of the distribution beyond
/// them remains, and the next order is a little like it.
fn wait(weights: &mut [f64], market: &Market, queue: &[f64]) {
    let alone = weights.to_vec();
    for &minutes in queue
        .iter()
        .filter(|age| (0.0..number(MINUTES_MAX)).contains(*age))
        .take(QUEUE_MAX)
    {
        let weight = QUEUE_WEIGHT * (-minutes / QUEUE_MINUTES).exp();
        let from = whole(minutes) + 1;
        let rest = || {
            alone
                .iter()
                .zip(&market.mass)
                .skip(from)
                .map(|(own, all)| own + IMPOSSIBLE * (1.0 + 10.0 * all))
        };
        let sum: f64 = rest().sum();
        for (slot, share) in weights.iter_mut().skip(from).zip(rest()) {
            *slot += weight * share / sum;
        }
    }
}

impl Cooked {
    fn minutes(self) -> f64 {
        f64::from(self.1) / 10.0
    }

    /// How much it tells of an order now; `rank` counts the orders since.
    fn weight(self, rank: usize, now: Moment) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "minutes of centuries are exact")]
        let ready = self.0 as f64;
        let since_ready = (now.minutes - ready).max(0.0);
        let since_placed = since_ready + self.minutes();
        FADE.powf(number(rank)) * (-since_ready / HALF_LIFE).exp2() + RUSH_WEIGHT * (-since_placed / RUSH_MINUTES).exp()
    }
}

impl Kitchen {
    fn learn(&mut self, ready: Moment, minutes: f64) {
        #[expect(clippy::cast_possible_truncation, reason = "the conversion saturates")]
        let at = ready.minutes.floor() as i64;
        let tenths = u16::try_from(whole((minutes * 10.0).round())).unwrap_or(u16::MAX);
        self.recent.push(Cooked(at, tenths));
        let too_many = self.recent.len().saturating_sub(RECENT_MAX);
        self.recent.drain(..too_many);
    }
}

impl Market {
    /// How much longer things take at this hour, on the log scale.
    fn hour(&self, now: Moment) -> f64 {
        now.knots()
            .iter()
            .map(|&(knot, share)| share * self.hours[knot].mean())
            .sum()
    }

    fn learn_hour(&mut self, placed: Moment, surprise: f64) {
        let knots = placed.knots();
        let unsure = |&(knot, share): &(usize, f64)| share * share * self.hours[knot].variance();
        let total = NOISE + knots.iter().map(unsure).sum::<f64>();
        for (knot, share) in knots {
            self.hours[knot].learn(share, surprise, total);
        }
    }

    fn learn_order(&mut self, minutes: f64) {
        self.orders = (self.orders + 1.0).min(MARKET_ORDERS_MAX);
        for slot in &mut self.mass {
            *slot *= 1.0 - 1.0 / self.orders;
        }
        add_bell(&mut self.mass, minutes, MARKET_KERNEL, 1.0 / self.orders);
    }
}

/// `ln(minute + SHIFT)` for each minute of the grid.
static LOGARITHMS: LazyLock<[f64; MINUTES_MAX + 1]> =
    LazyLock::new(|| std::array::from_fn(|minute| (number(minute) + SHIFT).ln()));
/// A bell is cut at so many widths: what lies beyond is less than one in ten thousand.
const BELL_MAX: f64 = 4.0;

/// Adds a bell around some minutes on the log scale to the grid of minutes: so much in all.
fn add_bell(grid: &mut [f64], minutes: f64, width: f64, much: f64) {
    let center = (minutes + SHIFT).ln();
    let end = |widths: f64| (minutes + SHIFT) * (widths * width).exp() - SHIFT;
    let from = whole(end(-BELL_MAX).max(0.0));
    let until = (whole(end(BELL_MAX)) + 2).min(grid.len());
    let mut bell = [0.0; MINUTES_MAX + 1];
    let mut sum = 0.0;
    for (height, logarithm) in bell[from..until].iter_mut().zip(&LOGARITHMS[from..until]) {
        let off = (logarithm - center) / width;
        // A minute is a smaller part of the log scale the later it is.
        *height = (-0.5 * off * off - logarithm).exp();
        sum += *height;
    }
    for (slot, height) in grid[from..until].iter_mut().zip(&bell[from..until]) {
        *slot += height * much / sum;
    }
}

/// A market as it is kept: whole numbers, the mass in hundred-thousandths, without its tail of zeros.
#[derive(Serialize, Deserialize)]
struct Stored {
    mass: Vec<u32>,
    orders: u32,
    hours: [Effect; DAY_KNOTS],
    levels: Levels,
}

const MASS_UNIT: f64 = 1e5;

impl From<Market> for Stored {
    fn from(market: Market) -> Self {
        let unit = |share: f64| u32::try_from(whole((share * MASS_UNIT).round())).unwrap_or(u32::MAX);
        let mut mass: Vec<u32> = market.mass.iter().map(|&share| unit(share)).collect();
        let end = mass.iter().rposition(|&share| share > 0).map_or(0, |last| last + 1);
        mass.truncate(end);
        Self {
            mass,
            orders: unit(market.orders / MASS_UNIT),
            hours: market.hours,
            levels: market.levels,
        }
    }
}

impl From<Stored> for Market {
    fn from(stored: Stored) -> Self {
        let mut mass: Vec<f64> = stored
            .mass
            .iter()
            .take(MINUTES_MAX + 1)
            .map(|&share| f64::from(share))
            .collect();
        mass.resize(MINUTES_MAX + 1, 0.0);
        let sum: f64 = mass.iter().sum();
        if sum <= 0.0 {
            return Self::default();
        }
        for share in &mut mass {
            *share /= sum;
        }
        Self {
            mass,
            orders: f64::from(stored.orders).clamp(1.0, MARKET_ORDERS_MAX),
            hours: stored.hours,
            levels: stored.levels,
        }
    }
}
