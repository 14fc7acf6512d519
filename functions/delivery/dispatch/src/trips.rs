//! Trips and their sequences, by the orders' indexes. They are copied very often, so they are small.

/// The most orders in one trip, whatever a courier's capacity: each further one makes the food of the others older.
pub const TRIP_ORDERS_MAX: usize = 5;
/// The most trips planned for one courier. Later ones would be planned anew many times before they begin.
pub const ROUTE_TRIPS_MAX: usize = 6;

/// A trip, by the orders' indexes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Task {
    orders: [u32; TRIP_ORDERS_MAX],
    len: u32,
}

impl Task {
    /// A trip with one order.
    pub fn of(order: usize) -> Self {
        let mut task = Self::default();
        task.insert(0, order);
        task
    }

    /// How many orders there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// The order that is dropped off first; every trip has one.
    #[inline]
    pub fn lead(&self) -> usize {
        self.orders[0] as usize
    }

    /// The order that is dropped off last.
    #[inline]
    pub fn last(&self) -> usize {
        self.orders[self.len().max(1) - 1] as usize
    }

    /// The orders in the sequence of their drop-offs.
    #[inline]
    pub fn orders(&self) -> impl Iterator<Item = usize> + '_ {
        self.orders[..self.len()].iter().map(|&order| order as usize)
    }

    /// Puts an order at a place of the sequence.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a snapshot has fewer than four billion orders"
    )]
    pub fn insert(&mut self, at: usize, order: usize) {
        let len = self.len();
        self.orders.copy_within(at..len, at + 1);
        self.orders[at] = order as u32;
        self.len += 1;
    }

    /// Takes an order out.
    fn remove(&mut self, order: usize) {
        let (len, place) = (self.len(), self.orders().position(|held| held == order));
        if let Some(at) = place {
            self.orders.copy_within(at + 1..len, at);
            self.len -= 1;
        }
    }
}

/// A courier's trips in sequence.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Route {
    tasks: [Task; ROUTE_TRIPS_MAX],
    len: u32,
}

impl Route {
    fn len(&self) -> usize {
        self.len as usize
    }

    /// The trips.
    #[inline]
    pub fn tasks(&self) -> &[Task] {
        &self.tasks[..self.len()]
    }

    /// The trips, to change their orders.
    pub fn tasks_mut(&mut self) -> &mut [Task] {
        let len = self.len();
        &mut self.tasks[..len]
    }

    /// Whether another trip fits.
    pub fn is_full(&self) -> bool {
        self.len() == ROUTE_TRIPS_MAX
    }

    /// Puts a trip at a place of the sequence.
    pub fn insert(&mut self, at: usize, task: Task) {
        let len = self.len();
        self.tasks.copy_within(at..len, at + 1);
        self.tasks[at] = task;
        self.len += 1;
    }

    /// Takes a trip out.
    fn remove(&mut self, at: usize) {
        let len = self.len();
        self.tasks.copy_within(at + 1..len, at);
        self.len -= 1;
    }

    /// Takes an order out, and its trip if nothing is left in it.
    pub fn without(mut self, order: usize) -> Self {
        if let Some(at) = self
            .tasks()
            .iter()
            .position(|task| task.orders().any(|held| held == order))
        {
            self.tasks[at].remove(order);
            if self.tasks[at].len() == 0 {
                self.remove(at);
            }
        }
        self
    }

    /// All orders.
    pub fn orders(&self) -> impl Iterator<Item = usize> {
        self.tasks().iter().flat_map(Task::orders)
    }
}
