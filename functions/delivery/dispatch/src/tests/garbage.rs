//! Whatever comes in, decisions come out, and they keep to the rules.

use std::collections::HashSet;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::{Courier, Decisions, ORDERS_MAX, Order, Parameters, Service, Snapshot, Time, Trip, decide};

/// Any instant or duration, mostly one that occurs.
fn time() -> impl Strategy<Value = Time> {
    prop_oneof![6 => -50..400_i32, 1 => any::<i32>(), 1 => Just(i32::MAX), 1 => Just(i32::MIN)]
}

fn couriers() -> impl Strategy<Value = Vec<Courier<i32>>> {
    let one = (0..9_u32, -100..100_i32, time(), time(), 0..8_usize, time(), time());
    let courier = one.prop_map(|(id, place, free_at, off_at, capacity, pace_percent, credit)| Courier {
        id,
        place,
        free_at,
        off_at,
        capacity,
        pace_percent,
        credit,
    });
    vec(courier, 0..12)
}

fn orders() -> impl Strategy<Value = Vec<Order<i32>>> {
    let one = (
        0..30_u32,
        0..4_u32,
        -100..100_i32,
        -100..100_i32,
        time(),
        time(),
        time(),
    );
    let order = one.prop_map(
        |(id, restaurant, pickup, drop_off, placed_at, ready_at, ready_spread)| Order {
            id,
            restaurant,
            pickup,
            drop_off,
            placed_at,
            ready_at,
            ready_spread,
        },
    );
    vec(order, 0..30)
}

fn plan() -> impl Strategy<Value = Vec<Trip>> {
    let trip = (0..12_u32, vec(0..35_u32, 0..9)).prop_map(|(courier, orders)| Trip { courier, orders });
    vec(trip, 0..20)
}

/// Each order in one place, each trip from one restaurant, to somebody who may and can take it.
fn check(snapshot: &Snapshot<'_, i32>, decisions: &Decisions) -> Result<(), TestCaseError> {
    let order = |id: u32| snapshot.orders.iter().find(|order| order.id == id).unwrap();
    let mut places = decisions.unplaced.clone();
    let committed = decisions.commit.iter().map(|commitment| &commitment.trip);
    for trip in committed.chain(&decisions.plan) {
        places.extend(&trip.orders);
        let courier = snapshot.couriers.iter().find(|courier| courier.id == trip.courier);
        prop_assert!(!trip.orders.is_empty() && trip.orders.len() <= courier.unwrap().capacity);
        let restaurants: HashSet<u32> = trip.orders.iter().map(|&id| order(id).restaurant).collect();
        prop_assert_eq!(restaurants.len(), 1);
        for &id in &trip.orders {
            prop_assert!(
                !snapshot.refusals.contains(&(trip.courier, id)),
                "{} refused {}",
                trip.courier,
                id
            );
        }
    }
    places.sort_unstable();
    let mut all: Vec<u32> = snapshot.orders.iter().map(|order| order.id).collect();
    all.sort_unstable();
    all.dedup();
    prop_assert_eq!(places, all);
    let busy: Vec<u32> = decisions
        .commit
        .iter()
        .map(|commitment| commitment.trip.courier)
        .collect();
    prop_assert_eq!(
        busy.iter().collect::<HashSet<_>>().len(),
        busy.len(),
        "nobody gets two trips at once"
    );
    Ok(())
}

proptest! {
    #[test]
    fn garbage_in_rules_out(
        now in time(),
        couriers in couriers(),
        orders in orders(),
        plan in plan(),
        refusals in vec((0..12_u32, 0..35_u32), 0..20),
        demand in vec((-100..100_i32, any::<u32>()), 0..5),
        services in (time(), time(), time(), time()),
        wild in any::<bool>(),
    ) {
        let snapshot = Snapshot {
            now,
            couriers: &couriers,
            orders: &orders,
            refusals: &refusals,
            service: Service {
                before_pickup: services.0,
                after_pickup: services.1,
                before_drop_off: services.2,
                after_drop_off: services.3,
            },
            demand: &demand,
            plan: &plan,
        };
        let travel = |from: i32, to: i32| if wild { (from ^ to).wrapping_mul(0x0700_0001) } else { (from - to).abs() };
        let decisions = decide(&snapshot, &travel, &Parameters::in_minutes());
        check(&snapshot, &decisions)?;
        prop_assert_eq!(&decisions, &decide(&snapshot, &travel, &Parameters::in_minutes()));
    }
}

/// So many orders, from seven restaurants, placed and ready over an hour.
fn many(count: u32) -> Vec<Order<i32>> {
    let order = |id: u32| {
        let spread = i32::try_from(id * 7919 % 60).unwrap();
        Order {
            id,
            restaurant: id % 7,
            pickup: i32::try_from(id % 7 * 5).unwrap(),
            drop_off: spread - 30,
            placed_at: spread - 60,
            ready_at: spread,
            ready_spread: 0,
        }
    };
    (0..count).map(order).collect()
}

fn flooded(orders: &[Order<i32>], couriers: &[Courier<i32>]) -> Decisions {
    let snapshot = Snapshot {
        now: 0,
        couriers,
        orders,
        refusals: &[],
        service: Service::default(),
        demand: &[],
        plan: &[],
    };
    decide(
        &snapshot,
        &|from: i32, to: i32| (from - to).abs(),
        &Parameters::in_minutes(),
    )
}

#[test]
fn thousands_of_orders_and_nobody_to_bring_them_all_wait() {
    assert_eq!(flooded(&many(5000), &[]).unplaced.len(), 5000);
}

#[test]
fn of_more_orders_than_can_be_planned_those_ready_first_are() {
    let orders = many(u32::try_from(ORDERS_MAX).unwrap() + 500);
    let courier = |id| Courier {
        id,
        place: 0,
        free_at: 0,
        off_at: 300,
        capacity: 5,
        pace_percent: 100,
        credit: 0,
    };
    let couriers: Vec<_> = (0..20).map(courier).collect();
    let decisions = flooded(&orders, &couriers);
    let committed = decisions.commit.iter().map(|commitment| commitment.trip.orders.len());
    let planned = decisions.plan.iter().map(|trip| trip.orders.len());
    let placed: usize = committed.chain(planned).sum();
    assert!(placed > 100, "{placed}");
    assert_eq!(placed + decisions.unplaced.len(), orders.len());
    let last: HashSet<u32> = orders
        .iter()
        .filter(|order| order.ready_at == 59)
        .map(|order| order.id)
        .collect();
    assert!(last.iter().all(|id| decisions.unplaced.contains(id)));
}
