//! How long a way takes: what somebody says beforehand, corrected by what earlier ways took.
//!
//! The logarithm of the time is the logarithm of a prior (road factor and speed, or a router's answer) plus effects: of the
//! distance (a polyline, which learns stops and motorways), of the hour on working days and weekends, of the hour on
//! long ways (which leave the centre), of the weekday, and of the zone and the area at either end. All begin at nothing, and all
//! are learned at once from each way, by [`Effect`], in constant time. Surprises are cut (Huber 1964), so that a
//! courier's break does not become a street's speed.

use serde::{Deserialize, Serialize};

use crate::effect::Effect;
use crate::levels::Levels;
use crate::moment::{DAY_KNOTS, Moment, number, whole};
use crate::spread::{MINUTES_MAX, Spread};

/// The polyline of distance has a knot at half a kilometre and at each doubling, up to 32 km.
const DISTANCE_KNOTS: usize = 7;
const DISTANCE_FIRST_KM: f64 = 0.5;
/// How large effects usually are, as variances on the log scale: distance 30 %, hour 20 %, hour on long ways and
/// zones 10 %, weekday 9 %, area 14 %.
const DISTANCE_VARIANCE: f64 = 0.09;
const HOUR_VARIANCE: f64 = 0.04;
const HOUR_LONG_VARIANCE: f64 = 0.01;
const WEEKDAY_VARIANCE: f64 = 0.009;
const ZONE_VARIANCE: f64 = 0.01;
const AREA_VARIANCE: f64 = 0.02;
/// A way of this length is neither short nor long; the e-folds from it to what is long.
const LONG_FROM_KM: f64 = 3.0;
const LONG_WIDTH: f64 = 1.2;
/// Noise before anything is known: a single way of ten minutes is off by 30 %. That is as good as so many ways.
const SCATTER: f64 = 0.3;
const SCATTER_WAYS: f64 = 20.0;
const SCATTER_WAYS_MAX: f64 = 500.0;
/// The filter keeps no covariances, though effects share their observations, so each would be too sure of itself: it is
/// told that observations are this much worse than they are.
const CAUTION: f64 = 2.0;
/// A surprise is cut at so many standard deviations of a single way.
const CUT: f64 = 1.5;
/// Nothing shorter or longer is learned, in minutes; nothing shorter or longer than these is a way, in kilometres.
const MINUTES: (f64, f64) = (0.5, 180.0);
const KM: (f64, f64) = (0.05, 100.0);
/// The mean of an absolute normal deviation is this much of the standard deviation.
const ABSOLUTE: f64 = 0.797_884_560_802_865_4;

/// A way to be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leg {
    /// When it begins.
    pub at: Moment,
    /// Its length along the road.
    pub km: f64,
    /// How long somebody says that it takes, in minutes.
    pub prior: f64,
}

/// What is known of the places at both ends: how much longer it takes to get away from the one and to the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Places {
    /// Away from the zone where it begins.
    pub from: Effect,
    /// To the zone where it ends.
    pub to: Effect,
    /// Away from the larger area where it begins.
    pub from_area: Effect,
    /// To the larger area where it ends.
    pub to_area: Effect,
}

impl Places {
    /// What is known of a zone at first, either way.
    pub const ZONE: Effect = Effect::unknown(ZONE_VARIANCE);
    /// What is known of an area at first, either way.
    pub const AREA: Effect = Effect::unknown(AREA_VARIANCE);
}

impl Default for Places {
    fn default() -> Self {
        Self {
            from: Self::ZONE,
            to: Self::ZONE,
            from_area: Self::AREA,
            to_area: Self::AREA,
        }
    }
}

/// What is remembered of all ways of a market: about a kilobyte of JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Roads {
    distance: [Effect; DISTANCE_KNOTS],
    hours: [[Effect; DAY_KNOTS]; 2],
    hours_long: [[Effect; DAY_KNOTS]; 2],
    weekdays: [Effect; 7],
    /// By distance: the mean absolute surprise, and how many ways it comes from.
    scatter: [Scatter; DISTANCE_KNOTS],
    levels: Levels,
}

impl Default for Roads {
    fn default() -> Self {
        Self {
            distance: [Effect::unknown(DISTANCE_VARIANCE); DISTANCE_KNOTS],
            hours: [[Effect::unknown(HOUR_VARIANCE); DAY_KNOTS]; 2],
            hours_long: [[Effect::unknown(HOUR_LONG_VARIANCE); DAY_KNOTS]; 2],
            weekdays: [Effect::unknown(WEEKDAY_VARIANCE); 7],
            scatter: [Scatter::default(); DISTANCE_KNOTS],
            levels: Levels::default(),
        }
    }
}

/// How long a way takes, as a distribution: log-normal, with its levels put right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Way {
    median: f64,
    scatter: f64,
    levels: Levels,
}

/// How long a way takes that begins now.
#[must_use]
pub fn estimate(roads: &Roads, places: &Places, leg: Leg) -> Way {
    let expected = roads.expect(places, &Shape::of(leg));
    Way {
        median: expected.log.exp(),
        // What is not yet known of the effects is left to the levels: in a new market, with everything unknown, it
        // would make an interval that is of no use to anybody.
        scatter: expected.noise.sqrt(),
        levels: roads.levels,
    }
}

/// Learns from a way that took so many minutes. What is no number, or no way, is ignored.
pub fn learn(roads: &mut Roads, places: &mut Places, leg: Leg, minutes: f64) {
    if !leg.is_real() || !(MINUTES.0..=MINUTES.1).contains(&minutes) {
        return;
    }
    let shape = Shape::of(leg);
    let expected = roads.expect(places, &shape);
    let surprise = minutes.ln() - expected.log;
    let way = estimate(roads, places, leg);
    let below = minutes < way.model(roads.levels.low());
    let above = minutes > way.model(roads.levels.high());
    roads.levels.learn(below, above);
    let total = expected.noise * CAUTION + expected.unsure;
    let cut = CUT * expected.noise.sqrt();
    for (knot, share) in shape.distance {
        roads.scatter[knot].learn(share, surprise.abs().min(2.0 * cut));
    }
    for (effect, weight) in roads.effects(places, &shape) {
        effect.learn(weight, surprise.clamp(-cut, cut), total);
    }
}

impl Way {
    /// The minutes that are exceeded with probability `1 - probability`.
    #[must_use]
    pub fn quantile(&self, probability: f64) -> f64 {
        self.model(self.levels.of(probability))
    }

    /// The same on the grid that all parts of an arrival share.
    #[must_use]
    pub fn spread(&self) -> Spread {
        let until = |minutes: f64| self.levels.truth(normal((minutes / self.median).ln() / self.scatter));
        // Beyond five standard deviations there is nothing.
        let end = whole((self.median * (5.0 * self.scatter).exp()).min(number(MINUTES_MAX))) + 2;
        let mut last = 0.0;
        let mut weights: Vec<f64> = (0..end)
            .map(|minute| {
                let now = until(number(minute) + 0.5);
                let own = now - last;
                last = now;
                own
            })
            .collect();
        weights.push(1.0 - last);
        Spread::from_weights(&weights)
    }

    /// The model's own quantile, at a level that is not put right.
    fn model(&self, level: f64) -> f64 {
        self.median * (self.scatter * normal_quantile(level)).exp()
    }
}

/// What the model says of the logarithm of the minutes.
struct Expected {
    log: f64,
    /// The variance of a single way.
    noise: f64,
    /// The variance from what is not yet known.
    unsure: f64,
}

impl Roads {
    fn expect(&self, places: &Places, shape: &Shape) -> Expected {
        let (mut log, mut unsure) = (shape.prior, 0.0);
        let mut add = |effect: Effect, weight: f64| {
            log += weight * effect.mean();
            unsure += weight * weight * effect.variance();
        };
        let week = shape.week;
        for (knot, share) in shape.distance {
            add(self.distance[knot], share);
        }
        for (knot, share) in shape.hour {
            add(self.hours[week][knot], share);
            add(self.hours_long[week][knot], share * shape.long);
        }
        add(self.weekdays[shape.weekday], 1.0);
        for effect in [places.from, places.to, places.from_area, places.to_area] {
            add(effect, 1.0);
        }
        let scatter: f64 = shape
            .distance
            .iter()
            .map(|&(knot, share)| share * self.scatter[knot].deviation())
            .sum();
        Expected {
            log,
            noise: scatter * scatter,
            unsure,
        }
    }

    /// Every effect that a way has, with its weight: in the same way as [`Roads::expect`] adds them.
    fn effects<'a>(
        &'a mut self,
        places: &'a mut Places,
        shape: &'a Shape,
    ) -> impl Iterator<Item = (&'a mut Effect, f64)> + use<'a> {
        let distance = weighted(&mut self.distance, shape.distance, 1.0);
        let hours = weighted(&mut self.hours[shape.week], shape.hour, 1.0);
        let hours_long = weighted(&mut self.hours_long[shape.week], shape.hour, shape.long);
        let ends = [
            &mut self.weekdays[shape.weekday],
            &mut places.from,
            &mut places.to,
            &mut places.from_area,
            &mut places.to_area,
        ];
        let ends = ends.into_iter().map(|effect| (effect, 1.0));
        distance.chain(hours).chain(hours_long).chain(ends)
    }
}

/// The effects at two knots, with their shares.
fn weighted<const N: usize>(
    effects: &mut [Effect; N],
    knots: [(usize, f64); 2],
    weight: f64,
) -> impl Iterator<Item = (&mut Effect, f64)> {
    effects.iter_mut().enumerate().filter_map(move |(at, effect)| {
        let share: f64 = knots
            .iter()
            .filter(|(knot, _)| *knot == at)
            .map(|(_, share)| share)
            .sum();
        (share > 0.0).then_some((effect, share * weight))
    })
}

/// A leg as the effects see it.
struct Shape {
    prior: f64,
    distance: [(usize, f64); 2],
    hour: [(usize, f64); 2],
    long: f64,
    week: usize,
    weekday: usize,
}

impl Shape {
    fn of(leg: Leg) -> Self {
        let km = if leg.km.is_nan() {
            KM.0
        } else {
            leg.km.clamp(KM.0, KM.1)
        };
        let prior = if leg.prior.is_nan() {
            1.0
        } else {
            leg.prior.clamp(MINUTES.0, MINUTES.1)
        };
        let at = (km / DISTANCE_FIRST_KM).log2().clamp(0.0, number(DISTANCE_KNOTS - 1));
        let before = whole(at).min(DISTANCE_KNOTS - 2);
        let share = at - number(before);
        Self {
            prior: prior.ln(),
            distance: [(before, 1.0 - share), (before + 1, share)],
            hour: leg.at.knots(),
            long: ((km / LONG_FROM_KM).ln() / LONG_WIDTH).clamp(-1.5, 2.0),
            week: usize::from(leg.at.is_weekend()),
            weekday: leg.at.weekday % 7,
        }
    }
}

impl Leg {
    fn is_real(self) -> bool {
        (KM.0..=KM.1).contains(&self.km) && self.prior.is_finite() && self.prior > 0.0 && self.at.hour.is_finite()
    }
}

/// How far single ways are off: the running mean of absolute surprises, which one odd way moves little.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "(u32, u32)", from = "(u32, u32)")]
struct Scatter {
    mean: f64,
    ways: f64,
}

impl Default for Scatter {
    fn default() -> Self {
        Self {
            mean: SCATTER * ABSOLUTE,
            ways: SCATTER_WAYS,
        }
    }
}

impl Scatter {
    fn deviation(self) -> f64 {
        self.mean / ABSOLUTE
    }

    fn learn(&mut self, share: f64, surprise: f64) {
        self.ways = (self.ways + share).min(SCATTER_WAYS_MAX);
        self.mean += (surprise - self.mean) * share / self.ways;
    }
}

const SCATTER_UNIT: f64 = 1e5;

impl From<Scatter> for (u32, u32) {
    fn from(scatter: Scatter) -> Self {
        let unit = |number: f64, unit: f64| u32::try_from(whole((number * unit).round())).unwrap_or(u32::MAX);
        (unit(scatter.mean, SCATTER_UNIT), unit(scatter.ways, 10.0))
    }
}

impl From<(u32, u32)> for Scatter {
    fn from((mean, ways): (u32, u32)) -> Self {
        Self {
            mean: (f64::from(mean) / SCATTER_UNIT).clamp(0.01, 2.0),
            ways: (f64::from(ways) / 10.0).clamp(1.0, SCATTER_WAYS_MAX),
        }
    }
}

/// The standard normal distribution function, to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26).
fn normal(x: f64) -> f64 {
    let z = x.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let terms = [
        1.061_405_429,
        -1.453_152_027,
        1.421_413_741,
        -0.284_496_736,
        0.254_829_592,
    ];
    let poly = terms.iter().fold(0.0, |sum, term| sum * t + term) * t;
    let tail = 0.5 * poly * (-z * z).exp();
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// Its inverse, to 4.5e-4 (Abramowitz and Stegun 1964, 26.2.23): a ten-thousandth of a way's time.
fn normal_quantile(level: f64) -> f64 {
    let level = level.clamp(1e-6, 1.0 - 1e-6);
    let tail = level.min(1.0 - level);
    let t = (-2.0 * tail.ln()).sqrt();
    let above = (0.010_328 * t + 0.802_853) * t + 2.515_517;
    let below = ((0.001_308 * t + 0.189_269) * t + 1.432_788) * t + 1.0;
    let z = t - above / below;
    // At the median the approximation is off by 4e-6; there the truth is known.
    if (level - 0.5).abs() < 1e-9 {
        0.0
    } else if level < 0.5 {
        -z
    } else {
        z
    }
}
