//! How the domain's values are described.

use utoipa::openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::{Email, Locale, Tag};
use crate::store::ZoneName;

macro_rules! schemas {
    ($($name:ident: $schema:expr;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema.schema_type(Type::String).into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

schemas! {
    Email: ObjectBuilder::new()
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Email)))
        .max_length(Some(254))
        .examples(["ada@example.com"]);
    Locale: ObjectBuilder::new()
        .pattern(Some("^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$"))
        .examples(["pt-BR"]);
    Tag: ObjectBuilder::new().pattern(Some("^[a-z0-9_-]{1,32}$")).examples(["vegan"]);
}

impl PartialSchema for ZoneName {
    fn schema() -> RefOr<Schema> {
        kernel::TimeZone::schema()
    }
}

impl ToSchema for ZoneName {}
