//! What the restaurant service publishes.

use kernel::{Currency, Money, OpeningHours, OrderId, Position, PositivePrice, RestaurantId, Timestamp, UserId, Zone};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Characters of a restaurant's name, at most.
pub const NAME_CHARACTERS_MAX: usize = 100;

/// Everything others need to know of a restaurant. Each event carries the whole of it, so a consumer keeps the one with
/// the highest sequence and needs no other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Snapshot {
    /// The restaurant.
    pub restaurant_id: RestaurantId,
    /// Its name.
    pub name: String,
    /// Whether it takes part in the platform.
    pub status: Status,
    /// One line for a courier: street, house number, city.
    pub address: String,
    /// The number to call.
    pub phone: String,
    /// Where it is.
    pub position: Position,
    /// The IANA time zone of its hours.
    pub time_zone: String,
    /// The currency of its prices.
    pub currency: Currency,
    /// The tax on its prices.
    pub tax: Tax,
    /// How long it usually cooks, in minutes.
    pub prep_time_minutes: u32,
    /// The smallest basket it takes, before fees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_order: Option<Money>,
    /// When it is open.
    pub hours: OpeningHours,
    /// Where it delivers. Empty: wherever `max_distance_m` reaches.
    pub zones: Vec<Zone>,
    /// The farthest delivery in metres.
    pub max_distance_m: u32,
    /// How much it cooks at a time; nothing: no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<Capacity>,
    /// Who works there.
    pub staff: Vec<StaffMember>,
    /// Set while it takes no orders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// The published menu; nothing before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub menu_version: Option<u32>,
}

/// Whether a restaurant takes part in the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being set up by its owner.
    Draft,
    /// Waiting for an operator's approval.
    Submitted,
    /// Public.
    Approved,
    /// Taken off by an operator.
    Suspended,
}

/// How prices are taxed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tax {
    /// Hundredths of a per cent: 2100 is 21 %.
    #[schema(maximum = 10000, example = 900)]
    pub rate_bps: u32,
    /// True where shown prices include it.
    #[schema(example = true)]
    pub inclusive: bool,
}

/// Lengths of a slot of kitchen time, in minutes: each divides the hour, so slots begin at the same minutes every hour.
pub const SLOT_MINUTES: [u32; 6] = [5, 10, 15, 20, 30, 60];

fn slot_minutes() -> utoipa::openapi::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::Integer)
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
            utoipa::openapi::KnownFormat::Int32,
        )))
        .enum_values(Some(SLOT_MINUTES))
        .description(Some("The length of a slot in minutes."))
        .examples([15])
        .build()
}

/// How much a kitchen takes per slot of time. Either limit may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// The length of a slot in minutes.
    #[schema(schema_with = slot_minutes)]
    pub slot_minutes: u32,
    /// Orders per slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10000, example = 12)]
    pub max_orders: Option<u32>,
    /// Sum of subtotals per slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PositivePrice>)]
    pub max_value: Option<Money>,
}

/// A person who works at a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StaffMember {
    /// Who.
    pub user_id: UserId,
    /// As what.
    pub role: StaffRole,
}

/// What a person may do at a restaurant; each may do what the later ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Everything, staff included.
    Owner,
    /// Menu, hours, prices.
    Manager,
    /// Orders.
    Staff,
}

/// A pause from taking orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pause {
    /// It ends by itself at this moment; nothing: when somebody resumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why, for customers to read.
    #[schema(min_length = 1, max_length = 200, example = "The oven is being repaired.")]
    pub reason: String,
}

macro_rules! snapshot_events {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
        pub struct $name {
            /// The restaurant after the event.
            pub restaurant: Snapshot,
        }
    )*};
}

snapshot_events! {
    /// An operator let it onto the platform.
    Approved;
    /// Its details, hours, zones, staff or status changed.
    Changed;
    /// It takes no orders for a while.
    Paused;
    /// It takes orders again.
    Resumed;
}

/// A menu was published. The menu itself is fetched: `GET /internal/restaurants/{restaurant_id}/menus/{menu_version}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MenuPublished {
    /// Whose menu.
    pub restaurant_id: RestaurantId,
    /// Which version; versions count from 1.
    pub menu_version: u32,
    /// All availabilities that differ from the published menu after the event: a consumer replaces what it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Vec<AvailabilityOverride>>,
}

/// An item or an option whose availability differs from what the published menu says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AvailabilityOverride {
    /// The item's or the option's id.
    pub id: String,
    /// Which of the two.
    pub kind: MenuEntry,
    /// Whether it can be ordered.
    pub available: bool,
    /// It ends by itself at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// An item or an option sold out or came back. Holds across menu versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemAvailabilityChanged {
    /// Whose menu.
    pub restaurant_id: RestaurantId,
    /// The item's or the option's id.
    pub id: String,
    /// Which of the two.
    pub kind: MenuEntry,
    /// Whether it can be ordered.
    pub available: bool,
    /// It comes back by itself at this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// All availabilities that differ from the published menu after the event: a consumer replaces what it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrides: Option<Vec<AvailabilityOverride>>,
}

/// What an availability is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MenuEntry {
    /// An item of a category.
    Item,
    /// An option of an option group.
    Option,
}

/// A customer reviewed a delivered order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reviewed {
    /// The restaurant.
    pub restaurant_id: RestaurantId,
    /// The order.
    pub order_id: OrderId,
    /// 1 to 5.
    pub rating: u8,
}
