//! A distribution of a duration on a grid of minutes.

use crate::levels::Levels;
use crate::moment::{number, whole};

/// Nothing here takes longer than four hours; what would is put at the end of the grid.
pub const MINUTES_MAX: usize = 240;
/// What is less likely than this at either end of the grid is left out: it would only cost time.
const NEGLIGIBLE: f64 = 1e-9;

/// How likely each whole minute is, beginning with `first`. The probabilities sum to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    first: usize,
    mass: Vec<f64>,
}

impl Spread {
    /// From weights of the minutes 0, 1, 2, …; nothing certain if there is no weight at all.
    #[must_use]
    pub fn from_weights(weights: &[f64]) -> Self {
        Self::trimmed(0, weights.to_vec())
    }

    /// What takes so many minutes for sure. Between two whole minutes it is a little of either.
    #[must_use]
    pub fn certain(minutes: f64) -> Self {
        let minutes = if minutes.is_nan() {
            0.0
        } else {
            minutes.clamp(0.0, number(MINUTES_MAX))
        };
        let share = minutes.fract();
        Self::trimmed(whole(minutes), vec![1.0 - share, share])
    }

    /// Of two things that run at the same time, independently: when both are done. The distribution functions multiply.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let first = self.first.max(other.first);
        let end = self.end().max(other.end());
        let before = |spread: &Self| spread.mass.iter().take(first.saturating_sub(spread.first)).sum::<f64>();
        let (mut own, mut theirs) = (before(self), before(other));
        let mut last = 0.0;
        let mut mass = Vec::with_capacity(end - first);
        for minute in first..end {
            own += self.at(minute);
            theirs += other.at(minute);
            mass.push(own * theirs - last);
            last = own * theirs;
        }
        Self::trimmed(first, mass)
    }

    /// Of two things one after the other, independently: both together. The distributions convolve.
    #[must_use]
    pub fn then(&self, other: &Self) -> Self {
        let mut mass = vec![0.0; self.mass.len() + other.mass.len() - 1];
        for (at, own) in self.mass.iter().enumerate() {
            for (slot, theirs) in mass[at..].iter_mut().zip(&other.mass) {
                *slot += own * theirs;
            }
        }
        Self::trimmed(self.first + other.first, mass)
    }

    /// What is still to come of something that has gone on for so long and is not done. Later than anything believed
    /// possible, it takes another minute.
    ///
    /// The quantiles of the whole (what has gone and what is to come) never fall while it goes on.
    #[must_use]
    pub fn after(&self, elapsed: f64) -> Self {
        if elapsed.is_nan() || elapsed <= 0.0 {
            return self.clone();
        }
        let elapsed = elapsed.min(2.0 * number(MINUTES_MAX));
        let mut mass = vec![0.0; self.end().max(2)];
        for (minute, share) in (self.first..).zip(&self.mass) {
            // The minute's mass lies evenly around it; what lies before now did not happen.
            let (from, to) = (number(minute) - 0.5, number(minute) + 0.5);
            let left = ((to - elapsed) / (to - from.max(0.0))).clamp(0.0, 1.0) * share;
            if left <= 0.0 {
                continue;
            }
            let middle = (f64::midpoint(to, from.max(elapsed)) - elapsed).max(0.0);
            let (slot, part) = (whole(middle), middle.fract());
            mass[slot] += left * (1.0 - part);
            mass[(slot + 1).min(self.end().max(2) - 1)] += left * part;
        }
        if mass.iter().sum::<f64>() <= NEGLIGIBLE {
            return Self::certain(1.0);
        }
        Self::trimmed(0, mass)
    }

    /// The same with every duration, counted from `from` before zero, longer by a factor.
    #[must_use]
    pub(crate) fn stretched(&self, from: f64, factor: f64) -> Self {
        let mut mass = vec![0.0; MINUTES_MAX + 2];
        for (minute, share) in (self.first..).zip(&self.mass) {
            let to = ((number(minute) + from) * factor - from).clamp(0.0, number(MINUTES_MAX));
            let (slot, part) = (whole(to), to.fract());
            mass[slot] += share * (1.0 - part);
            mass[slot + 1] += share * part;
        }
        Self::trimmed(0, mass)
    }

    /// The same as it is in truth, where a model's levels are known to be off.
    #[must_use]
    pub(crate) fn calibrated(&self, levels: Levels) -> Self {
        let (mut model, mut last) = (0.0, 0.0);
        let mass = self.mass.iter().map(|share| {
            model += share;
            let truth = levels.truth(model);
            let own = truth - last;
            last = truth;
            own
        });
        Self::trimmed(self.first, mass.collect())
    }

    /// The minutes that are exceeded with probability `1 - probability`.
    #[must_use]
    pub fn quantile(&self, probability: f64) -> f64 {
        let mut below = 0.0;
        for (minute, share) in (self.first..).zip(&self.mass) {
            if below + share >= probability && *share > 0.0 {
                let inside = ((probability - below) / share).clamp(0.0, 1.0);
                return (number(minute) - 0.5 + inside).max(0.0);
            }
            below += share;
        }
        number(self.end() - 1)
    }

    /// The mean, in minutes.
    #[must_use]
    pub fn mean(&self) -> f64 {
        (self.first..)
            .zip(&self.mass)
            .map(|(at, share)| number(at) * share)
            .sum()
    }

    /// The probability of a minute.
    #[must_use]
    pub fn at(&self, minute: usize) -> f64 {
        minute
            .checked_sub(self.first)
            .and_then(|at| self.mass.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// The minute after the last possible one.
    pub(crate) fn end(&self) -> usize {
        self.first + self.mass.len()
    }

    /// Within the grid, without negligible ends, and summing to one.
    fn trimmed(first: usize, mut mass: Vec<f64>) -> Self {
        let first = first.min(MINUTES_MAX);
        let beyond = (MINUTES_MAX + 1 - first).min(mass.len());
        let late: f64 = mass.drain(beyond..).sum();
        if let Some(last) = mass.last_mut() {
            *last += late;
        }
        let total: f64 = mass.iter().sum();
        if !total.is_finite() || total <= 0.0 {
            return Self { first, mass: vec![1.0] };
        }
        let matters = |share: &f64| *share > NEGLIGIBLE * total;
        let head = mass.iter().position(matters).unwrap_or_default();
        let tail = mass.iter().rposition(matters).unwrap_or_default();
        mass.truncate(tail + 1);
        mass.drain(..head);
        let total: f64 = mass.iter().sum();
        for share in &mut mass {
            *share /= total;
        }
        Self {
            first: first + head,
            mass,
        }
    }
}
