//! Days that nobody has seen, made from those that are given: the same family, other orders; or one city of several.

use super::instance::{Courier, Instance, Order, Point, Restaurant};

/// How many orders the largest public instance has.
pub const CITY_ORDERS: usize = 3213;
/// How many couriers it has.
pub const CITY_COURIERS: usize = 457;

/// Places are moved by up to so many metres each way.
const METRES: f64 = 600.0;
/// Times are moved by up to so many minutes each way.
const MINUTES: i32 = 12;
/// Preparation takes up to so much longer or shorter, in percent.
const PREPARATION_PERCENT: i32 = 25;

/// Lays days over each other as one city, and thins it out evenly to the size of the largest public instance.
#[must_use]
pub fn city(name: &str, days: &[Instance]) -> Option<Instance> {
    let mut city = days.first()?.clone();
    name.clone_into(&mut city.name);
    city.orders.clear();
    city.couriers.clear();
    city.restaurants.clear();
    for (number, day) in days.iter().enumerate() {
        let first = city.restaurants.len();
        let named = |name: &str| format!("{name}.{number}");
        city.orders.extend(day.orders.iter().map(|order| Order {
            name: named(&order.name),
            restaurant: first + order.restaurant,
            ..order.clone()
        }));
        city.couriers.extend(day.couriers.iter().map(|courier| Courier {
            name: named(&courier.name),
            ..courier.clone()
        }));
        city.restaurants.extend(day.restaurants.iter().map(|place| Restaurant {
            name: named(&place.name),
            ..place.clone()
        }));
    }
    city.orders = thinned(city.orders, CITY_ORDERS);
    city.couriers = thinned(city.couriers, CITY_COURIERS);
    Some(city)
}

/// So many of the elements, evenly spread; all of them if there are no more.
fn thinned<E>(all: Vec<E>, most: usize) -> Vec<E> {
    let count = all.len();
    let kept = |at: usize| count <= most || (at + 1) * most / count > at * most / count;
    let numbered = all.into_iter().enumerate();
    numbered
        .filter(|&(at, _)| kept(at))
        .map(|(_, element)| element)
        .collect()
}

/// Another day of the same family: as many orders, each drawn anew from those of the day, and every time and place moved at
/// random. The same number gives the same day.
#[must_use]
pub fn redrawn(day: &Instance, number: u64) -> Instance {
    let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut other = day.clone();
    for restaurant in &mut other.restaurants {
        restaurant.at = dice.near(restaurant.at);
    }
    for courier in &mut other.couriers {
        courier.at = dice.near(courier.at);
        let later = dice.around(MINUTES);
        courier.on_at = (courier.on_at + later).max(0);
        courier.off_at = (courier.off_at + later).max(courier.on_at + 1);
    }
    for order in &mut other.orders {
        let drawn = &day.orders[dice.below(day.orders.len())];
        let preparation = (drawn.ready_at - drawn.placed_at) * (100 + dice.around(PREPARATION_PERCENT)) / 100;
        order.at = dice.near(drawn.at);
        order.restaurant = drawn.restaurant;
        order.placed_at = (drawn.placed_at + dice.around(MINUTES)).max(0);
        order.ready_at = order.placed_at + preparation;
    }
    other
}

/// Numbers without a visible pattern (Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }

    /// From `-most` to `most`.
    fn around(&mut self, most: i32) -> i32 {
        let width = usize::try_from(2 * most + 1).unwrap_or(1);
        i32::try_from(self.below(width)).unwrap_or(0) - most
    }

    fn near(&mut self, place: Point) -> Point {
        let mut moved = || METRES * f64::from(self.around(1000)) / 1000.0;
        Point {
            x: place.x + moved(),
            y: place.y + moved(),
        }
    }
}
