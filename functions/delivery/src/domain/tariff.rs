//! What a delivery earns its courier, by currency: defaults, until each market has numbers of its own.
//!
//! What it costs its customer is [`kernel::delivery_fee`].

use kernel::{Currency, Meters, Money, ServedCurrency};

/// The amounts of one currency, in its minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tariff {
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
    const NOTHING: Self = row([0; 3]);

    /// The amounts of a currency.
    #[must_use]
    pub const fn of(currency: ServedCurrency) -> Self {
        match currency {
            ServedCurrency::Chf => row([550, 120, 40]),
            ServedCurrency::Dkk => row([2_500, 600, 160]),
            ServedCurrency::Eur => row([300, 75, 20]),
            ServedCurrency::Gbp => row([280, 70, 20]),
            ServedCurrency::Jpy => row([400, 80, 30]),
            ServedCurrency::Kwd => row([600, 150, 40]),
            ServedCurrency::Pln => row([900, 200, 50]),
            ServedCurrency::Sek => row([3_200, 800, 220]),
            ServedCurrency::Usd => row([300, 80, 25]),
        }
    }

    /// What a courier earns by in whatever currency an order was placed.
    #[must_use]
    pub fn earned_in(currency: Currency) -> Self {
        ServedCurrency::try_from(currency).map_or(Self::NOTHING, Self::of)
    }
}

const fn row(pay: [i64; 3]) -> Tariff {
    let [pay_base, pay_per_km, wait_per_minute] = pay;
    Tariff {
        pay_base,
        pay_per_km,
        wait_per_minute,
    }
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
    use kernel::delivery_fee;

    #[test]
    fn the_pay_grows_by_started_kilometre() {
        assert_eq!(pay(2_500, Currency::EUR).amount(), 525);
    }

    /// The order service's fallback has the same test: the two estimates of one way cost the same.
    #[test]
    fn the_fee_is_the_shared_one_whatever_decimals_a_currency_has() {
        for (currency, fee) in [
            (ServedCurrency::Eur, "2.49 EUR"),
            (ServedCurrency::Jpy, "300 JPY"),
            (ServedCurrency::Kwd, "0.500 KWD"),
        ] {
            assert_eq!(delivery_fee(1_501, currency).to_string(), fee);
        }
    }

    #[test]
    fn each_currency_has_amounts_of_its_own() {
        for (currency, pay_text) in [
            (ServedCurrency::Jpy, "640 JPY"),
            (ServedCurrency::Kwd, "1.050 KWD"),
            (ServedCurrency::Sek, "56.00 SEK"),
        ] {
            assert_eq!(pay(2_500, currency.currency()).to_string(), pay_text);
        }
        let closed: Currency = "NOK".parse().unwrap();
        assert_eq!(pay(2_500, closed), Money::zero(closed));
    }

    #[test]
    fn every_amount_is_one_that_can_be_charged() {
        for served in ServedCurrency::ALL {
            let tariff = Tariff::of(served);
            for amount in [tariff.pay_base, tariff.pay_per_km, tariff.wait_per_minute] {
                let money = Money::new(amount, served.currency());
                assert!(amount > 0 && money.is_in_steps(), "{money}");
            }
        }
    }
}
