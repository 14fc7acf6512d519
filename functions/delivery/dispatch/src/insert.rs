//! Where an order costs least.

use crate::plan::{Model, Plan, Route, TRIP_ORDERS_MAX, Task};

/// The cheapest place found for an order.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Whose route.
    pub rider: usize,
    /// The route with the order in it.
    pub route: Route,
    /// What that route costs.
    pub cost: i64,
}

/// The cheapest place of an order that is in no route, if one costs less than `at_most`.
///
/// `own` replaces one courier's route and its cost: the one from which the order is taken in thought.
pub fn cheapest(
    model: &Model<'_>,
    plan: &Plan,
    order: usize,
    own: Option<(usize, &Route, i64)>,
    at_most: i64,
) -> Option<Place> {
    let restaurant = model.tables.restaurant[order];
    let mut best: Option<Place> = None;
    let mut limit = at_most;
    for rider in 0..model.riders.len() {
        let (route, before) = match own {
            Some((owner, route, cost)) if owner == rider => (route, cost),
            Some(_) | None => (&plan.routes[rider], plan.costs[rider]),
        };
        let shared = shares(model, route, restaurant);
        let pickup_at = model.soonest_pickup(rider, order);
        if pickup_at > model.riders[rider].off_at || (!shared && model.cost_from(rider, order, pickup_at) >= limit) {
            continue;
        }
        if !model.allowed(rider, order) {
            continue;
        }
        let mut consider = |candidate: &Route| {
            if let Some(cost) = model.walk(rider, candidate.tasks())
                && cost - before < limit
            {
                limit = cost - before;
                best = Some(Place {
                    rider,
                    route: *candidate,
                    cost,
                });
            }
        };
        if !route.is_full() {
            for at in 0..=route.tasks().len() {
                let mut candidate = *route;
                candidate.insert(at, Task::of(order));
                consider(&candidate);
            }
        }
        if shared {
            joined(model, rider, route, order, &mut consider);
        }
    }
    best
}

fn shares(model: &Model<'_>, route: &Route, restaurant: usize) -> bool {
    route
        .tasks()
        .iter()
        .any(|task| model.tables.restaurant[task.orders()[0]] == restaurant)
}

/// All ways to take the order along on a trip from its restaurant.
fn joined(model: &Model<'_>, rider: usize, route: &Route, order: usize, consider: &mut impl FnMut(&Route)) {
    let restaurant = model.tables.restaurant[order];
    let most = model.riders[rider].capacity.min(TRIP_ORDERS_MAX);
    for (number, task) in route.tasks().iter().enumerate() {
        if model.tables.restaurant[task.orders()[0]] != restaurant || task.orders().len() >= most {
            continue;
        }
        for at in 0..=task.orders().len() {
            let mut candidate = *route;
            candidate.tasks_mut()[number].insert(at, order);
            consider(&candidate);
        }
    }
}
