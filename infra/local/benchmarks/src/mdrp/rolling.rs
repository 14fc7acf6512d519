//! The rolling-horizon policy of Reyes et al. (2018), written anew from its description there.
//!
//! Every five minutes: bundles are built for each restaurant, with a target size that follows the load; bundles are matched
//! with couriers so that the most orders an hour are brought, less a penalty for food that waits; three groups of urgency are
//! matched one after the other. Then follows the commitment: a trip is final if its courier has to leave before the next
//! optimisation to be there when it is ready. Two things differ from the paper. Its partial commitment, in which the courier
//! rides to the restaurant while the bundle stays open, is not modelled: such a trip is final here. And the weight of
//! freshness is our choice. On the public instances its results are close to those of the paper, but for food that waits
//! half a minute longer.

use dispatch::assignment::{FORBIDDEN, assign};

use super::instance::Point;
use super::simulate::{CourierNow, OrderNow, Policy, Step, Tour, View};

/// Minutes between two optimisations.
const EVERY: i32 = 5;
/// Minutes ahead within which orders and couriers count for the target bundle size.
const LOAD_AHEAD: i32 = 10;
/// Minutes ahead within which orders are ready, or couriers free, that are matched.
const HORIZON: i32 = 20;
/// What a minute of waiting food costs the match, in orders an hour.
const FRESHNESS: f64 = 0.6;

/// The policy. It keeps nothing from one optimisation to the next.
#[derive(Debug, Default)]
pub struct Rolling;

/// Orders of one restaurant that are brought together.
#[derive(Debug, Clone, Default)]
struct Bundle<'a> {
    orders: Vec<&'a OrderNow>,
}

/// A ride of a courier with a bundle, in minutes of the day.
struct Ride {
    leave_at: i32,
    pickup_at: i32,
    done_at: i32,
    click_to_door_max: i32,
}

impl Policy for Rolling {
    fn decide(&mut self, view: &View<'_>) -> Vec<Step> {
        if view.now % EVERY != 0 {
            return Vec::new();
        }
        let soon = |courier: &&CourierNow| courier.free_at <= view.now + HORIZON;
        let mut couriers: Vec<&CourierNow> = view.couriers.iter().filter(soon).collect();
        let mut groups: [Vec<Bundle<'_>>; 3] = Default::default();
        for bundle in bundles(view) {
            groups[urgency(view, &bundle)].push(bundle);
        }
        let mut tours = Vec::new();
        for group in groups {
            let taken = matched(view, &couriers, &group);
            for &(courier, bundle) in &taken {
                let ride = ride(view, couriers[courier], &group[bundle].orders);
                if couriers[courier].free_at <= view.now + EVERY && ride.leave_at < view.now + EVERY {
                    tours.push(Step::Bring(Tour {
                        courier: couriers[courier].index,
                        orders: group[bundle].orders.iter().map(|order| order.index).collect(),
                    }));
                }
            }
            let mut at = 0;
            couriers.retain(|_| {
                at += 1;
                taken.iter().all(|&(courier, _)| courier != at - 1)
            });
        }
        tours
    }
}

/// How many orders a bundle should have: orders that are ready soon for each courier who is free soon.
fn target_size(view: &View<'_>) -> usize {
    let soon = view.now + LOAD_AHEAD;
    let orders = view.orders.iter().filter(|order| order.ready_at <= soon).count();
    let couriers = view.couriers.iter().filter(|courier| courier.free_at <= soon).count();
    orders.div_ceil(couriers.max(1)).max(1)
}

/// Builds bundles for each restaurant by insertion, in the sequence in which the food is ready.
fn bundles<'a>(view: &View<'a>) -> Vec<Bundle<'a>> {
    let size = target_size(view);
    let mut orders: Vec<&OrderNow> = view
        .orders
        .iter()
        .filter(|order| order.ready_at <= view.now + HORIZON)
        .collect();
    orders.sort_by_key(|order| (order.restaurant, order.ready_at, order.index));
    let mut all = Vec::new();
    for kitchen in orders.chunk_by(|one, other| one.restaurant == other.restaurant) {
        let mut own: Vec<Bundle<'_>> = vec![Bundle::default(); kitchen.len().div_ceil(size)];
        for order in kitchen {
            insert(view, &mut own, order, size);
        }
        all.extend(own.into_iter().filter(|bundle| !bundle.orders.is_empty()));
    }
    all
}

/// Puts an order where the way and the waiting grow least.
fn insert<'a>(view: &View<'_>, bundles: &mut [Bundle<'a>], order: &'a OrderNow, size: usize) {
    let mut best = (i32::MAX, 0, 0);
    for (number, bundle) in bundles.iter().enumerate() {
        if bundle.orders.len() >= size {
            continue;
        }
        let before = effort(view, &bundle.orders);
        for at in 0..=bundle.orders.len() {
            let mut longer = bundle.orders.clone();
            longer.insert(at, order);
            best = best.min((effort(view, &longer) - before, number, at));
        }
    }
    if let Some(bundle) = bundles.get_mut(best.1) {
        bundle.orders.insert(best.2.min(bundle.orders.len()), order);
    }
}

/// The way of a bundle and the waiting of its food.
fn effort(view: &View<'_>, orders: &[&OrderNow]) -> i32 {
    let Some(first) = orders.first() else { return 0 };
    let ready_at = orders.iter().map(|order| order.ready_at).max().unwrap_or(view.now);
    let waits: i32 = orders.iter().map(|order| ready_at - order.ready_at).sum();
    let (mut way, mut place, mut carried) = (0, first.pickup, 0);
    for order in orders {
        way += view.roads.travel(place, order.drop_off) + 2 * view.half_drop_off;
        carried += way;
        place = order.drop_off;
    }
    let straight: i32 = orders
        .iter()
        .map(|order| view.roads.travel(order.pickup, order.drop_off))
        .sum();
    way + waits + (carried - straight).max(0)
}

/// 0: the target cannot be met any more; 1: the food will wait whoever comes; 2: neither.
fn urgency(view: &View<'_>, bundle: &Bundle<'_>) -> usize {
    let rides = view.couriers.iter().map(|courier| ride(view, courier, &bundle.orders));
    let (mut fastest, mut soonest) = (i32::MAX, i32::MAX);
    for ride in rides {
        fastest = fastest.min(ride.click_to_door_max);
        soonest = soonest.min(ride.pickup_at);
    }
    let ready_at = bundle
        .orders
        .iter()
        .map(|order| order.ready_at)
        .max()
        .unwrap_or(view.now);
    match (fastest > view.target, soonest > ready_at) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    }
}

/// Rides a courier in thought.
fn ride(view: &View<'_>, courier: &CourierNow, orders: &[&OrderNow]) -> Ride {
    let free_at = courier.free_at.max(view.now);
    let ready_at = orders.iter().map(|order| order.ready_at).max().unwrap_or(free_at);
    let mut place: Point = orders.first().map_or(courier.at, |order| order.pickup);
    let approach = view.roads.travel(courier.at, place);
    let pickup_at = ready_at.max(free_at + approach + view.half_pickup);
    let mut time = pickup_at + view.half_pickup;
    let mut click_to_door_max = 0;
    for order in orders {
        time += view.roads.travel(place, order.drop_off) + view.half_drop_off;
        click_to_door_max = click_to_door_max.max(time - order.placed_at);
        time += view.half_drop_off;
        place = order.drop_off;
    }
    Ride {
        leave_at: pickup_at - view.half_pickup - approach,
        pickup_at,
        done_at: time,
        click_to_door_max,
    }
}

/// Matches bundles with couriers: index of the courier, index of the bundle.
fn matched(view: &View<'_>, couriers: &[&CourierNow], bundles: &[Bundle<'_>]) -> Vec<(usize, usize)> {
    let columns = couriers.len() + bundles.len();
    let mut matrix = Vec::with_capacity(columns * bundles.len());
    for bundle in bundles {
        let ready_at = bundle
            .orders
            .iter()
            .map(|order| order.ready_at)
            .max()
            .unwrap_or(view.now);
        matrix.extend(couriers.iter().map(|courier| {
            let ride = ride(view, courier, &bundle.orders);
            if ride.pickup_at > courier.off_at || ride.click_to_door_max > view.maximum {
                return FORBIDDEN;
            }
            let busy = (ride.done_at - courier.free_at.max(view.now)).max(1);
            let orders = u32::try_from(bundle.orders.len()).unwrap_or(u32::MAX);
            let worth = 60.0 * f64::from(orders) / f64::from(busy) - FRESHNESS * f64::from(ride.pickup_at - ready_at);
            #[expect(clippy::cast_possible_truncation, reason = "orders an hour are few")]
            let cost = (-1000.0 * worth) as i64;
            cost
        }));
        // Nobody: better than nothing that is allowed.
        matrix.extend(bundles.iter().map(|_| FORBIDDEN / 2));
    }
    let takers = assign(bundles.len(), columns, &matrix);
    let pairs = takers
        .into_iter()
        .enumerate()
        .map(|(bundle, courier)| (courier, bundle));
    pairs.filter(|&(courier, _)| courier < couriers.len()).collect()
}
