//! Addresses as the API takes and shows them.

use kernel::{AddressId, Country, Position};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes;
use crate::domain::{Address, AddressBook, City, Instructions, Label, Line, PostalCode, SavedAddress};

/// An address to save.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAddress {
    /// What the person calls it.
    #[schema(value_type = shapes::Label)]
    label: Label,
    /// Street and house number.
    #[schema(value_type = shapes::StreetLine)]
    line1: Line,
    /// Such as the floor.
    #[schema(value_type = Option<shapes::FurtherLine>)]
    line2: Option<Line>,
    /// The city.
    #[schema(value_type = shapes::CityName)]
    city: City,
    /// The postal code.
    #[schema(value_type = shapes::PostCode)]
    postal_code: PostalCode,
    /// ISO 3166-1 alpha-2.
    country: Country,
    /// Where it is.
    position: Position,
    /// For the courier, such as where the bell is.
    #[schema(value_type = Option<shapes::CourierNote>)]
    instructions: Option<Instructions>,
    /// True makes it the default. The first address is the default in any case.
    #[schema(example = true)]
    pub default: Option<bool>,
}

/// A saved address.
#[derive(Serialize, ToSchema)]
pub struct AddressView {
    /// Its id.
    address_id: AddressId,
    /// What the person calls it.
    #[schema(value_type = shapes::Label)]
    label: Label,
    /// Street and house number.
    #[schema(value_type = shapes::StreetLine)]
    line1: Line,
    /// Such as the floor.
    #[schema(value_type = Option<shapes::FurtherLine>)]
    line2: Option<Line>,
    /// The city.
    #[schema(value_type = shapes::CityName)]
    city: City,
    /// The postal code.
    #[schema(value_type = shapes::PostCode)]
    postal_code: PostalCode,
    /// ISO 3166-1 alpha-2.
    country: Country,
    /// Where it is.
    position: Position,
    /// For the courier.
    #[schema(value_type = Option<shapes::CourierNote>)]
    instructions: Option<Instructions>,
    /// Whether it is the one to offer first.
    default: bool,
}

impl From<NewAddress> for Address {
    fn from(body: NewAddress) -> Self {
        Self {
            label: body.label,
            line1: body.line1,
            line2: body.line2,
            city: body.city,
            postal_code: body.postal_code,
            country: body.country,
            position: body.position,
            instructions: body.instructions,
        }
    }
}

impl AddressView {
    fn new(saved: SavedAddress, default: bool) -> Self {
        let address = saved.address;
        Self {
            address_id: saved.address_id,
            label: address.label,
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            postal_code: address.postal_code,
            country: address.country,
            position: address.position,
            instructions: address.instructions,
            default,
        }
    }

    /// One address of a book.
    pub fn of(book: &AddressBook, address_id: AddressId) -> Option<Self> {
        let default = book.default_id() == Some(address_id);
        book.get(address_id).map(|saved| Self::new(saved.clone(), default))
    }

    /// All addresses of a book.
    pub fn all(book: &AddressBook) -> Vec<Self> {
        let default = book.default_id();
        let view = |saved: &SavedAddress| Self::new(saved.clone(), Some(saved.address_id) == default);
        book.saved().iter().map(view).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CITY_MAX, INSTRUCTIONS_MAX, LABEL_MAX, LINE_MAX, POSTAL_CODE_MAX};

    #[test]
    fn reads_the_documented_body_and_nothing_else() {
        let full = serde_json::json!({
            "label": "Home", "line1": "Prinsengracht 263", "line2": "Second floor", "city": "Amsterdam",
            "postal_code": "1016 GV", "country": "NL", "position": {"lat": 52.3752, "lng": 4.884},
            "instructions": "The bell is on the left", "default": true,
        });
        assert!(serde_json::from_value::<NewAddress>(full.clone()).is_ok());
        for optional in ["line2", "instructions", "default"] {
            let mut body = full.clone();
            body.as_object_mut().unwrap().remove(optional);
            assert!(serde_json::from_value::<NewAddress>(body).is_ok(), "{optional}");
        }
        for (field, wrong) in [
            ("label", serde_json::json!("x".repeat(LABEL_MAX + 1))),
            ("label", serde_json::json!(" ")),
            ("line1", serde_json::json!("x".repeat(LINE_MAX + 1))),
            ("line2", serde_json::json!("x".repeat(LINE_MAX + 1))),
            ("city", serde_json::json!("x".repeat(CITY_MAX + 1))),
            ("postal_code", serde_json::json!("x".repeat(POSTAL_CODE_MAX + 1))),
            ("instructions", serde_json::json!("x".repeat(INSTRUCTIONS_MAX + 1))),
            ("country", serde_json::json!("Netherlands")),
            ("position", serde_json::json!({"lat": 91, "lng": 0})),
            ("position", serde_json::json!(null)),
            ("address_id", serde_json::json!("adr_01jd8v4q6nf2x9m3k7p0zr5t1c")),
        ] {
            let mut body = full.clone();
            body[field] = wrong;
            assert!(serde_json::from_value::<NewAddress>(body).is_err(), "{field}");
        }
    }
}
