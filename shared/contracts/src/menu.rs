//! A published menu, as it is shown and as others fetch it.

use kernel::{Line, Money, OpeningHours, Price};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of the id of a category, an item, a group or an option, at most: letters, digits, dashes and underscores.
pub const ID_CHARACTERS_MAX: usize = 64;
/// Characters of a name on a menu, at most.
pub const NAME_CHARACTERS_MAX: usize = 100;

/// A menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Menu {
    /// Counts from 1 with each publication; 0 for a draft.
    #[serde(default)]
    pub version: u32,
    /// In the order they are shown.
    #[schema(max_items = 50)]
    pub categories: Vec<Category>,
}

/// What dishes are told apart by, as people look for it: a diet that a dish suits, something that it contains.
type Tag = Line<40>;

/// A part of a menu.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Unique on the menu.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "pizze")]
    pub id: String,
    /// Shown above its items.
    #[schema(min_length = 1, max_length = 100, example = "Pizze")]
    pub name: String,
    /// In the order they are shown: at most 500 on the menu.
    #[schema(max_items = 500)]
    pub items: Vec<Item>,
}

/// Something to order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Unique on the menu.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "margherita")]
    pub id: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, example = "Margherita")]
    pub name: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 1000, example = "Tomatoes, mozzarella and basil.")]
    pub description: Option<String>,
    /// Without options.
    #[schema(value_type = Price)]
    pub price: Money,
    /// Such as `vegan`; at most 20 different ones on the menu.
    #[serde(default)]
    #[schema(value_type = Vec<Tag>, max_items = 30, example = json!(["vegetarian"]))]
    pub diets: Vec<String>,
    /// Such as `peanuts`.
    #[serde(default)]
    #[schema(value_type = Vec<Tag>, max_items = 30, example = json!(["gluten", "milk"]))]
    pub allergens: Vec<String>,
    /// A picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        format = "uri",
        pattern = "^https://[!-~]*$",
        max_length = 500,
        example = "https://trattoria.example/margherita.jpg"
    )]
    pub photo_url: Option<String>,
    /// False while sold out.
    #[serde(default = "yes")]
    pub available: bool,
    /// When it is served; nothing: whenever the restaurant is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<OpeningHours>,
    /// What can be chosen with it.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub option_groups: Vec<OptionGroup>,
}

/// A choice that belongs to an item or an option.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionGroup {
    /// Unique within its item or option.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "toppings")]
    pub id: String,
    /// Shown above its options.
    #[schema(min_length = 1, max_length = 100, example = "Toppings")]
    pub name: String,
    /// How many must be chosen, counting quantities: at most `max`.
    #[schema(maximum = 100, example = 0)]
    pub min: u32,
    /// How many may be chosen.
    #[schema(minimum = 1, maximum = 100, example = 3)]
    pub max: u32,
    /// How many cost nothing, cheapest first: at most `max`.
    #[serde(default)]
    #[schema(maximum = 100, example = 1)]
    pub free: u32,
    /// What can be chosen.
    #[schema(
        no_recursion,
        min_items = 1,
        max_items = 50,
        example = json!([{"id": "olives", "name": "Olives", "price": {"amount": 150, "currency": "EUR"}}])
    )]
    pub options: Vec<MenuOption>,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuOption {
    /// Unique within its group.
    #[schema(pattern = "^[A-Za-z0-9_-]{1,64}$", example = "olives")]
    pub id: String,
    /// What it is called.
    #[schema(min_length = 1, max_length = 100, example = "Olives")]
    pub name: String,
    /// Added to the item's price.
    #[schema(value_type = Price)]
    pub price: Money,
    /// False while sold out.
    #[serde(default = "yes")]
    pub available: bool,
    /// What can be chosen with it in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion, max_items = 20, example = json!([]))]
    pub option_groups: Vec<OptionGroup>,
}

const fn yes() -> bool {
    true
}
