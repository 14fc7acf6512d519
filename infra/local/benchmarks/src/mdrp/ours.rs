//! The service's own engine as a policy.

use dispatch::{Courier, Order, Parameters, Service, Snapshot, Trip, decide, fair_credit};

use super::instance::Point;
use super::simulate::{Policy, Step, Tour, View};

/// How far ahead shifts are looked at: who starts within the longest click-to-door time may still matter.
const SHIFTS_AHEAD: i32 = 60;

/// By how much preparation times differ within a restaurant: two fifths of the mean, in any trade that cooks to order.
const SPREAD_PERCENT: i32 = 40;

/// The engine with its plan of the last minute.
#[derive(Debug)]
pub struct Ours {
    /// The engine's parameters.
    pub parameters: Parameters,
    plan: Vec<Trip>,
    demand: Demand,
}

impl Default for Ours {
    fn default() -> Self {
        Self {
            parameters: Parameters::in_minutes(),
            plan: Vec::new(),
            demand: Demand::default(),
        }
    }
}

impl Policy for Ours {
    fn decide(&mut self, view: &View<'_>) -> Vec<Step> {
        let couriers: Vec<_> = view
            .couriers
            .iter()
            .filter(|courier| courier.on_at <= view.now + SHIFTS_AHEAD)
            .map(|courier| Courier {
                id: number(courier.index),
                place: courier.at,
                free_at: courier.free_at,
                off_at: courier.off_at,
                capacity: usize::MAX,
                pace_percent: 100,
                credit: fair_credit(
                    (view.now - courier.on_at).max(0),
                    courier.orders,
                    view.orders_guaranteed_per_hour,
                ),
            })
            .collect();
        let orders: Vec<_> = view
            .orders
            .iter()
            .map(|order| Order {
                id: number(order.index),
                restaurant: number(order.restaurant),
                pickup: order.pickup,
                drop_off: order.drop_off,
                placed_at: order.placed_at,
                ready_at: order.ready_at,
                ready_spread: if order.ready_known {
                    0
                } else {
                    (order.ready_at - order.placed_at) * SPREAD_PERCENT / 100
                },
            })
            .collect();
        let snapshot = Snapshot {
            now: view.now,
            couriers: &couriers,
            orders: &orders,
            refusals: &[],
            service: Service {
                before_pickup: view.half_pickup,
                after_pickup: view.half_pickup,
                before_drop_off: view.half_drop_off,
                after_drop_off: view.half_drop_off,
            },
            demand: self.demand.learn(view),
            plan: &self.plan,
        };
        let travel = |from: Point, to: Point| view.roads.travel(from, to);
        let decisions = decide(&snapshot, &travel, &self.parameters);
        self.plan = decisions.plan;
        let bring = decisions.commit.into_iter().map(|commitment| {
            Step::Bring(Tour {
                courier: index(commitment.trip.courier),
                orders: commitment.trip.orders.into_iter().map(index).collect(),
            })
        });
        let go = decisions.approach.iter().filter_map(|approach| {
            let order = view.orders.iter().find(|order| number(order.index) == approach.order)?;
            Some(Step::Go {
                courier: index(approach.courier),
                restaurant: order.restaurant,
            })
        });
        bring.chain(go).collect()
    }
}

/// Where the day's orders came from so far; at first from everywhere alike.
#[derive(Debug, Default)]
struct Demand {
    places: Vec<(Point, u32)>,
    /// The last minute that was looked at.
    until: i32,
}

impl Demand {
    /// What an order weighs against the first guess.
    const WEIGHT: u32 = 10;

    fn learn(&mut self, view: &View<'_>) -> &[(Point, u32)] {
        if self.places.is_empty() {
            self.places = view.restaurants.iter().map(|&place| (place, 1)).collect();
            self.until = i32::MIN;
        }
        for order in view.orders.iter().filter(|order| order.placed_at > self.until) {
            self.places[order.restaurant].1 += Self::WEIGHT;
        }
        self.until = view.now;
        &self.places
    }
}

/// The engine's number of an index.
fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// And back.
fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
