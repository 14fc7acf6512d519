//! Typed ids in TypeID form: `ord_01jd8v4q6nf2x9m3k7p0zr5t1c`.
//!
//! A prefix that names the entity, an underscore, and a UUID as 26 characters of Crockford's base32 in lower case
//! (the TypeID specification, version 0.3). With UUIDv7 the ids of one entity sort by creation time.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const ENCODED_LENGTH: usize = 26;

/// Why a text is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form `{prefix}_` followed by 26 characters of base32")]
pub struct InvalidId {
    prefix: &'static str,
}

/// What all typed ids have in common.
pub trait TypedId: Copy + fmt::Display + FromStr<Err = InvalidId> {
    /// The entity's short name, before the underscore.
    const PREFIX: &'static str;
    /// Wraps a UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID inside.
    fn uuid(self) -> Uuid;
}

fn encode(uuid: Uuid) -> [u8; ENCODED_LENGTH] {
    let value = uuid.as_u128();
    let mut out = [b'0'; ENCODED_LENGTH];
    for (index, byte) in out.iter_mut().rev().enumerate() {
        let digit = (value >> (5 * index)) & 0x1f;
        *byte = ALPHABET[usize::try_from(digit).unwrap_or_default()];
    }
    out
}

fn decode(text: &[u8]) -> Option<Uuid> {
    // 26 digits carry 130 bits: the first digit may only use three of its five.
    if text.len() != ENCODED_LENGTH || text[0] > b'7' {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text {
        let digit = ALPHABET.iter().position(|letter| letter == byte)?;
        value = (value << 5) | u128::try_from(digit).ok()?;
    }
    Some(Uuid::from_u128(value))
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl TypedId for $name {
            const PREFIX: &'static str = $prefix;
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let digits = encode(self.0);
                f.write_str(concat!($prefix, "_"))?;
                f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(|digits| decode(digits.as_bytes()))
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                    .examples([concat!($prefix, "_01jd8v4q6nf2x9m3k7p0zr5t1c")])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

typed_ids! {
    /// A person with an account; the UUID is the identity provider's `sub`.
    UserId = "usr";
    /// One of a user's saved addresses.
    AddressId = "adr";
    /// A restaurant.
    RestaurantId = "rst";
    /// A review of a delivered order.
    ReviewId = "rev";
    /// A priced basket that may become one order.
    QuoteId = "quo";
    /// An order; the UUID is its quote's, so a quote becomes at most one order.
    OrderId = "ord";
    /// A promotion.
    PromotionId = "prm";
    /// The payment of an order; the UUID is the order's.
    PaymentId = "pay";
    /// A saved means of payment.
    PaymentMethodId = "pmt";
    /// An invoice.
    InvoiceId = "inv";
    /// The delivery of an order; the UUID is the order's.
    DeliveryId = "del";
    /// A courier; the UUID is the user's.
    CourierId = "cou";
    /// An offer of a delivery to a courier.
    OfferId = "ofr";
    /// A shift that a courier has planned.
    ShiftId = "shf";
    /// A message to a person.
    MessageId = "msg";
    /// A device that receives push messages.
    DeviceId = "dev";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_the_specification() {
        // From the TypeID specification's table of valid ids.
        let uuid = Uuid::from_u128(0x0188_bac7_4afa_78aa_bc3b_bd1e_ef28_d881);
        assert_eq!(OrderId::from_uuid(uuid).to_string(), "ord_01h2xcejqtf2nbrexx3vqjhp41");
        assert_eq!(
            OrderId::from_uuid(Uuid::max()).to_string(),
            "ord_7zzzzzzzzzzzzzzzzzzzzzzzzz"
        );
    }

    #[test]
    fn refuses_what_is_not_an_id() {
        for text in [
            "",
            "ord",
            "ord_",
            "usr_01h2xcejqtf2nbrexx3vqjhp41",
            "01h2xcejqtf2nbrexx3vqjhp41",
            "ord_01h2xcejqtf2nbrexx3vqjhp4",
            "ord_01h2xcejqtf2nbrexx3vqjhp411",
            "ord_01H2XCEJQTF2NBREXX3VQJHP41",
            "ord_81h2xcejqtf2nbrexx3vqjhp41",
            "ord_01h2xcejqtf2nbrexx3vqjhpi1",
            "ord_é1h2xcejqtf2nbrexx3vqjhp4",
        ] {
            assert!(text.parse::<OrderId>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(value: u128) {
            let id = OrderId::from_uuid(Uuid::from_u128(value));
            prop_assert_eq!(id.to_string().parse::<OrderId>(), Ok(id));
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<OrderId>(&json).unwrap(), id);
        }

        #[test]
        fn sorts_as_its_uuid(a: u128, b: u128) {
            let [x, y] = [a, b].map(|value| OrderId::from_uuid(Uuid::from_u128(value)));
            prop_assert_eq!(x.cmp(&y), x.to_string().cmp(&y.to_string()));
        }
    }
}
