//! In which amounts the card provider counts: not always in ISO 4217's minor units.
//!
//! The lists are Stripe's (docs.stripe.com/currencies: zero-decimal, three-decimal and special cases). A currency that is in
//! none of them cannot be charged, and so no restaurant can sell in it.

use crate::{Currency, Money};

/// Counted as ISO counts them, with two decimals.
const TWO_DECIMALS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY \
     COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR \
     JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN \
     NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SOS SRD SZL THB TJS \
     TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD YER ZAR ZMW";
/// Counted without decimals. ISO 4217 gives MGA two, of which the provider takes none.
const ZERO_DECIMALS: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";
/// Counted with two decimals that must be 00, though ISO 4217 gives them none.
const ZERO_DECIMALS_AS_TWO: &str = "ISK UGX";
/// Counted with three decimals, of which the last must be 0.
const THREE_DECIMALS_IN_TENS: &str = "BHD JOD KWD OMR TND";

/// How an amount in ISO minor units becomes one of the provider's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rule {
    /// What the amount must be a multiple of.
    multiple: i64,
    /// It is multiplied by the first and divided by the second.
    scale: (i64, i64),
}

/// An amount that the provider cannot take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotChargeable {
    /// The currency is in none of the provider's lists.
    #[error("the card provider does not take {0}")]
    Currency(Currency),
    /// The amount is finer than the provider counts.
    #[error("{0} is finer than the card provider counts: it must be a multiple of {1}")]
    Amount(Money, Money),
    /// Beyond what 64 bits hold.
    #[error("the amount is too large")]
    Overflow,
}

impl Currency {
    fn rule(self) -> Option<Rule> {
        let listed = |list: &str| list.split_ascii_whitespace().any(|code| code == self.code());
        let iso = 10_i64.pow(u32::from(self.minor_digits()));
        let (multiple, scale) = if listed(TWO_DECIMALS) {
            (1, (1, 1))
        } else if listed(ZERO_DECIMALS) {
            (iso, (1, iso))
        } else if listed(ZERO_DECIMALS_AS_TWO) {
            (1, (100, 1))
        } else if listed(THREE_DECIMALS_IN_TENS) {
            (10, (1, 1))
        } else {
            return None;
        };
        Some(Rule { multiple, scale })
    }

    /// Whether the card provider takes it.
    #[must_use]
    pub fn is_chargeable(self) -> bool {
        self.rule().is_some()
    }
}

impl Money {
    /// The amount as the card provider counts it.
    ///
    /// # Errors
    /// When the provider does not take the currency, or counts it more coarsely: nothing is rounded here.
    pub fn to_charge_amount(self) -> Result<i64, NotChargeable> {
        let currency = self.currency();
        let rule = currency.rule().ok_or(NotChargeable::Currency(currency))?;
        if self.amount() % rule.multiple != 0 {
            return Err(NotChargeable::Amount(self, Self::new(rule.multiple, currency)));
        }
        let scaled = self.amount().checked_mul(rule.scale.0).ok_or(NotChargeable::Overflow)?;
        Ok(scaled / rule.scale.1)
    }

    /// An amount that the card provider shows.
    ///
    /// # Errors
    /// When the provider does not take the currency, or shows what it says it never does.
    pub fn from_charge_amount(amount: i64, currency: Currency) -> Result<Self, NotChargeable> {
        let rule = currency.rule().ok_or(NotChargeable::Currency(currency))?;
        let scaled = amount.checked_mul(rule.scale.1).ok_or(NotChargeable::Overflow)?;
        let money = Self::new(scaled / rule.scale.0, currency);
        if scaled % rule.scale.0 == 0 {
            Ok(money)
        } else {
            Err(NotChargeable::Amount(money, Self::new(1, currency)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currencies(list: &str) -> Vec<Currency> {
        list.split_ascii_whitespace()
            .map(|code| code.parse().unwrap_or_else(|_| panic!("{code}")))
            .collect()
    }

    /// One major unit, as ISO and as the provider count it.
    fn one(currency: Currency) -> (i64, i64) {
        let iso = 10_i64.pow(u32::from(currency.minor_digits()));
        (iso, Money::new(iso, currency).to_charge_amount().unwrap())
    }

    #[test]
    fn every_line_of_the_table_is_counted_as_the_provider_does() {
        for currency in currencies(TWO_DECIMALS) {
            assert_eq!(one(currency), (100, 100), "{currency}");
        }
        for currency in currencies(ZERO_DECIMALS) {
            let iso = if currency.code() == "MGA" { 100 } else { 1 };
            assert_eq!(one(currency), (iso, 1), "{currency}");
        }
        for currency in currencies(ZERO_DECIMALS_AS_TWO) {
            assert_eq!(one(currency), (1, 100), "{currency}");
        }
        for currency in currencies(THREE_DECIMALS_IN_TENS) {
            assert_eq!(one(currency), (1000, 1000), "{currency}");
            let finer = Money::new(7199, currency).to_charge_amount();
            assert!(matches!(finer, Err(NotChargeable::Amount(..))), "{currency}");
        }
    }

    #[test]
    fn no_currency_is_in_two_lists_and_what_is_in_none_is_refused() {
        let lists = [
            TWO_DECIMALS,
            ZERO_DECIMALS,
            ZERO_DECIMALS_AS_TWO,
            THREE_DECIMALS_IN_TENS,
        ];
        let all: Vec<&str> = lists.iter().flat_map(|list| list.split_ascii_whitespace()).collect();
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
        for code in ["IRR", "KPW", "XAU", "CUP", "LYD"] {
            let currency: Currency = code.parse().unwrap();
            assert!(!currency.is_chargeable(), "{code}");
            assert!(Money::new(100, currency).to_charge_amount().is_err(), "{code}");
        }
    }

    #[test]
    fn what_is_charged_is_read_back_as_the_same() {
        for (amount, code) in [(1290, "EUR"), (1290, "JPY"), (1290, "ISK"), (7190, "KWD"), (500, "MGA")] {
            let money = Money::new(amount, code.parse().unwrap());
            let shown = money.to_charge_amount().unwrap();
            assert_eq!(Money::from_charge_amount(shown, money.currency()), Ok(money), "{code}");
        }
        let isk = "ISK".parse().unwrap();
        assert!(Money::from_charge_amount(150, isk).is_err(), "half a krona");
    }
}
