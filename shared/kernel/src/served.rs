//! The currencies that restaurants can sell in: the one list of them.
//!
//! An amount that the platform sets (a fee, a courier's pay) is chosen for one currency; none is "so many minor units of
//! whatever currency". Each service has a table of its own amounts, and each table matches on [`ServedCurrency`]: a currency
//! that is added here does not compile before every table has a line for it.

use utoipa::openapi::extensions::Extensions;

use crate::Currency;

/// A currency for which every service has its amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServedCurrency {
    /// The Swiss franc.
    Chf,
    /// The Danish krone.
    Dkk,
    /// The euro.
    Eur,
    /// The pound sterling.
    Gbp,
    /// The yen, which has no decimals.
    Jpy,
    /// The Kuwaiti dinar, which has three, of which cards take two.
    Kwd,
    /// The zloty.
    Pln,
    /// The Swedish krona.
    Sek,
    /// The United States dollar.
    Usd,
}

/// A currency in which no restaurant can sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not served; served are {list}", list = ServedCurrency::codes())]
pub struct NotServed(pub Currency);

impl ServedCurrency {
    /// All of them, by code.
    pub const ALL: [Self; 9] = [
        Self::Chf,
        Self::Dkk,
        Self::Eur,
        Self::Gbp,
        Self::Jpy,
        Self::Kwd,
        Self::Pln,
        Self::Sek,
        Self::Usd,
    ];

    /// The currency itself.
    #[must_use]
    pub const fn currency(self) -> Currency {
        match self {
            Self::Chf => Currency::CHF,
            Self::Dkk => Currency::DKK,
            Self::Eur => Currency::EUR,
            Self::Gbp => Currency::GBP,
            Self::Jpy => Currency::JPY,
            Self::Kwd => Currency::KWD,
            Self::Pln => Currency::PLN,
            Self::Sek => Currency::SEK,
            Self::Usd => Currency::USD,
        }
    }

    /// The codes of all of them, for people: `CHF, DKK, EUR`.
    #[must_use]
    pub fn codes() -> String {
        Self::ALL.map(|served| served.currency().code()).join(", ")
    }
}

impl utoipa::PartialSchema for ServedCurrency {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let codes = Self::ALL.map(|served| served.currency().code());
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .pattern(Some("^[A-Z]{3}$"))
            .examples(["EUR"])
            .extensions(Some(Extensions::builder().add("x-extensible-enum", codes).build()))
            .into()
    }
}

impl utoipa::ToSchema for ServedCurrency {}

impl TryFrom<Currency> for ServedCurrency {
    type Error = NotServed;
    fn try_from(currency: Currency) -> Result<Self, NotServed> {
        let mut all = Self::ALL.into_iter();
        all.find(|served| served.currency() == currency)
            .ok_or(NotServed(currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_can_be_charged_and_everything_else_is_refused() {
        for served in ServedCurrency::ALL {
            let currency = served.currency();
            assert_eq!(ServedCurrency::try_from(currency), Ok(served));
            assert_eq!(currency.charge_min().check_charge(), Ok(()), "{currency}");
            assert!(currency.charge_min().amount() > currency.step(), "{currency}");
        }
        for code in ["NOK", "BHD", "IRR", "XAU"] {
            let currency: Currency = code.parse().unwrap();
            assert_eq!(ServedCurrency::try_from(currency), Err(NotServed(currency)));
        }
        let refused = NotServed("NOK".parse().unwrap()).to_string();
        assert_eq!(
            refused,
            "NOK is not served; served are CHF, DKK, EUR, GBP, JPY, KWD, PLN, SEK, USD"
        );
    }
}
