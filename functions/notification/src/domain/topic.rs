//! What a live connection can follow.

use std::fmt;
use std::str::FromStr;

use kernel::{CourierId, OrderId, RestaurantId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
        if text == "operators" {
            return Ok(Self::Operators);
        }
        let (kind, id) = text.split_once(':').ok_or(InvalidTopic)?;
        let topic = if kind == "order" {
            id.parse().map(Self::Order).ok()
        } else if kind == "restaurant" {
            id.parse().map(Self::Restaurant).ok()
        } else if kind == "courier" {
            id.parse().map(Self::Courier).ok()
        } else {
            None
        };
        topic.ok_or(InvalidTopic)
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
