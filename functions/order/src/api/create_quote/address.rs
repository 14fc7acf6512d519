//! Where to bring it: a saved address by its id, or an address.

use contracts::internal::{Address, AddressLine, City, Instructions, PostalCode};
use kernel::{AddressId, FieldError, Position};
use serde::Deserialize;
use utoipa::openapi::schema::{OneOfBuilder, Schema};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::api::shapes;
use crate::usecase::create_quote::Destination;

/// Either `address_id` alone, or an address with `line1`, `city`, `postal_code`, `country` and `position` at least. Read as one,
/// so that what is wrong with it can be told by member.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliverTo {
    #[serde(default)]
    address_id: Option<AddressId>,
    #[serde(default)]
    line1: Option<AddressLine>,
    #[serde(default)]
    line2: Option<AddressLine>,
    #[serde(default)]
    city: Option<City>,
    #[serde(default)]
    postal_code: Option<PostalCode>,
    #[serde(default)]
    country: Option<String>,
    #[serde(default)]
    position: Option<Position>,
    #[serde(default)]
    instructions: Option<Instructions>,
    /// Also beside `address_id`.
    #[serde(default)]
    pub leave_at_door: bool,
}

/// One of your saved addresses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "described; what is read is DeliverTo")]
struct SavedPlace {
    /// Which.
    address_id: AddressId,
    /// True to have the food left at the door, which the courier proves by a photo.
    #[serde(default)]
    #[schema(example = false)]
    leave_at_door: bool,
}

/// An address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "described; what is read is DeliverTo")]
struct GivenPlace {
    /// Street and house number.
    #[schema(value_type = shapes::StreetLine)]
    line1: AddressLine,
    /// Such as the floor.
    #[schema(value_type = Option<shapes::FurtherLine>)]
    line2: Option<AddressLine>,
    /// The city.
    #[schema(value_type = shapes::CityName)]
    city: City,
    /// The postal code.
    #[schema(value_type = shapes::PostCode)]
    postal_code: PostalCode,
    /// ISO 3166-1 alpha-2.
    #[schema(pattern = "^[A-Z]{2}$", example = "NL")]
    country: String,
    /// Where it is.
    position: Position,
    /// For the courier.
    #[schema(value_type = Option<shapes::CourierNote>)]
    instructions: Option<Instructions>,
    /// True to have the food left at the door, which the courier proves by a photo.
    #[serde(default)]
    #[schema(example = false)]
    leave_at_door: bool,
}

impl PartialSchema for DeliverTo {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .item(Ref::from_schema_name(SavedPlace::name()))
            .item(Ref::from_schema_name(GivenPlace::name()))
            .into()
    }
}

impl ToSchema for DeliverTo {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((SavedPlace::name().into_owned(), SavedPlace::schema()));
        schemas.push((GivenPlace::name().into_owned(), GivenPlace::schema()));
        SavedPlace::schemas(schemas);
        GivenPlace::schemas(schemas);
    }
}

impl TryFrom<DeliverTo> for Destination {
    type Error = Vec<FieldError>;

    fn try_from(given: DeliverTo) -> Result<Self, Vec<FieldError>> {
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
                return Err(vec![FieldError::new("/deliver_to", "ambiguous", message)]);
            }
            return Ok(Self::Saved(address_id));
        }
        if let Some(code) = &country
            && !(code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            let message = "Two capital letters, such as NL.";
            return Err(vec![FieldError::new("/deliver_to/country", "invalid", message)]);
        }
        let (Some(line1), Some(city), Some(postal_code), Some(country), Some(position)) =
            (line1, city, postal_code, country, position)
        else {
            let names = ["line1", "city", "postal_code", "country", "position"];
            let missing = names.iter().zip(parts).filter(|(_, is_there)| !is_there);
            return Err(missing
                .map(|(name, _)| FieldError::new(format_args!("/deliver_to/{name}"), "missing", "This is needed."))
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
