//! A published menu, as it is shown and as others fetch it.

use kernel::{Money, OpeningHours};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Menu {
    /// Counts from 1 with each publication; 0 for a draft.
    #[serde(default)]
    pub version: u32,
    /// In the order they are shown.
    pub categories: Vec<Category>,
}

/// A part of a menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Unique on the menu.
    pub id: String,
    /// Shown above its items.
    pub name: String,
    /// In the order they are shown.
    pub items: Vec<Item>,
}

/// Something to order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Unique on the menu.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Without options.
    pub price: Money,
    /// Such as `vegan`.
    #[serde(default)]
    pub diets: Vec<String>,
    /// Such as `peanuts`.
    #[serde(default)]
    pub allergens: Vec<String>,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_url: Option<String>,
    /// False while sold out.
    #[serde(default = "yes")]
    pub available: bool,
    /// When it is served; nothing: whenever the restaurant is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<OpeningHours>,
    /// What can be chosen with it.
    #[serde(default)]
    pub option_groups: Vec<OptionGroup>,
}

/// A choice that belongs to an item or an option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionGroup {
    /// Unique within its item or option.
    pub id: String,
    /// Shown above its options.
    pub name: String,
    /// How many must be chosen, counting quantities.
    pub min: u32,
    /// How many may be chosen.
    pub max: u32,
    /// How many cost nothing, cheapest first.
    #[serde(default)]
    pub free: u32,
    /// What can be chosen.
    #[schema(no_recursion)]
    pub options: Vec<MenuOption>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuOption {
    /// Unique within its group.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Added to the item's price.
    pub price: Money,
    /// False while sold out.
    #[serde(default = "yes")]
    pub available: bool,
    /// What can be chosen with it in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub option_groups: Vec<OptionGroup>,
}

const fn yes() -> bool {
    true
}
