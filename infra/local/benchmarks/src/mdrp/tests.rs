//! The rules, as tables; and whole days of a small town.

use std::path::Path;

use super::{
    Delivery, Greedy, Instance, Move, Ours, Pickup, Policy, Regime, Rolling, Solution, Stop, evaluate, simulate,
};

fn town() -> Instance {
    Instance::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/instances/town"))).unwrap()
}

/// Courier `c1` brings `o1` and `o2` of `r1` together; everything is 100 metres, a minute, from the last.
fn one_trip() -> (Instance, Solution) {
    let mut instance = town();
    instance.orders.truncate(2);
    instance.couriers.truncate(1);
    let step = |departs_at, from, to| Move {
        courier: 0,
        departs_at,
        from,
        to,
    };
    let solution = Solution {
        pickups: vec![Pickup {
            assigned_at: 12,
            picked_up_at: 25,
            courier: 0,
            orders: vec![0, 1],
        }],
        deliveries: vec![
            Delivery {
                order: 0,
                picked_up_at: 25,
                dropped_off_at: 30,
                courier: 0,
            },
            Delivery {
                order: 1,
                picked_up_at: 25,
                dropped_off_at: 35,
                courier: 0,
            },
        ],
        moves: vec![
            step(20, Stop::Start, Stop::Restaurant(0)),
            step(27, Stop::Restaurant(0), Stop::Address(0)),
            step(32, Stop::Address(0), Stop::Address(1)),
        ],
    };
    (instance, solution)
}

#[test]
fn a_day_that_keeps_the_rules_is_measured() {
    let (instance, solution) = one_trip();
    let figures = evaluate(&instance, &solution).unwrap();
    assert_eq!((figures.orders, figures.undelivered, figures.over_90), (2, 0, 0));
    // Placed at 10 and 12, ready at 20 and 25.
    assert_eq!((figures.ctd_mean, figures.rtp_mean), (21.5, 2.5));
    assert!((figures.ctd_p90 - 22.7).abs() < 1e-9);
    // Five hours at 15 are more than two orders at 10.
    assert_eq!((figures.cost_per_order, figures.orders_per_bundle), (37.5, 2.0));
}

#[test]
fn what_is_not_delivered_in_time_counts_as_ninety() {
    let (mut instance, solution) = one_trip();
    instance.orders.push(town().orders[2].clone());
    let figures = evaluate(&instance, &solution).unwrap();
    assert_eq!(
        (figures.undelivered, figures.penalised_ctd),
        (1, (20.0 + 23.0 + 90.0) / 3.0)
    );
    let (mut instance, solution) = one_trip();
    instance.maximum = 22;
    let figures = evaluate(&instance, &solution).unwrap();
    assert_eq!((figures.over_90, figures.penalised_ctd), (1, 21.0));
}

#[test]
fn every_broken_rule_is_found() {
    type Spoil = fn(&mut Instance, &mut Solution);
    let table: [(&str, Spoil); 14] = [
        ("nothing is assigned before it is placed", |_, day| {
            day.pickups[0].assigned_at = 11;
        }),
        ("nothing is picked up before it is ready", |world, _| {
            world.orders[1].ready_at = 26;
        }),
        (
            "a pickup takes place when the courier is there and all is ready",
            |world, _| {
                world.orders[1].ready_at = 24;
            },
        ),
        ("nothing is picked up after the shift", |world, _| {
            world.couriers[0].off_at = 24;
        }),
        ("a bundle is of one restaurant", |world, _| {
            world.orders[1].restaurant = 1;
        }),
        ("an order is picked up once", |_, day| {
            day.pickups.push(day.pickups[0].clone());
        }),
        ("what is picked up is delivered", |_, day| {
            day.deliveries.truncate(1);
        }),
        ("what is delivered was picked up", |_, day| {
            day.deliveries[0].picked_up_at = 24;
        }),
        ("a drop-off follows the arrival", |_, day| {
            day.deliveries[1].dropped_off_at = 34;
        }),
        ("drop-offs follow the sequence", |_, day| {
            day.pickups[0].orders.reverse();
        }),
        ("everything aboard is dropped off", |_, day| {
            day.moves.truncate(2);
        }),
        ("a way begins where the last one ended", |_, day| {
            day.moves[2].from = Stop::Start;
        }),
        ("a courier leaves when the service is over", |_, day| {
            day.moves[2].departs_at = 31;
        }),
        ("a courier is told before the pickup", |_, day| {
            day.pickups[0].assigned_at = 26;
        }),
    ];
    for (rule, spoil) in table {
        let (mut instance, mut solution) = one_trip();
        spoil(&mut instance, &mut solution);
        let violations = evaluate(&instance, &solution).unwrap_err();
        let rules: Vec<&str> = violations.iter().map(|violation| violation.rule).collect();
        assert!(rules.contains(&rule), "{rule}: {rules:?}");
    }
}

#[test]
fn what_nobody_can_bring_is_out_of_reach() {
    let of = |change: fn(&mut Instance)| {
        let (mut instance, _) = one_trip();
        change(&mut instance);
        instance.out_of_reach()
    };
    assert_eq!(of(|_| ()), 0);
    // The food is ready at 20 and at 25.
    assert_eq!(of(|instance| instance.couriers[0].off_at = 24), 1);
    assert_eq!(of(|instance| instance.couriers[0].on_at = 100), 2);
    assert_eq!(of(|instance| instance.maximum = 10), 2);
}

#[test]
fn a_shift_that_has_not_begun_moves_nobody() {
    let (mut instance, solution) = one_trip();
    instance.couriers[0].on_at = 21;
    assert!(evaluate(&instance, &solution).is_err());
}

fn day(regime: Regime, policy: &mut impl Policy) -> Solution {
    let instance = town();
    let day = simulate(&instance, regime, policy);
    evaluate(&instance, &day.solution).unwrap();
    day.solution
}

#[test]
fn every_policy_keeps_the_rules_whatever_is_known() {
    for regime in [Regime::Exact, Regime::Estimate] {
        let all = [
            day(regime, &mut Ours::default()),
            day(regime, &mut Greedy),
            day(regime, &mut Rolling::default()),
        ];
        for solution in all {
            assert!(!solution.deliveries.is_empty());
        }
    }
}

#[test]
fn in_a_town_with_too_few_couriers_the_engine_serves_best() {
    let instance = town();
    let served = |solution: &Solution| evaluate(&instance, solution).unwrap().penalised_ctd;
    let ours = served(&day(Regime::Exact, &mut Ours::default()));
    assert!(ours < served(&day(Regime::Exact, &mut Greedy)), "{ours}");
    assert!(ours < served(&day(Regime::Exact, &mut Rolling::default())), "{ours}");
}

#[test]
fn the_same_day_goes_the_same_way_twice() {
    assert_eq!(
        day(Regime::Exact, &mut Ours::default()),
        day(Regime::Exact, &mut Ours::default())
    );
}

#[test]
fn the_files_are_those_of_the_official_evaluator() {
    let (instance, solution) = one_trip();
    let [(_, assignments), (_, orders), (_, couriers)] = solution.files(&instance);
    assert_eq!(
        assignments,
        "assignment_time pickup_time courier orders\n12 25 c1 o1 o2\n"
    );
    let head = "order placement_time ready_time pickup_time dropoff_time courier\n";
    assert_eq!(orders, format!("{head}o1 10 20 25 30 c1\no2 12 25 25 35 c1\n"));
    let head = "courier departure_time origin destination\n";
    assert_eq!(couriers, format!("{head}c1 20 0 r1\nc1 27 r1 o1\nc1 32 o1 o2\n"));
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let missing = Instance::read(Path::new("/nowhere")).unwrap_err();
    assert!(
        missing.to_string().starts_with("/nowhere/restaurants.txt: "),
        "{missing}"
    );
}
