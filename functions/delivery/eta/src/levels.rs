//! How often the truth was outside what was said, and what that means for the next time.

use serde::{Deserialize, Serialize};

/// How fast the levels follow: at first, and after so many observations have been seen. Faster answers a change sooner and
/// wanders more: a level that has settled wanders by about `sqrt(STEP_MIN * 0.1 * 0.9 / 2)`, one in a hundred.
const STEP_FIRST: f64 = 0.0125;
const STEP_MIN: f64 = 0.003;
const STEP_HALVES_AFTER: f64 = 40.0;
/// How often the truth may be earlier and later than said. A tenth is promised; that days differ from one another is
/// not seen until they have passed, so a little less is aimed at where it would break the promise.
const EARLIER: f64 = 0.1;
const LATER: f64 = 0.08;
/// Levels are kept in hundred-thousandths.
const UNIT: f64 = 1e5;
/// Levels stay within these bounds: what is outside is no interval any more, but a wrong model.
const LOW: (f64, f64) = (0.02, 0.25);
const HIGH: (f64, f64) = (0.75, 0.985);

/// Which levels of a model's own distribution are exceeded one time in ten, below and above.
///
/// Adaptive conformal inference (Gibbs and Candès 2021): after each observation the level moves a step towards wider if the
/// truth was outside, and a small part of it towards narrower if it was inside, so that in the long run a tenth is outside, whatever the
/// model gets wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "(u32, u32, u32)", from = "(u32, u32, u32)")]
pub struct Levels {
    low: f64,
    high: f64,
    seen: u32,
}

impl Default for Levels {
    fn default() -> Self {
        Self {
            low: EARLIER,
            high: 1.0 - LATER,
            seen: 0,
        }
    }
}

impl Levels {
    /// The model's level that is the tenth in truth.
    #[must_use]
    pub const fn low(self) -> f64 {
        self.low
    }

    /// The model's level that is nine tenths in truth.
    #[must_use]
    pub const fn high(self) -> f64 {
        self.high
    }

    /// The model's level for a true probability: straight lines between what is tracked.
    #[must_use]
    pub fn of(self, probability: f64) -> f64 {
        let points = [(0.0, 0.0), (0.1, self.low), (0.5, 0.5), (0.9, self.high), (1.0, 1.0)];
        straight(&points, probability)
    }

    /// The true probability of a model's level: the inverse of [`Levels::of`].
    #[must_use]
    pub fn truth(self, level: f64) -> f64 {
        let points = [(0.0, 0.0), (self.low, 0.1), (0.5, 0.5), (self.high, 0.9), (1.0, 1.0)];
        straight(&points, level)
    }

    /// Learns if the truth was below the lower bound, and above the upper one.
    pub(crate) fn learn(&mut self, below: bool, above: bool) {
        let part = |outside: bool| if outside { 1.0 } else { 0.0 };
        let step = (STEP_FIRST / (1.0 + f64::from(self.seen) / STEP_HALVES_AFTER)).max(STEP_MIN);
        self.low = (self.low + step * (EARLIER - part(below))).clamp(LOW.0, LOW.1);
        self.high = (self.high + step * (part(above) - LATER)).clamp(HIGH.0, HIGH.1);
        self.seen = self.seen.saturating_add(1);
    }
}

/// The height of a polyline with rising x.
fn straight(points: &[(f64, f64); 5], x: f64) -> f64 {
    for pair in points.windows(2) {
        let [(from, low), (to, high)] = [pair[0], pair[1]];
        if x <= to {
            return low + (high - low) * ((x - from) / (to - from)).max(0.0);
        }
    }
    1.0
}

impl From<Levels> for (u32, u32, u32) {
    fn from(levels: Levels) -> Self {
        let unit = |level: f64| u32::try_from(crate::moment::whole((level * UNIT).round())).unwrap_or(u32::MAX);
        (unit(levels.low), unit(levels.high), levels.seen)
    }
}

impl From<(u32, u32, u32)> for Levels {
    fn from((low, high, seen): (u32, u32, u32)) -> Self {
        Self {
            low: (f64::from(low) / UNIT).clamp(LOW.0, LOW.1),
            high: (f64::from(high) / UNIT).clamp(HIGH.0, HIGH.1),
            seen,
        }
    }
}
