//! The strict evaluator: every rule is checked again from the files' facts alone, and then the day is measured.

use std::collections::HashSet;
use std::fmt;

use super::half;
use super::instance::{Instance, Point};
use super::solution::{Delivery, Move, Pickup, Solution, Stop};

/// A rule that a solution breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: &'static str,
    /// Where: a courier's or an order's name.
    pub subject: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.rule, self.subject)
    }
}

/// How good a day was. Minutes; the means are over delivered orders, except the penalised one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// How many orders there were.
    pub orders: usize,
    /// How many were not delivered.
    pub undelivered: usize,
    /// Click to door.
    pub ctd_mean: f64,
    /// Its ninetieth percentile.
    pub ctd_p90: f64,
    /// Ready to pickup.
    pub rtp_mean: f64,
    /// The pay of all couriers for each delivered order.
    pub cost_per_order: f64,
    /// How many orders were picked up at once.
    pub orders_per_bundle: f64,
    /// How many were delivered later than the longest click-to-door time.
    pub over_90: usize,
    /// Click to door, where an order that was delivered too late or not at all counts as the longest time.
    pub penalised_ctd: f64,
}

/// Checks every rule and measures.
///
/// # Errors
/// Every rule that is broken; being later than the longest click-to-door time is counted instead.
pub fn evaluate(instance: &Instance, solution: &Solution) -> Result<Figures, Vec<Violation>> {
    let mut judge = Judge {
        instance,
        violations: Vec::new(),
    };
    judge.bundles(&solution.pickups);
    judge.agreement(solution);
    for courier in 0..instance.couriers.len() {
        judge.day_of(courier, solution);
    }
    if judge.violations.is_empty() {
        Ok(measure(instance, solution))
    } else {
        Err(judge.violations)
    }
}

struct Judge<'a> {
    instance: &'a Instance,
    violations: Vec<Violation>,
}

impl Judge<'_> {
    fn require(&mut self, holds: bool, rule: &'static str, subject: &str) {
        if !holds {
            self.violations.push(Violation {
                rule,
                subject: subject.to_owned(),
            });
        }
    }

    fn bundles(&mut self, pickups: &[Pickup]) {
        let mut seen = HashSet::new();
        for pickup in pickups {
            let courier = &self.instance.couriers[pickup.courier];
            self.require(!pickup.orders.is_empty(), "a bundle has orders", &courier.name);
            self.require(
                pickup.picked_up_at <= courier.off_at,
                "nothing is picked up after the shift",
                &courier.name,
            );
            let restaurants: HashSet<_> = pickup
                .orders
                .iter()
                .map(|&order| self.instance.orders[order].restaurant)
                .collect();
            self.require(restaurants.len() <= 1, "a bundle is of one restaurant", &courier.name);
            for &number in &pickup.orders {
                let order = &self.instance.orders[number];
                self.require(seen.insert(number), "an order is picked up once", &order.name);
                self.require(
                    pickup.assigned_at >= order.placed_at,
                    "nothing is assigned before it is placed",
                    &order.name,
                );
                self.require(
                    pickup.picked_up_at >= order.ready_at,
                    "nothing is picked up before it is ready",
                    &order.name,
                );
            }
        }
    }

    /// Deliveries are exactly what was picked up.
    fn agreement(&mut self, solution: &Solution) {
        let picked: usize = solution.pickups.iter().map(|pickup| pickup.orders.len()).sum();
        self.require(
            picked == solution.deliveries.len(),
            "what is picked up is delivered",
            &self.instance.name,
        );
        for delivery in &solution.deliveries {
            let mut bundles = solution.pickups.iter();
            let agrees = bundles.any(|pickup| {
                pickup.courier == delivery.courier
                    && pickup.picked_up_at == delivery.picked_up_at
                    && pickup.orders.contains(&delivery.order)
            });
            self.require(
                agrees,
                "what is delivered was picked up",
                &self.instance.orders[delivery.order].name,
            );
        }
    }

    /// Follows a courier from stop to stop.
    fn day_of(&mut self, courier: usize, solution: &Solution) {
        let facts = &self.instance.couriers[courier];
        let mut pickups: Vec<&Pickup> = solution
            .pickups
            .iter()
            .filter(|pickup| pickup.courier == courier)
            .collect();
        pickups.sort_by_key(|pickup| pickup.picked_up_at);
        let mut pickups = pickups.into_iter().peekable();
        let moves: Vec<&Move> = solution.moves.iter().filter(|step| step.courier == courier).collect();
        let mut stop = Stop::Start;
        let mut free_at = facts.on_at;
        let mut aboard: Vec<usize> = Vec::new();
        let mut bound = false;
        for (number, step) in moves.iter().enumerate() {
            self.require(step.from == stop, "a way begins where the last one ended", &facts.name);
            let in_time = if bound {
                step.departs_at == free_at
            } else {
                step.departs_at >= free_at
            };
            self.require(in_time, "a courier leaves when the service is over", &facts.name);
            let arrived_at = step.departs_at
                + self
                    .instance
                    .roads()
                    .travel(self.place(courier, stop), self.place(courier, step.to));
            stop = step.to;
            bound = false;
            free_at = arrived_at;
            match step.to {
                Stop::Start => self.require(false, "a courier goes to restaurants and addresses", &facts.name),
                Stop::Restaurant(restaurant) => {
                    self.require(
                        aboard.is_empty(),
                        "all is dropped off before the next pickup",
                        &facts.name,
                    );
                    let next = moves.get(number + 1).map(|step| step.to);
                    let here =
                        pickups.next_if(|pickup| next == pickup.orders.first().map(|&order| Stop::Address(order)));
                    if let Some(pickup) = here {
                        self.handed_over(pickup, restaurant, arrived_at);
                        free_at = pickup.picked_up_at + half(self.instance.pickup_service);
                        aboard.extend(pickup.orders.iter().rev());
                        bound = true;
                    }
                }
                Stop::Address(order) => {
                    self.require(
                        aboard.pop() == Some(order),
                        "drop-offs follow the sequence",
                        &facts.name,
                    );
                    self.dropped_off(courier, order, arrived_at, &solution.deliveries);
                    free_at = arrived_at + self.instance.drop_off_service;
                    bound = !aboard.is_empty();
                }
            }
        }
        self.require(aboard.is_empty(), "everything aboard is dropped off", &facts.name);
        self.require(pickups.next().is_none(), "a courier is there to pick up", &facts.name);
    }

    fn handed_over(&mut self, pickup: &Pickup, restaurant: usize, arrived_at: i32) {
        let name = &self.instance.couriers[pickup.courier].name;
        let orders = pickup.orders.iter().map(|&order| &self.instance.orders[order]);
        let ready_at = orders.clone().map(|order| order.ready_at).max().unwrap_or(arrived_at);
        let expected = ready_at.max(arrived_at + half(self.instance.pickup_service));
        let right = orders.clone().all(|order| order.restaurant == restaurant);
        self.require(right, "a bundle is picked up at its restaurant", name);
        self.require(
            pickup.picked_up_at == expected,
            "a pickup takes place when the courier is there and all is ready",
            name,
        );
        self.require(
            pickup.picked_up_at >= pickup.assigned_at,
            "a courier is told before the pickup",
            name,
        );
    }

    fn dropped_off(&mut self, courier: usize, order: usize, arrived_at: i32, deliveries: &[Delivery]) {
        let expected = arrived_at + half(self.instance.drop_off_service);
        let told = deliveries.iter().any(|delivery| {
            delivery.order == order && delivery.courier == courier && delivery.dropped_off_at == expected
        });
        self.require(
            told,
            "a drop-off follows the arrival",
            &self.instance.orders[order].name,
        );
    }

    fn place(&self, courier: usize, stop: Stop) -> Point {
        match stop {
            Stop::Start => self.instance.couriers[courier].at,
            Stop::Restaurant(restaurant) => self.instance.restaurants[restaurant].at,
            Stop::Address(order) => self.instance.orders[order].at,
        }
    }
}

/// Measures a day that keeps the rules.
fn measure(instance: &Instance, solution: &Solution) -> Figures {
    let orders = instance.orders.len();
    let delivered = solution.deliveries.len();
    let click_to_door = |delivery: &Delivery| delivery.dropped_off_at - instance.orders[delivery.order].placed_at;
    let mut times: Vec<f64> = solution
        .deliveries
        .iter()
        .map(|delivery| f64::from(click_to_door(delivery)))
        .collect();
    times.sort_by(f64::total_cmp);
    let ready_to_pickup = solution
        .deliveries
        .iter()
        .map(|delivery| f64::from(delivery.picked_up_at - instance.orders[delivery.order].ready_at));
    let maximum = f64::from(instance.maximum);
    let over = times.iter().filter(|&&time| time > maximum).count();
    let in_time: f64 = times.iter().filter(|&&time| time <= maximum).sum();
    Figures {
        orders,
        undelivered: orders - delivered,
        ctd_mean: ratio(times.iter().sum(), delivered),
        ctd_p90: percentile(&times, 0.9),
        rtp_mean: ratio(ready_to_pickup.sum(), delivered),
        cost_per_order: ratio(pay(instance, solution), delivered),
        orders_per_bundle: ratio(count(delivered), solution.pickups.len()),
        over_90: over,
        penalised_ctd: ratio(in_time + maximum * count(orders - delivered + over), orders),
    }
}

/// What all couriers are paid together.
fn pay(instance: &Instance, solution: &Solution) -> f64 {
    let mut brought = vec![0; instance.couriers.len()];
    for delivery in &solution.deliveries {
        brought[delivery.courier] += 1;
    }
    let couriers = instance.couriers.iter().zip(brought);
    couriers
        .map(|(courier, orders)| {
            let guaranteed = instance.guaranteed_pay_per_hour * f64::from(courier.off_at - courier.on_at) / 60.0;
            guaranteed.max(instance.pay_per_order * f64::from(orders))
        })
        .sum()
}

/// The value below which a share of sorted values lies, interpolated between neighbours; 0 of nothing.
#[must_use]
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let rank = share * count(last);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is an index"
    )]
    let below = (rank.floor() as usize).min(last);
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * rank.fract()
}

fn ratio(sum: f64, number: usize) -> f64 {
    if number == 0 { 0.0 } else { sum / count(number) }
}

fn count(number: usize) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a day has thousands of orders, not quadrillions"
    )]
    let number = number as f64;
    number
}
