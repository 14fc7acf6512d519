//! The optimum by dynamic programming over which errands are untouched, aboard or done, three states each, and the errand at
//! which the courier stands (Psaraftis 1980). Takes the same time at worst whatever the legs are.

use super::Problem;
use super::layers::Bounds;

const UNREACHED: i64 = i64::MAX;

impl Problem<'_> {
    /// The optimum, if it is cheaper than `best`, which then is it. Time must not matter.
    ///
    /// Forward through all states; a state's number in base 3 has a digit for each errand and only grows. States that
    /// cannot lead to anything cheaper than `best` are passed over.
    pub(super) fn exact(&self, bounds: &Bounds, best: &mut (Vec<usize>, i64)) {
        let count = self.errands.len();
        let powers: Vec<usize> = (0..=count)
            .scan(1, |power, _| Some(std::mem::replace(power, *power * 3)))
            .collect();
        let states = powers[count];
        let mut digits = self.begun();
        let first: usize = digits.iter().zip(&powers).map(|(digit, power)| digit * power).sum();
        let mut costs = vec![UNREACHED; states * count];
        let mut reached: Vec<(usize, i64)> = Vec::with_capacity(count);
        for state in first..states {
            if state > first {
                count_up(&mut digits);
            }
            let (before, after) = costs.split_at_mut((state + 1) * count);
            reached.clear();
            if state == first {
                reached.push((2 * count, 0));
            }
            for (errand, &cost) in before[state * count..].iter().enumerate() {
                if cost < UNREACHED {
                    reached.push((2 * errand + digits[errand] - 1, cost));
                }
            }
            if reached.is_empty() {
                continue;
            }
            let price = self.price_of(&digits);
            let rest = rest_of(&digits, bounds);
            for (errand, &digit) in digits.iter().enumerate().filter(|&(_, &digit)| digit < 2) {
                let stop = 2 * errand + digit;
                let ways = reached.iter().map(|&(from, cost)| cost + price * self.leg(from, stop));
                let cost = ways.min().unwrap_or(UNREACHED);
                // Only this state leads to this place.
                if cost + rest - bounds.of(stop) + bounds.leave(stop) < best.1 {
                    after[(powers[errand] - 1) * count + errand] = cost;
                }
            }
        }
        self.backwards(&costs, &powers, first, best);
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
    fn backwards(&self, costs: &[i64], powers: &[usize], first: usize, best: &mut (Vec<usize>, i64)) {
        let count = self.errands.len();
        let mut state = powers[count] - 1;
        let total = |errand: &usize| costs[state * count + errand].saturating_add(self.last_leg(2 * errand + 1));
        let Some(mut errand) = (0..count).min_by_key(total) else {
            *best = (Vec::new(), self.last_leg(2 * count));
            return;
        };
        let cost = total(&errand);
        if cost >= best.1 {
            return;
        }
        let mut sequence = Vec::with_capacity(2 * count);
        loop {
            let reached = costs[state * count + errand];
            let digit = state / powers[errand] % 3;
            let stop = 2 * errand + digit - 1;
            sequence.push(stop);
            state -= powers[errand];
            if state == first {
                break;
            }
            let digits: Vec<usize> = powers[..count].iter().map(|power| state / power % 3).collect();
            let price = self.price_of(&digits);
            let from = (0..count).find(|&from| {
                let before = costs[state * count + from];
                before < UNREACHED && before + price * self.leg(2 * from + digits[from] - 1, stop) == reached
            });
            let Some(from) = from else { return };
            errand = from;
        }
        sequence.reverse();
        *best = (sequence, cost);
    }
}

/// At least so much is still to come.
fn rest_of(digits: &[usize], bounds: &Bounds) -> i64 {
    let mut rest = bounds.home;
    for (errand, digit) in digits.iter().enumerate() {
        match digit {
            0 => rest += bounds.of(2 * errand) + bounds.of(2 * errand + 1),
            1 => rest += bounds.of(2 * errand + 1),
            _ => {}
        }
    }
    rest
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
