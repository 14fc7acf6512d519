//! When food is ready and how long ways take, foreseen by the service's own estimators on public data.
//!
//! Everything is learned strictly in time: what is asked at a moment is answered from what had happened by then.

mod latency;
mod preparation;
mod taxis;

pub use latency::estimate_us_p99;
pub use preparation::{SET as PREPARATION, preparation};
pub use taxis::{SET as TAXIS, Trip, read as read_taxis, travel};

/// What a way of estimating achieves on one set.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// How many durations were foreseen.
    pub n: usize,
    /// The mean absolute error of the likely duration, in minutes.
    pub mae: f64,
    /// The share of durations that were below the earliest.
    pub p10_coverage: f64,
    /// The share of durations that were not above the latest.
    pub p90_coverage: f64,
    /// Simpler ways of estimating, by the same protocol: a name and its mean absolute error.
    pub baselines: Vec<(&'static str, f64)>,
}

/// One forecast and what came of it, in minutes.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    earliest: f64,
    likely: f64,
    latest: f64,
    truth: f64,
    baselines: Vec<(&'static str, f64)>,
}

impl Figures {
    /// The figures of some forecasts.
    #[must_use]
    pub fn of(forecasts: &[Forecast]) -> Self {
        let n = forecasts.len();
        let mean = |figure: &dyn Fn(&Forecast) -> f64| forecasts.iter().map(figure).sum::<f64>() / count(n.max(1));
        let share = |holds: &dyn Fn(&Forecast) -> bool| mean(&|one| if holds(one) { 1.0 } else { 0.0 });
        let names = forecasts
            .first()
            .map(|one| one.baselines.as_slice())
            .unwrap_or_default();
        let baseline = |at: usize| mean(&|one| (one.baselines[at].1 - one.truth).abs());
        Self {
            n,
            mae: mean(&|one| (one.likely - one.truth).abs()),
            p10_coverage: share(&|one| one.truth < one.earliest),
            p90_coverage: share(&|one| one.truth <= one.latest),
            baselines: names
                .iter()
                .enumerate()
                .map(|(at, (name, _))| (*name, baseline(at)))
                .collect(),
        }
    }
}

fn count(number: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "there are some thousand forecasts")]
    let number = number as f64;
    number
}

#[cfg(test)]
mod tests;
