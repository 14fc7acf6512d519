//! Times of all ways that a plan of this snapshot can contain, looked up once.

use std::collections::HashMap;

use crate::clean::duration;
use crate::snapshot::{DEMAND_PLACES_MAX, Snapshot, Time, Travel};

/// The ways among couriers, restaurants and addresses, by index into the snapshot.
pub struct Tables {
    /// The restaurant's index of each order.
    pub restaurant: Vec<usize>,
    couriers: usize,
    restaurants: usize,
    /// A line of couriers for each restaurant: all couriers are asked for one restaurant much more often than the reverse.
    from_courier: Vec<Time>,
    from_address: Vec<Time>,
    to_address: Vec<Time>,
    /// Between addresses of orders of one restaurant: the order's start in `among`, its own position, and the row's length.
    rows: Vec<(usize, usize)>,
    among: Vec<Time>,
}

impl Tables {
    /// Looks everything up.
    pub fn new<P: Copy, T: Travel<P>>(snapshot: &Snapshot<'_, P>, travel: &T) -> Self {
        let time = |from, to| duration(travel.time(from, to));
        let mut index = HashMap::new();
        let mut pickups = Vec::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        let mut restaurant = Vec::with_capacity(snapshot.orders.len());
        for (number, order) in snapshot.orders.iter().enumerate() {
            let at = *index.entry(order.restaurant).or_insert_with(|| {
                pickups.push(order.pickup);
                members.push(Vec::new());
                pickups.len() - 1
            });
            members[at].push(number);
            restaurant.push(at);
        }
        let ways = |from: P| pickups.iter().map(move |&to| time(from, to));
        let approaches = |to: P| {
            let couriers = snapshot.couriers.iter();
            couriers.map(move |courier| paced(time(courier.place, to), courier.pace_percent))
        };
        let from_courier = pickups.iter().flat_map(|&to| approaches(to)).collect();
        let from_address = snapshot.orders.iter().flat_map(|order| ways(order.drop_off)).collect();
        let to_address = snapshot
            .orders
            .iter()
            .map(|order| time(order.pickup, order.drop_off))
            .collect();
        let mut rows = vec![(0, 0); snapshot.orders.len()];
        let mut among = Vec::new();
        for group in &members {
            for (position, &from) in group.iter().enumerate() {
                rows[from] = (among.len(), position);
                let start = snapshot.orders[from].drop_off;
                among.extend(group.iter().map(|&to| time(start, snapshot.orders[to].drop_off)));
            }
        }
        Self {
            couriers: snapshot.couriers.len(),
            restaurants: pickups.len(),
            restaurant,
            from_courier,
            from_address,
            to_address,
            rows,
            among,
        }
    }

    /// From where a courier will be to a restaurant, at the courier's own pace.
    #[inline]
    pub fn approach(&self, courier: usize, restaurant: usize) -> Time {
        self.from_courier[restaurant * self.couriers + courier]
    }

    /// The same of all couriers.
    #[inline]
    pub fn approaches(&self, restaurant: usize) -> &[Time] {
        &self.from_courier[restaurant * self.couriers..(restaurant + 1) * self.couriers]
    }

    /// From an order's address to a restaurant.
    #[inline]
    pub fn back(&self, order: usize, restaurant: usize) -> Time {
        self.from_address[order * self.restaurants + restaurant]
    }

    /// From an order's restaurant to its address.
    #[inline]
    pub fn direct(&self, order: usize) -> Time {
        self.to_address[order]
    }

    /// From one address to the next; both orders are of one restaurant.
    #[inline]
    pub fn onwards(&self, from: usize, to: usize) -> Time {
        self.among[self.rows[from].0 + self.rows[to].1]
    }
}

/// The time of a courier with a pace for a way.
#[inline]
pub fn paced(time: Time, pace_percent: Time) -> Time {
    if pace_percent == 100 {
        time
    } else {
        let paced = (i64::from(time) * i64::from(pace_percent) + 99) / 100;
        duration(Time::try_from(paced).unwrap_or(Time::MAX))
    }
}

/// The mean way of each courier to the demand.
pub fn remoteness<P: Copy, T: Travel<P>>(snapshot: &Snapshot<'_, P>, travel: &T) -> Vec<i64> {
    let mut demand: Vec<(P, i64)> = snapshot
        .demand
        .iter()
        .map(|&(place, weight)| (place, i64::from(weight)))
        .collect();
    demand.sort_by_key(|&(_, weight)| std::cmp::Reverse(weight));
    demand.truncate(DEMAND_PLACES_MAX);
    let total: i64 = demand.iter().map(|(_, weight)| weight).sum();
    let couriers = snapshot.couriers.iter();
    couriers
        .map(|courier| {
            let ways = demand
                .iter()
                .map(|&(place, weight)| weight * i64::from(duration(travel.time(courier.place, place))));
            ways.sum::<i64>() / total.max(1)
        })
        .collect()
}
