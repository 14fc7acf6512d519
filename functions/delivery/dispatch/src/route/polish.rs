//! Making a sequence better by taking errands out and putting them back.

use super::Problem;

/// Several short searches get stuck less often in the same place than a long one.
const STARTS: usize = 6;
/// At first a sequence that is worse by one part in so many is accepted.
const SLACK: i64 = 8;

impl Problem<'_> {
    /// Takes out a few errands together and puts each back where it costs least, so many times, keeping what is no worse
    /// (Shaw 1998). Which ones follows from a fixed sequence of numbers, so that the answer is always the same.
    pub(super) fn polished(&self, first: &[usize], rounds: i64) -> (Vec<usize>, i64) {
        let first_cost = self.cost(first);
        let (mut sequence, mut cost) = (first.to_vec(), first_cost);
        let mut best = (first.to_vec(), first_cost);
        let (mut out, mut candidate, mut walk) = (Vec::new(), Vec::new(), Vec::new());
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
        for round in (0..STARTS).flat_map(|_| 0..rounds) {
            if round == 0 {
                (sequence, cost) = (first.to_vec(), first_cost);
            }
            let many = 2 + numbers.below(4.min(self.errands.len() - 1));
            out.clear();
            while out.len() < many {
                let errand = numbers.below(self.errands.len());
                if !out.contains(&errand) {
                    out.push(errand);
                }
            }
            candidate.clear();
            candidate.extend(sequence.iter().filter(|stop| !out.contains(&(*stop / 2))));
            for &errand in &out {
                self.reinsert(&mut candidate, errand, &mut walk);
            }
            let price = self.cost(&candidate);
            // A little worse is accepted at first, ever less so towards the end.
            let slack = cost / SLACK * (rounds - round) / rounds;
            if price <= cost + slack {
                sequence.clone_from(&candidate);
                cost = price;
            }
            if cost < best.1 {
                best = (sequence.clone(), cost);
            }
        }
        best
    }

    /// Puts an errand into a sequence where that costs least.
    ///
    /// What a sequence costs is the way, and for each errand the time until its drop-off and the time that it is aboard. So
    /// the two places of an errand are judged apart, unless they are next to each other, and the best drop-off after a
    /// pick-up is the best of all that follow.
    fn reinsert(&self, sequence: &mut Vec<usize>, errand: usize, walk: &mut Vec<(i64, i64)>) {
        let (pickup, drop_off) = (2 * errand, 2 * errand + 1);
        let (aboard, both) = (self.weights.aboard, self.weights.aboard + self.weights.waiting);
        self.walk(sequence, walk);
        let last = |place: usize| if place == 0 { self.stops() } else { sequence[place - 1] };
        let on = |from: usize, place: usize| sequence.get(place).map_or(self.home[from], |&to| self.leg(from, to));
        let brought = |place: usize| {
            let (from, (time, price)) = (last(place), walk[place]);
            let across = self.leg(from, drop_off);
            price * (across + on(drop_off, place) - on(from, place)) + both * (time + across)
        };
        if self.errands[errand].pickup.is_none() {
            let place = (0..walk.len()).min_by_key(|&place| brought(place)).unwrap_or(0);
            sequence.insert(place, drop_off);
            return;
        }
        // From the end, so that the best drop-off behind each place is known.
        let (mut best, mut behind) = ((i64::MAX, 0, 0), (i64::MAX, 0));
        for place in (0..walk.len()).rev() {
            let (from, (time, price)) = (last(place), walk[place]);
            let (there, straight) = (self.leg(from, pickup), on(from, place));
            let across = self.leg(pickup, drop_off);
            let together = price * (there + across + on(drop_off, place) - straight) + both * (time + there + across)
                - aboard * (time + there);
            best = best.min((together, place, place));
            if behind.0 < i64::MAX {
                let detour = there + on(pickup, place) - straight;
                let apart = (price + both) * detour - aboard * (time + there) + behind.0;
                best = best.min((apart, place, behind.1));
            }
            behind = behind.min((brought(place), place));
        }
        sequence.insert(best.2, drop_off);
        sequence.insert(best.1, pickup);
    }

    /// For each place of a sequence: when it is reached, and what a unit of time costs from there on.
    fn walk(&self, sequence: &[usize], walk: &mut Vec<(i64, i64)>) {
        let count = |odd: usize| sequence.iter().filter(|stop| *stop % 2 == odd).count();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let mut unfetched = number(count(0));
        let mut aboard = number(count(1)) - unfetched;
        walk.clear();
        walk.push((0, self.price(aboard, unfetched)));
        let (mut time, mut last) = (0, self.stops());
        for &stop in sequence {
            time += self.leg(last, stop);
            if stop.is_multiple_of(2) {
                unfetched -= 1;
                aboard += 1;
            } else {
                aboard -= 1;
            }
            walk.push((time, self.price(aboard, unfetched)));
            last = stop;
        }
    }
}

/// A fixed sequence of numbers without a visible pattern (Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}
