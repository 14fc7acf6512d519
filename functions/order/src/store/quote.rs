//! Quotes, and the part of them that an order keeps.

use ::store::Key;
use contracts::internal::Address;
use contracts::order::{Stop, Window};
use contracts::restaurant::Capacity;
use kernel::{Currency, Money, QuoteId, RestaurantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::Priced;
use crate::domain::price::{PricedChoice, PricedLine};

/// A quote's key.
#[must_use]
pub fn quote_key(quote_id: QuoteId) -> Key {
    Key::new(format!("QUOTE#{quote_id}"), "QUOTE")
}

/// A quote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct QuoteRecord {
    pub customer_id: UserId,
    pub restaurant_id: RestaurantId,
    /// The version of the restaurant's gate that it was made at.
    pub gate: u64,
    /// How much the kitchen takes at a time; `None` means without a limit.
    #[serde(default)]
    pub capacity: Option<Capacity>,
    /// The kitchen's slot, if it has slots.
    #[serde(default)]
    pub slot: Option<Timestamp>,
    /// When the kitchen would begin.
    pub cook_at: Timestamp,
    /// When the food would be ready.
    pub ready_at: Timestamp,
    /// Until when it can be ordered.
    pub valid_until: Timestamp,
    /// When the table forgets it, in epoch seconds.
    pub expires_at: i64,
    /// What an order of it keeps.
    #[serde(with = "::store::json")]
    pub contents: Contents,
}

/// What was agreed. Names are short and amounts bare, because the text is stored with every quote and order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contents {
    /// The restaurant's name.
    pub name: String,
    /// The food.
    pub lines: Vec<LineRecord>,
    /// What it costs.
    pub amounts: AmountsRecord,
    /// Where to fetch it.
    pub pickup: Stop,
    /// Where to bring it.
    pub to: Address,
    /// True where the food should be left at the door.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leave_at_door: bool,
    /// When it arrives.
    pub promised: Window,
    /// When the customer wants the food; `None` means as soon as possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Timestamp>,
    /// When the restaurant is asked; `None` means at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_at: Option<Timestamp>,
    /// How long the kitchen is thought to need, in minutes.
    pub prep: u32,
}

/// The parts of a price, in minor units of one currency.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct AmountsRecord {
    #[serde(rename = "c")]
    currency: Currency,
    #[serde(rename = "s")]
    subtotal: i64,
    #[serde(rename = "d")]
    delivery: i64,
    #[serde(rename = "v")]
    service: i64,
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    small: i64,
    #[serde(rename = "o", default, skip_serializing_if = "is_zero")]
    discount: i64,
    #[serde(rename = "x")]
    tax: i64,
    #[serde(rename = "in")]
    included: bool,
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    tip: i64,
    #[serde(rename = "t")]
    total: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
const fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// A line of the food.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LineRecord {
    #[serde(rename = "i")]
    item_id: String,
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "q")]
    quantity: u32,
    #[serde(rename = "u")]
    unit_price: i64,
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<ChoiceRecord>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ChoiceRecord {
    #[serde(rename = "g")]
    group_id: String,
    #[serde(rename = "i")]
    option_id: String,
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "q")]
    quantity: u32,
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    price: i64,
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<ChoiceRecord>,
}

impl From<&PricedChoice> for ChoiceRecord {
    fn from(choice: &PricedChoice) -> Self {
        Self {
            group_id: choice.group_id.clone(),
            option_id: choice.option_id.clone(),
            name: choice.name.clone(),
            quantity: choice.quantity,
            price: choice.price.amount(),
            options: choice.options.iter().map(Self::from).collect(),
        }
    }
}

impl ChoiceRecord {
    fn read(&self, currency: Currency) -> PricedChoice {
        PricedChoice {
            group_id: self.group_id.clone(),
            option_id: self.option_id.clone(),
            name: self.name.clone(),
            quantity: self.quantity,
            price: Money::new(self.price, currency),
            options: self.options.iter().map(|option| option.read(currency)).collect(),
        }
    }
}

impl From<&PricedLine> for LineRecord {
    fn from(line: &PricedLine) -> Self {
        Self {
            item_id: line.item_id.clone(),
            name: line.name.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price.amount(),
            options: line.options.iter().map(ChoiceRecord::from).collect(),
            note: line.note.clone(),
        }
    }
}

impl LineRecord {
    fn read(&self, currency: Currency) -> PricedLine {
        PricedLine {
            item_id: self.item_id.clone(),
            name: self.name.clone(),
            quantity: self.quantity,
            unit_price: Money::new(self.unit_price, currency),
            total: Money::new(self.unit_price.saturating_mul(i64::from(self.quantity)), currency),
            options: self.options.iter().map(|option| option.read(currency)).collect(),
            note: self.note.clone(),
        }
    }
}

impl From<&Priced> for AmountsRecord {
    fn from(priced: &Priced) -> Self {
        Self {
            currency: priced.total.currency(),
            subtotal: priced.subtotal.amount(),
            delivery: priced.delivery_fee.amount(),
            service: priced.service_fee.amount(),
            small: priced.small_order_fee.amount(),
            discount: priced.discount.amount(),
            tax: priced.tax.amount(),
            included: priced.tax_included,
            tip: priced.tip.amount(),
            total: priced.total.amount(),
        }
    }
}

impl Contents {
    /// The price, as it was shown.
    #[must_use]
    pub fn priced(&self) -> Priced {
        let amounts = self.amounts;
        let currency = amounts.currency;
        let money = |amount| Money::new(amount, currency);
        Priced {
            lines: self.lines.iter().map(|line| line.read(currency)).collect(),
            subtotal: money(amounts.subtotal),
            delivery_fee: money(amounts.delivery),
            service_fee: money(amounts.service),
            small_order_fee: money(amounts.small),
            discount: money(amounts.discount),
            tax: money(amounts.tax),
            tax_included: amounts.included,
            tip: money(amounts.tip),
            total: money(amounts.total),
        }
    }

    /// What was ordered, each item once.
    #[must_use]
    pub fn item_ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.lines.iter().map(|line| line.item_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// How many pieces of food.
    #[must_use]
    pub fn pieces(&self) -> u32 {
        self.lines.iter().map(|line| line.quantity).sum()
    }

    /// Where to bring it, as a courier needs it.
    #[must_use]
    pub fn drop_off(&self) -> Stop {
        let Address {
            line1,
            line2,
            city,
            postal_code,
            position,
            instructions,
            ..
        } = &self.to;
        let second = line2.as_ref().map(|line| format!(", {line}")).unwrap_or_default();
        Stop {
            position: *position,
            address: format!("{line1}{second}, {postal_code} {city}"),
            instructions: instructions.clone(),
            leave_at_door: self.leave_at_door,
        }
    }
}
