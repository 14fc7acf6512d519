//! A day, minute by minute: reveals what becomes known, asks the policy, and lets the couriers ride.

use std::time::{Duration, Instant};

use super::half;
use super::instance::{Instance, Point, Roads};
use super::solution::{Delivery, Move, Pickup, Solution, Stop};

/// What is known of an order's preparation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// The minute in which the food will be ready.
    Exact,
    /// Only the restaurant's mean, until it is ready.
    Estimate,
}

/// Who decides.
pub trait Policy {
    /// What to do in this minute, for good.
    fn decide(&mut self, view: &View<'_>) -> Vec<Step>;
}

/// What a policy can have a courier do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Carry out a tour.
    Bring(Tour),
    /// Go to a restaurant without an order, and wait there.
    Go {
        /// The courier's index.
        courier: usize,
        /// The restaurant's index.
        restaurant: usize,
    },
}

/// A bundle for a courier: orders of one restaurant in the sequence of their drop-offs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tour {
    /// The courier's index.
    pub courier: usize,
    /// The orders' indexes.
    pub orders: Vec<usize>,
}

/// What is known in a minute.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The minute.
    pub now: i32,
    /// Couriers whose shift has not ended.
    pub couriers: &'a [CourierNow],
    /// Orders without a courier.
    pub orders: &'a [OrderNow],
    /// Where the restaurants are, by index.
    pub restaurants: &'a [Point],
    /// How long ways take.
    pub roads: Roads,
    /// Half of the service time at a restaurant.
    pub half_pickup: i32,
    /// Half of the service time at an address.
    pub half_drop_off: i32,
    /// The click-to-door time that is aimed at.
    pub target: i32,
    /// The longest click-to-door time.
    pub maximum: i32,
    /// What the guarantee of an hour is worth, in orders.
    pub orders_guaranteed_per_hour: f64,
}

/// A courier as known in a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CourierNow {
    /// Index in the instance.
    pub index: usize,
    /// Where the committed tour ends.
    pub at: Point,
    /// When it ends, or the shift begins, as far as known.
    pub free_at: i32,
    /// When the shift begins.
    pub on_at: i32,
    /// When it ends.
    pub off_at: i32,
    /// Orders brought or committed to so far.
    pub orders: u32,
}

/// An open order as known in a minute.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderNow {
    /// Index in the instance.
    pub index: usize,
    /// The restaurant's index.
    pub restaurant: usize,
    /// Where the restaurant is.
    pub pickup: Point,
    /// Where the customer is.
    pub drop_off: Point,
    /// When it was placed.
    pub placed_at: i32,
    /// When the food is, or is expected to be, ready.
    pub ready_at: i32,
    /// Whether that is known.
    pub ready_known: bool,
}

/// A day that has been simulated.
#[derive(Debug)]
pub struct Day {
    /// What was done.
    pub solution: Solution,
    /// How long each decision took; minutes without an open order have none.
    pub epochs: Vec<Duration>,
    /// How long the whole day took.
    pub took: Duration,
}

/// Simulates a day.
pub fn simulate(instance: &Instance, regime: Regime, policy: &mut impl Policy) -> Day {
    let started = Instant::now();
    let mut world = World::new(instance, regime);
    let mut epochs = Vec::new();
    let first = instance.orders.iter().map(|order| order.placed_at).min().unwrap_or(0);
    let last = instance
        .couriers
        .iter()
        .map(|courier| courier.off_at)
        .max()
        .unwrap_or(0);
    let restaurants: Vec<Point> = instance.restaurants.iter().map(|restaurant| restaurant.at).collect();
    for now in first..=last {
        world.reveal(now);
        let (couriers, orders) = world.seen(now);
        if orders.is_empty() {
            continue;
        }
        let view = View {
            now,
            couriers: &couriers,
            orders: &orders,
            restaurants: &restaurants,
            roads: instance.roads(),
            half_pickup: half(instance.pickup_service),
            half_drop_off: half(instance.drop_off_service),
            target: instance.target,
            maximum: instance.maximum,
            orders_guaranteed_per_hour: instance.guaranteed_pay_per_hour / instance.pay_per_order,
        };
        let asked = Instant::now();
        let steps = policy.decide(&view);
        epochs.push(asked.elapsed());
        for step in steps {
            match step {
                Step::Bring(tour) => world.begin(now, tour),
                Step::Go { courier, restaurant } => world.go(now, courier, restaurant),
            }
        }
    }
    world.reveal(i32::MAX);
    Day {
        solution: world.solution,
        epochs,
        took: started.elapsed(),
    }
}

/// Where a courier stands.
struct Rider {
    stop: Stop,
    free_at: i32,
    orders: u32,
    /// The tour that has begun and whose pickup is not known yet.
    waits: Option<Wait>,
}

struct Wait {
    assigned_at: i32,
    /// When the courier left for the restaurant; nothing for one who was there.
    left_at: Option<i32>,
    arrived_at: i32,
    orders: Vec<usize>,
}

struct World<'a> {
    instance: &'a Instance,
    regime: Regime,
    preparation: Vec<i32>,
    riders: Vec<Rider>,
    /// Orders not yet placed, the next at the end.
    coming: Vec<usize>,
    open: Vec<usize>,
    solution: Solution,
}

impl<'a> World<'a> {
    fn new(instance: &'a Instance, regime: Regime) -> Self {
        let mut coming: Vec<usize> = (0..instance.orders.len()).collect();
        coming.sort_by_key(|&order| std::cmp::Reverse((instance.orders[order].placed_at, order)));
        let riders = instance.couriers.iter().map(|courier| Rider {
            stop: Stop::Start,
            free_at: courier.on_at,
            orders: 0,
            waits: None,
        });
        #[expect(clippy::cast_possible_truncation, reason = "preparation takes less than a day")]
        let preparation = instance.mean_preparation().into_iter().map(|mean| mean.round() as i32);
        Self {
            instance,
            regime,
            preparation: preparation.collect(),
            riders: riders.collect(),
            coming,
            open: Vec::new(),
            solution: Solution::default(),
        }
    }

    /// Lets happen what is known to have happened by `now`.
    fn reveal(&mut self, now: i32) {
        while let Some(order) = self
            .coming
            .pop_if(|order| self.instance.orders[*order].placed_at <= now)
        {
            self.open.push(order);
        }
        for courier in 0..self.riders.len() {
            let Some(wait) = self.riders[courier].waits.take() else {
                continue;
            };
            let ready_at = self.ready_at(&wait.orders);
            let off_at = self.instance.couriers[courier].off_at;
            if ready_at <= now.min(off_at) {
                self.pick_up(courier, wait, ready_at);
            } else if now >= off_at {
                // The shift has ended at the counter: somebody else has to come.
                self.arrive_in_vain(courier, &wait);
                self.open.extend(wait.orders);
            } else {
                self.riders[courier].waits = Some(wait);
            }
        }
        let (orders, maximum) = (&self.instance.orders, self.instance.maximum);
        self.open
            .retain(|&order| now.saturating_sub(orders[order].placed_at) < maximum);
    }

    fn ready_at(&self, orders: &[usize]) -> i32 {
        orders
            .iter()
            .map(|&order| self.instance.orders[order].ready_at)
            .max()
            .unwrap_or(0)
    }

    /// When an order is ready, as far as known.
    fn expected(&self, order: usize, now: i32) -> i32 {
        let facts = &self.instance.orders[order];
        if self.regime == Regime::Exact || facts.ready_at <= now {
            return facts.ready_at;
        }
        let mean = self.preparation[facts.restaurant];
        (facts.placed_at + mean).max(now + 1)
    }

    fn seen(&self, now: i32) -> (Vec<CourierNow>, Vec<OrderNow>) {
        let couriers = self.instance.couriers.iter().enumerate();
        let couriers = couriers
            .filter(|(_, courier)| courier.off_at >= now)
            .map(|(index, courier)| {
                let rider = &self.riders[index];
                let (at, free_at) = match &rider.waits {
                    None => (self.place(index, rider.stop), rider.free_at),
                    Some(wait) => self.forecast(wait, now),
                };
                CourierNow {
                    index,
                    at,
                    free_at,
                    on_at: courier.on_at,
                    off_at: courier.off_at,
                    orders: rider.orders,
                }
            });
        let orders = self.open.iter().map(|&index| {
            let order = &self.instance.orders[index];
            OrderNow {
                index,
                restaurant: order.restaurant,
                pickup: self.instance.pickup(index),
                drop_off: order.at,
                placed_at: order.placed_at,
                ready_at: self.expected(index, now),
                ready_known: self.regime == Regime::Exact || order.ready_at <= now,
            }
        });
        (couriers.collect(), orders.collect())
    }

    /// Where and when a courier who still waits for food is expected to be free.
    fn forecast(&self, wait: &Wait, now: i32) -> (Point, i32) {
        let ready_at = wait
            .orders
            .iter()
            .map(|&order| self.expected(order, now))
            .max()
            .unwrap_or(now);
        let pickup_at = ready_at.max(wait.arrived_at + half(self.instance.pickup_service));
        let mut place = self.instance.pickup(wait.orders[0]);
        let mut time = pickup_at + half(self.instance.pickup_service);
        for &order in &wait.orders {
            let next = self.instance.orders[order].at;
            time += self.instance.roads().travel(place, next) + 2 * half(self.instance.drop_off_service);
            place = next;
        }
        (place, time)
    }

    fn place(&self, courier: usize, stop: Stop) -> Point {
        match stop {
            Stop::Start => self.instance.couriers[courier].at,
            Stop::Restaurant(restaurant) => self.instance.restaurants[restaurant].at,
            Stop::Address(order) => self.instance.orders[order].at,
        }
    }

    /// Sends a courier to a restaurant; who is there already, on the way to somewhere or off shift, stays so.
    fn go(&mut self, now: i32, courier: usize, restaurant: usize) {
        let rider = &self.riders[courier];
        let there = Stop::Restaurant(restaurant);
        if rider.waits.is_none() && rider.free_at <= now && rider.stop != there {
            self.riders[courier].free_at = self.travel(courier, now, there);
        }
    }

    fn begin(&mut self, now: i32, tour: Tour) {
        let Some(&first) = tour.orders.first() else { return };
        self.open.retain(|order| !tour.orders.contains(order));
        let rider = &self.riders[tour.courier];
        let restaurant = self.instance.orders[first].restaurant;
        let left_at = now.max(rider.free_at);
        let from = self.place(tour.courier, rider.stop);
        let mut wait = Wait {
            assigned_at: now,
            left_at: Some(left_at),
            arrived_at: left_at + self.instance.roads().travel(from, self.instance.pickup(first)),
            orders: tour.orders,
        };
        let ready_at = self.ready_at(&wait.orders);
        let there_at = rider.free_at;
        if rider.stop == Stop::Restaurant(restaurant)
            && ready_at.max(there_at + half(self.instance.pickup_service)) >= now
        {
            // The courier stands at the counter when the order becomes ready.
            wait.left_at = None;
            wait.arrived_at = there_at;
        }
        if self.regime == Regime::Exact {
            self.pick_up(tour.courier, wait, ready_at);
        } else {
            self.riders[tour.courier].waits = Some(wait);
        }
    }

    fn pick_up(&mut self, courier: usize, wait: Wait, ready_at: i32) {
        let (half_pickup, half_drop_off) = (half(self.instance.pickup_service), half(self.instance.drop_off_service));
        let picked_up_at = ready_at.max(wait.arrived_at + half_pickup);
        if picked_up_at > self.instance.couriers[courier].off_at && self.regime == Regime::Estimate {
            self.arrive_in_vain(courier, &wait);
            self.open.extend(wait.orders);
            return;
        }
        self.arrive(courier, &wait);
        let mut time = picked_up_at + half_pickup;
        for &order in &wait.orders {
            let arrived_at = self.travel(courier, time, Stop::Address(order));
            self.solution.deliveries.push(Delivery {
                order,
                picked_up_at,
                dropped_off_at: arrived_at + half_drop_off,
                courier,
            });
            time = arrived_at + 2 * half_drop_off;
            self.riders[courier].orders += 1;
        }
        self.riders[courier].free_at = time;
        self.solution.pickups.push(Pickup {
            assigned_at: wait.assigned_at,
            picked_up_at,
            courier,
            orders: wait.orders,
        });
    }

    fn arrive_in_vain(&mut self, courier: usize, wait: &Wait) {
        self.arrive(courier, wait);
        self.riders[courier].free_at = wait.arrived_at;
    }

    fn arrive(&mut self, courier: usize, wait: &Wait) {
        if let Some(left_at) = wait.left_at {
            let restaurant = self.instance.orders[wait.orders[0]].restaurant;
            self.travel(courier, left_at, Stop::Restaurant(restaurant));
        }
    }

    /// Moves a courier and tells the arrival.
    fn travel(&mut self, courier: usize, departs_at: i32, to: Stop) -> i32 {
        let from = self.riders[courier].stop;
        self.solution.moves.push(Move {
            courier,
            departs_at,
            from,
            to,
        });
        self.riders[courier].stop = to;
        let way = self
            .instance
            .roads()
            .travel(self.place(courier, from), self.place(courier, to));
        departs_at + way
    }
}
