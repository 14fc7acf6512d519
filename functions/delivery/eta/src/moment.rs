//! A point in time, as far as the estimators care for it.

/// A point in time with its place in the local day and week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Minutes since any start that stays the same.
    pub minutes: f64,
    /// The local hour, from 0 to 24, with its fraction.
    pub hour: f64,
    /// The local day of the week; Monday is 0.
    pub weekday: usize,
}

/// How many two-hour knots a day has. Shorter ones follow noise, longer ones miss the two peaks.
pub(crate) const DAY_KNOTS: usize = 12;

impl Moment {
    /// Saturday or Sunday.
    #[must_use]
    pub const fn is_weekend(self) -> bool {
        self.weekday % 7 >= 5
    }

    /// The two knots of the day that it lies between, and how much of each it is.
    pub(crate) fn knots(self) -> [(usize, f64); 2] {
        let hour = if self.hour.is_finite() {
            self.hour.rem_euclid(24.0)
        } else {
            0.0
        };
        let at = hour / 2.0;
        let (before, share) = (whole(at), at.fract());
        [(before % DAY_KNOTS, 1.0 - share), ((before + 1) % DAY_KNOTS, share)]
    }
}

/// The whole part of a small number; 0 for what is none.
pub(crate) fn whole(number: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversion saturates; callers pass small positive numbers"
    )]
    let whole = number as usize;
    whole
}

/// A small count as a number.
pub(crate) fn number(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "grids and counts here are small")]
    let number = count as f64;
    number
}
