//! The optimal assignment: every row to a column of its own, at the least cost in total.

/// A pair that must not be; a row for which all else is taken keeps it and counts as unassigned.
pub const FORBIDDEN: i64 = 1 << 40;

/// Assigns each row of a matrix with at least as many columns as rows to its own column; the answer is the column of each
/// row.
///
/// # Panics
/// If there are fewer columns than rows, or the matrix has another size.
#[must_use]
pub fn assign(rows: usize, columns: usize, cost: &[i64]) -> Vec<usize> {
    assert!(rows <= columns, "every row needs a column of its own");
    assert_eq!(cost.len(), rows * columns, "the matrix is rows by columns");
    let pairs: Vec<(usize, i64)> = cost
        .iter()
        .enumerate()
        .map(|(at, &cost)| (at % columns, cost))
        .collect();
    let lines: Vec<&[(usize, i64)]> = pairs.chunks(columns.max(1)).collect();
    assign_among(columns, &lines).unwrap_or_default()
}

/// Assigns each row to a column of its own among the pairs of a column and a cost that it names; nothing if there is no such
/// assignment.
///
/// Rows bid for their cheapest columns first, and outbid each other (Bertsekas 1981, Jonker and Volgenant 1987); whoever is
/// left over is placed along a shortest augmenting path (Kuhn 1955, Munkres 1957): O(rows² × columns) at worst.
#[must_use]
pub fn assign_among(columns: usize, rows: &[&[(usize, i64)]]) -> Option<Vec<usize>> {
    Some(matched(columns, rows)?.column_of)
}

/// A price for each row and each column, so that no pair costs less than its two prices; together they are worth as much as
/// the best assignment, where there are as many columns as rows.
pub(crate) fn prices(columns: usize, rows: &[&[(usize, i64)]]) -> Option<(Vec<i64>, Vec<i64>)> {
    let matching = matched(columns, rows)?;
    Some((matching.row_price, matching.column_price))
}

fn matched<'a>(columns: usize, rows: &'a [&'a [(usize, i64)]]) -> Option<Matching<'a>> {
    let mut matching = Matching {
        rows,
        row_price: vec![0; rows.len()],
        column_price: vec![0; columns],
        row_of: vec![NONE; columns],
        column_of: vec![NONE; rows.len()],
    };
    let left = matching.bid();
    let mut search = Search {
        least: vec![i64::MAX; columns],
        before: vec![NONE; columns],
        seen: Vec::with_capacity(columns),
        reached: Vec::with_capacity(columns),
    };
    for row in left {
        matching.place(row, &mut search)?;
    }
    Some(matching)
}

const NONE: usize = usize::MAX;
/// So many bids for each row: in a long contest the shortest path is found sooner.
const BIDS: usize = 4;

/// An assignment in the making. The price of a column that nobody has is 0, and no pair costs less than its two prices.
struct Matching<'a> {
    rows: &'a [&'a [(usize, i64)]],
    row_price: Vec<i64>,
    column_price: Vec<i64>,
    row_of: Vec<usize>,
    column_of: Vec<usize>,
}

/// What a search for a path remembers.
struct Search {
    /// The distance of each column.
    least: Vec<i64>,
    /// From which row.
    before: Vec<usize>,
    /// Columns with a distance that have not been reached.
    seen: Vec<usize>,
    reached: Vec<usize>,
}

impl Matching<'_> {
    /// Each row takes its cheapest column, for as much as makes the next best as good; who loses a column bids again. The
    /// answer is who is left without one.
    fn bid(&mut self) -> Vec<usize> {
        let mut left = Vec::new();
        let mut bids = BIDS * self.rows.len();
        for start in 0..self.rows.len() {
            let mut row = start;
            loop {
                let Some((least, column, second)) = self.best_two(row) else {
                    left.push(row);
                    break;
                };
                self.row_price[row] = second;
                self.column_price[column] -= second - least;
                let outbid = std::mem::replace(&mut self.row_of[column], row);
                self.column_of[row] = column;
                if outbid == NONE {
                    break;
                }
                self.column_of[outbid] = NONE;
                if least == second || bids == 0 {
                    left.push(outbid);
                    break;
                }
                bids -= 1;
                row = outbid;
            }
        }
        left
    }

    /// What the cheapest column of a row costs, which it is (a free one if there is one), and what the next one costs.
    fn best_two(&self, row: usize) -> Option<(i64, usize, i64)> {
        let (mut least, mut best, mut second) = (i64::MAX, NONE, i64::MAX);
        for &(column, cost) in self.rows[row] {
            let reduced = cost - self.column_price[column];
            if reduced < least {
                (second, least, best) = (least, reduced, column);
            } else if reduced < second {
                second = reduced;
            }
            if reduced == least && self.row_of[best] != NONE {
                best = column;
            }
        }
        (best != NONE).then_some((least, best, if second == i64::MAX { least } else { second }))
    }

    /// Gives a row a column, moving others where that costs least.
    fn place(&mut self, start: usize, search: &mut Search) -> Option<()> {
        self.row_price[start] = 0;
        search.seen.clear();
        search.reached.clear();
        let (mut row, mut distance) = (start, 0);
        let end = loop {
            let base = distance - self.row_price[row];
            for &(column, cost) in self.rows[row] {
                let through = base + cost - self.column_price[column];
                if through < search.least[column] {
                    if search.least[column] == i64::MAX {
                        search.seen.push(column);
                    }
                    search.least[column] = through;
                    search.before[column] = row;
                }
            }
            let column = self.nearest(search)?;
            distance = search.least[column];
            search.reached.push(column);
            if self.row_of[column] == NONE {
                break column;
            }
            row = self.row_of[column];
        };
        self.row_price[start] += distance;
        for &column in &search.reached {
            if column != end {
                let gain = distance - search.least[column];
                self.column_price[column] -= gain;
                self.row_price[self.row_of[column]] += gain;
            }
        }
        let mut column = end;
        loop {
            let row = search.before[column];
            self.row_of[column] = row;
            column = std::mem::replace(&mut self.column_of[row], column);
            if row == start {
                break;
            }
        }
        for &column in search.seen.iter().chain(&search.reached) {
            search.least[column] = i64::MAX;
        }
        Some(())
    }

    /// Takes out the nearest column seen, a free one if there is one as near.
    fn nearest(&self, search: &mut Search) -> Option<usize> {
        let (mut least, mut place) = (i64::MAX, NONE);
        for (at, &column) in search.seen.iter().enumerate() {
            let distance = search.least[column];
            if distance < least || (distance == least && self.row_of[column] == NONE) {
                (least, place) = (distance, at);
            }
        }
        (place != NONE).then(|| search.seen.swap_remove(place))
    }
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
