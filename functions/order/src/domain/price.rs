//! What a basket costs: options with their minimum, maximum and free counts, nested up to three deep.

use std::fmt;

use contracts::menu::{Item, Menu, MenuOption, OptionGroup};
use contracts::restaurant::MenuEntry;
use kernel::{Currency, FieldError, Money, MoneyError, TimeZone, Timestamp};

use super::basket::{BASKET_CHOICES_MAX, CHOICES_MAX, DEPTH_MAX, LINES_MAX, OPTION_QUANTITY_MAX, QUANTITY_MAX};
use super::{Basket, Choice, Line, Overrides};

/// A line with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// As it was asked for.
    pub item_id: String,
    /// The item's name.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// One of them, options included.
    pub unit_price: Money,
    /// All of them.
    pub total: Money,
    /// What was chosen with it.
    pub options: Vec<PricedChoice>,
    /// For the kitchen.
    pub note: Option<String>,
}

/// A choice with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedChoice {
    /// The group.
    pub group_id: String,
    /// The option.
    pub option_id: String,
    /// The option's name.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What these add to one piece of the line: free ones add nothing. Without what was chosen with them in turn.
    pub price: Money,
    /// What was chosen with it in turn.
    pub options: Vec<PricedChoice>,
}

/// What is sold, and when.
#[derive(Debug, Clone, Copy)]
pub struct Offering<'a> {
    /// The published menu.
    pub menu: &'a Menu,
    /// What sold out since.
    pub overrides: &'a Overrides,
    /// The restaurant's time zone.
    pub zone: &'a TimeZone,
    /// When the kitchen would cook.
    pub at: Timestamp,
    /// What its prices are in.
    pub currency: Currency,
}

/// Prices a basket.
///
/// # Errors
/// Everything that is wrong with it.
pub fn price(basket: &Basket, offering: Offering<'_>) -> Result<Vec<PricedLine>, Vec<FieldError>> {
    if basket.lines.is_empty() {
        return Err(vec![FieldError::new(
            "/items",
            "empty",
            "Put something into the basket.",
        )]);
    }
    if basket.lines.len() > LINES_MAX {
        let message = format!("A basket has at most {LINES_MAX} lines.");
        return Err(vec![FieldError::new("/items", "too_many", message)]);
    }
    if basket.lines.iter().map(|line| count(&line.options)).sum::<usize>() > BASKET_CHOICES_MAX {
        let message = format!("A basket has at most {BASKET_CHOICES_MAX} options in all.");
        return Err(vec![FieldError::new("/items", "too_many", message)]);
    }
    let mut pricing = Pricing {
        offering,
        defects: Vec::new(),
    };
    let lines: Vec<_> = basket
        .lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| pricing.line(line, &format!("/items/{index}")))
        .collect();
    if pricing.defects.is_empty() {
        Ok(lines)
    } else {
        Err(pricing.defects)
    }
}

/// The sum of the lines.
///
/// # Errors
/// When it does not fit.
pub fn subtotal(lines: &[PricedLine], currency: Currency) -> Result<Money, MoneyError> {
    let mut sum = Money::zero(currency);
    for line in lines {
        sum = sum.plus(line.total)?;
    }
    Ok(sum)
}

/// The basket that priced lines came from.
#[must_use]
pub fn basket_of(lines: &[PricedLine]) -> Basket {
    fn choice(priced: &PricedChoice) -> Choice {
        Choice {
            group_id: priced.group_id.clone(),
            option_id: priced.option_id.clone(),
            quantity: priced.quantity,
            options: priced.options.iter().map(choice).collect(),
        }
    }
    let line = |priced: &PricedLine| Line {
        item_id: priced.item_id.clone(),
        quantity: priced.quantity,
        options: priced.options.iter().map(choice).collect(),
        note: None,
    };
    Basket {
        lines: lines.iter().map(line).collect(),
    }
}

struct Pricing<'a> {
    offering: Offering<'a>,
    defects: Vec<FieldError>,
}

impl Pricing<'_> {
    fn refuse(&mut self, pointer: impl fmt::Display, code: &'static str, message: impl Into<String>) {
        self.defects.push(FieldError::new(pointer, code, message));
    }

    fn line(&mut self, line: &Line, pointer: &str) -> Option<PricedLine> {
        self.quantity(line.quantity, QUANTITY_MAX, pointer);
        let items = self
            .offering
            .menu
            .categories
            .iter()
            .flat_map(|category| &category.items);
        let Some(item) = items.into_iter().find(|item| item.id == line.item_id) else {
            self.refuse(
                format_args!("{pointer}/item_id"),
                "unknown_item",
                "The menu has no such item.",
            );
            return None;
        };
        self.served(item, pointer);
        if count(&line.options) > CHOICES_MAX {
            let message = format!("At most {CHOICES_MAX} options for one item.");
            self.refuse(format_args!("{pointer}/options"), "too_many", message);
            return None;
        }
        let options = self.choices(&item.option_groups, &line.options, 1, &format!("{pointer}/options"));
        let price = unit_price(item.price, &options)
            .and_then(|unit_price| Ok((unit_price, unit_price.times(line.quantity)?)))
            .and_then(|(unit_price, total)| {
                // Adding nothing in the restaurant's currency shows whether the menu is in it.
                total
                    .plus(Money::zero(self.offering.currency))
                    .map(|total| (unit_price, total))
            });
        let Ok((unit_price, total)) = price else {
            self.refuse(pointer, "amount_too_large", "The line costs more than can be paid.");
            return None;
        };
        Some(PricedLine {
            item_id: item.id.clone(),
            name: item.name.clone(),
            quantity: line.quantity,
            unit_price,
            total,
            options,
            note: line.note.clone().map(String::from),
        })
    }

    fn quantity(&mut self, quantity: u32, most: u32, pointer: &str) {
        if !(1..=most).contains(&quantity) {
            let message = format!("A quantity is 1 to {most}.");
            self.refuse(format_args!("{pointer}/quantity"), "out_of_range", message);
        }
    }

    fn served(&mut self, item: &Item, pointer: &str) {
        let Offering {
            overrides, zone, at, ..
        } = self.offering;
        if !overrides.available(MenuEntry::Item, &item.id, item.available, at) {
            self.refuse(
                format_args!("{pointer}/item_id"),
                "item_unavailable",
                "This is sold out.",
            );
        } else if item.availability.as_ref().is_some_and(|hours| !hours.is_open(zone, at)) {
            let message = "This is not served at that time.";
            self.refuse(format_args!("{pointer}/item_id"), "item_not_served_now", message);
        }
    }

    /// Prices the choices of one item or option, group by group.
    fn choices(
        &mut self,
        groups: &[OptionGroup],
        choices: &[Choice],
        depth: usize,
        pointer: &str,
    ) -> Vec<PricedChoice> {
        if depth > DEPTH_MAX {
            if !choices.is_empty() {
                let message = format!("Options nest at most {DEPTH_MAX} deep.");
                self.refuse(pointer, "too_deep", message);
            }
            return Vec::new();
        }
        let found: Vec<_> = choices
            .iter()
            .enumerate()
            .filter_map(|(index, choice)| self.find(groups, choice, &format!("{pointer}/{index}")))
            .collect();
        for group in groups {
            self.counts(group, choices, pointer);
        }
        let free = free_units(groups, &found);
        let mut priced = Vec::with_capacity(found.len());
        for ((_, option, choice, place), free) in found.into_iter().zip(free) {
            let options = self.choices(
                &option.option_groups,
                &choice.options,
                depth + 1,
                &format!("{place}/options"),
            );
            let Ok(price) = option.price.times(choice.quantity - free) else {
                self.refuse(place, "amount_too_large", "The option costs more than can be paid.");
                continue;
            };
            priced.push(PricedChoice {
                group_id: choice.group_id.clone(),
                option_id: choice.option_id.clone(),
                name: option.name.clone(),
                quantity: choice.quantity,
                price,
                options,
            });
        }
        priced
    }

    fn find<'m, 'c>(&mut self, groups: &'m [OptionGroup], choice: &'c Choice, pointer: &str) -> Option<Found<'m, 'c>> {
        let Some(group) = groups.iter().position(|group| group.id == choice.group_id) else {
            let message = "There is no such group of options here.";
            self.refuse(format_args!("{pointer}/group_id"), "unknown_option_group", message);
            return None;
        };
        let Some(option) = groups[group]
            .options
            .iter()
            .find(|option| option.id == choice.option_id)
        else {
            let message = "The group has no such option.";
            self.refuse(format_args!("{pointer}/option_id"), "unknown_option", message);
            return None;
        };
        self.quantity(choice.quantity, OPTION_QUANTITY_MAX, pointer);
        let Offering { overrides, at, .. } = self.offering;
        if !overrides.available(MenuEntry::Option, &option.id, option.available, at) {
            let place = format_args!("{pointer}/option_id").to_string();
            self.refuse(place, "option_unavailable", "This option is sold out.");
        }
        Some((group, option, choice, pointer.to_owned()))
    }

    fn counts(&mut self, group: &OptionGroup, choices: &[Choice], pointer: &str) {
        let chosen: u64 = choices
            .iter()
            .filter(|choice| choice.group_id == group.id)
            .map(|choice| u64::from(choice.quantity))
            .sum();
        let OptionGroup { name, min, max, .. } = group;
        if chosen < u64::from(*min) {
            self.refuse(pointer, "too_few_options", format!("Choose at least {min} of {name}."));
        } else if chosen > u64::from(*max) {
            self.refuse(pointer, "too_many_options", format!("Choose at most {max} of {name}."));
        }
    }
}

/// The group's index, the option, the choice of it, and the choice's place.
type Found<'m, 'c> = (usize, &'m MenuOption, &'c Choice, String);

/// How many units of each choice are free: in each group the cheapest ones, as many as the group gives.
fn free_units(groups: &[OptionGroup], found: &[Found<'_, '_>]) -> Vec<u32> {
    let mut free = vec![0; found.len()];
    for (index, group) in groups.iter().enumerate() {
        let mut members: Vec<_> = (0..found.len()).filter(|place| found[*place].0 == index).collect();
        members.sort_by_key(|place| found[*place].1.price.amount());
        let mut left = group.free;
        for place in members {
            free[place] = left.min(found[place].2.quantity);
            left -= free[place];
        }
    }
    free
}

/// An item with its options; what hangs below an option counts as often as the option was chosen.
fn unit_price(base: Money, options: &[PricedChoice]) -> Result<Money, MoneyError> {
    let mut sum = base;
    for option in options {
        let nothing = Money::zero(base.currency());
        let below = unit_price(nothing, &option.options)?.times(option.quantity)?;
        sum = sum.plus(option.price)?.plus(below)?;
    }
    Ok(sum)
}

fn count(choices: &[Choice]) -> usize {
    choices.iter().map(|choice| 1 + count(&choice.options)).sum()
}

#[cfg(test)]
mod tests;
