//! One epoch.

use std::collections::HashMap;

use crate::clean::Cleaned;
use crate::improve::{exchange, fill, relocate};
use crate::parameters::Parameters;
use crate::plan::{Model, Plan};
use crate::snapshot::{Approach, Commitment, Decisions, Snapshot, Travel, Trip};
use crate::trips::{ROUTE_TRIPS_MAX, Route, Task};

/// Decides what to commit now and what to hold.
///
/// Of couriers or orders with the same id the first counts; orders beyond [`crate::ORDERS_MAX`] wait for a later epoch.
#[must_use]
pub fn decide<P: Copy, T: Travel<P>>(snapshot: &Snapshot<'_, P>, travel: &T, parameters: &Parameters) -> Decisions {
    let cleaned = Cleaned::new(snapshot);
    let snapshot = &Snapshot {
        now: cleaned.now,
        couriers: &cleaned.couriers,
        orders: &cleaned.orders,
        service: cleaned.service,
        ..*snapshot
    };
    let mut decisions = planned(snapshot, travel, parameters);
    decisions.unplaced.extend(cleaned.beyond);
    decisions
}

fn planned<P: Copy, T: Travel<P>>(snapshot: &Snapshot<'_, P>, travel: &T, parameters: &Parameters) -> Decisions {
    if snapshot.orders.is_empty() || snapshot.couriers.is_empty() {
        return Decisions {
            unplaced: snapshot.orders.iter().map(|order| order.id).collect(),
            ..Decisions::default()
        };
    }
    let mut model = Model::new(snapshot, travel, parameters);
    let names = Names::new(snapshot);
    model.refusals = names.refusals(snapshot);
    let mut plan = remembered(snapshot, &model, &names);
    fill(&model, &mut plan);
    exchange(&model, &mut plan);
    let mut seen = vec![0; model.meals.len()];
    for _ in 0..parameters.sweeps {
        if !relocate(&model, &mut plan, &mut seen) {
            break;
        }
        exchange(&model, &mut plan);
    }
    fill(&model, &mut plan);
    told(snapshot, &model, &plan)
}

/// From the caller's numbers to indexes.
struct Names {
    couriers: HashMap<u32, usize>,
    orders: HashMap<u32, usize>,
}

impl Names {
    fn new<P>(snapshot: &Snapshot<'_, P>) -> Self {
        let couriers = snapshot.couriers.iter().enumerate();
        let orders = snapshot.orders.iter().enumerate();
        Self {
            couriers: couriers.map(|(index, courier)| (courier.id, index)).collect(),
            orders: orders.map(|(index, order)| (order.id, index)).collect(),
        }
    }

    fn refusals<P>(&self, snapshot: &Snapshot<'_, P>) -> Vec<(usize, usize)> {
        let pair = |(courier, order)| Some((*self.couriers.get(courier)?, *self.orders.get(order)?));
        let pairs = snapshot.refusals.iter().map(|(courier, order)| (courier, order));
        let mut refusals: Vec<_> = pairs.filter_map(pair).collect();
        refusals.sort_unstable();
        refusals
    }
}

/// The last epoch's plan as far as it still can be carried out.
fn remembered<P>(snapshot: &Snapshot<'_, P>, model: &Model<'_>, names: &Names) -> Plan {
    let mut plan = Plan::empty(model);
    let mut routes = vec![Route::default(); model.riders.len()];
    let mut seen = vec![false; model.meals.len()];
    for trip in snapshot.plan {
        let Some(&rider) = names.couriers.get(&trip.courier) else {
            continue;
        };
        let mut task = Task::default();
        for order in &trip.orders {
            let Some(&order) = names.orders.get(order) else {
                continue;
            };
            let same = task
                .orders()
                .next()
                .is_none_or(|first| model.tables.restaurant[first] == model.tables.restaurant[order]);
            let fits = task.len() < model.riders[rider].capacity;
            if same && fits && !seen[order] && model.allowed(rider, order) {
                seen[order] = true;
                task.insert(task.len(), order);
            }
        }
        let length = routes[rider].tasks().len();
        if task.len() > 0 && length < ROUTE_TRIPS_MAX {
            routes[rider].insert(length, task);
        }
    }
    for (rider, mut route) in routes.into_iter().enumerate() {
        loop {
            match model.line(rider, &route) {
                Ok(line) => {
                    plan.set(rider, &line);
                    break;
                }
                Err(order) => route = route.without(order),
            }
        }
    }
    plan
}

/// Tells the plan in the caller's numbers; what has to begin before the next epoch is committed.
fn told<P>(snapshot: &Snapshot<'_, P>, model: &Model<'_>, plan: &Plan) -> Decisions {
    let mut decisions = Decisions::default();
    for (rider, line) in plan.lines.iter().enumerate() {
        let trip = |task: &Task| Trip {
            courier: snapshot.couriers[rider].id,
            orders: task.orders().map(|order| snapshot.orders[order].id).collect(),
        };
        let route = &line.route;
        let mut times = (0, 0);
        let first = &route.tasks()[..route.tasks().len().min(1)];
        let walked = model.walk_telling(rider, first, |_, pickup_at, done_at| times = (pickup_at, done_at));
        let mut held = 0;
        if let ([task], Ok(_)) = (first, walked)
            && model.leave_at(rider, task.lead(), times.0) < model.now + model.parameters.epoch
        {
            let lead = task.lead();
            if task.orders().all(|order| model.meals[order].certain) {
                decisions.commit.push(Commitment {
                    trip: trip(task),
                    pickup_at: times.0,
                    done_at: times.1,
                });
                held = 1;
            } else if model.tables.approach(rider, model.tables.restaurant[lead]) > 0 {
                decisions.approach.push(Approach {
                    courier: snapshot.couriers[rider].id,
                    order: snapshot.orders[lead].id,
                });
            }
        }
        decisions.plan.extend(route.tasks()[held..].iter().map(trip));
    }
    let orders = snapshot.orders.iter().zip(&plan.rider_of);
    decisions.unplaced = orders
        .filter(|(_, rider)| rider.is_none())
        .map(|(order, _)| order.id)
        .collect();
    decisions
}
