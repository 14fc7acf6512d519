//! What a person may be on the platform.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A role, as the identity provider's groups name it. A person may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Orders food.
    Customer,
    /// Works at a restaurant. Which restaurant, and as what, the restaurant itself says.
    Restaurant,
    /// Brings food, once approved.
    Courier,
    /// Runs the platform.
    Operator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Customer, Self::Restaurant, Self::Courier, Self::Operator];

    /// The name in JSON and in the identity provider.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Restaurant => "restaurant",
            Self::Courier => "courier",
            Self::Operator => "operator",
        }
    }
}

/// A role name that is none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one of customer, restaurant, courier, operator")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;
    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or(UnknownRole)
    }
}
