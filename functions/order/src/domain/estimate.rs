//! What a delivery costs and how long it takes, when the delivery service cannot be asked.
//!
//! A quote must not fail because another service is down. This estimate is made of the distance alone and leans to the
//! careful side: the delivery service's own prices by distance, and a wider window.

use contracts::internal::Estimate;
use contracts::order::Window;
use kernel::{Currency, Meters, NotServed, Position, ServedCurrency, SignedDuration, Timestamp, delivery_fee};

/// A bicycle over a whole trip: 15 km/h.
pub const METERS_PER_MINUTE: Meters = 250;
/// To leave the restaurant with the food, and to hand it over.
pub const HANDLING: SignedDuration = SignedDuration::from_mins(6);
/// To find a courier who comes, whether or not the food is ready before.
pub const APPROACH: SignedDuration = SignedDuration::from_mins(8);
/// The window around the likely moment.
pub const EARLY: SignedDuration = SignedDuration::from_mins(5);
/// The same, after it.
pub const LATE: SignedDuration = SignedDuration::from_mins(15);

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
    let currency = ServedCurrency::try_from(currency)?;
    let distance_m = from.way(to);
    let trip = SignedDuration::from_mins(i64::from(distance_m.div_ceil(METERS_PER_MINUTE)));
    let likely = ready_at.max(now + APPROACH) + trip + HANDLING;
    Ok(Estimate {
        fee: delivery_fee(distance_m, currency),
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

    /// The delivery service has the same test: the two estimates of one way cost the same.
    #[test]
    fn the_fee_is_the_shared_one_whatever_decimals_a_currency_has() {
        for (currency, fee) in [
            (Currency::EUR, "2.49 EUR"),
            (Currency::JPY, "300 JPY"),
            (Currency::KWD, "0.500 KWD"),
        ] {
            let estimate = fallback(at_bellini(), at_anna(), after(12), currency, now()).unwrap();
            assert_eq!((estimate.distance_m, estimate.fee.to_string().as_str()), (1_501, fee));
        }
        let unserved: Currency = "BHD".parse().unwrap();
        let refused = fallback(at_bellini(), at_anna(), after(12), unserved, now());
        assert_eq!(refused.unwrap_err(), NotServed(unserved));
    }

    #[test]
    fn the_longest_way_on_earth_fits() {
        let antipode = Position::new(-52.3676, -175.1150).unwrap();
        let estimate = fallback(at_bellini(), antipode, now(), Currency::JPY, now()).unwrap();
        assert!(estimate.fee.amount() > 0);
    }
}
