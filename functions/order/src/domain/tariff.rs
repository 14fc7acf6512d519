//! The amounts that the platform sets for an order, by currency: defaults, until each market has numbers of its own.

use kernel::{Currency, NotServed, ServedCurrency};

/// The amounts of one currency, in its minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tariff {
    /// The service fee is at least this,
    pub service_fee_min: i64,
    /// and at most this.
    pub service_fee_max: i64,
    /// Below this much food a small-order fee is due,
    pub small_order: i64,
    /// at most this, and never more than what is missing: ordering more never costs less.
    pub small_order_fee_max: i64,
    /// A tip may be as large as the food, or this if that is larger: beyond it somebody mistyped.
    pub tip_max: i64,
}

impl Tariff {
    /// The amounts of a currency.
    #[must_use]
    pub const fn of(currency: ServedCurrency) -> Self {
        match currency {
            ServedCurrency::Chf => row([100, 500], [2_000, 300], 3_000),
            ServedCurrency::Dkk => row([400, 2_500], [8_000, 1_500], 15_000),
            ServedCurrency::Eur => row([50, 300], [1_000, 200], 2_000),
            ServedCurrency::Gbp => row([50, 250], [1_000, 200], 2_000),
            ServedCurrency::Jpy => row([50, 300], [1_000, 150], 3_000),
            ServedCurrency::Kwd => row([100, 750], [2_500, 500], 5_000),
            ServedCurrency::Pln => row([200, 1_000], [4_000, 800], 8_000),
            ServedCurrency::Sek => row([500, 3_500], [12_000, 2_500], 20_000),
            ServedCurrency::Usd => row([100, 500], [1_200, 250], 3_000),
        }
    }
}

impl TryFrom<Currency> for Tariff {
    type Error = NotServed;
    fn try_from(currency: Currency) -> Result<Self, NotServed> {
        ServedCurrency::try_from(currency).map(Self::of)
    }
}

const fn row(service_fee: [i64; 2], small_order: [i64; 2], tip_max: i64) -> Tariff {
    let [service_fee_min, service_fee_max] = service_fee;
    let [small_order, small_order_fee_max] = small_order;
    Tariff {
        service_fee_min,
        service_fee_max,
        small_order,
        small_order_fee_max,
        tip_max,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Money;

    #[test]
    fn every_amount_is_one_that_can_be_charged() {
        for served in ServedCurrency::ALL {
            let tariff = Tariff::of(served);
            for amount in [
                tariff.service_fee_min,
                tariff.service_fee_max,
                tariff.small_order,
                tariff.small_order_fee_max,
                tariff.tip_max,
            ] {
                let money = Money::new(amount, served.currency());
                assert!(amount > 0 && money.is_in_steps(), "{money}");
            }
            assert!(tariff.service_fee_min < tariff.service_fee_max);
            assert!(tariff.small_order_fee_max < tariff.small_order);
        }
    }
}
