//! Bodies of the internal calls: `/internal/…`, signed with `SigV4`.

use kernel::{Country, Line, Meters, Money, Position, RestaurantId, Text, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::order::Window;

/// `POST /internal/delivery-estimates`: what would a delivery cost, and when would it arrive?
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EstimateRequest {
    /// Where to fetch it.
    pub pickup: Position,
    /// Where to bring it.
    pub drop_off: Position,
    /// Who cooks it: how fast the kitchen is known to be counts too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restaurant_id: Option<RestaurantId>,
    /// When the kitchen would be done.
    #[schema(example = "2026-11-20T18:30:00Z")]
    pub ready_at: Timestamp,
    /// The currency to price in.
    pub currency: kernel::Currency,
}

/// The answer to [`EstimateRequest`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Estimate {
    /// What the customer pays, unless the restaurant's zone says otherwise.
    pub fee: Money,
    /// Along the way, in metres.
    #[schema(value_type = u32)]
    pub distance_m: Meters,
    /// When it would arrive.
    pub window: Window,
}

/// `GET /internal/users/{user_id}/contact`: how to reach a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// What to call the person.
    pub name: String,
    /// Confirmed.
    pub email: String,
    /// In E.164 form, such as `+31612345678`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The country that the number belongs to, if it belongs to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_country: Option<Country>,
    /// The BCP 47 language tag to write in.
    pub locale: String,
    /// The person's IANA time zone.
    pub time_zone: String,
    /// Counts the profile's changes: of two contacts the higher one holds.
    pub version: u64,
}

/// Characters of a line of an address, at most.
pub const ADDRESS_LINE_MAX: usize = 200;
/// Characters of a city's name, at most.
pub const CITY_MAX: usize = 100;
/// Characters of a postal code, at most.
pub const POSTAL_CODE_MAX: usize = 20;
/// Characters of the instructions for a courier, at most.
pub const INSTRUCTIONS_MAX: usize = 300;

/// A line of an address.
pub type AddressLine = Line<ADDRESS_LINE_MAX>;
/// A city's name.
pub type City = Line<CITY_MAX>;
/// A postal code.
pub type PostalCode = Line<POSTAL_CODE_MAX>;
/// Instructions for a courier.
pub type Instructions = Text<INSTRUCTIONS_MAX>;

/// `GET /internal/users/{user_id}/addresses/{address_id}`, and the address in a quote.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Street and house number.
    #[schema(value_type = AddressLine)]
    pub line1: String,
    /// Such as the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AddressLine>)]
    pub line2: Option<String>,
    /// The city.
    #[schema(value_type = City)]
    pub city: String,
    /// The postal code.
    #[schema(value_type = PostalCode)]
    pub postal_code: String,
    /// ISO 3166-1 alpha-2, such as `NL`.
    #[schema(pattern = "^[A-Z]{2}$", example = "NL")]
    pub country: String,
    /// Where it is.
    pub position: Position,
    /// For the courier, such as where the bell is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Instructions>)]
    pub instructions: Option<String>,
}

/// Personal, so nothing of it is shown.
impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Contact(redacted)")
    }
}

/// Personal, so nothing of it is shown.
impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(redacted)")
    }
}
