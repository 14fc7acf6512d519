//! What the description says of texts and amounts.

use contracts::internal::{ADDRESS_LINE_MAX, CITY_MAX, INSTRUCTIONS_MAX, POSTAL_CODE_MAX};
use contracts::{PUBLISHED, menu, restaurant};
use kernel::Currency;
use runtime::openapi::shapes::{growing_words, pattern, text};
use runtime::shapes;
use utoipa::PartialSchema as _;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};

use crate::domain::{CancelReason, KitchenReason, RejectReason, UndeliverableReason, basket, place};

/// Characters of a promotion's code, at most.
const PROMOTION_CODE_CHARACTERS_MAX: usize = 40;

/// An id on a menu.
fn id(example: &str) -> ObjectBuilder {
    pattern("^[A-Za-z0-9_-]+$", example)
        .min_length(Some(1))
        .max_length(Some(menu::ID_CHARACTERS_MAX))
}

/// The types of the events that this service publishes.
fn event_types() -> impl Iterator<Item = &'static str> {
    PUBLISHED
        .iter()
        .filter(|published| published.source == "/order")
        .map(|published| published.event_type)
}

/// Why orders end, whoever ends them.
fn end_reasons() -> impl Iterator<Item = &'static str> {
    let cancelled = CancelReason::ALL.iter().map(|reason| reason.as_str());
    let kitchens = KitchenReason::ALL.iter().map(|reason| reason.as_str());
    let rejected = RejectReason::ALL.iter().map(|reason| reason.as_str());
    let failed = UndeliverableReason::ALL.iter().map(|reason| reason.as_str());
    cancelled.chain(kitchens).chain(rejected).chain(failed)
}

/// Money that is not taken away.
fn tip() -> ObjectBuilder {
    let amount = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(0))
        .description(Some(
            "Minor units: 150 is € 1.50. At most the food's price, or the currency's own limit (€ 20.00) where that is more.",
        ))
        .examples([150]);
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("amount", amount)
        .property("currency", Currency::schema())
        .required("amount")
        .required("currency")
        .additional_properties(Some(AdditionalProperties::<utoipa::openapi::Schema>::FreeForm(false)))
}

shapes! {
    /// An item on a menu.
    ItemId = id("margherita");
    /// A group of options on a menu.
    GroupId = id("size");
    /// An option on a menu.
    OptionId = id("large");
    /// What an item is called.
    ItemName = text(menu::NAME_CHARACTERS_MAX, "Margherita");
    /// What an option is called.
    OptionName = text(menu::NAME_CHARACTERS_MAX, "Large");
    /// What a restaurant is called.
    RestaurantName = text(restaurant::NAME_CHARACTERS_MAX, "Trattoria Bellini");
    /// For the kitchen, about one line.
    KitchenNote = text(basket::NOTE_CHARACTERS_MAX, "Without olives, please");
    /// For the restaurant, about the order.
    OrderNote = text(place::NOTE_CHARACTERS_MAX, "It is a birthday: a candle would be nice");
    /// Street and house number.
    StreetLine = text(ADDRESS_LINE_MAX, "Prinsengracht 263");
    /// Such as the floor.
    FurtherLine = text(ADDRESS_LINE_MAX, "Second floor");
    /// A city.
    CityName = text(CITY_MAX, "Amsterdam");
    /// A postal code.
    PostCode = text(POSTAL_CODE_MAX, "1016 GV");
    /// For the courier.
    CourierNote = text(INSTRUCTIONS_MAX, "The bell is on the left");
    /// A promotion's code.
    PromotionCode = text(PROMOTION_CODE_CHARACTERS_MAX, "WELCOME10");
    /// What the customer gives the courier, in the currency of the restaurant.
    Tip = tip();
    /// Why an order ended without food.
    EndReason = growing_words(end_reasons());
    /// What happened to an order.
    EventType = growing_words(event_types());
}
