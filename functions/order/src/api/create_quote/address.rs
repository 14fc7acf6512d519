//! Where to bring it: a saved address by its id, or an address.

use contracts::internal::Address;
use kernel::{AddressId, Line, Position, Text};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::Defect;

/// Either `address_id` alone, or an address with `line1`, `city`, `postal_code`, `country` and `position` at least.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliverTo {
    /// One of your saved addresses.
    #[serde(default)]
    address_id: Option<AddressId>,
    /// Street and house number.
    #[serde(default)]
    line1: Option<Line<200>>,
    /// Such as the floor.
    #[serde(default)]
    line2: Option<Line<200>>,
    #[serde(default)]
    city: Option<Line<100>>,
    #[serde(default)]
    postal_code: Option<Line<20>>,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    #[schema(pattern = "^[A-Z]{2}$")]
    country: Option<String>,
    #[serde(default)]
    position: Option<Position>,
    /// For the courier.
    #[serde(default)]
    instructions: Option<Text<300>>,
    /// True to have the food left at the door, which the courier proves by a photo. Also beside `address_id`.
    #[serde(default)]
    pub leave_at_door: bool,
}

/// A checked destination.
#[derive(Debug)]
pub enum Destination {
    /// Saved with the user service.
    Saved(AddressId),
    /// Given in the request.
    Given(Box<Address>),
}

impl TryFrom<DeliverTo> for Destination {
    type Error = Vec<Defect>;

    fn try_from(given: DeliverTo) -> Result<Self, Vec<Defect>> {
        let DeliverTo {
            address_id,
            line1,
            line2,
            city,
            postal_code,
            country,
            position,
            instructions,
            leave_at_door: _,
        } = given;
        let parts = [
            line1.is_some(),
            city.is_some(),
            postal_code.is_some(),
            country.is_some(),
            position.is_some(),
        ];
        if let Some(address_id) = address_id {
            if parts.contains(&true) || line2.is_some() || instructions.is_some() {
                let message = "Give either address_id alone or an address.";
                return Err(vec![Defect::new("/deliver_to", "ambiguous", message)]);
            }
            return Ok(Self::Saved(address_id));
        }
        if let Some(code) = &country
            && !(code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            let message = "Two capital letters, such as NL.";
            return Err(vec![Defect::new("/deliver_to/country", "invalid", message)]);
        }
        let (Some(line1), Some(city), Some(postal_code), Some(country), Some(position)) =
            (line1, city, postal_code, country, position)
        else {
            let names = ["line1", "city", "postal_code", "country", "position"];
            let missing = names.iter().zip(parts).filter(|(_, is_there)| !is_there);
            return Err(missing
                .map(|(name, _)| Defect::new(format_args!("/deliver_to/{name}"), "missing", "This is needed."))
                .collect());
        };
        Ok(Self::Given(Box::new(Address {
            line1: line1.into(),
            line2: line2.map(String::from),
            city: city.into(),
            postal_code: postal_code.into(),
            country,
            position,
            instructions: instructions.map(String::from),
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(json: &str) -> Result<&'static str, Vec<(String, &'static str)>> {
        let given: DeliverTo = serde_json::from_str(json).unwrap();
        match Destination::try_from(given) {
            Ok(Destination::Saved(_)) => Ok("saved"),
            Ok(Destination::Given(_)) => Ok("given"),
            Err(defects) => Err(defects
                .into_iter()
                .map(|defect| (defect.pointer, defect.code))
                .collect()),
        }
    }

    #[test]
    fn one_or_the_other() {
        let saved = r#"{"address_id": "adr_01jd8v4q6nf2x9m3k7p0zr5t1c"}"#;
        assert_eq!(codes(saved), Ok("saved"));
        let both = r#"{"address_id": "adr_01jd8v4q6nf2x9m3k7p0zr5t1c", "city": "Amsterdam"}"#;
        assert_eq!(codes(both), Err(vec![("/deliver_to".to_owned(), "ambiguous")]));
        let whole = r#"{"line1": "Dam 1", "city": "Amsterdam", "postal_code": "1012 JS", "country": "NL",
            "position": {"lat": 52.37, "lng": 4.89}}"#;
        assert_eq!(codes(whole), Ok("given"));
        let wrong = whole.replace("NL", "nld");
        assert_eq!(codes(&wrong), Err(vec![("/deliver_to/country".to_owned(), "invalid")]));
        let names = ["line1", "city", "postal_code", "country", "position"];
        let missing = names.map(|name| (format!("/deliver_to/{name}"), "missing")).to_vec();
        assert_eq!(codes("{}"), Err(missing));
    }
}
