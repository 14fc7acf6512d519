//! Making a plan cheaper without changing what it serves.

use crate::assignment::{FORBIDDEN, assign};
use crate::insert::cheapest;
use crate::plan::{Model, Plan, Route};

/// Inserts every order that has no place, those whose food is ready first at the front.
pub fn fill(model: &Model<'_>, plan: &mut Plan) {
    let mut open: Vec<usize> = (0..model.meals.len())
        .filter(|&order| plan.rider_of[order].is_none())
        .collect();
    open.sort_by_key(|&order| (model.meals[order].ready_at, model.meals[order].placed_at, order));
    for order in open {
        if let Some(place) = cheapest(model, plan, order, None, model.unserved()) {
            plan.set(place.rider, &place.route, place.cost);
        }
    }
}

/// Exchanges whole routes among all couriers, as well as can be.
pub fn exchange(model: &Model<'_>, plan: &mut Plan) -> bool {
    let holders: Vec<usize> = (0..plan.routes.len())
        .filter(|&rider| !plan.routes[rider].tasks().is_empty())
        .collect();
    let couriers = plan.routes.len();
    if holders.is_empty() || couriers < 2 {
        return false;
    }
    let mut matrix = Vec::with_capacity(holders.len() * couriers);
    for &holder in &holders {
        let route = plan.routes[holder];
        matrix.extend((0..couriers).map(|rider| {
            if rider == holder {
                plan.costs[holder]
            } else if may_take(model, rider, &route) {
                model.walk(rider, route.tasks()).unwrap_or(FORBIDDEN)
            } else {
                FORBIDDEN
            }
        }));
    }
    let takers = assign(holders.len(), couriers, &matrix);
    let cost = |row: usize| matrix[row * couriers + takers[row]];
    let before: i64 = holders.iter().map(|&holder| plan.costs[holder]).sum();
    let after: i64 = (0..holders.len()).map(cost).sum();
    if after >= before {
        return false;
    }
    let routes: Vec<Route> = holders.iter().map(|&holder| plan.routes[holder]).collect();
    for &holder in &holders {
        plan.set(holder, &Route::default(), 0);
    }
    for (row, route) in routes.iter().enumerate() {
        plan.set(takers[row], route, cost(row));
    }
    true
}

fn may_take(model: &Model<'_>, rider: usize, route: &Route) -> bool {
    let capacity = model.riders[rider].capacity;
    route.tasks().iter().all(|task| task.orders().len() <= capacity)
        && (model.refusals.is_empty() || route.orders().all(|order| model.allowed(rider, order)))
}

/// Gives every order once the chance of a cheaper place.
pub fn relocate(model: &Model<'_>, plan: &mut Plan) -> bool {
    let mut changed = false;
    for order in 0..model.meals.len() {
        let Some(owner) = plan.rider_of[order] else { continue };
        let rest = plan.routes[owner].without(order);
        let Some(rest_cost) = model.walk(owner, rest.tasks()) else {
            continue;
        };
        let saved = plan.costs[owner] - rest_cost;
        if let Some(place) = cheapest(model, plan, order, Some((owner, &rest, rest_cost)), saved) {
            plan.set(owner, &rest, rest_cost);
            plan.set(place.rider, &place.route, place.cost);
            changed = true;
        }
    }
    changed
}
