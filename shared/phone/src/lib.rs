//! Telephone numbers: read as people write them, kept in E.164 form, shown as the number's own country writes it.
//!
//! What a number means is Google's libphonenumber's to say, whose metadata follow the numbering plans of all countries.
//! It weighs half a megabyte in a binary, so only services that take numbers depend on this crate; others hear a number's
//! country with it. Pure: nothing here knows a clock, a network or a table.

use std::fmt;

use kernel::{Country, Line, coded};
use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region,
    ValidationError,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Characters of a number as it is written, at most: fifteen digits, all that stands between them, and a prefix.
pub const ENTERED_CHARACTERS_MAX: usize = 40;
/// The fewest digits of a number in E.164 form with its country's code: the shortest that anybody has.
const DIGITS_MIN: usize = 7;
/// The most digits of an international number (ITU-T E.164, section 6.2.1).
const DIGITS_MAX: usize = 15;
/// What most of the world dials before a country's code (ITU-T E.164, annex A).
const INTERNATIONAL_PREFIX: &str = "00";

/// A number in E.164 form, such as `+31612345678`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// A text that is not a number in E.164 form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number in E.164 form such as +31612345678")]
pub struct NotE164;

/// A number as a person wrote it: with spaces, brackets and dashes, with or without the country.
#[derive(Clone, PartialEq, Eq)]
pub struct EnteredPhone(Line<ENTERED_CHARACTERS_MAX>);

/// Why what a person wrote is no number that can be called from everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhone {
    /// The number has no country's code, and nothing says which country is meant.
    #[error("must begin with + and the country's code, or `country` must say which country it is in")]
    CountryNeeded,
    /// Nothing that reads as a telephone number, or of a length that the country has no numbers of.
    #[error("must be a telephone number such as +31 6 12345678")]
    NotANumber,
    /// Fewer digits than the country's numbers have; the area code may be missing.
    #[error("has too few digits for its country")]
    TooShort,
    /// More digits than the country's numbers have.
    #[error("has too many digits for its country")]
    TooLong,
    /// What is dialled after the call is taken: E.164 has no place for it.
    #[error("must not have an extension")]
    Extension,
}

impl InvalidPhone {
    /// For programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CountryNeeded => "phone_country_needed",
            Self::NotANumber => "phone_invalid",
            Self::TooShort => "phone_too_short",
            Self::TooLong => "phone_too_long",
            Self::Extension => "phone_extension",
        }
    }
}

impl EnteredPhone {
    /// The number that is meant; `country` is the one in which a number without a country's code is dialled.
    ///
    /// # Errors
    /// When it is no number, or none that its country could have.
    pub fn read(&self, country: Option<Country>) -> Result<Phone, InvalidPhone> {
        let region = country.and_then(|country| Region::from_code(country.as_str()).ok());
        // Of 00 and the rest, the rest tells the country. Where 00 means something else, it does not read as a number.
        let abroad = self.0.strip_prefix(INTERNATIONAL_PREFIX);
        let abroad = abroad.and_then(|rest| read(&format!("+{rest}"), None).ok());
        abroad.map_or_else(|| read(&self.0, region), Ok)
    }
}

impl EnteredPhone {
    /// The number that is meant by somebody who does not say where it is dialled: one with its country's code, or else the
    /// first that is a number of one of these countries. A guess must fit exactly: a language is no place, and many numbers
    /// are as long as another country's.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn guess(&self, countries: &[Option<Country>]) -> Result<Phone, InvalidPhone> {
        match self.read(None) {
            Err(InvalidPhone::CountryNeeded) => {
                let mut guesses = countries.iter().flatten().map(|country| self.read(Some(*country)));
                let fitting = guesses.clone().flatten().find(Phone::is_valid);
                match (fitting, guesses.find(Result::is_err)) {
                    (Some(phone), _) => Ok(phone),
                    (None, Some(refused)) => refused,
                    (None, None) => Err(InvalidPhone::CountryNeeded),
                }
            }
            read => read,
        }
    }
}

fn read(text: &str, region: Option<Region>) -> Result<Phone, InvalidPhone> {
    let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|error| match error {
        // Said of a text that has no code as well.
        ParseError::InvalidCountryCode if region.is_none() && !text.contains(['+', '＋']) => {
            InvalidPhone::CountryNeeded
        }
        ParseError::InvalidCountryCode | ParseError::NotANumber(_) => InvalidPhone::NotANumber,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => InvalidPhone::TooShort,
        ParseError::TooLongNsn => InvalidPhone::TooLong,
    })?;
    if number.extension.is_some() {
        return Err(InvalidPhone::Extension);
    }
    check_length(&number)?;
    let number = number.format_as(PhoneNumberFormat::E164).into_owned();
    Phone::try_from(number).map_err(|NotE164| InvalidPhone::NotANumber)
}

/// A number of a plan that is known is good. So is one of a plan that is newer than the metadata, if it is as long as what
/// people have at home and in the pocket; short ones, such as those of services, count only if they are known.
fn check_length(number: &PhoneNumber) -> Result<(), InvalidPhone> {
    let lengths = [PhoneNumberType::FixedLine, PhoneNumberType::Mobile]
        .map(|kind| PHONE_NUMBER_UTIL.is_possible_number_for_type_with_reason(number, kind));
    if lengths.contains(&Ok(NumberLengthType::IsPossible)) || number.is_valid() {
        return Ok(());
    }
    let is_short = |length| {
        matches!(
            length,
            &Ok(NumberLengthType::IsPossibleLocalOnly) | &Err(ValidationError::TooShort)
        )
    };
    Err(if lengths.iter().any(is_short) {
        InvalidPhone::TooShort
    } else if lengths.contains(&Err(ValidationError::TooLong)) {
        InvalidPhone::TooLong
    } else {
        InvalidPhone::NotANumber
    })
}

impl Phone {
    /// The number in E.164 form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The country that has given the number out; `None` for numbers of no country, such as those of satellites, and where
    /// countries share a code and the number is none that is known.
    #[must_use]
    pub fn country(&self) -> Option<Country> {
        let region = self.parsed()?.get_region_code()?;
        Country::try_from(region.as_region_str().as_str()).ok()
    }

    /// Whether the country is known to give out such numbers.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.parsed().is_some_and(|number| number.is_valid())
    }

    /// The number as it is dialled within its country, such as `06 12345678`.
    #[must_use]
    pub fn national(&self) -> String {
        self.formatted(PhoneNumberFormat::National)
    }

    /// The number as it is written for people of other countries, such as `+31 6 12345678`.
    #[must_use]
    pub fn international(&self) -> String {
        self.formatted(PhoneNumberFormat::International)
    }

    fn formatted(&self, format: PhoneNumberFormat) -> String {
        let parsed = self.parsed();
        parsed.map_or_else(|| self.0.clone(), |number| number.format_as(format).into_owned())
    }

    fn parsed(&self) -> Option<PhoneNumber> {
        PHONE_NUMBER_UTIL.parse(&self.0, None).ok()
    }
}

/// Reads what [`Phone::as_str`] gave: the form is checked, and not whether the country still has such numbers.
impl TryFrom<String> for Phone {
    type Error = NotE164;
    fn try_from(text: String) -> Result<Self, NotE164> {
        let digits = text.strip_prefix('+').ok_or(NotE164)?;
        let valid = (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.starts_with('0');
        valid.then_some(Self(text)).ok_or(NotE164)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> Self {
        phone.0
    }
}

/// Personal, so nothing of it is shown.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(redacted)")
    }
}

/// Personal, so nothing of it is shown.
impl fmt::Debug for EnteredPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EnteredPhone(redacted)")
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::try_from(text).map_err(serde::de::Error::custom)
    }
}

impl Serialize for EnteredPhone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for EnteredPhone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let text = Line::try_from(text).map_err(|_| {
            let error = InvalidPhone::NotANumber;
            coded::error(error.code(), error)
        });
        text.map(Self)
    }
}

impl utoipa::PartialSchema for Phone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .pattern(Some(r"^\+[1-9][0-9]{6,14}$"))
            .examples(["+31612345678"])
            .into()
    }
}

impl utoipa::ToSchema for Phone {}

impl utoipa::PartialSchema for EnteredPhone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .min_length(Some(1))
            .max_length(Some(ENTERED_CHARACTERS_MAX))
            .examples(["06 12345678", "+31 6 12345678"])
            .into()
    }
}

impl utoipa::ToSchema for EnteredPhone {}

#[cfg(test)]
mod tests;
