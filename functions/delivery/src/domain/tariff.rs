//! What a delivery costs its customer and earns its courier, by currency: defaults, until each market has numbers of its own.

use kernel::{Currency, Meters, Money, ServedCurrency};

/// How far the base fee reaches.
pub const FEE_BASE_DISTANCE_M: Meters = 1_000;

/// The amounts of one currency, in its minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tariff {
    /// What a customer pays for the first [`FEE_BASE_DISTANCE_M`] metres.
    pub fee_base: i64,
    /// What each further started kilometre adds.
    pub fee_per_km: i64,
    /// What a courier gets for any delivery.
    pub pay_base: i64,
    /// What a courier gets for each started kilometre.
    pub pay_per_km: i64,
    /// What a courier gets for each started minute of waiting that is paid: about what an hour of deliveries brings.
    pub wait_per_minute: i64,
}

impl Tariff {
    /// For a currency that is not served: an order in it was placed when it was, and what the platform adds is for
    /// operators to settle.
    const NOTHING: Self = row([0; 2], [0; 3]);

    /// The amounts of a currency.
    #[must_use]
    pub const fn of(currency: ServedCurrency) -> Self {
        match currency {
            ServedCurrency::Chf => row([390, 80], [550, 120, 40]),
            ServedCurrency::Dkk => row([2_500, 400], [2_500, 600, 160]),
            ServedCurrency::Eur => row([199, 50], [300, 75, 20]),
            ServedCurrency::Gbp => row([199, 50], [280, 70, 20]),
            ServedCurrency::Jpy => row([250, 50], [400, 80, 30]),
            ServedCurrency::Kwd => row([400, 100], [600, 150, 40]),
            ServedCurrency::Pln => row([599, 100], [900, 200, 50]),
            ServedCurrency::Sek => row([2_900, 500], [3_200, 800, 220]),
            ServedCurrency::Usd => row([249, 60], [300, 80, 25]),
        }
    }

    /// What a courier earns by in whatever currency an order was placed.
    #[must_use]
    pub fn earned_in(currency: Currency) -> Self {
        ServedCurrency::try_from(currency).map_or(Self::NOTHING, Self::of)
    }
}

const fn row(fee: [i64; 2], pay: [i64; 3]) -> Tariff {
    let [fee_base, fee_per_km] = fee;
    let [pay_base, pay_per_km, wait_per_minute] = pay;
    Tariff {
        fee_base,
        fee_per_km,
        pay_base,
        pay_per_km,
        wait_per_minute,
    }
}

/// What a customer pays for a way: a base and a price for each further started kilometre.
#[must_use]
pub fn fee(way_m: Meters, currency: ServedCurrency) -> Money {
    let tariff = Tariff::of(currency);
    let further_km = way_m.saturating_sub(FEE_BASE_DISTANCE_M).div_ceil(1_000);
    Money::new(
        tariff.fee_base + tariff.fee_per_km * i64::from(further_km),
        currency.currency(),
    )
}

/// What a courier gets for a way, without the tip: a base and a price for each started kilometre.
#[must_use]
pub fn pay(way_m: Meters, currency: Currency) -> Money {
    let tariff = Tariff::earned_in(currency);
    Money::new(
        tariff.pay_base + tariff.pay_per_km * i64::from(way_m.div_ceil(1_000)),
        currency,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_grows_by_started_kilometre() {
        let cents = |way_m| fee(way_m, ServedCurrency::Eur).amount();
        for (way_m, amount) in [
            (0, 199),
            (1_000, 199),
            (1_001, 249),
            (2_000, 249),
            (2_001, 299),
            (5_000, 399),
        ] {
            assert_eq!(cents(way_m), amount, "{way_m}");
        }
        assert_eq!(pay(2_500, Currency::EUR).amount(), 525);
    }

    #[test]
    fn each_currency_has_amounts_of_its_own() {
        for (currency, fee_text, pay_text) in [
            (ServedCurrency::Jpy, "300 JPY", "640 JPY"),
            (ServedCurrency::Kwd, "0.500 KWD", "1.050 KWD"),
            (ServedCurrency::Sek, "34.00 SEK", "56.00 SEK"),
        ] {
            assert_eq!(fee(1_500, currency).to_string(), fee_text);
            assert_eq!(pay(2_500, currency.currency()).to_string(), pay_text);
        }
        let closed: Currency = "NOK".parse().unwrap();
        assert_eq!(pay(2_500, closed), Money::zero(closed));
    }

    #[test]
    fn every_amount_is_one_that_can_be_charged() {
        for served in ServedCurrency::ALL {
            let tariff = Tariff::of(served);
            for amount in [
                tariff.fee_base,
                tariff.fee_per_km,
                tariff.pay_base,
                tariff.pay_per_km,
                tariff.wait_per_minute,
            ] {
                let money = Money::new(amount, served.currency());
                assert!(amount > 0 && money.is_in_steps(), "{money}");
            }
        }
    }
}
