//! Where an order costs least.

use crate::plan::{Line, Model, Plan};
use crate::snapshot::Time;
use crate::trips::{Route, Task};

/// The cheapest route found that takes an order in, and whose it is.
pub type Place = (usize, Line);

/// Whose route an order is taken from in thought.
pub struct Own<'a> {
    /// The courier.
    pub rider: usize,
    /// The route without the order.
    pub line: &'a Line,
    /// Couriers whose route has not changed since are known to be no better; 0 if nobody is.
    pub since: usize,
}

/// The cheapest place of an order that is in no route, or in thought taken from its own, if one costs less than `at_most`.
pub fn cheapest(model: &Model<'_>, plan: &Plan, order: usize, own: Option<&Own<'_>>, at_most: i64) -> Option<Place> {
    let restaurant = model.tables.restaurant[order];
    let mut search = Search {
        model,
        order,
        limit: at_most,
        latest: model.latest_pickup(order, at_most),
        best: None,
    };
    let arrivals = model.free_at.iter().zip(model.tables.approaches(restaurant));
    for (rider, (free_at, approach)) in arrivals.enumerate() {
        // Most are too far away or too busy: this is the one line that counts.
        if free_at + approach > search.latest || model.riders[rider].capacity == 0 || !model.allowed(rider, order) {
            continue;
        }
        let line = match own {
            Some(own) if own.rider == rider => own.line,
            Some(own) if own.since > 0 && plan.changed[rider] <= own.since => continue,
            Some(_) | None => &plan.lines[rider],
        };
        search.alone(rider, line);
        if shares(model, &line.route, restaurant) {
            search.joined(rider, line);
        }
    }
    let (rider, route) = search.best?;
    Some((rider, model.line(rider, &route).ok()?))
}

/// The search for one order's place.
struct Search<'a, 'b> {
    model: &'a Model<'b>,
    order: usize,
    /// What the best place so far costs.
    limit: i64,
    /// Who reaches the restaurant later is no better.
    latest: Time,
    best: Option<(usize, Route)>,
}

impl Search<'_, '_> {
    /// All ways to bring the order on a trip of its own.
    fn alone(&mut self, rider: usize, line: &Line) {
        let (model, order) = (self.model, self.order);
        let facts = &model.riders[rider];
        let restaurant = model.tables.restaurant[order];
        if line.route.is_full() {
            return;
        }
        let trips = line.route.tasks();
        for at in 0..=trips.len() {
            let (free_at, approach) = match at.checked_sub(1) {
                None => (facts.free_at, model.tables.approach(rider, restaurant)),
                Some(before) => (line.ends[before], model.back(rider, trips[before].last(), restaurant)),
            };
            if free_at > self.latest {
                return;
            }
            if free_at + approach > self.latest {
                continue;
            }
            let pickup_at = model.pickup_at(free_at, approach, order);
            let Some(cost) = model.place(rider, order, approach, pickup_at) else {
                continue;
            };
            // The trip that follows may have less of a way now, and does not begin earlier.
            let spared = trips.get(at).map_or(0, |next| {
                let next = model.tables.restaurant[next.lead()];
                let before = if at == 0 {
                    model.tables.approach(rider, next)
                } else {
                    model.back(rider, trips[at - 1].last(), next)
                };
                model.courier_price * i64::from(before - model.back(rider, order, next)).max(0)
            });
            if cost - spared >= self.limit {
                continue;
            }
            let mut route = line.route;
            route.insert(at, Task::of(order));
            if at == trips.len() {
                self.take(rider, &route, cost);
            } else {
                self.consider(rider, line, &route);
            }
        }
    }

    /// All ways to take the order along on a trip from its restaurant.
    fn joined(&mut self, rider: usize, line: &Line) {
        let model = self.model;
        let restaurant = model.tables.restaurant[self.order];
        let most = model.riders[rider].capacity;
        for (number, task) in line.route.tasks().iter().enumerate() {
            if model.tables.restaurant[task.lead()] != restaurant || task.len() >= most {
                continue;
            }
            for at in 0..=task.len() {
                let mut route = line.route;
                route.tasks_mut()[number].insert(at, self.order);
                self.consider(rider, line, &route);
            }
        }
    }

    fn consider(&mut self, rider: usize, line: &Line, route: &Route) {
        if let Some(cost) = self.model.walk(rider, route.tasks())
            && cost - line.cost < self.limit
        {
            self.take(rider, route, cost - line.cost);
        }
    }

    fn take(&mut self, rider: usize, route: &Route, cost: i64) {
        self.limit = cost;
        self.latest = self.model.latest_pickup(self.order, cost);
        self.best = Some((rider, *route));
    }
}

fn shares(model: &Model<'_>, route: &Route, restaurant: usize) -> bool {
    let mut restaurants = route.tasks().iter().map(|task| model.tables.restaurant[task.lead()]);
    restaurants.any(|other| other == restaurant)
}
