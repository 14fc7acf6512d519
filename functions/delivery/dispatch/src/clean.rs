//! What comes in is not believed: instants and durations are cut to what can be added up, and nobody counts twice.

use std::collections::HashSet;

use crate::snapshot::{Courier, Order, Service, Snapshot, Time};

/// The most open orders that are planned in an epoch, those whose food is ready first; tables grow with their square. A zone
/// that has more has lost already.
pub const ORDERS_MAX: usize = 2000;
/// No way and no service takes longer: four million ticks, seven weeks of seconds.
const DURATION_MAX: Time = 1 << 22;
/// No instant is farther from 0, so that a route's durations can be added to it.
const INSTANT_MAX: Time = 1 << 29;
/// From a tenth of the usual time to ten times it.
const PACE_PERCENT: (Time, Time) = (10, 1000);

/// The usable part of a snapshot.
pub struct Cleaned<P> {
    pub now: Time,
    pub couriers: Vec<Courier<P>>,
    pub orders: Vec<Order<P>>,
    pub service: Service,
    /// The ids of orders beyond [`ORDERS_MAX`].
    pub beyond: Vec<u32>,
}

impl<P: Copy> Cleaned<P> {
    /// Of couriers and orders with the same id the first counts.
    pub fn new(snapshot: &Snapshot<'_, P>) -> Self {
        let mut known = HashSet::with_capacity(snapshot.couriers.len());
        let couriers = snapshot.couriers.iter().filter(|courier| known.insert(courier.id));
        let couriers = couriers.map(|courier| Courier {
            free_at: instant(courier.free_at),
            off_at: instant(courier.off_at),
            pace_percent: courier.pace_percent.clamp(PACE_PERCENT.0, PACE_PERCENT.1),
            credit: courier.credit.clamp(-DURATION_MAX, DURATION_MAX),
            ..*courier
        });
        let couriers = couriers.collect();
        known.clear();
        let orders = snapshot.orders.iter().filter(|order| known.insert(order.id));
        let orders = orders.map(|order| Order {
            placed_at: instant(order.placed_at),
            ready_at: instant(order.ready_at),
            ready_spread: duration(order.ready_spread),
            ..*order
        });
        let mut orders: Vec<Order<P>> = orders.collect();
        let mut beyond = Vec::new();
        if orders.len() > ORDERS_MAX {
            orders.sort_by_key(|order| (order.ready_at, order.placed_at));
            beyond.extend(orders.drain(ORDERS_MAX..).map(|order| order.id));
        }
        Self {
            now: instant(snapshot.now),
            couriers,
            orders,
            service: Service {
                before_pickup: duration(snapshot.service.before_pickup),
                after_pickup: duration(snapshot.service.after_pickup),
                before_drop_off: duration(snapshot.service.before_drop_off),
                after_drop_off: duration(snapshot.service.after_drop_off),
            },
            beyond,
        }
    }
}

fn instant(time: Time) -> Time {
    time.clamp(-INSTANT_MAX, INSTANT_MAX)
}

/// A duration that can be added up.
pub fn duration(time: Time) -> Time {
    time.clamp(0, DURATION_MAX)
}
