//! The best sequence of one courier's stops.
//!
//! Each errand has a pick-up, unless the food is aboard already, and a drop-off that follows it. Up to [`EXACT_MAX`] errands
//! the sequence is optimal: dynamic programming over which errands are untouched, aboard or done (three states each) and
//! where the courier stands (Psaraftis 1980). With more, the same recursion keeps only the most promising states of each
//! step, and errands are then taken out and put back where they cost less, a fixed number of times.
//!
//! What a sequence costs is linear in time: see [`Weights`]. With a weight on what is aboard, food is young when it arrives;
//! with one on what waits, customers wait little in total. Both stay exact, because a state tells how many errands are aboard
//! and how many wait.

/// Up to so many errands the sequence is proven optimal.
pub const EXACT_MAX: usize = 10;
/// The most errands: a live courier has at most five orders.
pub const ERRANDS_MAX: usize = 30;
/// How many states of a step are kept beyond [`EXACT_MAX`].
const BEAM: usize = 200;
/// How often errands are taken out and put back beyond [`EXACT_MAX`], from each of so many starts.
const ROUNDS: i64 = 900;
/// Several short searches get stuck less often in the same place than a long one.
const STARTS: usize = 3;
/// At first a sequence that is worse by one part in so many is accepted.
const SLACK: i64 = 40;
const UNREACHED: i64 = i64::MAX;

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
    assert!(
        errands.len() <= ERRANDS_MAX,
        "a courier has at most {ERRANDS_MAX} errands"
    );
    let problem = Problem::new(errands, start, end, weights, leg);
    let exact = errands.len() <= EXACT_MAX;
    let (stops, cost) = if exact { problem.exact() } else { problem.beam() };
    Sequence {
        nodes: stops.iter().map(|&stop| problem.node(stop)).collect(),
        cost,
        optimal: exact,
    }
}

/// Stop `2 i` is the pick-up of errand `i`, stop `2 i + 1` its drop-off; the last line of the matrix is the start.
struct Problem<'a> {
    errands: &'a [Errand],
    legs: Vec<i64>,
    /// From each stop, and from the start, to the end.
    home: Vec<i64>,
    weights: Weights,
}

impl<'a> Problem<'a> {
    fn new(
        errands: &'a [Errand],
        start: usize,
        end: Option<usize>,
        weights: Weights,
        leg: impl Fn(usize, usize) -> i64,
    ) -> Self {
        let stops = 2 * errands.len();
        let node = |stop: usize| if stop == stops { start } else { node(errands, stop) };
        let lines = (0..=stops).flat_map(|from| (0..stops).map(move |to| (from, to)));
        let legs = lines.map(|(from, to)| leg(node(from), node(to)));
        let home = (0..=stops).map(|from| end.map_or(0, |end| leg(node(from), end)));
        Self {
            legs: legs.collect(),
            home: home.collect(),
            errands,
            weights,
        }
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

    /// Forward through all states; a state's number in base 3 has a digit for each errand and only grows.
    fn exact(&self) -> (Vec<usize>, i64) {
        let stops = self.stops();
        let powers: Vec<usize> = (0..=self.errands.len())
            .scan(1, |power, _| Some(std::mem::replace(power, *power * 3)))
            .collect();
        let states = powers[self.errands.len()];
        let mut digits = self.begun();
        let first: usize = digits.iter().zip(&powers).map(|(digit, power)| digit * power).sum();
        let mut costs = vec![UNREACHED; states * stops];
        let mut nexts = Vec::with_capacity(stops);
        for state in first..states {
            if state > first {
                count_up(&mut digits);
            }
            nexts.clear();
            let open = digits.iter().enumerate().filter(|&(_, &digit)| digit < 2);
            nexts.extend(open.map(|(errand, digit)| (2 * errand + digit, state + powers[errand])));
            let price = self.price_of(&digits);
            let (before, after) = costs.split_at_mut((state + 1) * stops);
            let here = &before[state * stops..];
            let mut relax = |from: usize, cost: i64| {
                let line = &self.legs[from * stops..(from + 1) * stops];
                for &(stop, next) in &nexts {
                    let place = &mut after[(next - state - 1) * stops + stop];
                    *place = (*place).min(cost + price * line[stop]);
                }
            };
            if state == first {
                relax(stops, 0);
            } else {
                for (errand, &digit) in digits.iter().enumerate() {
                    if digit > 0 && here[2 * errand + digit - 1] < UNREACHED {
                        relax(2 * errand + digit - 1, here[2 * errand + digit - 1]);
                    }
                }
            }
        }
        self.backwards(&costs, &powers, first)
    }

    fn price_of(&self, digits: &[usize]) -> i64 {
        let (mut aboard, mut unfetched) = (0, 0);
        for digit in digits {
            match digit {
                0 => unfetched += 1,
                1 => aboard += 1,
                _ => {}
            }
        }
        self.price(aboard, unfetched)
    }

    /// Reads the best sequence off the costs.
    fn backwards(&self, costs: &[i64], powers: &[usize], first: usize) -> (Vec<usize>, i64) {
        let stops = self.stops();
        let mut state = powers[self.errands.len()] - 1;
        let total = |stop: &usize| costs[state * stops + stop].saturating_add(self.last_leg(*stop));
        let Some(mut stop) = (0..stops).min_by_key(total) else {
            return (Vec::new(), self.last_leg(stops));
        };
        let cost = total(&stop);
        let mut sequence = vec![stop];
        loop {
            let reached = costs[state * stops + stop];
            state -= powers[stop / 2];
            if state == first {
                break;
            }
            let digits: Vec<usize> = powers[..self.errands.len()]
                .iter()
                .map(|power| state / power % 3)
                .collect();
            let price = self.price_of(&digits);
            let from = (0..stops).find(|&from| {
                let before = costs[state * stops + from];
                before < UNREACHED && before + price * self.leg(from, stop) == reached
            });
            let Some(from) = from else { break };
            stop = from;
            sequence.push(stop);
        }
        sequence.reverse();
        (sequence, cost)
    }

    /// Step by step, the most promising states only; then errands are moved as long as that helps.
    fn beam(&self) -> (Vec<usize>, i64) {
        let stops = self.stops();
        let nearest = self.nearest();
        let begun = self.begun();
        let mut layers = vec![vec![Partial {
            done: begun
                .iter()
                .enumerate()
                .map(|(errand, digit)| (*digit as u64) << (2 * errand))
                .sum(),
            last: stops,
            cost: 0,
            rest: (0..stops)
                .filter(|stop| begun[stop / 2] <= stop % 2)
                .map(|stop| nearest[stop])
                .sum(),
            parent: 0,
        }]];
        for step in 0..stops - begun.iter().sum::<usize>() {
            let mut next = Vec::new();
            for (parent, partial) in layers[step].iter().enumerate() {
                self.extend(partial, parent, &nearest, &mut next);
            }
            next.sort_unstable_by_key(|partial| (partial.done, partial.last, partial.cost, partial.parent));
            next.dedup_by_key(|partial| (partial.done, partial.last));
            if next.len() > BEAM {
                next.select_nth_unstable_by_key(BEAM, |partial| {
                    (partial.cost + partial.rest, partial.done, partial.last)
                });
                next.truncate(BEAM);
            }
            layers.push(next);
        }
        self.polished(&self.traced(&layers))
    }

    fn extend(&self, partial: &Partial, parent: usize, nearest: &[i64], next: &mut Vec<Partial>) {
        let digit = |errand: usize| usize::try_from(partial.done >> (2 * errand) & 3).unwrap_or(2);
        let (mut aboard, mut unfetched) = (0, 0);
        for errand in 0..self.errands.len() {
            match digit(errand) {
                0 => unfetched += 1,
                1 => aboard += 1,
                _ => {}
            }
        }
        let price = self.price(aboard, unfetched);
        for errand in (0..self.errands.len()).filter(|&errand| digit(errand) < 2) {
            let stop = 2 * errand + digit(errand);
            next.push(Partial {
                done: partial.done + (1 << (2 * errand)),
                last: stop,
                cost: partial.cost + price * self.leg(partial.last, stop),
                rest: partial.rest - nearest[stop],
                parent,
            });
        }
    }

    /// The cheapest sequence in the last layer.
    fn traced(&self, layers: &[Vec<Partial>]) -> Vec<usize> {
        let ends = layers.last().map(Vec::as_slice).unwrap_or_default().iter().enumerate();
        let best = ends.min_by_key(|(_, partial)| (partial.cost + self.last_leg(partial.last), partial.last));
        let mut at = best.map_or(0, |(at, _)| at);
        let mut sequence = Vec::with_capacity(layers.len());
        for layer in layers.iter().skip(1).rev() {
            sequence.push(layer[at].last);
            at = layer[at].parent;
        }
        sequence.reverse();
        sequence
    }

    /// The shortest leg to each stop.
    fn nearest(&self) -> Vec<i64> {
        let stops = self.stops();
        let to = |stop: usize| {
            (0..=stops)
                .filter(move |&from| from != stop)
                .map(move |from| self.leg(from, stop))
        };
        (0..stops)
            .map(|stop| self.weights.way * to(stop).min().unwrap_or(0))
            .collect()
    }

    /// Takes out a few errands together and puts each back where it costs least, many times, keeping what is no worse
    /// (Shaw 1998). Which ones follows from a fixed sequence of numbers, so that the answer is always the same.
    fn polished(&self, first: &[usize]) -> (Vec<usize>, i64) {
        let first_cost = self.cost(first);
        let (mut sequence, mut cost) = (first.to_vec(), first_cost);
        let mut best = (first.to_vec(), first_cost);
        let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
        for round in (0..STARTS).flat_map(|_| 0..ROUNDS) {
            if round == 0 {
                (sequence, cost) = (first.to_vec(), first_cost);
            }
            let many = 2 + numbers.below(4.min(self.errands.len() - 1));
            let mut out: Vec<usize> = Vec::with_capacity(many);
            while out.len() < many {
                let errand = numbers.below(self.errands.len());
                if !out.contains(&errand) {
                    out.push(errand);
                }
            }
            let mut candidate: Vec<usize> = sequence
                .iter()
                .copied()
                .filter(|stop| !out.contains(&(stop / 2)))
                .collect();
            for errand in out {
                candidate = self.reinserted(&candidate, errand);
            }
            let price = self.cost(&candidate);
            // A little worse is accepted at first, ever less so towards the end.
            let slack = cost / SLACK * (ROUNDS - round) / ROUNDS;
            if price <= cost + slack {
                (sequence, cost) = (candidate, price);
            }
            if cost < best.1 {
                best = (sequence.clone(), cost);
            }
        }
        best
    }

    /// The sequence with an errand put in where that costs least.
    ///
    /// What a sequence costs is the way, and for each errand the time until its drop-off and the time that it is aboard; so a
    /// place is judged by its two detours alone.
    fn reinserted(&self, rest: &[usize], errand: usize) -> Vec<usize> {
        let fetched = self.errands[errand].pickup.is_some();
        let (pickup, drop_off) = (2 * errand, 2 * errand + 1);
        let walk = self.walk(rest);
        let last = |place: usize| if place == 0 { self.stops() } else { rest[place - 1] };
        let on = |from: usize, place: usize| rest.get(place).map_or(self.home[from], |&to| self.leg(from, to));
        let mut best = (i64::MAX, 0, 0);
        for at in 0..if fetched { rest.len() + 1 } else { 1 } {
            let (from, (time, price)) = (last(at), walk[at]);
            let to_pickup = if fetched { self.leg(from, pickup) } else { 0 };
            let detour = if fetched {
                to_pickup + on(pickup, at) - on(from, at)
            } else {
                0
            };
            let here = if fetched { pickup } else { from };
            for (later, &(then, price_then)) in walk.iter().enumerate().skip(at) {
                let (way, dropped_at) = if later == at {
                    let across = self.leg(here, drop_off);
                    (
                        price * (to_pickup + across + on(drop_off, at) - on(from, at)),
                        time + to_pickup + across,
                    )
                } else {
                    let before = last(later);
                    let across = self.leg(before, drop_off);
                    let second = across + on(drop_off, later) - on(before, later);
                    (price * detour + price_then * second, then + detour + across)
                };
                let carried = dropped_at - if fetched { time + to_pickup } else { 0 };
                let cost = way + self.weights.aboard * carried + self.weights.waiting * dropped_at;
                best = best.min((cost, at, later));
            }
        }
        let mut sequence = rest.to_vec();
        sequence.insert(best.2, drop_off);
        if fetched {
            sequence.insert(best.1, pickup);
        }
        sequence
    }

    /// For each place of a sequence: when it is reached, and what a unit of time costs from there on.
    fn walk(&self, sequence: &[usize]) -> Vec<(i64, i64)> {
        let count = |odd: usize| sequence.iter().filter(|stop| *stop % 2 == odd).count();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let mut unfetched = number(count(0));
        let mut aboard = number(count(1)) - unfetched;
        let mut walk = vec![(0, self.price(aboard, unfetched))];
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
        walk
    }

    fn cost(&self, sequence: &[usize]) -> i64 {
        let (mut cost, mut last) = (0, self.stops());
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let mut aboard = count(self.begun().iter().sum());
        let mut unfetched = count(self.errands.len()) - aboard;
        for &stop in sequence {
            cost += self.price(aboard, unfetched) * self.leg(last, stop);
            if stop % 2 == 0 {
                aboard += 1;
                unfetched -= 1;
            } else {
                aboard -= 1;
            }
            last = stop;
        }
        cost + self.last_leg(last)
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

/// The beginning of a sequence.
struct Partial {
    /// Two bits for each errand: how far it is.
    done: u64,
    last: usize,
    cost: i64,
    /// At least so much is still to come.
    rest: i64,
    /// The index in the layer before.
    parent: usize,
}

fn node(errands: &[Errand], stop: usize) -> usize {
    let errand = errands[stop / 2];
    match errand.pickup {
        Some(pickup) if stop.is_multiple_of(2) => pickup,
        Some(_) | None => errand.drop_off,
    }
}

fn count_up(digits: &mut [usize]) {
    for digit in digits {
        *digit += 1;
        if *digit < 3 {
            return;
        }
        *digit = 0;
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The least cost by trying every sequence.
    fn least(problem: &Problem<'_>, sequence: &mut Vec<usize>, digits: &mut [usize]) -> i64 {
        let mut best = if digits.iter().all(|&digit| digit == 2) {
            problem.cost(sequence)
        } else {
            i64::MAX
        };
        for errand in 0..digits.len() {
            if digits[errand] < 2 {
                sequence.push(2 * errand + digits[errand]);
                digits[errand] += 1;
                best = best.min(least(problem, sequence, digits));
                digits[errand] -= 1;
                sequence.pop();
            }
        }
        best
    }

    /// Errand `i` is fetched at node `2 i + 1` and brought to node `2 i + 2`; some are aboard.
    fn errands(aboard: &[bool]) -> Vec<Errand> {
        let numbered = aboard.iter().enumerate();
        numbered
            .map(|(at, &aboard)| Errand {
                pickup: (!aboard).then_some(2 * at + 1),
                drop_off: 2 * at + 2,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn nothing_is_cheaper_and_fetching_comes_first(
            aboard in vec(proptest::bool::weighted(0.3), 0..5),
            legs in vec(1..100_i64, 100),
            (way, old, waiting) in (1..3_i64, 0..3_i64, 0..3_i64),
            ends in any::<bool>(),
        ) {
            let errands = errands(&aboard);
            let weights = Weights { way, aboard: old, waiting };
            let leg = |from: usize, to: usize| legs[from * 9 + to];
            let end = ends.then_some(0);
            let found = sequence(&errands, 0, end, weights, leg);
            let problem = Problem::new(&errands, 0, end, weights, leg);
            prop_assert_eq!(found.cost, least(&problem, &mut Vec::new(), &mut problem.begun()));
            prop_assert!(errands.len() < 2 || problem.beam().1 >= found.cost);
            let place = |node| found.nodes.iter().position(|&stop| stop == node);
            for errand in &errands {
                prop_assert!(place(errand.drop_off).is_some());
                prop_assert!(errand.pickup.is_none_or(|pickup| place(pickup) < place(errand.drop_off)));
            }
        }

    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn many_errands_are_brought_in_a_valid_sequence(legs in vec(1..1000_i64, 27 * 27)) {
            let errands = errands(&[false; 12]);
            let found = sequence(&errands, 0, None, Weights::WAY, |from, to| legs[from * 27 + to]);
            prop_assert!(!found.optimal);
            let mut nodes = found.nodes.clone();
            nodes.sort_unstable();
            prop_assert_eq!(nodes, (1..=24).collect::<Vec<_>>());
            let place = |node| found.nodes.iter().position(|&stop| stop == node);
            prop_assert!(errands.iter().all(|errand| place(errand.pickup.unwrap()) < place(errand.drop_off)));
        }
    }
}
