//! What a delivery costs and how long it takes, when the delivery service cannot be asked.
//!
//! A quote must not fail because another service is down. This estimate is made of the distance alone and leans to the
//! careful side: the delivery service's own prices by distance, and a wider window.

use contracts::internal::Estimate;
use contracts::order::Window;
use kernel::{Currency, Meters, Money, NotServed, Position, SignedDuration, Timestamp};

use super::Tariff;

/// Ways are this much of the great-circle distance: 1.3 to 1.4 is usual in European cities.
pub const ROAD_FACTOR_PERCENT: u64 = 135;
/// A bicycle over a whole trip: 15 km/h.
pub const METERS_PER_MINUTE: u64 = 250;
/// To leave the restaurant with the food, and to hand it over.
pub const HANDLING: SignedDuration = SignedDuration::from_mins(6);
/// To find a courier who comes, whether or not the food is ready before.
pub const APPROACH: SignedDuration = SignedDuration::from_mins(8);
/// The window around the likely moment.
pub const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// The same, after it.
pub const LATE: SignedDuration = SignedDuration::from_mins(15);

/// How far the base fee reaches.
const FEE_BASE_DISTANCE_M: Meters = 1_000;

/// An estimate from the distance.
///
/// # Errors
/// When nobody can sell in the currency.
pub fn fallback(
    from: Position,
    to: Position,
    ready_at: Timestamp,
    currency: Currency,
    now: Timestamp,
) -> Result<Estimate, NotServed> {
    let tariff = Tariff::try_from(currency)?;
    let way = u64::from(from.distance(to)) * ROAD_FACTOR_PERCENT / 100;
    let distance_m = Meters::try_from(way).unwrap_or(Meters::MAX);
    let further_km = distance_m.saturating_sub(FEE_BASE_DISTANCE_M).div_ceil(1_000);
    let fee = tariff.delivery_fee_base + tariff.delivery_fee_per_km * i64::from(further_km);
    let trip = SignedDuration::from_mins(i64::try_from(way.div_ceil(METERS_PER_MINUTE)).unwrap_or(i64::from(u32::MAX)));
    let likely = ready_at.max(now + APPROACH) + trip + HANDLING;
    Ok(Estimate {
        fee: Money::new(fee, currency),
        distance_m,
        window: Window {
            from: likely - EARLY,
            to: likely + LATE,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{after, at_anna, at_bellini, eur, now};

    #[test]
    fn distance_makes_price_and_time() {
        let estimate = fallback(at_bellini(), at_anna(), after(12), Currency::EUR, now()).unwrap();
        // 1,112 m as the crow flies is 1,501 m of way: one further kilometre begun, seven minutes.
        assert_eq!((estimate.fee, estimate.distance_m), (eur(249), 1_501));
        let window = estimate.window;
        assert_eq!(
            (window.from, window.to),
            (after(12 + 7 + 6 - 5), after(12 + 7 + 6 + 15))
        );
        let soon = fallback(at_bellini(), at_anna(), now(), Currency::EUR, now()).unwrap();
        assert_eq!(soon.window.from, after(8 + 7 + 6 - 5), "a courier must come first");
    }

    #[test]
    fn the_longest_way_on_earth_fits() {
        let antipode = Position::new(-52.3676, -175.1150).unwrap();
        let estimate = fallback(at_bellini(), antipode, now(), Currency::JPY, now()).unwrap();
        assert!(estimate.fee.amount() > 0);
    }
}
