//! One learned number that knows how sure it is.

use serde::{Deserialize, Serialize};

use crate::moment::whole;

/// No effect is surer than this: so it keeps learning, over about the last thousand observations, when a city changes.
const VARIANCE_MIN: f64 = 0.000_1;
/// Numbers are kept in ten-thousandths, variances in hundred-thousandths: far below what matters, and short in JSON.
const MEAN_UNIT: f64 = 1e4;
const VARIANCE_UNIT: f64 = 1e5;
/// Effects are on a log scale; five is a factor of 148, beyond anything real.
const MEAN_MAX: f64 = 5.0;

/// A number on a log scale, believed to be around `mean` with a `variance`.
///
/// Learned by a Kalman filter that keeps no covariances (Kalman 1960; the diagonal form is also known as the
/// decoupled extended filter, Puskorius and Feldkamp 1991): a surprise is shared among all effects of an observation in
/// proportion to how unsure each is. That is shrinkage: an effect begins at nothing, and moves as evidence comes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "(i32, u32)", from = "(i32, u32)")]
pub struct Effect {
    mean: f64,
    variance: f64,
}

impl Effect {
    /// An effect of which only its usual size is known.
    #[must_use]
    pub const fn unknown(variance: f64) -> Self {
        Self { mean: 0.0, variance }
    }

    /// What it is believed to be.
    #[must_use]
    pub const fn mean(self) -> f64 {
        self.mean
    }

    /// How unsure that is.
    #[must_use]
    pub const fn variance(self) -> f64 {
        self.variance
    }

    /// Learns its part of a surprise whose whole variance (noise and all effects) is `total`.
    pub(crate) fn learn(&mut self, weight: f64, surprise: f64, total: f64) {
        let gain = self.variance * weight / total;
        self.mean = (self.mean + gain * surprise).clamp(-MEAN_MAX, MEAN_MAX);
        self.variance = (self.variance * (1.0 - gain * weight)).max(VARIANCE_MIN.min(self.variance));
    }
}

impl From<Effect> for (i32, u32) {
    fn from(effect: Effect) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "the mean is bounded by `MEAN_MAX`")]
        let mean = (effect.mean * MEAN_UNIT).round() as i32;
        let variance = u32::try_from(whole((effect.variance * VARIANCE_UNIT).round()));
        (mean, variance.unwrap_or(u32::MAX))
    }
}

impl From<(i32, u32)> for Effect {
    fn from((mean, variance): (i32, u32)) -> Self {
        Self {
            mean: (f64::from(mean) / MEAN_UNIT).clamp(-MEAN_MAX, MEAN_MAX),
            variance: f64::from(variance.max(1)) / VARIANCE_UNIT,
        }
    }
}
