//! How topics are described: their patterns in the description of the live connection.

use kernel::{CourierId, OrderId, RestaurantId};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::{Topic, TopicKind};

impl TopicKind {
    /// A regular expression (ECMA-262) for the topics of this kind, without its ends.
    fn expression(self) -> String {
        let id = |schema: RefOr<Schema>| match schema {
            RefOr::T(Schema::Object(object)) => object.pattern.unwrap_or_default(),
            RefOr::T(_) | RefOr::Ref(_) => String::new(),
        };
        let (name, id) = match self {
            Self::Order => ("order", id(OrderId::schema())),
            Self::Restaurant => ("restaurant", id(RestaurantId::schema())),
            Self::Courier => ("courier", id(CourierId::schema())),
            Self::Operators => return "operators".to_owned(),
        };
        format!("{name}:{}", id.trim_matches(['^', '$']))
    }
}

impl PartialSchema for Topic {
    fn schema() -> RefOr<Schema> {
        let expressions = TopicKind::ALL.map(TopicKind::expression);
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("What a connection can follow."))
            .pattern(Some(format!("^({})$", expressions.join("|"))))
            .examples(["order:ord_01jd8v4q6nf2x9m3k7p0zr5t1c"])
            .into()
    }
}

impl ToSchema for Topic {}

#[cfg(test)]
impl TopicKind {
    /// The kind of a topic.
    pub const fn of(topic: Topic) -> Self {
        match topic {
            Topic::Order(_) => Self::Order,
            Topic::Restaurant(_) => Self::Restaurant,
            Topic::Courier(_) => Self::Courier,
            Topic::Operators => Self::Operators,
        }
    }

    /// The name of its schema.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "OrderTopic",
            Self::Restaurant => "RestaurantTopic",
            Self::Courier => "CourierTopic",
            Self::Operators => "OperatorsTopic",
        }
    }

    /// The topics of this kind.
    pub fn schema(self) -> utoipa::openapi::Object {
        let about = match self {
            Self::Order => "What happens to an order.",
            Self::Restaurant => "What happens to a restaurant's orders.",
            Self::Courier => "What a courier is asked and told.",
            Self::Operators => "What operators must look at.",
        };
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(about))
            .pattern(Some(format!("^{}$", self.expression())))
            .build()
    }
}
