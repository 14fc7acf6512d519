//! What a customer pays for a delivery, by currency: the one table of it.
//!
//! The delivery service estimates by it, and the order service quotes by it when the delivery service does not answer, so
//! the same way costs the same in both. The amounts are defaults, until each market has numbers of its own.

use crate::{Meters, Money, ServedCurrency};

/// How far the base fee reaches.
const BASE_DISTANCE_M: Meters = 1_000;

/// The fee for a way: a base, and a price for each further started kilometre.
#[must_use]
pub fn delivery_fee(way_m: Meters, currency: ServedCurrency) -> Money {
    let [base, per_km] = amounts(currency);
    let further_km = way_m.saturating_sub(BASE_DISTANCE_M).div_ceil(1_000);
    Money::new(base + per_km * i64::from(further_km), currency.currency())
}

/// The base and the price of a kilometre, in minor units.
const fn amounts(currency: ServedCurrency) -> [i64; 2] {
    match currency {
        ServedCurrency::Chf => [390, 80],
        ServedCurrency::Dkk => [2_500, 400],
        ServedCurrency::Eur | ServedCurrency::Gbp => [199, 50],
        ServedCurrency::Jpy => [250, 50],
        ServedCurrency::Kwd => [400, 100],
        ServedCurrency::Pln => [599, 100],
        ServedCurrency::Sek => [2_900, 500],
        ServedCurrency::Usd => [249, 60],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_grows_by_started_kilometre() {
        for (way_m, amount) in [
            (0, 199),
            (1_000, 199),
            (1_001, 249),
            (2_000, 249),
            (2_001, 299),
            (5_000, 399),
        ] {
            assert_eq!(delivery_fee(way_m, ServedCurrency::Eur).amount(), amount, "{way_m}");
        }
    }

    #[test]
    fn every_amount_is_one_that_can_be_charged() {
        for served in ServedCurrency::ALL {
            for amount in amounts(served) {
                let money = Money::new(amount, served.currency());
                assert!(amount > 0 && money.is_in_steps(), "{money}");
            }
        }
    }
}
