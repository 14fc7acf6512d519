//! The plan under construction, and what it costs.

use crate::parameters::Parameters;
use crate::snapshot::{Snapshot, Time, Travel};
use crate::tables::{Tables, paced, remoteness};
use crate::trips::{ROUTE_TRIPS_MAX, Route, TRIP_ORDERS_MAX, Task};

/// What an order needs to be planned.
#[derive(Debug, Clone, Copy)]
pub struct Meal {
    pub placed_at: Time,
    pub ready_at: Time,
    /// Whether it is known when the food will be ready.
    pub certain: bool,
}

/// What a courier needs to be planned.
#[derive(Debug, Clone, Copy)]
pub struct Rider {
    pub free_at: Time,
    pub off_at: Time,
    pub capacity: usize,
    pub pace_percent: Time,
    pub credit: i64,
}

/// The snapshot with all that follows from it before anything is planned.
pub struct Model<'a> {
    pub now: Time,
    pub meals: Vec<Meal>,
    pub riders: Vec<Rider>,
    /// Pairs of indexes, courier first, sorted.
    pub refusals: Vec<(usize, usize)>,
    pub tables: Tables,
    pub parameters: &'a Parameters,
    before_pickup: Time,
    after_pickup: Time,
    before_drop_off: Time,
    after_drop_off: Time,
    /// What a tick of a courier costs at the present load.
    pub courier_price: i64,
    /// When each courier is free.
    pub free_at: Vec<Time>,
    credit_max: i64,
    pace_min: Time,
}

impl<'a> Model<'a> {
    /// Prepares a snapshot.
    pub fn new<P: Copy, T: Travel<P>>(snapshot: &Snapshot<'_, P>, travel: &T, parameters: &'a Parameters) -> Self {
        let tables = Tables::new(snapshot, travel);
        let remoteness = remoteness(snapshot, travel);
        let riders = snapshot
            .couriers
            .iter()
            .zip(remoteness)
            .map(|(courier, remoteness)| Rider {
                free_at: courier.free_at.max(snapshot.now),
                off_at: courier.off_at,
                capacity: courier.capacity.min(TRIP_ORDERS_MAX),
                pace_percent: courier.pace_percent,
                credit: i64::from(courier.credit) * i64::from(parameters.minute)
                    + parameters.nearness_percent * remoteness,
            });
        let meals = snapshot.orders.iter().map(|order| Meal {
            placed_at: order.placed_at,
            ready_at: order.ready_at,
            certain: order.ready_spread == 0,
        });
        let mut model = Self {
            now: snapshot.now,
            meals: meals.collect(),
            riders: riders.collect(),
            refusals: Vec::new(),
            tables,
            parameters,
            before_pickup: snapshot.service.before_pickup,
            after_pickup: snapshot.service.after_pickup,
            before_drop_off: snapshot.service.before_drop_off,
            after_drop_off: snapshot.service.after_drop_off,
            courier_price: 0,
            free_at: Vec::new(),
            credit_max: 0,
            pace_min: 100,
        };
        model.free_at = model.riders.iter().map(|rider| rider.free_at).collect();
        model.credit_max = model.riders.iter().map(|rider| rider.credit).max().unwrap_or(0);
        model.pace_min = model.riders.iter().map(|rider| rider.pace_percent).min().unwrap_or(100);
        let (work, time) = model.load();
        let between = |idle: i64, busy: i64| idle + (busy - idle) * work.min(time) / time.max(1);
        model.courier_price = between(parameters.courier_percent_idle, parameters.courier_percent_busy);
        let eager = between(parameters.eager_percent_idle, parameters.eager_percent_busy);
        for (meal, order) in model.meals.iter_mut().zip(snapshot.orders) {
            let early = i64::from(order.ready_spread) * eager / 100;
            meal.ready_at -= Time::try_from(early).unwrap_or(0);
        }
        model
    }

    /// The work that is waiting, and the time of couriers in which it can be done.
    fn load(&self) -> (i64, i64) {
        let horizon = self.now + self.parameters.load_window;
        let service = self.before_pickup + self.after_pickup + self.before_drop_off + self.after_drop_off;
        let work: i64 = (0..self.meals.len())
            .filter(|&order| self.meals[order].ready_at < horizon)
            .map(|order| i64::from(2 * self.tables.direct(order) + service))
            .sum();
        let time: i64 = self
            .riders
            .iter()
            .map(|rider| i64::from((rider.off_at.min(horizon) - rider.free_at).max(0)))
            .sum();
        (work, time)
    }

    /// The way of a courier from an address to a restaurant.
    #[inline]
    pub fn back(&self, rider: usize, order: usize, restaurant: usize) -> Time {
        paced(self.tables.back(order, restaurant), self.riders[rider].pace_percent)
    }

    /// When the food of an order is handed to a courier who is free at an instant and has so long a way to it.
    #[inline]
    pub fn pickup_at(&self, free_at: Time, approach: Time, order: usize) -> Time {
        (free_at + approach + self.before_pickup).max(self.meals[order].ready_at)
    }

    /// What an order costs that is handed over at an instant.
    #[inline]
    fn waiting(&self, order: usize, done_at: Time) -> i64 {
        let click_to_door = done_at - self.meals[order].placed_at;
        let late = (click_to_door - self.parameters.target).max(0);
        100 * i64::from(click_to_door) + self.parameters.late_percent * i64::from(late)
    }

    /// What an order without a place costs.
    pub fn unserved(&self) -> i64 {
        100 * self.parameters.unserved * i64::from(self.parameters.minute)
    }

    /// Walks a courier through trips; nothing if one begins after the shift or an order is later than the limit.
    #[inline]
    pub fn walk(&self, rider: usize, tasks: &[Task]) -> Option<i64> {
        self.walk_telling(rider, tasks, |_, _, _| ()).ok()
    }

    /// Who reaches the restaurant of an order later than this cannot bring it on a trip of its own, or as a companion of
    /// others, for less than so much more.
    pub fn latest_pickup(&self, order: usize, cost: i64) -> Time {
        let direct = paced(self.tables.direct(order), self.pace_min);
        let service = self.before_pickup + self.after_pickup + self.before_drop_off;
        let spent = 100 * i64::from(service + direct - self.meals[order].placed_at);
        let latest = (cost + self.credit_max - spent) / 100;
        Time::try_from(latest).unwrap_or(Time::MAX)
    }

    /// What it costs a courier to bring an order on a trip of its own, after so long a way to the restaurant; nothing if it
    /// is picked up after the shift or brought later than the limit.
    #[inline]
    pub fn place(&self, rider: usize, order: usize, approach: Time, pickup_at: Time) -> Option<i64> {
        let facts = &self.riders[rider];
        let direct = paced(self.tables.direct(order), facts.pace_percent);
        let done_at = pickup_at + self.after_pickup + direct + self.before_drop_off;
        let in_time = done_at - self.meals[order].placed_at <= self.parameters.limit;
        let busy =
            approach + self.before_pickup + self.after_pickup + direct + self.before_drop_off + self.after_drop_off;
        let price = self.courier_price * i64::from(busy) - facts.credit;
        (pickup_at <= facts.off_at && in_time).then(|| self.waiting(order, done_at) + price)
    }

    /// Walks a courier through a route and keeps when each trip ends.
    ///
    /// # Errors
    /// An order that cannot be brought.
    pub fn line(&self, rider: usize, route: &Route) -> Result<Line, usize> {
        let mut ends = [0; ROUTE_TRIPS_MAX];
        let tell = |trip: usize, _, done_at| ends[trip] = done_at + self.after_drop_off;
        let cost = self.walk_telling(rider, route.tasks(), tell)?;
        Ok(Line {
            route: *route,
            cost,
            ends,
        })
    }

    /// Walks and tells `(trip, picked up at, done at)` of each trip.
    ///
    /// # Errors
    /// An order that cannot be brought.
    pub fn walk_telling(
        &self,
        rider: usize,
        tasks: &[Task],
        tell: impl FnMut(usize, Time, Time),
    ) -> Result<i64, usize> {
        let Some(first) = tasks.first() else { return Ok(0) };
        let facts = &self.riders[rider];
        let approach = self.tables.approach(rider, self.tables.restaurant[first.lead()]);
        let pickup_at = (facts.free_at + approach + self.before_pickup).max(self.ready_at(first));
        let tail = self.tail(facts.pace_percent, pickup_at, tasks, tell)?;
        if tail.last_pickup_at > facts.off_at {
            return Err(tasks.last().map_or(first.lead(), Task::lead));
        }
        Ok(tail.cost + self.approach_cost(rider, approach, tasks.len()))
    }

    /// What a route costs a courier on top of what it costs anybody who is at the counter at the same instant.
    #[inline]
    pub fn approach_cost(&self, rider: usize, approach: Time, trips: usize) -> i64 {
        let count = i64::try_from(trips).unwrap_or(i64::MAX);
        self.courier_price * i64::from(approach) - self.riders[rider].credit * count
    }

    /// When all orders of a trip are ready.
    #[inline]
    pub fn ready_at(&self, task: &Task) -> Time {
        let ready = task.orders().map(|order| self.meals[order].ready_at);
        ready.max().unwrap_or(self.now)
    }

    /// Walks anybody of a pace through trips, from the moment at which the food of the first is handed over.
    ///
    /// # Errors
    /// The first order that is later than the limit.
    #[inline]
    pub fn tail(
        &self,
        pace_percent: Time,
        first_pickup_at: Time,
        tasks: &[Task],
        mut tell: impl FnMut(usize, Time, Time),
    ) -> Result<Tail, usize> {
        let mut tail = Tail {
            cost: 0,
            last_pickup_at: first_pickup_at,
        };
        let (mut time, mut last) = (first_pickup_at, 0);
        for (number, task) in tasks.iter().enumerate() {
            let mut start = time - self.before_pickup;
            if number > 0 {
                let way = paced(
                    self.tables.back(last, self.tables.restaurant[task.lead()]),
                    pace_percent,
                );
                time = (time + way + self.before_pickup).max(self.ready_at(task));
                start = time - self.before_pickup - way;
            }
            let pickup_at = time;
            tail.last_pickup_at = time;
            time += self.after_pickup;
            for (place, order) in task.orders().enumerate() {
                let way = if place == 0 {
                    self.tables.direct(order)
                } else {
                    self.tables.onwards(last, order)
                };
                time += paced(way, pace_percent) + self.before_drop_off;
                if time - self.meals[order].placed_at > self.parameters.limit {
                    return Err(order);
                }
                tail.cost += self.waiting(order, time);
                time += self.after_drop_off;
                last = order;
            }
            tail.cost += self.courier_price * i64::from(time - start);
            tell(number, pickup_at, time - self.after_drop_off);
        }
        Ok(tail)
    }

    /// When a courier has to leave for a restaurant in order to be handed the food at an instant.
    pub fn leave_at(&self, rider: usize, order: usize, pickup_at: Time) -> Time {
        pickup_at - self.before_pickup - self.tables.approach(rider, self.tables.restaurant[order])
    }

    /// Whether a courier may bring an order.
    #[inline]
    pub fn allowed(&self, rider: usize, order: usize) -> bool {
        self.refusals.is_empty() || self.refusals.binary_search(&(rider, order)).is_err()
    }
}

/// What trips cost, but for the way to the first.
#[derive(Debug, Clone, Copy)]
pub struct Tail {
    pub cost: i64,
    pub last_pickup_at: Time,
}

/// A courier's route with what follows from it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line {
    pub route: Route,
    pub cost: i64,
    /// When the courier is free after each trip.
    pub ends: [Time; ROUTE_TRIPS_MAX],
}

/// A plan with its cost.
pub struct Plan {
    /// By courier.
    pub lines: Vec<Line>,
    /// Who has each order.
    pub rider_of: Vec<Option<usize>>,
    /// Who could take each route, and what it would cost then; empty where that has not been asked.
    pub takers: Vec<Vec<(usize, i64)>>,
    /// The number of the last change of each route.
    pub changed: Vec<usize>,
    /// How many changes there were.
    pub changes: usize,
}

impl Plan {
    /// A plan without any trip.
    pub fn empty(model: &Model<'_>) -> Self {
        Self {
            lines: vec![Line::default(); model.riders.len()],
            rider_of: vec![None; model.meals.len()],
            takers: vec![Vec::new(); model.riders.len()],
            changed: vec![0; model.riders.len()],
            changes: 0,
        }
    }

    /// Replaces a route.
    pub fn set(&mut self, rider: usize, line: &Line) {
        for order in self.lines[rider].route.orders() {
            if self.rider_of[order] == Some(rider) {
                self.rider_of[order] = None;
            }
        }
        for order in line.route.orders() {
            self.rider_of[order] = Some(rider);
        }
        self.lines[rider] = *line;
        self.takers[rider].clear();
        self.changes += 1;
        self.changed[rider] = self.changes;
    }
}
