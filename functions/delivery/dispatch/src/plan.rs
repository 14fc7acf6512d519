//! The plan under construction, and what it costs.

use crate::parameters::Parameters;
use crate::snapshot::{Snapshot, Time, Travel};
use crate::tables::{self, Tables};

/// The most orders in one trip, whatever a courier's capacity: each further one makes the food of the others older.
pub const TRIP_ORDERS_MAX: usize = 5;
/// The most trips planned for one courier. Later ones would be planned anew many times before they begin.
pub const ROUTE_TRIPS_MAX: usize = 6;

/// A trip, by the orders' indexes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Task {
    orders: [usize; TRIP_ORDERS_MAX],
    len: usize,
}

impl Task {
    /// A trip with one order.
    pub fn of(order: usize) -> Self {
        let mut task = Self::default();
        task.insert(0, order);
        task
    }

    /// The orders in the sequence of their drop-offs.
    #[inline]
    pub fn orders(&self) -> &[usize] {
        &self.orders[..self.len]
    }

    /// Puts an order at a place of the sequence.
    pub fn insert(&mut self, at: usize, order: usize) {
        self.orders.copy_within(at..self.len, at + 1);
        self.orders[at] = order;
        self.len += 1;
    }

    /// Takes an order out.
    pub fn remove(&mut self, order: usize) {
        if let Some(at) = self.orders().iter().position(|&held| held == order) {
            self.orders.copy_within(at + 1..self.len, at);
            self.len -= 1;
        }
    }
}

/// A courier's trips in sequence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Route {
    tasks: [Task; ROUTE_TRIPS_MAX],
    len: usize,
}

impl Route {
    /// The trips.
    #[inline]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks[..self.len]
    }

    /// The trips, to change their orders.
    pub fn tasks_mut(&mut self) -> &mut [Task] {
        &mut self.tasks[..self.len]
    }

    /// Whether another trip fits.
    pub fn is_full(&self) -> bool {
        self.len == ROUTE_TRIPS_MAX
    }

    /// Puts a trip at a place of the sequence.
    pub fn insert(&mut self, at: usize, task: Task) {
        self.tasks.copy_within(at..self.len, at + 1);
        self.tasks[at] = task;
        self.len += 1;
    }

    /// Takes a trip out.
    pub fn remove(&mut self, at: usize) {
        self.tasks.copy_within(at + 1..self.len, at);
        self.len -= 1;
    }

    /// Takes an order out, and its trip if nothing is left in it.
    pub fn without(mut self, order: usize) -> Self {
        if let Some(at) = self.tasks().iter().position(|task| task.orders().contains(&order)) {
            self.tasks[at].remove(order);
            if self.tasks[at].len == 0 {
                self.remove(at);
            }
        }
        self
    }

    /// All orders.
    pub fn orders(&self) -> impl Iterator<Item = usize> {
        self.tasks().iter().flat_map(|task| task.orders().iter().copied())
    }
}

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
}

impl<'a> Model<'a> {
    /// Prepares a snapshot.
    pub fn new<P: Copy, T: Travel<P>>(snapshot: &Snapshot<'_, P>, travel: &T, parameters: &'a Parameters) -> Self {
        let tables = Tables::new(snapshot, travel);
        let remoteness = tables::remoteness(snapshot, travel);
        let riders = snapshot
            .couriers
            .iter()
            .zip(remoteness)
            .map(|(courier, remoteness)| Rider {
                free_at: courier.free_at.max(snapshot.now),
                off_at: courier.off_at,
                capacity: courier.capacity.min(TRIP_ORDERS_MAX),
                pace_percent: courier.pace_percent,
                credit: i64::from(courier.credit * parameters.minute) + parameters.nearness_percent * remoteness,
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
        };
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

    #[inline]
    fn paced(&self, rider: usize, time: Time) -> Time {
        match self.riders[rider].pace_percent {
            100 => time,
            pace => (time * pace + 99) / 100,
        }
    }

    /// The way of a courier from where the last trip ends to a restaurant.
    #[inline]
    pub fn approach(&self, rider: usize, restaurant: usize) -> Time {
        self.paced(rider, self.tables.approach(rider, restaurant))
    }

    /// When a courier who has nothing else to do would be handed the food of an order.
    #[inline]
    pub fn soonest_pickup(&self, rider: usize, order: usize) -> Time {
        let approach = self.approach(rider, self.tables.restaurant[order]);
        let there = self.riders[rider].free_at + approach + self.before_pickup;
        there.max(self.meals[order].ready_at)
    }

    /// At least so much does it cost to put an order on a trip of its own, apart from the way to the restaurant.
    #[inline]
    pub fn cost_from(&self, rider: usize, order: usize, pickup_at: Time) -> i64 {
        let direct = self.paced(rider, self.tables.direct(order));
        let done_at = pickup_at + self.after_pickup + direct + self.before_drop_off;
        let busy = self.before_pickup + self.after_pickup + direct + self.before_drop_off + self.after_drop_off;
        self.waiting(order, done_at) + self.courier_price * i64::from(busy) - self.riders[rider].credit
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
        if let [task] = tasks
            && let &[order] = task.orders()
        {
            return self.walk_one(rider, order);
        }
        self.walk_telling(rider, tasks, |_, _, _| ()).ok()
    }

    /// Walks a courier through a single order: by far the most frequent question.
    #[inline]
    fn walk_one(&self, rider: usize, order: usize) -> Option<i64> {
        let pickup_at = self.soonest_pickup(rider, order);
        let approach = self.approach(rider, self.tables.restaurant[order]);
        let direct = self.paced(rider, self.tables.direct(order));
        let done_at = pickup_at + self.after_pickup + direct + self.before_drop_off;
        let in_time = done_at - self.meals[order].placed_at <= self.parameters.limit;
        (pickup_at <= self.riders[rider].off_at && in_time)
            .then(|| self.cost_from(rider, order, pickup_at) + self.courier_price * i64::from(approach))
    }

    /// Walks and tells `(trip, picked up at, done at)` of each trip.
    ///
    /// # Errors
    /// The first order that cannot be brought.
    pub fn walk_telling(
        &self,
        rider: usize,
        tasks: &[Task],
        mut tell: impl FnMut(usize, Time, Time),
    ) -> Result<i64, usize> {
        let facts = &self.riders[rider];
        let mut time = facts.free_at;
        let mut last = None;
        let mut cost = 0;
        for (number, task) in tasks.iter().enumerate() {
            let orders = task.orders();
            let restaurant = self.tables.restaurant[orders[0]];
            let approach = match last {
                None => self.approach(rider, restaurant),
                Some(order) => self.paced(rider, self.tables.back(order, restaurant)),
            };
            let ready_at = orders
                .iter()
                .map(|&order| self.meals[order].ready_at)
                .max()
                .unwrap_or(time);
            let pickup_at = (time + approach + self.before_pickup).max(ready_at);
            if pickup_at > facts.off_at {
                return Err(orders[0]);
            }
            let start = pickup_at - self.before_pickup - approach;
            time = pickup_at + self.after_pickup;
            let mut at = None;
            for &order in orders {
                let way = at.map_or_else(|| self.tables.direct(order), |from| self.tables.onwards(from, order));
                time += self.paced(rider, way) + self.before_drop_off;
                if time - self.meals[order].placed_at > self.parameters.limit {
                    return Err(order);
                }
                cost += self.waiting(order, time);
                time += self.after_drop_off;
                at = Some(order);
            }
            last = at;
            cost += self.courier_price * i64::from(time - start) - facts.credit;
            tell(number, pickup_at, time - self.after_drop_off);
        }
        Ok(cost)
    }

    /// When a courier has to leave for a restaurant in order to be handed the food at an instant.
    pub fn leave_at(&self, rider: usize, order: usize, pickup_at: Time) -> Time {
        pickup_at - self.before_pickup - self.approach(rider, self.tables.restaurant[order])
    }

    /// Whether a courier may bring an order.
    #[inline]
    pub fn allowed(&self, rider: usize, order: usize) -> bool {
        self.refusals.is_empty() || self.refusals.binary_search(&(rider, order)).is_err()
    }
}

/// A plan with its cost.
pub struct Plan {
    /// By courier.
    pub routes: Vec<Route>,
    /// What each route costs.
    pub costs: Vec<i64>,
    /// Who has each order.
    pub rider_of: Vec<Option<usize>>,
}

impl Plan {
    /// A plan without any trip.
    pub fn empty(model: &Model<'_>) -> Self {
        Self {
            routes: vec![Route::default(); model.riders.len()],
            costs: vec![0; model.riders.len()],
            rider_of: vec![None; model.meals.len()],
        }
    }

    /// Replaces a route. The caller has walked it.
    pub fn set(&mut self, rider: usize, route: &Route, cost: i64) {
        for order in self.routes[rider].orders() {
            if self.rider_of[order] == Some(rider) {
                self.rider_of[order] = None;
            }
        }
        for order in route.orders() {
            self.rider_of[order] = Some(rider);
        }
        self.routes[rider] = *route;
        self.costs[rider] = cost;
    }
}
