//! The simplest policy: each order at once, in the sequence of their placement, to the nearest courier who is free.

use super::simulate::{Policy, Step, Tour, View};

/// Nearest courier, one order at a time, no bundles.
#[derive(Debug, Default)]
pub struct Greedy;

impl Policy for Greedy {
    fn decide(&mut self, view: &View<'_>) -> Vec<Step> {
        let mut orders: Vec<_> = view.orders.iter().collect();
        orders.sort_by_key(|order| (order.placed_at, order.index));
        let mut taken = vec![false; view.couriers.len()];
        let mut tours = Vec::new();
        for order in orders {
            let free = view.couriers.iter().enumerate();
            let free = free.filter(|&(at, courier)| !taken[at] && courier.free_at <= view.now);
            let reach = free.filter_map(|(at, courier)| {
                let way = view.roads.travel(courier.at, order.pickup);
                let pickup_at = order.ready_at.max(view.now + way + view.half_pickup);
                let direct = view.roads.travel(order.pickup, order.drop_off);
                let done_at = pickup_at + view.half_pickup + direct + view.half_drop_off;
                let possible = pickup_at <= courier.off_at && done_at - order.placed_at <= view.maximum;
                possible.then_some((way, courier.index, at))
            });
            if let Some((_, courier, at)) = reach.min() {
                taken[at] = true;
                tours.push(Step::Bring(Tour {
                    courier,
                    orders: vec![order.index],
                }));
            }
        }
        tours
    }
}
