//! The rules of the policy, one by one. A minute is 100 metres; everything lies on a line.

use super::super::{Instance, OrderNow, Point, Roads, View};
use super::*;

/// Restaurant 0 is at 0; an order of it is brought to `minutes` away.
fn order(index: usize, minutes: i32, ready_at: i32) -> OrderNow {
    OrderNow {
        index,
        restaurant: 0,
        pickup: at(0),
        drop_off: at(minutes),
        placed_at: 0,
        ready_at,
        ready_known: true,
    }
}

fn at(minutes: i32) -> Point {
    Point {
        x: 100.0 * f64::from(minutes),
        y: 0.0,
    }
}

fn courier(minutes: i32, free_at: i32) -> CourierNow {
    CourierNow {
        index: 0,
        at: at(minutes),
        free_at,
        on_at: 0,
        off_at: 500,
        orders: 0,
    }
}

fn roads() -> Roads {
    let town = concat!(env!("CARGO_MANIFEST_DIR"), "/instances/town");
    Instance::read(std::path::Path::new(town)).unwrap().roads()
}

fn view<'a>(now: i32, couriers: &'a [CourierNow], orders: &'a [OrderNow]) -> View<'a> {
    View {
        now,
        couriers,
        orders,
        restaurants: &[],
        roads: roads(),
        half_pickup: 2,
        half_drop_off: 2,
        target: 40,
        maximum: 90,
        orders_guaranteed_per_hour: 1.5,
    }
}

fn bundle<'a>(orders: &[&'a OrderNow], holder: Option<&'a CourierNow>) -> Bundle<'a> {
    Bundle {
        holder,
        orders: orders.to_vec(),
    }
}

#[test]
fn a_full_bundle_takes_an_order_that_makes_each_cheaper_and_no_other() {
    let orders = [order(0, 10, 0), order(1, 11, 0), order(2, -20, 0)];
    let view = view(0, &[], &orders);
    let [first, near, far] = orders.each_ref();
    let full = bundle(&[first], None);
    // 14 minutes for one; 19 for two, but 48 with the one on the other side.
    assert!(may_grow(&view, &full, &bundle(&[first, near], None), 1));
    assert!(!may_grow(&view, &full, &bundle(&[first, far], None), 1));
    assert!(may_grow(&view, &full, &bundle(&[first, far], None), 2));
}

#[test]
fn an_order_is_urgent_beyond_the_tolerance_only() {
    // The courier is at the restaurant: pickup at now + 2, drop-off 12 minutes later; placed at 0.
    let couriers = [courier(0, 0)];
    for (now, ready_at, group) in [(20, 12, 2), (20, 11, 1), (46, 46, 2), (47, 47, 0)] {
        let orders = [order(0, 8, ready_at)];
        assert_eq!(
            urgency_alone(&view(now, &couriers, &orders), &orders[0]),
            group,
            "{now} {ready_at}"
        );
    }
}

#[test]
fn a_bundle_is_as_urgent_as_its_most_urgent_order() {
    let couriers = [courier(0, 0)];
    let orders = [order(0, 8, 20), order(1, 8, 0)];
    let view = view(20, &couriers, &orders);
    let [calm, cold] = orders.each_ref();
    assert_eq!(urgency(&view, &bundle(&[calm], None)), 2);
    assert_eq!(urgency(&view, &bundle(&[calm, cold], None)), 1);
}

#[test]
fn a_held_bundle_only_grows() {
    let couriers = [courier(20, 0)];
    let orders = [order(0, 10, 8), order(1, 11, 9)];
    let mut policy = Rolling::default();
    let went = policy.decide(&view(0, &couriers, &orders[..1]));
    assert_eq!(
        went,
        [Step::Go {
            courier: 0,
            restaurant: 0
        }]
    );
    policy.decide(&view(5, &couriers, &orders));
    assert_eq!(policy.held[0].orders, [0, 1]);
    // Somebody nearer changes nothing.
    let couriers = [
        couriers[0],
        CourierNow {
            index: 1,
            ..courier(0, 0)
        },
    ];
    policy.decide(&view(10, &couriers, &orders));
    assert_eq!((policy.held[0].courier, policy.held[0].orders.len()), (0, 2));
}

#[test]
fn a_held_bundle_takes_nothing_its_courier_cannot_bring() {
    let (on_time, gone) = (
        courier(0, 0),
        CourierNow {
            off_at: 10,
            ..courier(0, 0)
        },
    );
    let orders = [order(0, 10, 8), order(1, 11, 20)];
    let view = view(0, &[], &orders);
    let [first, later] = orders.each_ref();
    for (courier, takes) in [(&on_time, true), (&gone, false)] {
        let held = bundle(&[first], Some(courier));
        assert_eq!(
            may_grow(&view, &held, &bundle(&[first, later], Some(courier)), 2),
            takes
        );
    }
}

#[test]
fn commitment_follows_who_can_be_there() {
    let table = [
        (
            "there and ready by the next optimisation",
            courier(5, 0),
            5,
            Commitment::Final,
        ),
        ("the food takes longer", courier(5, 0), 6, Commitment::Partial),
        ("the way takes longer", courier(6, 0), 5, Commitment::Partial),
        (
            "busy until the next optimisation",
            courier(0, 5),
            6,
            Commitment::Ignored,
        ),
    ];
    for (what, courier, ready_at, expected) in table {
        let orders = [order(0, 8, ready_at)];
        let found = commitment(&view(0, &[courier], &orders), &courier, &bundle(&[&orders[0]], None));
        assert_eq!(found, expected, "{what}");
    }
}

#[test]
fn food_that_waits_too_long_is_committed_whoever_comes() {
    let far = courier(30, 110);
    for (ready_at, expected) in [(80, Commitment::Ignored), (79, Commitment::Final)] {
        let orders = [order(0, 8, ready_at)];
        let found = commitment(&view(100, &[], &orders), &far, &bundle(&[&orders[0]], None));
        assert_eq!(found, expected, "{ready_at}");
    }
}

#[test]
fn only_who_is_on_duty_is_matched() {
    let orders = [order(0, 8, 5)];
    for (on_at, matched) in [(0, 1), (1, 0)] {
        let couriers = [CourierNow {
            on_at,
            ..courier(0, on_at)
        }];
        let view = view(0, &couriers, &orders);
        let found = pairs(&view, vec![bundle(&[&orders[0]], None)]);
        assert_eq!(found.len(), matched, "{on_at}");
    }
}
