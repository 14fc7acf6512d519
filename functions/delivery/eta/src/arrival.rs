//! The parts of a delivery put together, and told as an interval.
//!
//! The courier takes the food when it is ready and the courier there: the distribution functions of both multiply. What
//! comes after that comes one after the other: the distributions convolve. Both take the parts as independent, and are exact
//! on the grid of minutes; nothing is assumed of the shape of any part.

use crate::spread::Spread;

/// When something should happen, in minutes from now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// One time in ten it is before.
    pub earliest: f64,
    /// As likely before as after.
    pub likely: f64,
    /// One time in ten it is after.
    pub latest: f64,
}

impl Interval {
    /// The interval of a distribution.
    #[must_use]
    pub fn of(spread: &Spread) -> Self {
        Self {
            earliest: spread.quantile(0.1),
            likely: spread.quantile(0.5),
            latest: spread.quantile(0.9),
        }
    }
}

/// What is still to come before the food is at the door. All are times from now, except that `cooking` is as from when the
/// order was placed, and has gone on for `cooked` minutes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Remaining<'a> {
    /// How long the kitchen takes in all; nothing if the food is ready.
    pub cooking: Option<&'a Spread>,
    /// How long it has cooked.
    pub cooked: f64,
    /// Until the courier is at the restaurant; nothing if the courier is there.
    pub approach: Option<&'a Spread>,
    /// What the courier does before: other stops, and the ways to them.
    pub before: Option<&'a Spread>,
    /// Taking over the food, in minutes.
    pub pickup_service: f64,
    /// From the restaurant to the door; nothing if the courier is there.
    pub trip: Option<&'a Spread>,
    /// At the door, in minutes.
    pub drop_off_service: f64,
}

/// When the food is handed over.
#[must_use]
pub fn arrival(remaining: &Remaining<'_>) -> Spread {
    let now = Spread::certain(0.0);
    let ready = remaining
        .cooking
        .map_or_else(|| now.clone(), |cooking| cooking.after(remaining.cooked));
    let parts = [remaining.before, remaining.approach];
    let there = parts.into_iter().flatten().fold(now, |sum, part| sum.then(part));
    let service = Spread::certain(remaining.pickup_service + remaining.drop_off_service);
    let left = ready.and(&there).then(&service);
    match remaining.trip {
        Some(trip) => left.then(trip),
        None => left,
    }
}
