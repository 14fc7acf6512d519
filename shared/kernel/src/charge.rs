//! In which amounts the card provider counts: not always in ISO 4217's minor units.
//!
//! The lists are Stripe's (docs.stripe.com/currencies: zero-decimal, three-decimal and special cases, minimum and maximum
//! charge amounts). A currency that is in none of them cannot be charged. HUF and TWD are ordinary here: that they have no
//! decimals holds for payouts only.

use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::{Currency, Money, ServedCurrency};

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

/// The least that may be charged at once, in ISO minor units. Stripe names it by the currency of the account that is paid
/// out to, so it holds for accounts in the currency itself. It names none for KWD, whose payments are converted: half a US
/// dollar is some 0.155 KWD, and the line here leaves room for the rate to move.
const LEAST: [(&str, i64); 32] = [
    ("AED", 200),
    ("ARS", 50),
    ("AUD", 50),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("COP", 50),
    ("CZK", 1_500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("IDR", 50),
    ("ILS", 50),
    ("INR", 50),
    ("JPY", 50),
    ("KRW", 50),
    ("KWD", 200),
    ("MXN", 1_000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PHP", 50),
    ("PLN", 200),
    ("RON", 200),
    ("RUB", 50),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1_000),
    ("USD", 50),
    ("ZAR", 50),
];
/// Digits of the provider's largest amount: 99999999 is 999,999.99 USD. Some cards take more.
const DIGITS_MAX: u32 = 8;
/// The currencies whose largest amount has more digits.
const MORE_DIGITS: [(&str, u32); 3] = [("COP", 10), ("IDR", 12), ("INR", 9)];

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
    TooFine(Money, Money),
    /// The amount is less than the provider charges at once.
    #[error("{0} is too little to be charged: the card provider charges {1} or more")]
    TooSmall(Money, Money),
    /// The amount is more than the provider charges at once.
    #[error("{0} is too much to be charged at once: the card provider charges {1} or less")]
    TooLarge(Money, Money),
    /// Beyond what 64 bits hold.
    #[error("the amount is too large")]
    Overflow,
}

impl NotChargeable {
    /// What is wrong, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Currency(_) => "currency_not_chargeable",
            Self::TooFine(..) => "amount_too_fine",
            Self::TooSmall(..) => "amount_too_small",
            Self::TooLarge(..) | Self::Overflow => "amount_too_large",
        }
    }
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

    /// The smallest difference between two amounts that can be charged, in minor units: 10 for KWD, which cards take in
    /// tens of fils, and 1 for EUR and JPY.
    #[must_use]
    pub fn step(self) -> i64 {
        self.rule().map_or(1, |rule| rule.multiple)
    }

    /// The least that the card provider charges at once; one step, if it names no amount.
    #[must_use]
    pub fn charge_min(self) -> Money {
        let listed = LEAST.iter().find(|(code, _)| *code == self.code());
        Money::new(listed.map_or(self.step(), |(_, amount)| *amount), self)
    }

    /// The most that the card provider charges at once; nothing, if it does not take the currency.
    #[must_use]
    pub fn charge_max(self) -> Money {
        let Some(Rule { multiple, scale }) = self.rule() else {
            return Money::zero(self);
        };
        let more = MORE_DIGITS.iter().find(|(code, _)| *code == self.code());
        let digits = more.map_or(DIGITS_MAX, |(_, digits)| *digits);
        let amount = (10_i64.pow(digits) - 1) * scale.1 / scale.0;
        Money::new(amount - amount % multiple, self)
    }
}

/// An amount that a restaurant sets: nothing, or one that a card can be charged in a currency that is served. Here it is only
/// described.
pub enum Price {}

/// An amount as [`Price`], and not nothing.
pub enum PositivePrice {}

fn amount_from(least: i64) -> RefOr<Schema> {
    let most = ServedCurrency::ALL.map(|served| served.currency().charge_max().amount());
    let amount = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(least))
        .maximum(most.into_iter().max())
        .description(Some("Minor units, as finely as cards are charged: 1290 is € 12.90."))
        .examples([1290]);
    ObjectBuilder::new()
        .property("amount", amount)
        .required("amount")
        .property("currency", Ref::from_schema_name(Currency::name()))
        .required("currency")
        .additional_properties(Some(AdditionalProperties::FreeForm(false)))
        .into()
}

impl PartialSchema for Price {
    fn schema() -> RefOr<Schema> {
        amount_from(0)
    }
}

impl PartialSchema for PositivePrice {
    fn schema() -> RefOr<Schema> {
        amount_from(1)
    }
}

impl ToSchema for Price {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Currency::name().into_owned(), Currency::schema()));
    }
}

impl ToSchema for PositivePrice {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Price::schemas(schemas);
    }
}

impl Money {
    /// Whether a card can be charged this much at once.
    ///
    /// # Errors
    /// When the provider does not take the currency, or the amount is too fine, too small or too large for it.
    pub fn check_charge(self) -> Result<(), NotChargeable> {
        self.to_charge_amount()?;
        let (least, most) = (self.currency().charge_min(), self.currency().charge_max());
        if self.amount() < least.amount() {
            Err(NotChargeable::TooSmall(self, least))
        } else if self.amount() > most.amount() {
            Err(NotChargeable::TooLarge(self, most))
        } else {
            Ok(())
        }
    }

    /// The amount as the card provider counts it.
    ///
    /// # Errors
    /// When the provider does not take the currency, or counts it more coarsely: nothing is rounded here.
    pub fn to_charge_amount(self) -> Result<i64, NotChargeable> {
        let currency = self.currency();
        let rule = currency.rule().ok_or(NotChargeable::Currency(currency))?;
        if self.amount() % rule.multiple != 0 {
            return Err(NotChargeable::TooFine(self, Self::new(rule.multiple, currency)));
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
            Err(NotChargeable::TooFine(money, Self::new(1, currency)))
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
            assert!(matches!(finer, Err(NotChargeable::TooFine(..))), "{currency}");
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
            assert_eq!(currency.charge_max(), Money::zero(currency), "{code}");
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

    #[test]
    fn every_least_amount_can_be_charged_and_one_step_less_cannot() {
        for (code, amount) in LEAST {
            let currency: Currency = code.parse().unwrap();
            assert_eq!(currency.charge_min(), Money::new(amount, currency));
            assert_eq!(Money::new(amount, currency).check_charge(), Ok(()), "{code}");
            let less = Money::new(amount - currency.step(), currency);
            assert!(
                matches!(less.check_charge(), Err(NotChargeable::TooSmall(..))),
                "{code}"
            );
        }
        let unnamed: Currency = "BHD".parse().unwrap();
        assert_eq!(unnamed.charge_min(), Money::new(10, unnamed));
        assert!(Money::zero(unnamed).check_charge().is_err());
    }

    #[test]
    fn the_largest_amount_has_eight_digits_but_for_a_few_currencies() {
        for (code, most) in [
            ("EUR", 99_999_999),
            ("JPY", 99_999_999),
            ("KWD", 99_999_990),
            // The provider counts two decimals that ISO does not.
            ("ISK", 999_999),
            ("UGX", 999_999),
            // And none of the two that ISO does.
            ("MGA", 9_999_999_900),
            ("HUF", 99_999_999),
            ("TWD", 99_999_999),
            ("INR", 999_999_999),
            ("COP", 9_999_999_999),
            ("IDR", 999_999_999_999),
        ] {
            let currency: Currency = code.parse().unwrap();
            let money = Money::new(most, currency);
            assert_eq!(currency.charge_max(), money, "{code}");
            assert_eq!(money.check_charge(), Ok(()), "{code}");
            let more = Money::new(most + currency.step(), currency);
            assert!(
                matches!(more.check_charge(), Err(NotChargeable::TooLarge(..))),
                "{code}"
            );
        }
    }

    #[test]
    fn each_refusal_has_a_code() {
        let code = |amount, currency: &str| {
            let refused = Money::new(amount, currency.parse().unwrap()).check_charge();
            refused.map_err(NotChargeable::code)
        };
        assert_eq!(code(7_190, "KWD"), Ok(()));
        assert_eq!(code(7_199, "KWD"), Err("amount_too_fine"));
        assert_eq!(code(190, "KWD"), Err("amount_too_small"));
        assert_eq!(code(49, "JPY"), Err("amount_too_small"));
        assert_eq!(code(-100, "EUR"), Err("amount_too_small"));
        assert_eq!(code(100_000_000, "USD"), Err("amount_too_large"));
        assert_eq!(code(i64::MAX, "ISK"), Err("amount_too_large"));
        assert_eq!(code(100, "IRR"), Err("currency_not_chargeable"));
    }
}
