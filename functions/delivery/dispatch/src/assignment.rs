//! The optimal assignment: every row to a column of its own, at the least cost in total.

/// A pair that must not be; a row for which all else is taken keeps it and counts as unassigned.
pub const FORBIDDEN: i64 = 1 << 40;

/// Assigns each row of a matrix with at least as many columns as rows to its own column; the answer is the column of each
/// row.
///
/// Shortest augmenting paths with potentials (Kuhn 1955, Munkres 1957, Jonker and Volgenant 1987): O(rows² × columns) at
/// worst, far less where the cheapest columns hardly overlap.
///
/// # Panics
/// If there are fewer columns than rows, or the matrix has another size.
#[must_use]
pub fn assign(rows: usize, columns: usize, cost: &[i64]) -> Vec<usize> {
    assert!(rows <= columns, "every row needs a column of its own");
    assert_eq!(cost.len(), rows * columns, "the matrix is rows by columns");
    let none = usize::MAX;
    let mut row_price = vec![0; rows];
    let mut column_price = vec![0; columns];
    let mut row_of = vec![none; columns];
    let mut column_of = vec![none; rows];
    let mut least = vec![0; columns];
    let mut before = vec![none; columns];
    let mut open: Vec<usize> = Vec::with_capacity(columns);
    let mut reached: Vec<usize> = Vec::with_capacity(columns);
    for start in 0..rows {
        least.fill(i64::MAX);
        open.clear();
        open.extend(0..columns);
        reached.clear();
        let mut row = start;
        let mut from = none;
        let mut distance = 0;
        let end = loop {
            let line = &cost[row * columns..(row + 1) * columns];
            let base = distance - row_price[row];
            let mut best = (i64::MAX, 0);
            for (place, &column) in open.iter().enumerate() {
                let through = base + line[column] - column_price[column];
                if through < least[column] {
                    least[column] = through;
                    before[column] = from;
                }
                if least[column] < best.0 || (least[column] == best.0 && row_of[column] == none) {
                    best = (least[column], place);
                }
            }
            distance = best.0;
            let column = open.swap_remove(best.1);
            reached.push(column);
            if row_of[column] == none {
                break column;
            }
            row = row_of[column];
            from = column;
        };
        row_price[start] += distance;
        for &column in &reached {
            if column != end {
                let gain = distance - least[column];
                column_price[column] -= gain;
                row_price[row_of[column]] += gain;
            }
        }
        let mut column = end;
        loop {
            let previous = before[column];
            let row = if previous == none { start } else { row_of[previous] };
            row_of[column] = row;
            column_of[row] = column;
            if previous == none {
                break;
            }
            column = previous;
        }
    }
    column_of
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::{FORBIDDEN, assign};

    /// The least total by trying everything.
    fn least(rows: usize, columns: usize, cost: &[i64], taken: &mut Vec<usize>) -> i64 {
        if taken.len() == rows {
            return 0;
        }
        let row = taken.len();
        let free: Vec<usize> = (0..columns).filter(|column| !taken.contains(column)).collect();
        let totals = free.into_iter().map(|column| {
            taken.push(column);
            let total = cost[row * columns + column] + least(rows, columns, cost, taken);
            taken.pop();
            total
        });
        totals.min().unwrap()
    }

    proptest! {
        #[test]
        fn nothing_is_cheaper(rows in 0..5_usize, more in 0..3_usize, costs in vec(prop_oneof![4 => -50..50_i64, 1 => Just(FORBIDDEN)], 35)) {
            let columns = rows + more;
            let cost = &costs[..rows * columns];
            let columns_of = assign(rows, columns, cost);
            let total: i64 = columns_of.iter().enumerate().map(|(row, column)| cost[row * columns + column]).sum();
            prop_assert_eq!(total, least(rows, columns, cost, &mut Vec::new()));
            let mut once = columns_of.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), rows);
        }
    }
}
