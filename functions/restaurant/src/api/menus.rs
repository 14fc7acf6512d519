//! Menus: a draft, what is published, and what is sold out.

mod availability;
mod change_item;
mod change_option;
mod get_menu;
mod get_menu_draft;
pub mod get_published_menu;
mod publish_menu;
mod replace_menu;

use runtime::openapi::Register;
use runtime::routes;

use crate::app::App;

/// The largest menu that is taken, in bytes: with what storing adds to it, it fits into one item.
pub const MENU_BODY_BYTES_MAX: usize = 256 * 1024;

/// Registers the operations.
pub fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(get_menu::get_menu, replace_menu::replace_menu).body_limit(MENU_BODY_BYTES_MAX))
        .routes(routes!(get_menu_draft::get_menu_draft))
        .routes(routes!(publish_menu::publish_menu))
        .routes(routes!(change_item::change_item))
        .routes(routes!(change_option::change_option))
}

#[cfg(test)]
mod tests {
    use contracts::menu::{Item, MenuOption, OptionGroup};

    use super::*;
    use crate::domain::menu::{ITEMS_MAX, MENU_BYTES_MAX, OPTIONS_MAX};

    #[test]
    fn the_largest_body_still_fits_into_an_item() {
        // What reading and writing adds to the shortest way to put it: defaults that were left out.
        let item = r#"{"id":"a","name":"b","price":{"amount":1,"currency":"EUR"}}"#;
        let read: Item = serde_json::from_str(item).unwrap();
        let grown = serde_json::to_string(&read).unwrap().len() - item.len();
        let option: MenuOption = serde_json::from_str(item).unwrap();
        let grown_option = serde_json::to_string(&option).unwrap().len() - item.len();
        let group = r#"{"id":"a","name":"b","min":0,"max":1,"options":[]}"#;
        let grown_group = serde_json::to_string(&serde_json::from_str::<OptionGroup>(group).unwrap())
            .unwrap()
            .len()
            - group.len();
        let largest = MENU_BODY_BYTES_MAX + ITEMS_MAX * grown + OPTIONS_MAX * (grown_option + grown_group);
        assert!(largest <= MENU_BYTES_MAX, "{largest}");
    }
}
