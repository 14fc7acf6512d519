//! What may go out: a text message costs money, and whoever makes many of them go to numbers of their own earns by it.

use std::sync::Arc;

use kernel::{Country, MessageId, TypedId as _};

/// One in so many texts is counted for its market, for all of them: the count is a breaker for thousands a day, not a bill.
pub const MARKET_SAMPLE: u32 = 10;

/// The countries whose numbers get text messages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ServedCountries(Arc<[String]>);

impl ServedCountries {
    /// Reads country codes (ISO 3166-1 alpha-2) that are separated by commas.
    #[must_use]
    pub fn new(codes: &str) -> Self {
        let codes = codes.split(',').map(str::trim).filter(|code| !code.is_empty());
        Self(codes.map(str::to_owned).collect())
    }

    /// Whether texts are sent to numbers of a country.
    #[must_use]
    pub fn include(&self, country: Country) -> bool {
        self.0.iter().any(|served| served == country.as_str())
    }
}

/// Why something does not go out, though its recipient could be reached and wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// A text of a moment ago said as much.
    Coalesced,
    /// The number has had its texts of the day.
    NumberBudget,
    /// The person has had the texts of the hour, or the mails of the day.
    PersonBudget,
    /// All numbers of the country together have had their texts of the day.
    MarketBudget,
    /// The number's country is not one that texts are sent to.
    Country,
}

impl Withheld {
    /// The reason in `notification.failed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coalesced => "coalesced",
            Self::NumberBudget => "number_budget",
            Self::PersonBudget => "person_budget",
            Self::MarketBudget => "market_budget",
            Self::Country => "country_not_served",
        }
    }
}

/// Whether a message is one of those that are counted for their market. The low bits of an id are a digest's, so the sample is
/// fair, and the same for a message that is looked at again.
#[must_use]
pub fn is_sampled(message_id: MessageId) -> bool {
    message_id.uuid().as_u128().is_multiple_of(u128::from(MARKET_SAMPLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::notification::Channel;

    #[test]
    fn texts_go_to_countries_of_the_list_alone() {
        let country = |code| Country::try_from(code).unwrap();
        let served = ServedCountries::new("NL, BE,,");
        assert!(served.include(country("NL")) && served.include(country("BE")));
        for other in ["GB", "US", "LU"] {
            assert!(!served.include(country(other)), "{other}");
        }
        assert!(!ServedCountries::new("").include(country("NL")));
    }

    #[test]
    fn one_in_ten_texts_counts_for_its_market() {
        let at = "2026-11-20T18:30:00Z".parse().unwrap();
        let id = |number: u32| crate::domain::message_id(at, &number.to_string(), "usr_1", "receipt", Channel::Sms);
        let sampled = (0..10_000).filter(|number| is_sampled(id(*number))).count();
        assert!((800..1200).contains(&sampled), "{sampled}");
        assert_eq!(is_sampled(id(7)), is_sampled(id(7)));
    }
}
