//! The vocabulary that all services share: typed ids, money, instants and positions.
//!
//! Pure values with one fallible constructor each. Nothing here reads a clock, draws randomness or knows AWS.

mod charge;
pub mod coded;
mod country;
mod delivery_fee;
mod field_error;
mod geo;
pub mod hours;
mod id;
mod money;
mod role;
mod served;
mod text;
mod zone;

pub use charge::{NotChargeable, PositivePrice, Price};
pub use country::{Country, InvalidCountry};
pub use delivery_fee::delivery_fee;
pub use field_error::{FIELD_ERRORS_MAX, FieldError, FieldErrors};
pub use geo::{EARTH_RADIUS_METERS, InvalidPosition, Meters, Position};
pub use hours::{InvalidHours, Opening, OpeningHours, TimeZone};
pub use id::{
    AddressId, CourierId, DeliveryId, DeviceId, InvalidId, InvoiceId, MessageId, OfferId, OrderId, PaymentId,
    PaymentMethodId, PromotionId, QuoteId, RestaurantId, ReviewId, ShiftId, TypedId, UserId,
};
pub use jiff::{SignedDuration, Timestamp};
pub use money::{BasisPoints, Currency, InvalidCurrency, Money, MoneyError};
pub use role::{Role, UnknownRole};
pub use served::{NotServed, ServedCurrency};
pub use text::{InvalidText, Line, MARKS_IN_A_ROW_MAX, Text, Written, restored};
pub use zone::{InvalidZone, Ring, Simplified, Simplifier, Zone};
