//! A restaurant's address.

use kernel::{Country, Line};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::profile::{self, ADDRESS_LINE_LENGTH_MAX, CITY_LENGTH_MAX, POSTAL_CODE_LENGTH_MAX};

/// Where it is, for people.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and house number.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Kerkstraat 12")]
    line1: Line<ADDRESS_LINE_LENGTH_MAX>,
    /// Such as the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200, example = "Second floor")]
    line2: Option<Line<ADDRESS_LINE_LENGTH_MAX>>,
    /// The city.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "Amsterdam")]
    city: Line<CITY_LENGTH_MAX>,
    /// The postal code.
    #[schema(value_type = String, min_length = 1, max_length = 20, example = "1017 GM")]
    postal_code: Line<POSTAL_CODE_LENGTH_MAX>,
    /// ISO 3166-1 alpha-2, such as `NL`.
    #[schema(value_type = Country)]
    country: String,
}

const _: () = assert!(
    ADDRESS_LINE_LENGTH_MAX == 200 && CITY_LENGTH_MAX == 100 && POSTAL_CODE_LENGTH_MAX == 20,
    "the schema above says so"
);

impl From<Address> for profile::Address {
    fn from(address: Address) -> Self {
        Self {
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            postal_code: address.postal_code,
            country: address.country,
        }
    }
}

impl From<profile::Address> for Address {
    fn from(address: profile::Address) -> Self {
        Self {
            line1: address.line1,
            line2: address.line2,
            city: address.city,
            postal_code: address.postal_code,
            country: address.country,
        }
    }
}
