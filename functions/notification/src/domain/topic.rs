//! What a connection can follow.

use std::fmt;
use std::str::FromStr;

use kernel::{CourierId, OrderId, RestaurantId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What happens to an order: `order:ord_…`.
    Order(OrderId),
    /// What happens to a restaurant's orders: `restaurant:rst_…`.
    Restaurant(RestaurantId),
    /// What a courier is asked and told, nobody else: `courier:cou_…`.
    Courier(CourierId),
    /// What the platform's operators must look at: `operators`.
    Operators,
}

/// A text that names no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a topic is order:<order id>, restaurant:<restaurant id>, courier:<courier id> or operators")]
pub struct InvalidTopic;

impl FromStr for Topic {
    type Err = InvalidTopic;
    fn from_str(text: &str) -> Result<Self, InvalidTopic> {
        match text.split_once(':') {
            Some(("order", id)) => id.parse().map(Self::Order).map_err(|_| InvalidTopic),
            Some(("restaurant", id)) => id.parse().map(Self::Restaurant).map_err(|_| InvalidTopic),
            Some(("courier", id)) => id.parse().map(Self::Courier).map_err(|_| InvalidTopic),
            None if text == "operators" => Ok(Self::Operators),
            _ => Err(InvalidTopic),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Order(id) => write!(f, "order:{id}"),
            Self::Restaurant(id) => write!(f, "restaurant:{id}"),
            Self::Courier(id) => write!(f, "courier:{id}"),
            Self::Operators => f.write_str("operators"),
        }
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// What a topic is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TopicKind {
    /// An order.
    Order,
    /// A restaurant.
    Restaurant,
    /// A courier.
    Courier,
    /// Whatever operators must look at.
    Operators,
}

impl TopicKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Order, Self::Restaurant, Self::Courier, Self::Operators];

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

/// What the description of the live connection says of topics of one kind.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        for text in [
            "order:ord_01jd8v4q6nf2x9m3k7p0zr5t1c",
            "restaurant:rst_01jd8v4q6nf2xb3k7p0zr5t1cd",
            "courier:cou_2x4bbcxr3m8ttbn9s0m1n9q8zs",
            "operators",
        ] {
            assert_eq!(text.parse::<Topic>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "order",
            "order:",
            "order:rst_01jd8v4q6nf2xb3k7p0zr5t1cd",
            "operators:",
            "courier:me",
            "courier:usr_2x4bbcxr3m8ttbn9s0m1n9q8zr",
            "user:usr_01jd8v4q6nf2xb3k7p0zr5t1cd",
            "ORDER:ord_01jd8v4q6nf2x9m3k7p0zr5t1c",
        ] {
            assert_eq!(text.parse::<Topic>(), Err(InvalidTopic), "{text}");
        }
    }
}
