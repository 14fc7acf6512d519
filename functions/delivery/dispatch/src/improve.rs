//! Making a plan cheaper without changing what it serves.

use crate::assignment::assign_among;
use crate::insert::{Own, cheapest};
use crate::plan::{Line, Model, Plan, Tail};
use crate::snapshot::Time;
use crate::trips::{Route, Task};

/// Inserts every order that has no place, those whose food is ready first at the front.
pub fn fill(model: &Model<'_>, plan: &mut Plan) {
    let mut open: Vec<usize> = (0..model.meals.len())
        .filter(|&order| plan.rider_of[order].is_none())
        .collect();
    open.sort_by_key(|&order| (model.meals[order].ready_at, model.meals[order].placed_at, order));
    for order in open {
        if let Some((rider, line)) = cheapest(model, plan, order, None, model.unserved()) {
            plan.set(rider, &line);
        }
    }
}

/// A route is not given to a courier who would begin it more than so many minutes later.
const LATER_MAX: Time = 30;

/// Exchanges whole routes among all couriers, as well as can be.
pub fn exchange(model: &Model<'_>, plan: &mut Plan) -> bool {
    let couriers = plan.lines.len();
    let holders: Vec<usize> = (0..couriers)
        .filter(|&rider| !plan.lines[rider].route.tasks().is_empty())
        .collect();
    for &holder in &holders {
        if plan.takers[holder].is_empty() {
            plan.takers[holder] = takers(model, holder, &plan.lines[holder]);
        }
    }
    let rows: Vec<&[(usize, i64)]> = holders.iter().map(|&holder| plan.takers[holder].as_slice()).collect();
    let Some(chosen) = assign_among(couriers, &rows) else {
        return false;
    };
    let moves = holders.iter().zip(chosen).filter(|(holder, taker)| *holder != taker);
    let lines: Option<Vec<(usize, usize, Line)>> = moves
        .map(|(&holder, taker)| Some((holder, taker, model.line(taker, &plan.lines[holder].route).ok()?)))
        .collect();
    let Some(lines) = lines else { return false };
    let before: i64 = lines.iter().map(|(holder, _, _)| plan.lines[*holder].cost).sum();
    let after: i64 = lines.iter().map(|(_, _, line)| line.cost).sum();
    if after >= before {
        return false;
    }
    // Who could take a route does not depend on who has it.
    let known: Vec<_> = lines
        .iter()
        .map(|(holder, _, _)| std::mem::take(&mut plan.takers[*holder]))
        .collect();
    for (holder, _, _) in &lines {
        plan.set(*holder, &Line::default());
    }
    for ((_, taker, line), known) in lines.iter().zip(known) {
        plan.set(*taker, line);
        plan.takers[*taker] = known;
    }
    true
}

/// Who could take a route, and what it would cost then.
fn takers(model: &Model<'_>, holder: usize, line: &Line) -> Vec<(usize, i64)> {
    let first = line.route.tasks()[0];
    let size = line.route.tasks().iter().map(Task::len).max().unwrap_or(0);
    let single = (line.route.tasks().len() == 1 && size == 1).then(|| first.lead());
    let mut tails = Tails::default();
    let restaurant = model.tables.restaurant[first.lead()];
    let ready_at = model.ready_at(&first);
    let approaches = model.tables.approaches(restaurant);
    let own = model.pickup_at(model.free_at[holder], approaches[holder], first.lead());
    let latest = own.max(ready_at) + LATER_MAX * model.parameters.minute;
    let mut takers = Vec::with_capacity(approaches.len());
    for (rider, (&free_at, &approach)) in model.free_at.iter().zip(approaches).enumerate() {
        if rider == holder {
            takers.push((rider, line.cost));
            continue;
        }
        if free_at + approach > latest {
            continue;
        }
        let facts = &model.riders[rider];
        if facts.capacity < size || !(model.refusals.is_empty() || may_take(model, rider, &line.route)) {
            continue;
        }
        let pickup_at = model.pickup_at(free_at, approach, first.lead()).max(ready_at);
        let cost = match single {
            Some(order) => model.place(rider, order, approach, pickup_at),
            None => tails
                .of(model, &line.route, facts.pace_percent, pickup_at)
                .filter(|tail| tail.last_pickup_at <= facts.off_at)
                .map(|tail| tail.cost + model.approach_cost(rider, approach, line.route.tasks().len())),
        };
        takers.extend(cost.map(|cost| (rider, cost)));
    }
    takers
}

fn may_take(model: &Model<'_>, rider: usize, route: &Route) -> bool {
    route.orders().all(|order| model.allowed(rider, order))
}

/// What a route costs from its first pickup on, by pace and instant: many couriers would be there at the same time.
#[derive(Default)]
struct Tails(Vec<(Time, Time, Option<Tail>)>);

impl Tails {
    fn of(&mut self, model: &Model<'_>, route: &Route, pace_percent: Time, pickup_at: Time) -> Option<Tail> {
        let known = self
            .0
            .iter()
            .find(|(pace, at, _)| (*pace, *at) == (pace_percent, pickup_at));
        if let Some((_, _, tail)) = known {
            return *tail;
        }
        let tail = model.tail(pace_percent, pickup_at, route.tasks(), |_, _, _| ()).ok();
        self.0.push((pace_percent, pickup_at, tail));
        tail
    }
}

/// Gives every order once the chance of a cheaper place. `seen` is when each order last had it: only couriers whose route
/// has changed since are of interest again, unless its own has.
pub fn relocate(model: &Model<'_>, plan: &mut Plan, seen: &mut [usize]) -> bool {
    let mut changed = false;
    for (order, seen) in seen.iter_mut().enumerate() {
        let Some(owner) = plan.rider_of[order] else { continue };
        let since = if plan.changed[owner] > *seen { 0 } else { *seen };
        *seen = plan.changes;
        if since == plan.changes {
            continue;
        }
        let Ok(rest) = model.line(owner, &plan.lines[owner].route.without(order)) else {
            continue;
        };
        let saved = plan.lines[owner].cost - rest.cost;
        let own = Own {
            rider: owner,
            line: &rest,
            since,
        };
        if let Some((rider, line)) = cheapest(model, plan, order, Some(&own), saved) {
            plan.set(owner, &rest);
            plan.set(rider, &line);
            changed = true;
        }
    }
    changed
}
