//! What a restaurant says of itself.

use contracts::restaurant::Tax;
use kernel::{
    BasisPoints, Country, Currency, FieldError, FieldErrors, InvalidCountry, Line, Money, Position, ServedCurrency,
    Text, TimeZone,
};
use phone::{EnteredPhone, Phone};
use serde::{Deserialize, Serialize};

/// Characters of a name, at most.
pub const NAME_LENGTH_MAX: usize = contracts::restaurant::NAME_CHARACTERS_MAX;
/// Characters of a description, at most.
pub const DESCRIPTION_LENGTH_MAX: usize = 1000;
/// Kinds of kitchen, at most.
pub const CUISINES_MAX: usize = 10;
/// Characters of a kind of kitchen, at most.
pub const CUISINE_LENGTH_MAX: usize = 40;
/// The longest usual time to cook, in minutes.
pub const PREP_TIME_MINUTES_MAX: u32 = 240;

/// Characters of a line of an address, at most.
pub const ADDRESS_LINE_LENGTH_MAX: usize = 200;
/// Characters of a city's name, at most.
pub const CITY_LENGTH_MAX: usize = 100;
/// Characters of a postal code, at most.
pub const POSTAL_CODE_LENGTH_MAX: usize = 20;

/// A restaurant's name.
pub type Name = Line<NAME_LENGTH_MAX>;
/// What a restaurant is like.
pub type Description = Text<DESCRIPTION_LENGTH_MAX>;

/// Where it is, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street and house number.
    pub line1: Line<ADDRESS_LINE_LENGTH_MAX>,
    /// Such as the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<Line<ADDRESS_LINE_LENGTH_MAX>>,
    /// The city.
    pub city: Line<CITY_LENGTH_MAX>,
    /// The postal code.
    pub postal_code: Line<POSTAL_CODE_LENGTH_MAX>,
    /// ISO 3166-1 alpha-2, such as `NL`.
    pub country: String,
}

impl Address {
    /// The number that is meant; without a country's code, it is one of the address's country.
    ///
    /// # Errors
    /// When there is no such country or no such number.
    pub fn phone(&self, entered: &EnteredPhone) -> Result<Phone, FieldError> {
        let country = Country::try_from(self.country.as_str())
            .map_err(|error| FieldError::new("/address/country", "invalid_country", error.to_string()))?;
        let read = entered.read(Some(country));
        read.map_err(|error| FieldError::new("/phone", error.code(), error.to_string()))
    }

    /// One line for a courier.
    #[must_use]
    pub fn line(&self) -> String {
        let line2 = self
            .line2
            .as_deref()
            .map(|line| format!("{line}, "))
            .unwrap_or_default();
        format!("{}, {line2}{} {}", &*self.line1, &*self.postal_code, &*self.city)
    }
}

/// What a restaurant says of itself. Made by [`Profile::check`], so every value is in range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name.
    pub name: Name,
    /// What it is like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Description>,
    /// Kinds of kitchen, in lower case and in its own order, each once.
    pub cuisines: Vec<String>,
    /// The number to call.
    pub phone: Phone,
    /// Where it is, for people.
    pub address: Address,
    /// Where it is, for machines.
    pub position: Position,
    /// In which its hours are meant.
    #[serde(with = "super::zone_name")]
    pub time_zone: TimeZone,
    /// Of all its prices. Never changes: menus, zones and orders are priced in it.
    pub currency: Currency,
    /// How its prices are taxed.
    pub tax: Tax,
    /// How long it usually cooks, in minutes.
    pub prep_time_minutes: u32,
    /// The smallest basket it takes, before fees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<Money>,
}

/// What to change of a profile; what is missing stays.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(
    clippy::option_option,
    reason = "the outer says whether to change it, the inner to what"
)]
pub struct ProfileChange {
    /// The new name.
    pub name: Option<Name>,
    /// The new description, or none.
    pub description: Option<Option<Description>>,
    /// The new kinds of kitchen.
    pub cuisines: Option<Vec<String>>,
    /// The new number.
    pub phone: Option<EnteredPhone>,
    /// The new address.
    pub address: Option<Address>,
    /// The new position.
    pub position: Option<Position>,
    /// The new time zone.
    pub time_zone: Option<TimeZone>,
    /// The new tax.
    pub tax: Option<Tax>,
    /// The new time to cook, in minutes.
    pub prep_time_minutes: Option<u32>,
    /// The new minimum, or none.
    pub minimum_order: Option<Option<Money>>,
}

impl Profile {
    /// Puts what may be written in several ways into one, and checks what a type alone does not.
    ///
    /// # Errors
    /// Everything that is out of range, and a currency that the platform does not serve.
    pub fn check(self) -> Result<Self, Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        if let Err(refused) = ServedCurrency::try_from(self.currency) {
            errors.unless(false, "/currency", "currency_not_served", refused.to_string());
        }
        if let Some(minimum) = self.minimum_order {
            amount(minimum, self.currency, "/minimum_order", &mut errors);
        }
        self.check_all_but_amounts(errors)
    }

    fn check_all_but_amounts(mut self, mut errors: FieldErrors) -> Result<Self, Vec<FieldError>> {
        self.cuisines = cuisines(&self.cuisines, &mut errors);
        errors.unless(
            Country::try_from(self.address.country.as_str()).is_ok(),
            "/address/country",
            "invalid_country",
            InvalidCountry.to_string(),
        );
        errors.unless(
            self.tax.rate_bps <= BasisPoints::WHOLE.0,
            "/tax/rate_bps",
            "out_of_range",
            "must be at most 10000, which is 100 %",
        );
        errors.unless(
            (1..=PREP_TIME_MINUTES_MAX).contains(&self.prep_time_minutes),
            "/prep_time_minutes",
            "out_of_range",
            format!("must be 1 to {PREP_TIME_MINUTES_MAX}"),
        );
        errors.into_result(self)
    }

    /// The profile after a change. Its currency is what it was, and is not checked again, nor is a minimum that stays: whoever
    /// sells in a currency that is served no more, or kept a minimum from before its bounds, must still be able to change
    /// everything else.
    ///
    /// # Errors
    /// Everything that would be out of range.
    pub fn changed(&self, change: &ProfileChange) -> Result<Self, Vec<FieldError>> {
        let change = change.clone();
        let old = self.clone();
        let mut errors = FieldErrors::default();
        if let Some(Some(minimum)) = change.minimum_order {
            amount(minimum, old.currency, "/minimum_order", &mut errors);
        }
        let address = change.address.unwrap_or(old.address);
        let phone = change.phone.map(|entered| address.phone(&entered));
        let phone = phone.transpose().map_err(|error| vec![error])?;
        Self {
            name: change.name.unwrap_or(old.name),
            description: change.description.unwrap_or(old.description),
            cuisines: change.cuisines.unwrap_or(old.cuisines),
            phone: phone.unwrap_or(old.phone),
            address,
            position: change.position.unwrap_or(old.position),
            time_zone: change.time_zone.unwrap_or(old.time_zone),
            currency: old.currency,
            tax: change.tax.unwrap_or(old.tax),
            prep_time_minutes: change.prep_time_minutes.unwrap_or(old.prep_time_minutes),
            minimum_order: change.minimum_order.unwrap_or(old.minimum_order),
        }
        .check_all_but_amounts(errors)
    }
}

fn cuisines(given: &[String], errors: &mut FieldErrors) -> Vec<String> {
    errors.unless(
        (1..=CUISINES_MAX).contains(&given.len()),
        "/cuisines",
        "out_of_range",
        format!("must have 1 to {CUISINES_MAX} entries"),
    );
    let mut tidy: Vec<String> = Vec::new();
    for (index, cuisine) in given.iter().enumerate() {
        match Line::<CUISINE_LENGTH_MAX>::try_from(cuisine.to_lowercase()) {
            Ok(cuisine) if tidy.iter().any(|known| **known == *cuisine) => {}
            Ok(cuisine) => tidy.push(cuisine.into()),
            Err(error) => errors.unless(false, &format!("/cuisines/{index}"), "invalid_text", error.to_string()),
        }
    }
    tidy
}

/// Checks an amount of money that a restaurant sets: nothing, or one that a card can be charged.
pub fn amount(money: Money, currency: Currency, pointer: &str, errors: &mut FieldErrors) {
    errors.unless(
        money.currency() == currency,
        &format!("{pointer}/currency"),
        "wrong_currency",
        format!("must be {currency}, the restaurant's currency"),
    );
    let most = currency.charge_max().amount();
    errors.unless(
        (0..=most).contains(&money.amount()),
        &format!("{pointer}/amount"),
        "out_of_range",
        format!("must be 0 to {most}"),
    );
    let step = currency.step();
    errors.unless(
        money.amount() % step == 0,
        &format!("{pointer}/amount"),
        "amount_too_fine",
        format!("must be a multiple of {step}: cards are charged no finer amount of {currency}"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::restaurant::cast::profile;

    fn errors(change: impl FnOnce(&mut Profile)) -> Vec<(String, &'static str)> {
        let mut changed = profile();
        change(&mut changed);
        let errors = changed.check().unwrap_err();
        errors.into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
        vec![(pointer.to_owned(), code)]
    }

    #[test]
    fn every_limit_is_checked() {
        let usd = Money::new(1, Currency::USD);
        let eur = |amount| Money::new(amount, Currency::EUR);
        for code in ["IRR", "NOK", "BHD"] {
            assert_eq!(
                errors(|p| (p.currency, p.minimum_order) = (code.parse().unwrap(), None)),
                one("/currency", "currency_not_served")
            );
        }
        assert_eq!(errors(|p| p.cuisines.clear()), one("/cuisines", "out_of_range"));
        assert_eq!(
            errors(|p| p.cuisines = (0..=CUISINES_MAX).map(|n| format!("c{n}")).collect()),
            one("/cuisines", "out_of_range")
        );
        assert_eq!(
            errors(|p| p.cuisines = vec!["x".repeat(CUISINE_LENGTH_MAX + 1)]),
            one("/cuisines/0", "invalid_text")
        );
        assert_eq!(
            errors(|p| p.address.country = "nl".to_owned()),
            one("/address/country", "invalid_country")
        );
        assert_eq!(
            errors(|p| p.tax.rate_bps = 10_001),
            one("/tax/rate_bps", "out_of_range")
        );
        for minutes in [0, PREP_TIME_MINUTES_MAX + 1] {
            assert_eq!(
                errors(|p| p.prep_time_minutes = minutes),
                one("/prep_time_minutes", "out_of_range")
            );
        }
        assert_eq!(
            errors(|p| p.minimum_order = Some(usd)),
            one("/minimum_order/currency", "wrong_currency")
        );
        for amount in [-1, 100_000_000] {
            assert_eq!(
                errors(|p| p.minimum_order = Some(eur(amount))),
                one("/minimum_order/amount", "out_of_range")
            );
        }
        assert!(Name::try_from("x".repeat(NAME_LENGTH_MAX + 1)).is_err());
        assert!(Text::<DESCRIPTION_LENGTH_MAX>::try_from("x".repeat(DESCRIPTION_LENGTH_MAX + 1)).is_err());
    }

    #[test]
    fn an_amount_is_one_that_cards_can_be_charged() {
        let codes = |amount, currency| {
            let mut given = profile();
            given.currency = currency;
            given.minimum_order = Some(Money::new(amount, currency));
            let errors = given.check().err().unwrap_or_default();
            let codes = errors.into_iter().map(|error| (error.pointer, error.code));
            codes.collect::<Vec<_>>()
        };
        assert_eq!(codes(3_450, Currency::KWD), []);
        assert_eq!(
            codes(3_455, Currency::KWD),
            one("/minimum_order/amount", "amount_too_fine")
        );
        assert_eq!(codes(3_455, Currency::JPY), []);
        assert_eq!(codes(99_999_990, Currency::KWD), []);
        assert_eq!(
            codes(100_000_000, Currency::KWD),
            one("/minimum_order/amount", "out_of_range")
        );
    }

    #[test]
    fn a_restaurant_whose_currency_is_served_no_more_can_still_change() {
        let mut known = profile();
        (known.currency, known.minimum_order) = ("NOK".parse().unwrap(), None);
        let change = ProfileChange {
            prep_time_minutes: Some(30),
            ..ProfileChange::default()
        };
        assert_eq!(known.changed(&change).unwrap().prep_time_minutes, 30);
    }

    #[test]
    fn a_minimum_from_before_its_bounds_keeps_nobody_from_changing_the_rest() {
        let mut known = profile();
        (known.currency, known.minimum_order) = (Currency::KWD, Some(Money::new(3_455, Currency::KWD)));
        let mut change = ProfileChange {
            prep_time_minutes: Some(30),
            ..ProfileChange::default()
        };
        assert_eq!(known.changed(&change).unwrap().prep_time_minutes, 30);
        change.minimum_order = Some(known.minimum_order);
        let errors = known.changed(&change).unwrap_err();
        assert_eq!(errors[0].code, "amount_too_fine");
    }

    #[test]
    fn cuisines_are_lower_case_and_each_once() {
        let mut given = profile();
        given.cuisines = ["Italian", " pizza ", "ITALIAN"].map(str::to_owned).to_vec();
        assert_eq!(given.check().unwrap().cuisines, ["italian", "pizza"]);
    }

    #[test]
    fn a_number_is_one_of_the_restaurants_country() {
        let entered = |text: &str| serde_json::from_value::<EnteredPhone>(text.into()).unwrap();
        let change = |text: &str, address: Option<Address>| ProfileChange {
            phone: Some(entered(text)),
            address,
            ..ProfileChange::default()
        };
        let changed = profile().changed(&change("(020) 555-0199", None)).unwrap();
        assert_eq!(changed.phone.as_str(), "+31205550199");
        let moved = Address {
            country: "BE".to_owned(),
            ..profile().address
        };
        let changed = profile().changed(&change("02 555 12 34", Some(moved))).unwrap();
        assert_eq!(changed.phone.as_str(), "+3225551234");
        let errors = profile().changed(&change("020 555", None)).unwrap_err();
        assert_eq!(
            (errors[0].pointer.as_str(), errors[0].code),
            ("/phone", "phone_too_short")
        );
    }

    #[test]
    fn a_change_leaves_the_rest() {
        let change = ProfileChange {
            description: Some(None),
            prep_time_minutes: Some(30),
            ..ProfileChange::default()
        };
        let changed = profile().changed(&change).unwrap();
        let expected = Profile {
            description: None,
            prep_time_minutes: 30,
            ..profile()
        };
        assert_eq!(changed, expected);
        assert_eq!(changed.address.line(), "Prinsengracht 12, 1015 EA Amsterdam");
    }
}
