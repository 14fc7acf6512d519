//! The answers are those of trying everything.

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

/// As many promises as errands: food that is not ready yet, times that are near, far or past.
fn promises(count: usize) -> impl Strategy<Value = Vec<Promise>> {
    let promise = (
        prop_oneof![2 => Just(0), 1 => 0..150_i64],
        proptest::option::of(-50..400_i64),
    );
    vec(
        promise.prop_map(|(ready_in, due_in)| Promise { ready_in, due_in }),
        count,
    )
}

fn check_sequence(errands: &[Errand], found: &Sequence) -> Result<(), TestCaseError> {
    let place = |node| found.nodes.iter().position(|&stop| stop == node);
    for errand in errands {
        prop_assert!(place(errand.drop_off).is_some());
        prop_assert!(
            errand
                .pickup
                .is_none_or(|pickup| place(pickup) < place(errand.drop_off))
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn nothing_is_cheaper_and_fetching_comes_first(
        aboard in vec(proptest::bool::weighted(0.3), 0..5),
        legs in vec(1..100_i64, 100),
        (way, old, waiting) in (0..3_i64, 0..3_i64, 0..3_i64),
        ends in any::<bool>(),
    ) {
        let errands = errands(&aboard);
        let weights = Weights { way, aboard: old, waiting };
        let leg = |from: usize, to: usize| legs[from * 9 + to];
        let end = ends.then_some(0);
        let found = sequence(&errands, 0, end, weights, leg);
        let problem = Problem::new(&errands, None, 0, end, weights, leg);
        prop_assert_eq!(found.cost, least(&problem, &mut Vec::new(), &mut problem.begun()));
        prop_assert!(found.optimal);
        check_sequence(&errands, &found)?;
        prop_assert_eq!(proven(&errands, 0, end, weights, leg).cost, found.cost);
    }

    #[test]
    fn every_way_to_the_optimum_leads_there(
        aboard in vec(proptest::bool::weighted(0.2), 2..5),
        legs in vec(0..100_i64, 100),
        (way, old, waiting) in (0..3_i64, 0..3_i64, 0..3_i64),
    ) {
        let errands = errands(&aboard);
        let leg = |from: usize, to: usize| legs[from * 9 + to];
        let problem = Problem::new(&errands, None, 0, None, Weights { way, aboard: old, waiting }, leg);
        let bounds = problem.bounds();
        let least = least(&problem, &mut Vec::new(), &mut problem.begun());
        let (mut layered, mut narrow) = ((Vec::new(), i64::MAX), (Vec::new(), i64::MAX));
        prop_assert!(problem.layered(&bounds, usize::MAX, &mut layered));
        prop_assert_eq!(layered.1, least);
        prop_assert_eq!(problem.cost(&layered.0), least);
        problem.layered(&bounds, 2, &mut narrow);
        let polished = problem.polished(&narrow.0, 20);
        prop_assert!(problem.cost(&narrow.0) == narrow.1 && narrow.1 >= polished.1);
        prop_assert!(problem.cost(&polished.0) == polished.1 && polished.1 >= least);
        // With the best of a few as a bound, what is left out cannot be the optimum.
        let mut bounded = polished;
        problem.exact(&bounds, &mut bounded);
        prop_assert_eq!(bounded.1, least);
    }

    #[test]
    fn legs_that_make_no_sense_do_no_harm(legs in vec(-100..100_i64, 100), way in -2..3_i64, waiting in -2..3_i64) {
        let errands = errands(&[false, true, false]);
        let weights = Weights { way, aboard: 0, waiting };
        let leg = |from: usize, to: usize| legs[from * 9 + to];
        let problem = Problem::new(&errands, None, 0, None, weights, leg);
        let found = sequence(&errands, 0, None, weights, leg);
        prop_assert_eq!(found.cost, least(&problem, &mut Vec::new(), &mut problem.begun()));
    }
}

proptest! {
    // Being early is seldom worse than being late: that takes many tries to show.
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_keeps_promises_at_less_cost(
        (aboard, promises) in (1..5_usize).prop_flat_map(|count| (vec(proptest::bool::weighted(0.3), count), promises(count))),
        legs in vec(1..100_i64, 100),
        (way, old, waiting, late) in (0..3_i64, 0..3_i64, 0..3_i64, 0..5_i64),
        ends in any::<bool>(),
    ) {
        let errands = errands(&aboard);
        let weights = Weights { way, aboard: old, waiting };
        let leg = |from: usize, to: usize| legs[from * 9 + to];
        let (end, promises) = (ends.then_some(0), Promises { each: &promises, late });
        let found = sequence_as_promised(&errands, promises, 0, end, weights, leg);
        let problem = Problem::new(&errands, Some(promises), 0, end, weights, leg);
        prop_assert_eq!(found.cost, least(&problem, &mut Vec::new(), &mut problem.begun()));
        prop_assert!(found.optimal);
        check_sequence(&errands, &found)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn many_errands_are_brought_in_a_valid_sequence(legs in vec(1..1000_i64, 27 * 27)) {
        let errands = errands(&[false; 12]);
        let found = sequence(&errands, 0, None, Weights::WAY, |from, to| legs[from * 27 + to]);
        prop_assert_eq!(found.nodes.len(), 24);
        check_sequence(&errands, &found)?;
    }

    #[test]
    fn eight_errands_cost_the_same_by_either_proof(legs in vec(1..1000_i64, 17 * 17), waiting in 0..2_i64) {
        let errands = errands(&[false; 8]);
        let weights = Weights { way: 1, aboard: 0, waiting };
        let leg = |from: usize, to: usize| legs[from * 17 + to];
        let problem = Problem::new(&errands, None, 0, Some(0), weights, leg);
        let mut layered = (Vec::new(), i64::MAX);
        prop_assert!(problem.layered(&problem.bounds(), usize::MAX, &mut layered));
        prop_assert_eq!(sequence(&errands, 0, Some(0), weights, leg).cost, layered.1);
    }
}

#[test]
fn who_is_promised_first_is_served_first_although_the_way_is_longer() {
    // Aboard: one at 5 to the right without a promise, one at 6 to the left that is due in 6.
    let houses = [0_i64, 5, -6];
    let leg = |from: usize, to: usize| (houses[from] - houses[to]).abs();
    let errands = [1, 2].map(|drop_off| Errand { pickup: None, drop_off });
    let due = |due_in| Promise { ready_in: 0, due_in };
    let asked = |late| {
        let each = [due(None), due(Some(6))];
        sequence_as_promised(&errands, Promises { each: &each, late }, 0, None, Weights::WAY, leg).nodes
    };
    assert_eq!((asked(0), asked(1)), (vec![1, 2], vec![2, 1]));
}

#[test]
fn food_that_is_not_ready_is_fetched_later() {
    // At the counter, the food is ready in 20; meanwhile what is aboard is brought.
    let houses = [0_i64, 0, 9, 10];
    let leg = |from: usize, to: usize| (houses[from] - houses[to]).abs();
    let errands = [
        Errand {
            pickup: Some(1),
            drop_off: 2,
        },
        Errand {
            pickup: None,
            drop_off: 3,
        },
    ];
    let weights = Weights {
        way: 1,
        aboard: 1,
        waiting: 1,
    };
    let asked = |ready_in| {
        let each = [Promise { ready_in, due_in: None }, Promise::default()];
        sequence_as_promised(&errands, Promises { each: &each, late: 0 }, 0, None, weights, leg).nodes
    };
    assert_eq!((asked(0), asked(20)), (vec![1, 2, 3], vec![3, 1, 2]));
}
