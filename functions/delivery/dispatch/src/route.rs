//! The best sequence of one courier's stops.
//!
//! Each errand has a pick-up, unless the food is aboard already, and a drop-off that follows it. Up to [`EXACT_MAX`] errands
//! the sequence is optimal: dynamic programming over which errands are untouched, aboard or done (three states each) and
//! where the courier stands (Psaraftis 1980). With more, the same recursion keeps only the most promising states of each
//! step, and whole errands are then moved to better places.
//!
//! What a sequence costs is linear in time: see [`Weights`]. With a weight on what is aboard, food is young when it arrives;
//! with one on what waits, customers wait little in total. Both stay exact, because a state tells how many errands are aboard
//! and how many wait.

/// Up to so many errands the sequence is proven optimal.
pub const EXACT_MAX: usize = 10;
/// The most errands: a live courier has at most five orders.
pub const ERRANDS_MAX: usize = 30;
/// How many states of a step are kept beyond [`EXACT_MAX`].
const BEAM: usize = 1_000;
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
        let home = (0..=stops).map(|from| end.map_or(0, |end| weights.way * leg(node(from), end)));
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
        let total = |stop: &usize| costs[state * stops + stop].saturating_add(self.home[*stop]);
        let Some(mut stop) = (0..stops).min_by_key(total) else {
            return (Vec::new(), self.home[stops]);
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
        self.polished(self.traced(&layers))
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
        let best = ends.min_by_key(|(_, partial)| (partial.cost + self.home[partial.last], partial.last));
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

    /// Takes out one errand after the other and puts it back where it costs least.
    fn polished(&self, mut sequence: Vec<usize>) -> (Vec<usize>, i64) {
        let mut cost = self.cost(&sequence);
        let mut improved = true;
        while improved {
            improved = false;
            for errand in 0..self.errands.len() {
                let rest: Vec<usize> = sequence.iter().copied().filter(|stop| stop / 2 != errand).collect();
                for candidate in self.reinsertions(&rest, errand) {
                    let price = self.cost(&candidate);
                    if price < cost {
                        (sequence, cost, improved) = (candidate, price, true);
                    }
                }
            }
        }
        (sequence, cost)
    }

    fn reinsertions(&self, rest: &[usize], errand: usize) -> impl Iterator<Item = Vec<usize>> {
        let fetched = self.errands[errand].pickup.is_some();
        let pickups = if fetched { 0..=rest.len() } else { 0..=0 };
        pickups.flat_map(move |at| {
            (at..=rest.len()).map(move |later| {
                let mut candidate = rest.to_vec();
                candidate.insert(later, 2 * errand + 1);
                if fetched {
                    candidate.insert(at, 2 * errand);
                }
                candidate
            })
        })
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
        cost + self.home[last]
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
            prop_assert_eq!(problem.beam().1 >= found.cost, true);
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
