//! The truth about all orders: how many arrived, how the others ended, what is still open, and how long it took.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::tale::{End, Stage, Tale};

/// What is measured of an order: a name, and from which stage to which.
const SPANS: [(&str, Stage, Stage); 7] = [
    ("placed, until the card was authorised", Stage::Placed, Stage::Confirmed),
    ("then, until the restaurant accepted", Stage::Confirmed, Stage::Accepted),
    ("then, until the food was ready", Stage::Accepted, Stage::Ready),
    ("then, until it was fetched", Stage::Ready, Stage::PickedUp),
    ("then, until it was handed over", Stage::PickedUp, Stage::Delivered),
    ("then, until the card was charged", Stage::Delivered, Stage::Settled),
    ("from placed to handed over", Stage::Placed, Stage::Delivered),
];

/// How often an order of the same sort is named by its number.
const NAMED_MAX: usize = 5;

/// Whether every order came to its end, however it ended.
pub fn all_ended(tales: &[Tale]) -> bool {
    tales.iter().all(|tale| tale.is_over() && tale.refused.is_none())
}

/// How the orders ended, a line each: first what arrived, then what did not and why.
pub fn ends(tales: &[Tale]) -> Vec<String> {
    let mut sorts: BTreeMap<(u8, String), Vec<&Tale>> = BTreeMap::new();
    for tale in tales {
        sorts.entry(sort(tale)).or_default().push(tale);
    }
    let mut lines = Vec::new();
    for ((rank, sort), those) in &sorts {
        let named = if *rank == 0 { String::new() } else { numbers(those) };
        lines.push(format!("{:>5} {sort}{named}", those.len()));
        let troubles = those.iter().flat_map(|tale| {
            let number = tale.number;
            tale.troubles
                .iter()
                .map(move |trouble| format!("        order {number}: {trouble}"))
        });
        lines.extend(troubles);
    }
    lines
}

/// What to say of an order, and the place of that in the list.
fn sort(tale: &Tale) -> (u8, String) {
    if let Some(why) = &tale.refused {
        return (5, format!("could not be placed: {why}"));
    }
    let payment = &tale.payment;
    match &tale.end {
        None => {
            let state = match tale.stage() {
                Stage::Planned => "not placed",
                Stage::Placed => "waiting for the payment",
                Stage::Confirmed => "waiting for the restaurant",
                Stage::Accepted => "at the kitchen",
                Stage::Ready => "waiting for a courier",
                Stage::PickedUp => "on the way",
                Stage::Delivered | Stage::Settled => "at the door",
            };
            (6, format!("still open: {state}"))
        }
        Some(_) if !tale.is_over() => (6, format!("ended, but the payment is still open ({payment})")),
        Some(End::Delivered) if payment == "captured" => (0, "delivered and charged".to_owned()),
        Some(End::Delivered) => (1, format!("delivered, but the payment is {payment}")),
        Some(End::Cancelled(reason)) => (2, format!("cancelled: {reason} (payment {payment})")),
        Some(End::Rejected(reason)) => (3, format!("rejected: {reason} (payment {payment})")),
        Some(End::Undeliverable(reason)) => (4, format!("failed at the door: {reason} (payment {payment})")),
    }
}

fn numbers(tales: &[&Tale]) -> String {
    let some: Vec<String> = tales
        .iter()
        .take(NAMED_MAX)
        .map(|tale| tale.number.to_string())
        .collect();
    let more = tales.len().saturating_sub(NAMED_MAX);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(", order {}{more}", some.join(", "))
}

/// How long each part took, as the rows of a table: the median and the slowest, in seconds.
pub fn times(tales: &[Tale]) -> Vec<Vec<String>> {
    let mut rows = vec![["time of an order", "median", "slowest"].map(str::to_owned).to_vec()];
    for (name, from, to) in SPANS {
        let mut spans: Vec<SignedDuration> = tales
            .iter()
            .filter_map(|tale| Some(tale.at(to)?.duration_since(tale.at(from)?)))
            .map(|span| span.max(SignedDuration::ZERO))
            .collect();
        spans.sort();
        if let (Some(median), Some(slowest)) = (median(&spans), spans.last()) {
            let seconds = |span: SignedDuration| format!("{:.1} s", span.as_secs_f64());
            rows.push(vec![name.to_owned(), seconds(median), seconds(*slowest)]);
        }
    }
    rows
}

/// The one in the middle, or the mean of the two there.
fn median(sorted: &[SignedDuration]) -> Option<SignedDuration> {
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some((lower + upper) / 2)
}

/// How far all orders are together, in one line.
pub fn progress(stages: &[Stage], orders: u32) -> String {
    let count = |from: Stage, to: Stage| {
        let there = stages.iter().filter(|stage| (from..=to).contains(*stage));
        there.count()
    };
    format!(
        "of {orders} orders {} placed: {} before the kitchen, {} in it, {} ready, {} on the way, {} at the end",
        count(Stage::Placed, Stage::Settled),
        count(Stage::Placed, Stage::Confirmed),
        count(Stage::Accepted, Stage::Accepted),
        count(Stage::Ready, Stage::Ready),
        count(Stage::PickedUp, Stage::PickedUp),
        count(Stage::Delivered, Stage::Settled),
    )
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// An order that was placed, and of which this was heard, a second after the other.
    fn tale(number: u32, heard: &[(&str, &str)]) -> Tale {
        let mut tale = Tale::planned(number);
        tale.placed(&json!({"order_id": format!("ord_{number}")}), second(0));
        for (at, (kind, reason)) in (1..).zip(heard) {
            tale.hear(kind, &json!({"reason": reason}), second(at));
        }
        tale
    }

    const DELIVERED: [(&str, &str); 2] = [("order.delivered", ""), ("payment.captured", "")];

    #[test]
    fn what_did_not_arrive_says_how_it_ended_and_why() {
        let mut refused = Tale::planned(4);
        refused.refused = Some("restaurant_closed".to_owned());
        let tales = [
            tale(1, &DELIVERED),
            tale(2, &[("order.cancelled", "no_courier"), ("payment.voided", "")]),
            tale(3, &[("order.rejected", "no_answer"), ("payment.voided", "")]),
            refused,
            tale(5, &DELIVERED),
            tale(6, &[("order.undeliverable", "damaged"), ("payment.voided", "")]),
            tale(7, &[("order.confirmed", ""), ("order.accepted", "")]),
            tale(8, &[("order.delivered", "")]),
        ];
        let expected = [
            "    2 delivered and charged",
            "    1 cancelled: no_courier (payment voided), order 2",
            "    1 rejected: no_answer (payment voided), order 3",
            "    1 failed at the door: damaged (payment voided), order 6",
            "    1 could not be placed: restaurant_closed, order 4",
            "    1 ended, but the payment is still open (), order 8",
            "    1 still open: at the kitchen, order 7",
        ];
        assert_eq!(ends(&tales), expected);
    }

    #[test]
    fn only_what_did_not_end_is_a_failure() {
        let cancelled = tale(2, &[("order.cancelled", "no_courier"), ("payment.voided", "")]);
        assert!(all_ended(&[tale(1, &DELIVERED), cancelled]));
        assert!(!all_ended(&[tale(1, &DELIVERED), tale(2, &[("order.ready", "")])]));
        assert!(!all_ended(&[tale(1, &[("order.delivered", "")])]));
        assert!(!all_ended(&[Tale::planned(1)]));
        let mut refused = Tale::planned(1);
        refused.refused = Some("quote_expired".to_owned());
        assert!(!all_ended(&[refused]));
    }

    #[test]
    fn many_of_one_sort_are_named_a_few_times_and_troubles_always() {
        let mut tales: Vec<Tale> = (1..=7).map(|number| tale(number, &[("order.ready", "")])).collect();
        tales[1].troubles.push("Kees: refused".to_owned());
        let lines = ends(&tales);
        assert_eq!(
            lines[0],
            "    7 still open: waiting for a courier, order 1, 2, 3, 4, 5 and 2 more"
        );
        assert_eq!(lines[1], "        order 2: Kees: refused");
    }

    #[test]
    fn the_median_is_the_middle_one_or_the_mean_of_two() {
        let seconds = |list: &[i64]| {
            list.iter()
                .map(|one| SignedDuration::from_secs(*one))
                .collect::<Vec<_>>()
        };
        assert_eq!(median(&[]), None);
        assert_eq!(median(&seconds(&[1, 5, 90])), Some(SignedDuration::from_secs(5)));
        assert_eq!(
            median(&seconds(&[1, 2, 3, 90])),
            Some(SignedDuration::from_millis(2500))
        );
    }

    #[test]
    fn times_are_of_those_orders_that_came_so_far() {
        let steps = [
            ("order.confirmed", ""),
            ("order.accepted", ""),
            ("order.ready", ""),
            ("order.picked_up", ""),
            ("order.delivered", ""),
        ];
        let rows = times(&[tale(1, &steps), tale(2, &steps[..2])]);
        assert_eq!(rows.len(), 7, "nothing was charged: {rows:?}");
        assert_eq!(rows[6], ["from placed to handed over", "5.0 s", "5.0 s"]);
    }

    #[test]
    fn progress_counts_every_order_once() {
        let stages = [
            Stage::Planned,
            Stage::Placed,
            Stage::Accepted,
            Stage::PickedUp,
            Stage::Settled,
        ];
        assert_eq!(
            progress(&stages, 5),
            "of 5 orders 4 placed: 1 before the kitchen, 1 in it, 0 ready, 1 on the way, 1 at the end"
        );
    }
}
