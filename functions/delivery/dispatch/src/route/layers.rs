//! The search through sequences, one stop longer with each layer.
//!
//! Two beginnings that have done the same and end at the same stop have the same future; of those only the cheaper is kept, and
//! where time matters the earlier too. A beginning that cannot become cheaper than a sequence that is known is dropped. If
//! nothing else had to be dropped, what is left is the optimum.

use super::Problem;
use crate::assignment::prices;

/// The beginning of a sequence.
#[derive(Clone, Copy)]
struct Label {
    /// Two bits for each errand: how far it is.
    done: u64,
    last: u32,
    /// The index in the layer before.
    parent: u32,
    /// 0 where time does not matter.
    time: i64,
    cost: i64,
    /// At least so much is still to come, but for what depends on the last stop.
    rest: i64,
}

/// What is known to come: each leg costs no less than the price of leaving its start and that of reaching its end (the dual
/// of the assignment of a successor to each stop).
pub struct Bounds {
    leave: Vec<i64>,
    reach: Vec<i64>,
    pub home: i64,
}

impl Bounds {
    /// At least so much does it cost to leave a stop, or the start.
    #[inline]
    pub fn leave(&self, stop: usize) -> i64 {
        self.leave[stop]
    }

    /// At least so much is to be paid for a stop that is still to come.
    #[inline]
    pub fn of(&self, stop: usize) -> i64 {
        self.leave[stop] + self.reach[stop]
    }
}

impl Problem<'_> {
    /// The bounds, or zeros where a negative number would make them wrong.
    pub(super) fn bounds(&self) -> Bounds {
        let stops = self.stops();
        if !self.monotone {
            return Bounds {
                leave: vec![0; stops + 1],
                reach: vec![0; stops],
                home: 0,
            };
        }
        // As rows the start and all stops that are to come, as columns those stops and the end.
        let ahead: Vec<usize> = (0..stops).filter(|&stop| self.is_ahead(stop)).collect();
        let rows: Vec<usize> = ahead.iter().copied().chain([stops]).collect();
        let pairs: Vec<Vec<(usize, i64)>> = rows
            .iter()
            .map(|&from| {
                let next = ahead.iter().enumerate().filter(|&(_, &to)| self.may_follow(from, to));
                let ends = from % 2 == 1 || ahead.is_empty();
                let home = ends.then(|| (ahead.len(), self.home[from]));
                next.map(|(column, &to)| (column, self.leg(from, to)))
                    .chain(home)
                    .collect()
            })
            .collect();
        let lines: Vec<&[(usize, i64)]> = pairs.iter().map(Vec::as_slice).collect();
        let (mut leave, mut reach, mut home) = (vec![0; stops + 1], vec![0; stops], 0);
        if let Some((from, to)) = prices(rows.len(), &lines) {
            for (&stop, price) in rows.iter().zip(from) {
                leave[stop] = self.weights.way * price;
            }
            for (&stop, price) in ahead.iter().zip(&to) {
                reach[stop] = self.weights.way * price;
            }
            home = self.weights.way * to[ahead.len()];
        }
        Bounds { leave, reach, home }
    }

    fn is_ahead(&self, stop: usize) -> bool {
        stop % 2 == 1 || self.errands[stop / 2].pickup.is_some()
    }

    /// Whether a stop can come right after another, or after the start.
    fn may_follow(&self, from: usize, to: usize) -> bool {
        let back = from < self.stops() && from / 2 == to / 2 && to.is_multiple_of(2);
        let unfetched = from == self.stops() && to % 2 == 1 && self.is_ahead(to - 1);
        from != to && !back && !unfetched
    }

    /// Looks for a sequence that is cheaper than `best`, keeping so many beginnings of each length; the answer is whether no
    /// other had to be dropped: then nothing is cheaper than what `best` is now.
    pub(super) fn layered(&self, bounds: &Bounds, most: usize, best: &mut (Vec<usize>, i64)) -> bool {
        let begun = self.begun();
        let mut rest = bounds.home;
        for stop in (0..self.stops()).filter(|&stop| self.is_ahead(stop)) {
            rest += bounds.of(stop);
        }
        let mut layers = vec![vec![Label {
            done: (begun.iter().enumerate())
                .map(|(errand, digit)| (*digit as u64) << (2 * errand))
                .sum(),
            last: narrow(self.stops()),
            parent: 0,
            time: 0,
            cost: 0,
            rest,
        }]];
        let mut complete = true;
        for step in 0..self.stops() - begun.iter().sum::<usize>() {
            let mut next = Vec::new();
            for (parent, label) in layers[step].iter().enumerate() {
                self.extend(label, parent, bounds, best.1, &mut next);
            }
            next.sort_unstable_by_key(|label| (label.done, label.last, label.time, label.cost, label.parent));
            self.undominated(&mut next);
            if next.len() > most {
                complete = false;
                next.select_nth_unstable_by_key(most, |label| {
                    (
                        label.cost + label.rest + bounds.leave(label.last as usize),
                        label.done,
                        label.last,
                    )
                });
                next.truncate(most);
            }
            layers.push(next);
        }
        let ends = layers.last().map(Vec::as_slice).unwrap_or_default().iter().enumerate();
        let total = |label: &Label| label.cost + self.last_leg(label.last as usize);
        let end = ends.min_by_key(|(_, label)| (total(label), label.last));
        if let Some((at, label)) = end
            && total(label) < best.1
        {
            *best = (traced(&layers, at), total(label));
        }
        complete
    }

    fn extend(&self, label: &Label, parent: usize, bounds: &Bounds, limit: i64, next: &mut Vec<Label>) {
        let digit = |errand: usize| usize::try_from(label.done >> (2 * errand) & 3).unwrap_or(2);
        let (mut aboard, mut unfetched) = (0, 0);
        for errand in 0..self.errands.len() {
            match digit(errand) {
                0 => unfetched += 1,
                1 => aboard += 1,
                _ => {}
            }
        }
        let price = self.price(aboard, unfetched);
        let from = label.last as usize;
        for errand in (0..self.errands.len()).filter(|&errand| digit(errand) < 2) {
            let stop = 2 * errand + digit(errand);
            let (took, late) = self.step(label.time, from, stop);
            let cost = label.cost + price * took + late;
            // Of the rest the stop's own way in has been paid; the way out of it is still to come.
            let rest = label.rest - bounds.of(stop);
            if cost + rest + bounds.leave(stop) >= limit {
                continue;
            }
            next.push(Label {
                done: label.done + (1 << (2 * errand)),
                last: narrow(stop),
                parent: narrow(parent),
                time: if self.promises.is_some() { label.time + took } else { 0 },
                cost,
                rest,
            });
        }
    }

    /// Keeps of sorted labels those than which no other with the same future is better.
    ///
    /// An earlier one is better only if it is so much cheaper that it could wait for the other: to be early at a counter
    /// where food is not ready costs time too.
    fn undominated(&self, labels: &mut Vec<Label>) {
        let mut kept: Vec<(Label, i64)> = Vec::new();
        labels.retain(|label| {
            if kept
                .first()
                .is_some_and(|(first, _)| (first.done, first.last) != (label.done, label.last))
            {
                kept.clear();
            }
            let waits = |&(other, price): &(Label, i64)| other.cost + price * (label.time - other.time) <= label.cost;
            let better = !kept.iter().any(waits);
            if better {
                kept.push((*label, self.idle_price(label)));
            }
            better
        });
    }

    /// What a unit of waiting at a counter that is still to come costs at most; 0 if no food keeps a courier waiting.
    fn idle_price(&self, label: &Label) -> i64 {
        let Some(promises) = self.promises else { return 0 };
        let digit = |errand: usize| label.done >> (2 * errand) & 3;
        let open = (0..self.errands.len()).filter(|&errand| digit(errand) < 2).count();
        let mut unready = promises.each.iter().enumerate();
        if unready.any(|(errand, promise)| digit(errand) == 0 && promise.ready_in > label.time) {
            self.weights.way + (self.weights.aboard + self.weights.waiting) * i64::try_from(open).unwrap_or(i64::MAX)
        } else {
            0
        }
    }
}

fn traced(layers: &[Vec<Label>], mut at: usize) -> Vec<usize> {
    let mut sequence = Vec::with_capacity(layers.len());
    for layer in layers.iter().skip(1).rev() {
        sequence.push(layer[at].last as usize);
        at = layer[at].parent as usize;
    }
    sequence.reverse();
    sequence
}

/// An index that fits: there are fewer than sixty stops, and no layer has four billion labels.
fn narrow(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
