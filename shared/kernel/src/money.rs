//! Money in integer minor units of a currency.
//!
//! One rule rounds whatever is computed, *nearest step*: a part of an amount (a fee, a tax, a peak's extra) is the nearest
//! multiple of the currency's [step](Currency::step), halves away from zero, as invoices round. Where parts must add up to a
//! whole, one of them is the rest and is not rounded by itself.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// A code that ISO 4217 does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an ISO 4217 currency code such as EUR")]
pub struct InvalidCurrency;

impl Currency {
    /// The Swiss franc.
    pub const CHF: Self = Self(iso_currency::Currency::CHF);
    /// The Danish krone.
    pub const DKK: Self = Self(iso_currency::Currency::DKK);
    /// The euro.
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    /// The pound sterling.
    pub const GBP: Self = Self(iso_currency::Currency::GBP);
    /// The yen.
    pub const JPY: Self = Self(iso_currency::Currency::JPY);
    /// The Kuwaiti dinar.
    pub const KWD: Self = Self(iso_currency::Currency::KWD);
    /// The zloty.
    pub const PLN: Self = Self(iso_currency::Currency::PLN);
    /// The Swedish krona.
    pub const SEK: Self = Self(iso_currency::Currency::SEK);
    /// The United States dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// The three letters.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimal digits one major unit has: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn minor_digits(self) -> u8 {
        self.0
            .exponent()
            .and_then(|digits| u8::try_from(digits).ok())
            .unwrap_or(0)
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;
    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        iso_currency::Currency::from_code(text).map(Self).ok_or(InvalidCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl utoipa::PartialSchema for Currency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .pattern(Some("^[A-Z]{3}$"))
            .examples(["EUR"])
            .into()
    }
}

impl utoipa::ToSchema for Currency {}

/// An amount in minor units (cents) of its currency. May be negative: a discount, a refund.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: 1290 is € 12.90.
    #[schema(example = 1290)]
    amount: i64,
    /// The ISO 4217 code.
    currency: Currency,
}

/// Why two amounts cannot be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Euros and dollars do not add.
    #[error("amounts in {0} and {1} cannot be combined")]
    CurrencyMismatch(Currency, Currency),
    /// Beyond what 64 bits hold.
    #[error("the amount is too large")]
    Overflow,
}

/// A rate in hundredths of a per cent: 2100 is 21 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct BasisPoints(pub u32);

impl BasisPoints {
    /// 100 %.
    pub const WHOLE: Self = Self(10_000);
}

impl Money {
    /// An amount of minor units.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Minor units.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// True for exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// True below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.amount < 0
    }

    fn combine(self, other: Self, with: impl FnOnce(i64, i64) -> Option<i64>) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch(self.currency, other.currency));
        }
        let amount = with(self.amount, other.amount).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(amount, self.currency))
    }

    /// The sum.
    ///
    /// # Errors
    /// When the currencies differ or the sum does not fit.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// When the currencies differ or the difference does not fit.
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// `count` times the amount.
    ///
    /// # Errors
    /// When the product does not fit.
    pub fn times(self, count: u32) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(i64::from(count)).ok_or(MoneyError::Overflow)?;
        Ok(Self::new(amount, self.currency))
    }

    /// Whether it is a multiple of the currency's [step](Currency::step), as every price and every fee must be.
    #[must_use]
    pub fn is_in_steps(self) -> bool {
        self.amount % self.currency.step() == 0
    }

    /// The share that `rate` is of the amount, to the nearest step.
    #[must_use]
    pub fn share(self, rate: BasisPoints) -> Self {
        self.fraction(i64::from(rate.0), i64::from(BasisPoints::WHOLE.0))
    }

    /// The tax inside a price that already includes it: `amount × rate / (1 + rate)`, to the nearest step.
    #[must_use]
    pub fn included_tax(self, rate: BasisPoints) -> Self {
        let rate = i64::from(rate.0);
        self.fraction(rate, i64::from(BasisPoints::WHOLE.0) + rate)
    }

    /// The rule *nearest step*.
    fn fraction(self, numerator: i64, denominator: i64) -> Self {
        let exact = i128::from(self.amount) * i128::from(numerator);
        let step = i128::from(self.currency.step());
        let whole = i128::from(denominator) * step;
        let half = whole / 2 * exact.signum();
        let rounded = (exact + half) / whole * step;
        Self::new(i64::try_from(rounded).unwrap_or(i64::MAX), self.currency)
    }
}

/// Major units with the currency's digits: `12.90 EUR`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = usize::from(self.currency.minor_digits());
        let sign = if self.amount < 0 { "-" } else { "" };
        let text = format!("{:0>width$}", self.amount.unsigned_abs(), width = digits + 1);
        let (major, minor) = text.split_at(text.len() - digits);
        let point = if digits == 0 { "" } else { "." };
        write!(f, "{sign}{major}{point}{minor} {}", self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    #[test]
    fn prints_major_units() {
        for (money, text) in [
            (eur(1290), "12.90 EUR"),
            (eur(5), "0.05 EUR"),
            (eur(-105), "-1.05 EUR"),
            (Money::new(1290, Currency::JPY), "1290 JPY"),
            (Money::new(1290, Currency::KWD), "1.290 KWD"),
        ] {
            assert_eq!(money.to_string(), text);
        }
    }

    #[test]
    fn a_share_is_rounded_to_the_nearest_step() {
        for (code, amount, rate, share, tax) in [
            ("EUR", 1005, 1000, 101, 91),
            ("EUR", -1005, 1000, -101, -91),
            ("EUR", 12_100, 2100, 2541, 2100),
            // The yen has no smaller part.
            ("JPY", 1005, 1000, 101, 91),
            ("JPY", 90, 500, 5, 4),
            // Cards take the dinar in tens of fils.
            ("KWD", 3450, 500, 170, 160),
            ("KWD", 3500, 500, 180, 170),
            ("KWD", -3500, 500, -180, -170),
            ("KWD", 90, 500, 0, 0),
            // The ariary is charged as a whole.
            ("MGA", 100_000, 1250, 12_500, 11_100),
        ] {
            let money = Money::new(amount, code.parse().unwrap());
            let rate = BasisPoints(rate);
            let rounded = (money.share(rate).amount(), money.included_tax(rate).amount());
            assert_eq!(rounded, (share, tax), "{rate:?} of {money}");
        }
    }

    #[test]
    fn refuses_other_currencies_and_overflow() {
        let usd = Money::new(1, Currency::USD);
        assert_eq!(
            eur(1).plus(usd),
            Err(MoneyError::CurrencyMismatch(Currency::EUR, Currency::USD))
        );
        assert_eq!(eur(i64::MAX).plus(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MAX).times(2), Err(MoneyError::Overflow));
        assert!(serde_json::from_str::<Money>(r#"{"amount": 1, "currency": "EURO"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount": 1.5, "currency": "EUR"}"#).is_err());
    }

    fn any_currency() -> impl Strategy<Value = Currency> {
        let codes = ["EUR", "USD", "JPY", "KWD", "BHD", "ISK", "HUF", "TWD", "MGA"];
        prop::sample::select(codes.map(|code| code.parse().unwrap()).to_vec())
    }

    proptest! {
        #[test]
        fn a_share_and_its_rest_are_the_whole(
            steps in -1_000_000_000_i64..1_000_000_000,
            rate in 0_u32..10_000,
            currency in any_currency(),
        ) {
            let whole = Money::new(steps * currency.step(), currency);
            let rate = BasisPoints(rate);
            for part in [whole.share(rate), whole.included_tax(rate)] {
                let rest = whole.minus(part).unwrap();
                prop_assert_eq!(rest.plus(part).unwrap(), whole);
                prop_assert!(part.is_in_steps() && rest.is_in_steps());
                prop_assert!(part.amount().abs() <= whole.amount().abs());
                prop_assert!(part.is_zero() || part.is_negative() == whole.is_negative());
            }
        }

        #[test]
        fn no_share_is_more_than_half_a_step_from_the_exact_one(
            amount in -1_000_000_000_i64..1_000_000_000,
            rate in 0_u32..20_000,
            currency in any_currency(),
        ) {
            let whole = Money::new(amount, currency);
            let off = |part: Money, denominator: i64| {
                let exact = i128::from(amount) * i128::from(rate);
                let away = (i128::from(part.amount()) * i128::from(denominator) - exact).abs();
                away * 2 <= i128::from(denominator) * i128::from(currency.step())
            };
            prop_assert!(off(whole.share(BasisPoints(rate)), 10_000));
            prop_assert!(off(whole.included_tax(BasisPoints(rate)), 10_000 + i64::from(rate)));
        }
    }
}
