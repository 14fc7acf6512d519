//! What the engine promises.

mod garbage;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::{
    Approach, Courier, Decisions, Order, Parameters, Service, Snapshot, Time, Trip, decide, decline_debit, fair_credit,
};

/// A street: places are house numbers, a minute apart.
type House = i32;

const SERVICE: Service = Service {
    before_pickup: 2,
    after_pickup: 2,
    before_drop_off: 2,
    after_drop_off: 2,
};

fn street(from: House, to: House) -> Time {
    (from - to).abs()
}

fn courier(id: u32, place: House) -> Courier<House> {
    Courier {
        id,
        place,
        free_at: 0,
        off_at: 300,
        capacity: 5,
        pace_percent: 100,
        credit: 0,
    }
}

/// An order of the restaurant at the house of the same number, placed at 0.
fn order(id: u32, restaurant: u32, drop_off: House, ready_at: Time) -> Order<House> {
    Order {
        id,
        restaurant,
        pickup: House::try_from(restaurant).unwrap(),
        drop_off,
        placed_at: 0,
        ready_at,
        ready_spread: 0,
    }
}

fn at(now: Time, couriers: &[Courier<House>], orders: &[Order<House>], plan: &[Trip]) -> Decisions {
    let snapshot = Snapshot {
        now,
        couriers,
        orders,
        refusals: &[],
        service: SERVICE,
        demand: &[],
        plan,
    };
    decide(&snapshot, &street, &Parameters::in_minutes())
}

fn trip(courier: u32, orders: &[u32]) -> Trip {
    Trip {
        courier,
        orders: orders.to_vec(),
    }
}

#[test]
fn a_courier_is_told_when_leaving_later_would_keep_the_food_waiting() {
    // Ten minutes away and two to the counter: for food that is ready at 20 the courier leaves at 8.
    let couriers = [courier(1, 0)];
    let orders = [order(7, 10, 15, 20)];
    let held = at(7, &couriers, &orders, &[]);
    assert_eq!((held.commit.len(), held.plan), (0, vec![trip(1, &[7])]));
    let told = at(8, &couriers, &orders, &[]);
    assert_eq!(told.plan, []);
    let [commitment] = told.commit.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!(
        (&commitment.trip, commitment.pickup_at, commitment.done_at),
        (&trip(1, &[7]), 20, 29)
    );
}

#[test]
fn for_food_that_may_be_ready_any_minute_a_courier_goes_early_and_waits_to_be_told_which() {
    let couriers = [courier(1, 0)];
    let unsure = Order {
        ready_spread: 5,
        ..order(7, 10, 15, 20)
    };
    let sent = at(5, &couriers, &[unsure], &[]);
    assert_eq!(sent.approach, [Approach { courier: 1, order: 7 }]);
    assert_eq!((sent.commit.len(), sent.plan), (0, vec![trip(1, &[7])]));
    let there = [courier(1, 10)];
    let waits = at(15, &there, &[unsure], &[]);
    assert_eq!((waits.commit.len(), waits.approach.len()), (0, 0));
    let told = at(17, &there, &[order(7, 10, 15, 17)], &[]);
    assert_eq!(told.commit[0].trip, trip(1, &[7]));
}

#[test]
fn the_nearest_of_those_in_time_is_sent() {
    let couriers = [courier(1, 0), courier(2, 8)];
    let decisions = at(0, &couriers, &[order(7, 10, 15, 20)], &[]);
    assert_eq!(decisions.plan, [trip(2, &[7])]);
}

#[test]
fn who_is_about_to_be_free_nearby_goes_before_who_is_free_far_away() {
    let busy = Courier {
        free_at: 5,
        ..courier(2, 10)
    };
    let decisions = at(0, &[courier(1, 40), busy], &[order(7, 10, 15, 4)], &[]);
    assert_eq!((decisions.commit.len(), decisions.plan), (0, vec![trip(2, &[7])]));
}

#[test]
fn what_a_courier_refused_goes_to_another() {
    let couriers = [courier(1, 0), courier(2, 8)];
    let orders = [order(7, 10, 15, 20)];
    let snapshot = Snapshot {
        now: 0,
        couriers: &couriers,
        orders: &orders,
        refusals: &[(2, 7)],
        service: SERVICE,
        demand: &[],
        plan: &[trip(2, &[7])],
    };
    let decisions = decide(&snapshot, &street, &Parameters::in_minutes());
    assert_eq!(decisions.plan, [trip(1, &[7])]);
}

#[test]
fn between_equals_the_one_to_whom_more_is_owed_goes() {
    let owed = Courier {
        credit: 300,
        ..courier(2, 0)
    };
    let decisions = at(0, &[courier(1, 0), owed], &[order(7, 10, 15, 20)], &[]);
    assert_eq!(decisions.plan, [trip(2, &[7])]);
}

#[test]
fn between_equals_the_one_who_declined_less_goes() {
    let declined = |id, declines| Courier {
        credit: -decline_debit(declines),
        ..courier(id, 0)
    };
    let decisions = at(0, &[declined(1, 2), declined(2, 1)], &[order(7, 10, 15, 20)], &[]);
    assert_eq!(decisions.plan, [trip(2, &[7])]);
    // Whoever is nearer by more than that goes all the same.
    let near = Courier {
        place: 5,
        ..declined(1, 100)
    };
    let decisions = at(0, &[near, courier(2, -60)], &[order(7, 10, 15, 20)], &[]);
    assert_eq!(decisions.plan, [trip(1, &[7])]);
    assert_eq!((decline_debit(0), decline_debit(u32::MAX)), (0, 100));
}

#[test]
fn who_waits_longest_is_served_first_up_to_the_cap() {
    // Two orders in opposite directions, and one courier; the second has been waiting for half an hour.
    let two = |placed_at| {
        [
            order(7, 10, 20, 5),
            Order {
                placed_at,
                pickup: -10,
                ..order(8, 90, -20, 5)
            },
        ]
    };
    assert_eq!(at(5, &[courier(1, 0)], &two(-30), &[]).commit[0].trip, trip(1, &[8]));
    // Beyond the cap nothing can be done for it any more, and it keeps nobody else waiting.
    let late = at(5, &[courier(1, 0)], &two(-70), &[]);
    assert_eq!((&late.commit[0].trip, late.unplaced), (&trip(1, &[7]), vec![8]));
}

#[test]
fn orders_share_a_trip_when_couriers_are_scarce_and_not_before() {
    let orders = [order(7, 10, 30, 5), order(8, 10, 33, 5), order(9, 10, 36, 5)];
    let together = at(0, &[courier(1, 10)], &orders, &[]).plan;
    assert_eq!(together, [trip(1, &[7, 8, 9])]);
    let apart = at(0, &[courier(1, 10), courier(2, 10), courier(3, 10)], &orders, &[]).plan;
    assert_eq!(apart.len(), 3);
}

#[test]
fn of_two_in_time_the_one_farther_from_the_demand_goes() {
    let couriers = [courier(1, 5), courier(2, 15)];
    let orders = [order(7, 10, 12, 20)];
    let toward = |place| {
        let snapshot = Snapshot {
            now: 0,
            couriers: &couriers,
            orders: &orders,
            refusals: &[],
            service: SERVICE,
            demand: &[(place, 4)],
            plan: &[],
        };
        decide(&snapshot, &street, &Parameters::in_minutes()).plan
    };
    assert_eq!(toward(30), [trip(1, &[7])]);
    assert_eq!(toward(-10), [trip(2, &[7])]);
}

#[test]
fn a_fair_share_is_an_hour_s_worth_of_orders() {
    for (minutes, orders, credit) in [(120, 3, 0), (120, 2, 10), (120, 4, -10), (600, 0, 30), (0, 50, -30)] {
        assert_eq!(
            fair_credit(minutes, orders, 1.5),
            credit,
            "{orders} orders in {minutes} minutes"
        );
    }
}

#[test]
fn one_courier_takes_neighbours_orders_together() {
    let decisions = at(0, &[courier(1, 10)], &[order(7, 10, 30, 5), order(8, 10, 31, 5)], &[]);
    assert_eq!(decisions.plan, [trip(1, &[7, 8])]);
}

#[test]
fn nobody_is_sent_after_the_shift_or_beyond_the_limit() {
    let leaving = Courier {
        off_at: 19,
        ..courier(1, 0)
    };
    let far = courier(2, 500);
    let decisions = at(0, &[leaving, far], &[order(7, 10, 15, 20)], &[]);
    assert_eq!((decisions.plan, decisions.unplaced), (vec![], vec![7]));
}

#[test]
fn a_plan_of_what_is_gone_is_ignored() {
    let stale = [trip(9, &[7]), trip(1, &[99]), trip(1, &[7, 7])];
    let decisions = at(0, &[courier(1, 0)], &[order(7, 10, 15, 20)], &stale);
    assert_eq!(decisions.plan, [trip(1, &[7])]);
}

#[test]
fn nothing_to_do_is_nothing_done() {
    assert_eq!(at(0, &[courier(1, 0)], &[], &[]), Decisions::default());
    assert_eq!(at(0, &[], &[order(7, 10, 15, 20)], &[]).unplaced, [7]);
}

fn couriers() -> impl Strategy<Value = Vec<Courier<House>>> {
    vec((0..60, 0..40, 1..90, 1..6_usize, 60..150), 1..8).prop_map(|all| {
        let numbered = (1_u32..).zip(all);
        numbered
            .map(|(id, (place, free_at, off_at, capacity, pace_percent))| Courier {
                free_at,
                off_at,
                capacity,
                pace_percent,
                ..courier(id, place)
            })
            .collect()
    })
}

fn orders() -> impl Strategy<Value = Vec<Order<House>>> {
    vec((0..5_u32, 0..60, 0..50), 0..16).prop_map(|all| {
        let numbered = (1_u32..).zip(all);
        numbered
            .map(|(id, (restaurant, drop_off, ready_at))| order(id, restaurant * 12, drop_off, ready_at))
            .collect()
    })
}

proptest! {
    #[test]
    fn every_order_has_one_place_and_every_trip_can_be_carried_out(couriers in couriers(), orders in orders()) {
        let decisions = at(10, &couriers, &orders, &[]);
        let committed = decisions.commit.iter().map(|commitment| &commitment.trip);
        let trips: Vec<&Trip> = committed.chain(&decisions.plan).collect();
        let mut places: Vec<u32> = trips.iter().flat_map(|trip| trip.orders.clone()).collect();
        places.extend(&decisions.unplaced);
        places.sort_unstable();
        prop_assert_eq!(places, orders.iter().map(|order| order.id).collect::<Vec<_>>());
        for courier in &couriers {
            let own = trips.iter().filter(|trip| trip.courier == courier.id);
            ride(courier, own.map(|trip| trip.orders.as_slice()), &orders)?;
        }
    }

    #[test]
    fn the_same_snapshot_gives_the_same_decisions(couriers in couriers(), orders in orders()) {
        let first = at(10, &couriers, &orders, &[]);
        prop_assert_eq!(&first, &at(10, &couriers, &orders, &[]));
    }
}

/// Rides a courier's trips, knowing nothing of the engine.
fn ride<'a>(
    courier: &Courier<House>,
    trips: impl Iterator<Item = &'a [u32]>,
    orders: &[Order<House>],
) -> Result<(), TestCaseError> {
    let paced = |from, to| (street(from, to) * courier.pace_percent + 99) / 100;
    let (mut time, mut place) = (courier.free_at.max(10), courier.place);
    for trip in trips {
        let carried: Vec<_> = trip
            .iter()
            .map(|id| orders.iter().find(|order| order.id == *id).unwrap())
            .collect();
        prop_assert!(carried.len() <= courier.capacity, "capacity");
        prop_assert!(
            carried.iter().all(|order| order.restaurant == carried[0].restaurant),
            "one restaurant"
        );
        let ready_at = carried.iter().map(|order| order.ready_at).max().unwrap();
        time = ready_at.max(time + paced(place, carried[0].pickup) + 2);
        prop_assert!(time <= courier.off_at, "picked up at {time}, off at {}", courier.off_at);
        place = carried[0].pickup;
        time += 2;
        for order in carried {
            time += paced(place, order.drop_off) + 2;
            prop_assert!(time - order.placed_at <= 90, "click to door {time}");
            time += 2;
            place = order.drop_off;
        }
    }
    Ok(())
}
