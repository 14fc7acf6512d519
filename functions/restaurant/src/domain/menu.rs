//! What makes a menu good enough to be kept as a draft, and good enough to be published.

use std::collections::BTreeSet;

use contracts::menu::{Category, Item, Menu, MenuOption, OptionGroup};
use kernel::{Currency, FieldError, FieldErrors, Money, Timestamp, Written};
use serde::{Deserialize, Serialize};

use super::profile::amount;
use super::rejection::Rejection;

mod shown;

pub use shown::as_shown;

/// Categories, at most.
pub const CATEGORIES_MAX: usize = 50;
/// Items in all categories, at most.
pub const ITEMS_MAX: usize = 500;
/// Options on the whole menu, at most.
pub const OPTIONS_MAX: usize = 2000;
/// Option groups of one item or option, at most.
pub const GROUPS_MAX: usize = 20;
/// Options of one group, at most.
pub const GROUP_OPTIONS_MAX: usize = 50;
/// How deep option groups may nest: the choice for a choice for a choice.
pub const DEPTH_MAX: usize = 3;
/// The most that can be chosen in one group, quantities counted.
pub const CHOICES_MAX: u32 = 100;
/// Characters of an id, at most.
pub const ID_LENGTH_MAX: usize = contracts::menu::ID_CHARACTERS_MAX;
/// Characters of a name, at most.
pub const NAME_LENGTH_MAX: usize = contracts::menu::NAME_CHARACTERS_MAX;
/// Characters of a description, at most.
pub const DESCRIPTION_LENGTH_MAX: usize = 1000;
/// Diets or allergens of one item, at most.
pub const TAGS_MAX: usize = 30;
/// Different diets on a menu, at most: every search that finds the restaurant reads them.
pub const DIETS_MAX: usize = 20;
/// Characters of a diet or an allergen, at most.
pub const TAG_LENGTH_MAX: usize = 40;
/// Characters of a picture's address, at most.
pub const URL_LENGTH_MAX: usize = 500;
/// Bytes of a menu as it is stored, at most: a DynamoDB item holds 400 KB, keys and names included.
pub const MENU_BYTES_MAX: usize = 380_000;

const _: () = assert!(
    CATEGORIES_MAX == 50
        && ITEMS_MAX == 500
        && GROUPS_MAX == 20
        && GROUP_OPTIONS_MAX == 50
        && CHOICES_MAX == 100
        && ID_LENGTH_MAX == 64
        && NAME_LENGTH_MAX == 100
        && DESCRIPTION_LENGTH_MAX == 1000
        && TAGS_MAX == 30
        && DIETS_MAX == 20
        && TAG_LENGTH_MAX == 40
        && URL_LENGTH_MAX == 500,
    "the schemas of `contracts::menu` say so"
);

/// What a restaurant knows of its published menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedMenu {
    /// Counts from 1 with each publication.
    pub version: u32,
    /// The draft that it was made from.
    pub draft_revision: String,
    /// Since when.
    pub published_at: Timestamp,
    /// The diets that some item suits, in order.
    pub diets: Vec<String>,
    /// The median price of its items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical_price: Option<Money>,
}

/// Checks a menu as a draft: everything that no menu may be.
///
/// # Errors
/// Everything that is wrong, up to fifty errors.
pub fn check_draft(menu: &Menu, currency: Currency) -> Result<(), Vec<FieldError>> {
    let mut check = Check {
        currency,
        errors: FieldErrors::default(),
        item_ids: BTreeSet::new(),
        options: 0,
    };
    check.menu(menu);
    check.errors.into_result(())
}

/// Checks that a menu of so many bytes as JSON fits into an item of the table.
///
/// # Errors
/// [`Rejection::MenuTooLarge`] if it does not.
pub const fn check_size(bytes: usize) -> Result<(), Rejection> {
    if bytes <= MENU_BYTES_MAX {
        Ok(())
    } else {
        Err(Rejection::MenuTooLarge)
    }
}

/// Checks a menu that is to be published: as a draft, and there must be something to order.
///
/// # Errors
/// Everything that is wrong, up to fifty errors.
pub fn check_publishable(menu: &Menu, currency: Currency) -> Result<(), Vec<FieldError>> {
    check_draft(menu, currency)?;
    let mut errors = FieldErrors::default();
    let is_empty = menu.categories.iter().all(|category| category.items.is_empty());
    errors.unless(!is_empty, "/categories", "menu_empty", "must have at least one item");
    errors.into_result(())
}

/// The diets that some item suits, in order, each once.
#[must_use]
pub fn diets(menu: &Menu) -> Vec<String> {
    let diets: BTreeSet<&String> = items(menu).flat_map(|item| &item.diets).collect();
    diets.into_iter().cloned().collect()
}

/// The median price of the items: what a dish typically costs there.
#[must_use]
pub fn typical_price(menu: &Menu) -> Option<Money> {
    let mut prices: Vec<Money> = items(menu).map(|item| item.price).collect();
    prices.sort_unstable_by_key(|price| price.amount());
    prices.get(prices.len() / 2).copied()
}

fn items(menu: &Menu) -> impl Iterator<Item = &Item> {
    menu.categories.iter().flat_map(|category| &category.items)
}

struct Check<'a> {
    currency: Currency,
    errors: FieldErrors,
    item_ids: BTreeSet<&'a str>,
    options: usize,
}

impl<'a> Check<'a> {
    fn menu(&mut self, menu: &'a Menu) {
        self.count(menu.categories.len(), CATEGORIES_MAX, "/categories");
        let count = items(menu).count();
        self.count(count, ITEMS_MAX, "/categories");
        let mut ids = BTreeSet::new();
        for (index, category) in menu.categories.iter().enumerate() {
            let at = format!("/categories/{index}");
            self.id(&category.id, ids.insert(category.id.as_str()), &at);
            self.category(category, &at);
        }
        self.count(self.options, OPTIONS_MAX, "/categories");
        let diets = diets(menu).len();
        self.errors.unless(
            diets <= DIETS_MAX,
            "/categories",
            "too_many_diets",
            format!("must have at most {DIETS_MAX} different diets on all items together"),
        );
    }

    fn category(&mut self, category: &'a Category, at: &str) {
        self.text::<NAME_LENGTH_MAX, false>(&category.name, &format!("{at}/name"));
        for (index, item) in category.items.iter().enumerate() {
            let at = format!("{at}/items/{index}");
            let is_new = self.item_ids.insert(&item.id);
            self.id(&item.id, is_new, &at);
            self.item(item, &at);
        }
    }

    fn item(&mut self, item: &Item, at: &str) {
        self.text::<NAME_LENGTH_MAX, false>(&item.name, &format!("{at}/name"));
        if let Some(description) = &item.description {
            self.text::<DESCRIPTION_LENGTH_MAX, true>(description, &format!("{at}/description"));
        }
        amount(item.price, self.currency, &format!("{at}/price"), &mut self.errors);
        self.tags(&item.diets, &format!("{at}/diets"));
        self.tags(&item.allergens, &format!("{at}/allergens"));
        if let Some(url) = &item.photo_url {
            let printable = url.bytes().all(|byte| byte.is_ascii_graphic());
            self.errors.unless(
                url.starts_with("https://") && url.len() <= URL_LENGTH_MAX && printable,
                &format!("{at}/photo_url"),
                "invalid_url",
                format!("must be an https address of at most {URL_LENGTH_MAX} characters"),
            );
        }
        self.groups(&item.option_groups, at, 1);
    }

    fn groups(&mut self, groups: &[OptionGroup], at: &str, depth: usize) {
        if groups.is_empty() {
            return;
        }
        let at = format!("{at}/option_groups");
        if depth > DEPTH_MAX {
            let message = format!("must nest at most {DEPTH_MAX} deep");
            return self.errors.unless(false, &at, "too_deep", message);
        }
        self.count(groups.len(), GROUPS_MAX, &at);
        let mut ids = BTreeSet::new();
        for (index, group) in groups.iter().enumerate() {
            let at = format!("{at}/{index}");
            self.id(&group.id, ids.insert(group.id.as_str()), &at);
            self.group(group, &at, depth);
        }
    }

    fn group(&mut self, group: &OptionGroup, at: &str, depth: usize) {
        self.text::<NAME_LENGTH_MAX, false>(&group.name, &format!("{at}/name"));
        self.count(group.options.len(), GROUP_OPTIONS_MAX, &format!("{at}/options"));
        self.errors.unless(
            !group.options.is_empty(),
            &format!("{at}/options"),
            "out_of_range",
            "must have at least one option",
        );
        self.errors.unless(
            (1..=CHOICES_MAX).contains(&group.max) && group.min <= group.max,
            &format!("{at}/max"),
            "out_of_range",
            format!("must be at least 1 and at least min, and at most {CHOICES_MAX}"),
        );
        self.errors.unless(
            group.free <= group.max,
            &format!("{at}/free"),
            "out_of_range",
            "must be at most max",
        );
        let mut ids = BTreeSet::new();
        for (index, option) in group.options.iter().enumerate() {
            let at = format!("{at}/options/{index}");
            self.id(&option.id, ids.insert(option.id.as_str()), &at);
            self.option(option, &at, depth);
        }
    }

    fn option(&mut self, option: &MenuOption, at: &str, depth: usize) {
        self.options += 1;
        self.text::<NAME_LENGTH_MAX, false>(&option.name, &format!("{at}/name"));
        amount(option.price, self.currency, &format!("{at}/price"), &mut self.errors);
        self.groups(&option.option_groups, at, depth + 1);
    }

    fn id(&mut self, id: &str, is_new: bool, at: &str) {
        let at = format!("{at}/id");
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        self.errors.unless(
            (1..=ID_LENGTH_MAX).contains(&id.len()) && id.bytes().all(allowed),
            &at,
            "invalid_id",
            format!("must be 1 to {ID_LENGTH_MAX} letters, digits, dashes or underscores"),
        );
        self.errors.unless(is_new, &at, "duplicate_id", "is used twice");
    }

    fn tags(&mut self, tags: &[String], at: &str) {
        self.count(tags.len(), TAGS_MAX, at);
        for (index, tag) in tags.iter().enumerate() {
            self.text::<TAG_LENGTH_MAX, false>(tag, &format!("{at}/{index}"));
        }
    }

    fn text<const MAX: usize, const LINES: bool>(&mut self, text: &str, at: &str) {
        if let Err(error) = Written::<MAX, LINES>::try_from(text) {
            self.errors.unless(false, at, "invalid_text", error.to_string());
        }
    }

    fn count(&mut self, count: usize, max: usize, at: &str) {
        self.errors.unless(
            count <= max,
            at,
            "too_many",
            format!("must be at most {max}, not {count}"),
        );
    }
}

#[cfg(test)]
pub mod cast;
#[cfg(test)]
mod tests;
