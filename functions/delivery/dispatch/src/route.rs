//! The best sequence of one courier's stops.
//!
//! Each errand has a pick-up, unless the food is aboard already, and a drop-off that follows it. A first sequence is found by
//! keeping the most promising beginnings of each length (`layers`), and by taking errands out and putting them back (`polish`).
//! Up to [`EXACT_MAX`] errands the optimum is then searched among all that could still be cheaper (`exact`); with more, among
//! as many beginnings as there is time for.
//!
//! What a sequence costs is linear in time: see [`Weights`]. With a weight on what is aboard, food is young when it arrives;
//! with one on what waits, customers wait little in total. Where food is not ready yet, or a time is promised, see
//! [`sequence_as_promised`]: lateness has a kink, so the search keeps for each state all that is earlier or cheaper.

mod exact;
mod layers;
mod polish;

/// Up to so many errands the sequence is proven optimal.
pub const EXACT_MAX: usize = 10;
/// The most errands: a live courier has at most five orders.
pub const ERRANDS_MAX: usize = 30;
/// Up to so many errands everything is looked at: that is faster than to be clever first.
const EXACT_AT_ONCE: usize = 7;
/// How many beginnings of each length are kept to find a first good sequence.
const BEAM: usize = 40;
/// How many are kept to find the best where more than [`EXACT_MAX`] errands, or promises, make the states too many.
const LABELS: usize = 400;
/// How many are kept of up to [`EXACT_MAX`] errands with promises: all, but for the strangest cases.
const LABELS_WITH_PROMISES: usize = 100_000;
/// How many are kept where time is no matter.
const LABELS_TO_PROVE: usize = 30_000_000;
/// How often errands are taken out and put back, from each of a few starts: up to [`EXACT_MAX`] errands, and beyond.
const ROUNDS: (i64, i64) = (100, 1200);

/// Something to be brought, by nodes of the matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errand {
    /// Where it is fetched; nothing if it is aboard.
    pub pickup: Option<usize>,
    /// Where it is brought.
    pub drop_off: usize,
}

/// What each unit of time on the way costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// In any case.
    pub way: i64,
    /// For each errand aboard: food grows old.
    pub aboard: i64,
    /// For each errand not yet dropped off: somebody waits.
    pub waiting: i64,
}

impl Weights {
    /// Only the way counts.
    pub const WAY: Self = Self {
        way: 1,
        aboard: 0,
        waiting: 0,
    };
}

/// What is known and promised of an errand, in time from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promise {
    /// Until when its food is not ready: a courier who comes earlier waits. 0 if it is ready or aboard.
    pub ready_in: i64,
    /// Until when it is promised; negative if that has passed.
    pub due_in: Option<i64>,
}

/// What is promised of all errands.
#[derive(Debug, Clone, Copy)]
pub struct Promises<'a> {
    /// Of each errand, in their sequence.
    pub each: &'a [Promise],
    /// What each unit of time costs by which an errand is dropped off later than promised, on top of all else.
    pub late: i64,
}

/// A sequence of stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Nodes of the matrix, without the start and the end.
    pub nodes: Vec<usize>,
    /// What it costs.
    pub cost: i64,
    /// Whether nothing cheaper exists.
    pub optimal: bool,
}

/// The cheapest sequence from `start`, over all errands, to `end` if there is one. `leg` tells the time between two nodes,
/// which need not be the same in both directions.
///
/// # Panics
/// With more than [`ERRANDS_MAX`] errands.
pub fn sequence(
    errands: &[Errand],
    start: usize,
    end: Option<usize>,
    weights: Weights,
    leg: impl Fn(usize, usize) -> i64,
) -> Sequence {
    let rounds = if errands.len() <= EXACT_MAX { ROUNDS.0 } else { ROUNDS.1 };
    Problem::new(errands, None, start, end, weights, leg).solved(LABELS, rounds)
}

/// The same where food is not ready yet, or a time is promised: waiting at a counter takes its time, and being late costs.
///
/// # Panics
/// With more than [`ERRANDS_MAX`] errands, or another number of promises.
pub fn sequence_as_promised(
    errands: &[Errand],
    promises: Promises<'_>,
    start: usize,
    end: Option<usize>,
    weights: Weights,
    leg: impl Fn(usize, usize) -> i64,
) -> Sequence {
    let labels = if errands.len() <= EXACT_MAX {
        LABELS_WITH_PROMISES
    } else {
        LABELS
    };
    Problem::new(errands, Some(promises), start, end, weights, leg).solved(labels, ROUNDS.0)
}

/// The same as [`sequence`], but it may take minutes and gigabytes to prove the optimum of fifteen errands: to compare with.
///
/// # Panics
/// With more than [`ERRANDS_MAX`] errands.
pub fn proven(
    errands: &[Errand],
    start: usize,
    end: Option<usize>,
    weights: Weights,
    leg: impl Fn(usize, usize) -> i64,
) -> Sequence {
    Problem::new(errands, None, start, end, weights, leg).solved(LABELS_TO_PROVE, ROUNDS.1)
}

/// Stop `2 i` is the pick-up of errand `i`, stop `2 i + 1` its drop-off; the last line of the matrix is the start.
struct Problem<'a> {
    errands: &'a [Errand],
    promises: Option<Promises<'a>>,
    legs: Vec<i64>,
    /// From each stop, and from the start, to the end.
    home: Vec<i64>,
    weights: Weights,
    /// Whether no further stop makes a sequence cheaper.
    monotone: bool,
}

impl<'a> Problem<'a> {
    fn new(
        errands: &'a [Errand],
        promises: Option<Promises<'a>>,
        start: usize,
        end: Option<usize>,
        weights: Weights,
        leg: impl Fn(usize, usize) -> i64,
    ) -> Self {
        assert!(
            errands.len() <= ERRANDS_MAX,
            "a courier has at most {ERRANDS_MAX} errands"
        );
        assert!(
            promises.is_none_or(|promises| promises.each.len() == errands.len()),
            "each errand has its promise"
        );
        let stops = 2 * errands.len();
        let node = |stop: usize| if stop == stops { start } else { node(errands, stop) };
        let lines = (0..=stops).flat_map(|from| (0..stops).map(move |to| (from, to)));
        let legs: Vec<i64> = lines.map(|(from, to)| leg(node(from), node(to))).collect();
        let home: Vec<i64> = (0..=stops)
            .map(|from| end.map_or(0, |end| leg(node(from), end)))
            .collect();
        let late = promises.map_or(0, |promises| promises.late);
        let weighed = [weights.way, weights.aboard, weights.waiting, late];
        let monotone = weighed.iter().chain(&legs).chain(&home).all(|&number| number >= 0);
        Self {
            errands,
            promises,
            legs,
            home,
            weights,
            monotone,
        }
    }

    /// The best sequence that can be found by keeping so many beginnings of each length, and by polishing in so many rounds.
    fn solved(&self, labels: usize, rounds: i64) -> Sequence {
        let bounds = self.bounds();
        let mut best = (Vec::new(), i64::MAX);
        let few = self.errands.len() <= EXACT_AT_ONCE;
        let mut optimal = self.layered(&bounds, if few { 1 } else { BEAM }, &mut best);
        if !optimal {
            if self.promises.is_none() && !few {
                best = self.polished(&best.0, rounds);
            }
            if !self.monotone {
                best.1 = i64::MAX;
            }
            optimal = if self.promises.is_none() && self.errands.len() <= EXACT_MAX {
                self.exact(&bounds, &mut best);
                true
            } else {
                self.layered(&bounds, labels, &mut best)
            };
        }
        let (stops, cost) = best;
        Sequence {
            nodes: stops.iter().map(|&stop| self.node(stop)).collect(),
            cost,
            optimal,
        }
    }

    /// How long it takes to be done with the next stop, and what is paid for being late there.
    #[inline]
    fn step(&self, time: i64, from: usize, to: usize) -> (i64, i64) {
        let way = self.leg(from, to);
        let Some(promises) = self.promises else {
            return (way, 0);
        };
        let promise = promises.each[to / 2];
        if to.is_multiple_of(2) {
            return (way.max(promise.ready_in - time), 0);
        }
        let late = promise.due_in.map_or(0, |due_in| (time + way - due_in).max(0));
        (way, promises.late * late)
    }

    fn node(&self, stop: usize) -> usize {
        node(self.errands, stop)
    }

    fn stops(&self) -> usize {
        2 * self.errands.len()
    }

    #[inline]
    fn leg(&self, from: usize, to: usize) -> i64 {
        self.legs[from * self.stops() + to]
    }

    /// What the way to the end costs.
    fn last_leg(&self, from: usize) -> i64 {
        self.weights.way * self.home[from]
    }

    /// What a unit of time costs with so many errands aboard and so many not yet fetched.
    #[inline]
    fn price(&self, aboard: i64, unfetched: i64) -> i64 {
        self.weights.way + self.weights.aboard * aboard + self.weights.waiting * (aboard + unfetched)
    }

    /// How far each errand is at the start: 1 if it is aboard.
    fn begun(&self) -> Vec<usize> {
        self.errands
            .iter()
            .map(|errand| usize::from(errand.pickup.is_none()))
            .collect()
    }

    fn cost(&self, sequence: &[usize]) -> i64 {
        let (mut cost, mut time, mut last) = (0, 0, self.stops());
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let mut aboard = count(self.begun().iter().sum());
        let mut unfetched = count(self.errands.len()) - aboard;
        for &stop in sequence {
            let (took, late) = self.step(time, last, stop);
            cost += self.price(aboard, unfetched) * took + late;
            if stop.is_multiple_of(2) {
                aboard += 1;
                unfetched -= 1;
            } else {
                aboard -= 1;
            }
            time += took;
            last = stop;
        }
        cost + self.last_leg(last)
    }
}

fn node(errands: &[Errand], stop: usize) -> usize {
    let errand = errands[stop / 2];
    match errand.pickup {
        Some(pickup) if stop.is_multiple_of(2) => pickup,
        Some(_) | None => errand.drop_off,
    }
}

#[cfg(test)]
mod tests;
