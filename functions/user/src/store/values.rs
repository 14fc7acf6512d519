//! How the domain's values are written: as JSON text, the same in bodies and in the table.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};

use crate::domain::{Email, Locale, Tag};

macro_rules! texts {
    ($($name:ident: $schema:expr;)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&String::from(self.clone()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.try_into().map_err(D::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text: ObjectBuilder = $schema;
                text.schema_type(Type::String).into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )*};
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new()
}

texts! {
    Email: text()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .max_length(Some(254))
        .examples(["ada@example.com"]);
    Locale: text().pattern(Some("^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$")).examples(["pt-BR"]);
    Tag: text().pattern(Some("^[a-z0-9_-]{1,32}$")).examples(["vegan"]);
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneName(pub kernel::TimeZone);

impl Serialize for ZoneName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<'de> Deserialize<'de> for ZoneName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map(Self)
            .map_err(D::Error::custom)
    }
}

impl utoipa::PartialSchema for ZoneName {
    fn schema() -> RefOr<Schema> {
        kernel::TimeZone::schema()
    }
}

impl utoipa::ToSchema for ZoneName {}
