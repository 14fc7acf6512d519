//! Where a restaurant delivers, and on what terms.

use contracts::restaurant::Snapshot;
use kernel::{Money, Position};

/// The terms of delivering to one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reach {
    /// The fee that the restaurant asks; `None` means what the platform estimates.
    pub fee: Option<Money>,
    /// The smallest basket.
    pub minimum_order: Option<Money>,
    /// The longest promise, in minutes.
    pub max_minutes: Option<u32>,
}

/// The terms of delivering to a place; `None` if it is out of reach. Both limits hold: the distance, and, if the
/// restaurant drew zones, lying in one of them. Where zones overlap, the first one drawn counts. Of two minimum orders,
/// the restaurant's and the zone's, the larger one counts.
#[must_use]
pub fn reach(restaurant: &Snapshot, place: Position) -> Option<Reach> {
    if restaurant.position.distance(place) > restaurant.max_distance_m {
        return None;
    }
    if restaurant.zones.is_empty() {
        return Some(Reach {
            minimum_order: restaurant.minimum_order,
            ..Reach::default()
        });
    }
    let zone = restaurant.zones.iter().find(|zone| zone.contains(place))?;
    let minimums = [restaurant.minimum_order, zone.minimum_order];
    Some(Reach {
        fee: zone.fee,
        minimum_order: minimums.into_iter().flatten().max_by_key(|minimum| minimum.amount()),
        max_minutes: zone.max_minutes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{at_anna, at_bellini, eur, position, restaurant};
    use kernel::Zone;

    fn square(half: f64, fee: i64) -> Zone {
        let (lat, lng) = (at_bellini().lat(), at_bellini().lng());
        let corner = |north: f64, east: f64| [lng + east * half, lat + north * half];
        Zone {
            rings: vec![vec![
                corner(-1.0, -1.0),
                corner(-1.0, 1.0),
                corner(1.0, 1.0),
                corner(1.0, -1.0),
                corner(-1.0, -1.0),
            ]],
            more_parts: vec![],
            fee: Some(eur(fee)),
            minimum_order: Some(eur(1500)),
            max_minutes: None,
        }
    }

    #[test]
    fn zone_and_distance_both_hold() {
        let mut restaurant = restaurant();
        assert!(reach(&restaurant, at_anna()).is_some());
        restaurant.max_distance_m = 1000;
        assert_eq!(reach(&restaurant, at_anna()), None, "1.1 km is too far");
        restaurant.max_distance_m = 5000;
        restaurant.zones = vec![square(0.005, 100)];
        assert_eq!(reach(&restaurant, at_anna()), None, "out of the only zone");
        restaurant.zones.push(square(0.02, 250));
        let terms = reach(&restaurant, at_anna()).unwrap();
        assert_eq!((terms.fee, terms.minimum_order), (Some(eur(250)), Some(eur(1500))));
        let near = reach(&restaurant, position(52.368, 4.885)).unwrap();
        assert_eq!(near.fee, Some(eur(100)), "the first zone drawn counts");
        restaurant.minimum_order = Some(eur(2000));
        assert_eq!(reach(&restaurant, at_anna()).unwrap().minimum_order, Some(eur(2000)));
    }
}
