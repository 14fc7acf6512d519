//! The texts of a menu as they are shown: see `kernel::Text`.

use contracts::menu::{Item, Menu, MenuOption, OptionGroup};
use kernel::Written;

use super::{DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX, TAG_LENGTH_MAX};

/// The menu without what nobody sees of its texts. What is refused stays as it is, for the check to name.
#[must_use]
pub fn as_shown(mut menu: Menu) -> Menu {
    for category in &mut menu.categories {
        name(&mut category.name);
        category.items.iter_mut().for_each(item);
    }
    menu
}

fn item(item: &mut Item) {
    name(&mut item.name);
    if let Some(description) = &mut item.description {
        text::<DESCRIPTION_LENGTH_MAX, true>(description);
    }
    let tags = item.diets.iter_mut().chain(&mut item.allergens);
    tags.for_each(text::<TAG_LENGTH_MAX, false>);
    groups(&mut item.option_groups);
}

fn groups(groups: &mut [OptionGroup]) {
    for group in groups {
        name(&mut group.name);
        group.options.iter_mut().for_each(option);
    }
}

fn option(option: &mut MenuOption) {
    name(&mut option.name);
    groups(&mut option.option_groups);
}

fn name(name: &mut String) {
    text::<NAME_LENGTH_MAX, false>(name);
}

fn text<const MAX: usize, const LINES: bool>(text: &mut String) {
    if let Ok(shown) = Written::<MAX, LINES>::try_from(text.as_str()) {
        *text = shown.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::menu::cast::menu;

    #[test]
    fn every_text_of_a_menu_is_as_it_is_shown() {
        let plain = serde_json::to_string(&menu()).unwrap();
        let hidden = |text: &str| {
            text.replace("Margherita", "Marghe\\u202erita")
                .replace("Mild", "Mi\\u200bld")
        };
        let hidden = hidden(&plain)
            .replace("Extras", " Extras\\u00ad")
            .replace("Olives", "Oli\\u2066ves");
        let hidden = hidden.replace("Dolci", "Dolci\\ufeff").replace("halal", "ha\\u200elal");
        let read: Menu = serde_json::from_str(&hidden).unwrap();
        assert_ne!(read, menu());
        assert_eq!(as_shown(read), menu());
    }

    #[test]
    fn what_is_refused_stays() {
        let mut empty = menu();
        empty.categories[0].name = "\u{200B}".to_owned();
        assert_eq!(as_shown(empty.clone()), empty);
    }
}
