//! What is sold out right now: kept apart from the menu, so that it takes effect at once and holds across versions.

use contracts::menu::{Menu, OptionGroup};
use contracts::restaurant::MenuEntry;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// Entries whose availability differs from the menu's, at most. A kitchen that has more publishes another menu.
pub const OVERRIDES_MAX: usize = 500;

/// Whether an item or an option can be ordered, whatever the menu says. An option counts in every group that offers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Item or option.
    pub kind: MenuEntry,
    /// Its id on the menu.
    pub id: String,
    /// Whether it can be ordered.
    pub available: bool,
    /// It ends by itself then, and the menu holds again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// All of a restaurant's overrides, each entry once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Overrides(Vec<Override>);

impl Override {
    fn is_about(&self, kind: MenuEntry, id: &str) -> bool {
        self.kind == kind && self.id == id
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

impl Overrides {
    /// How many there are, those that have ended included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, those that have ended included.
    pub fn iter(&self) -> impl Iterator<Item = &Override> {
        self.0.iter()
    }

    /// The override of an entry, unless it has ended.
    #[must_use]
    pub fn of(&self, kind: MenuEntry, id: &str, now: Timestamp) -> Option<&Override> {
        let found = self.0.iter().find(|known| known.is_about(kind, id));
        found.filter(|known| !known.is_over(now))
    }

    /// Sets one, and forgets those that have ended.
    pub fn set(&mut self, new: Override, now: Timestamp) {
        self.0
            .retain(|known| !known.is_over(now) && !known.is_about(new.kind, &new.id));
        self.0.push(new);
    }

    /// Forgets those that a menu does not need: its entry is gone, or the menu says the same.
    pub fn keep_for(&mut self, menu: &Menu, now: Timestamp) {
        self.0.retain(|known| {
            let listed = listed(menu, known.kind, &known.id);
            !known.is_over(now) && listed.is_some_and(|available| available != known.available)
        });
    }

    /// A text that is the same as long as the same is sold out.
    #[must_use]
    pub fn fingerprint(&self, now: Timestamp) -> String {
        let in_force = self.0.iter().filter(|known| !known.is_over(now));
        let mut told: Vec<String> = in_force
            .map(|known| format!("{:?} {} {}", known.kind, known.id, known.available))
            .collect();
        told.sort_unstable();
        told.join("\n")
    }

    /// The menu as it can be ordered from now.
    pub fn apply(&self, menu: &mut Menu, now: Timestamp) {
        for item in menu.categories.iter_mut().flat_map(|category| &mut category.items) {
            if let Some(known) = self.of(MenuEntry::Item, &item.id, now) {
                item.available = known.available;
            }
            self.apply_to_options(&mut item.option_groups, now);
        }
    }

    fn apply_to_options(&self, groups: &mut [OptionGroup], now: Timestamp) {
        for option in groups.iter_mut().flat_map(|group| &mut group.options) {
            if let Some(known) = self.of(MenuEntry::Option, &option.id, now) {
                option.available = known.available;
            }
            self.apply_to_options(&mut option.option_groups, now);
        }
    }
}

/// Whether a menu lists an entry as available; `None` if it is not on the menu. An option is available if it is so in any group.
#[must_use]
pub fn listed(menu: &Menu, kind: MenuEntry, id: &str) -> Option<bool> {
    let mut items = menu.categories.iter().flat_map(|category| &category.items);
    match kind {
        MenuEntry::Item => items.find(|item| item.id == id).map(|item| item.available),
        MenuEntry::Option => items.filter_map(|item| listed_option(&item.option_groups, id)).max(),
    }
}

fn listed_option(groups: &[OptionGroup], id: &str) -> Option<bool> {
    let options = groups.iter().flat_map(|group| &group.options);
    options
        .filter_map(|option| {
            let here = (option.id == id).then_some(option.available);
            here.max(listed_option(&option.option_groups, id))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::menu::cast::menu;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn sold_out(kind: MenuEntry, id: &str, until: Option<&str>) -> Override {
        Override {
            kind,
            id: id.to_owned(),
            available: false,
            until: until.map(at),
        }
    }

    fn available(menu: &Menu) -> Vec<&str> {
        let ids = ["margherita", "tiramisu"];
        let mut found: Vec<_> = ids
            .into_iter()
            .filter(|id| listed(menu, MenuEntry::Item, id) == Some(true))
            .collect();
        found.extend(
            ["olives", "spicy"]
                .into_iter()
                .filter(|id| listed(menu, MenuEntry::Option, id) == Some(true)),
        );
        found
    }

    #[test]
    fn an_override_holds_until_it_ends() {
        let mut overrides = Overrides::default();
        let now = at("2026-11-20T12:00:00Z");
        overrides.set(sold_out(MenuEntry::Item, "tiramisu", Some("2026-11-20T18:00:00Z")), now);
        overrides.set(sold_out(MenuEntry::Option, "spicy", None), now);
        let shown = |now| {
            let mut menu = menu();
            overrides.apply(&mut menu, now);
            available(&menu).join(" ")
        };
        assert_eq!(shown(now), "margherita olives", "also an option of an option");
        assert_eq!(shown(at("2026-11-20T18:00:00Z")), "margherita tiramisu olives");
    }

    #[test]
    fn a_new_menu_keeps_only_what_it_needs() {
        let now = at("2026-11-20T12:00:00Z");
        let mut overrides = Overrides::default();
        for (kind, id) in [
            (MenuEntry::Item, "gone"),
            (MenuEntry::Item, "tiramisu"),
            (MenuEntry::Option, "olives"),
        ] {
            overrides.set(sold_out(kind, id, None), now);
        }
        overrides.set(
            Override {
                available: true,
                ..sold_out(MenuEntry::Item, "margherita", None)
            },
            now,
        );
        overrides.keep_for(&menu(), now);
        assert_eq!(overrides.len(), 2);
        assert!(overrides.of(MenuEntry::Item, "tiramisu", now).is_some());
        assert!(overrides.of(MenuEntry::Option, "olives", now).is_some());
    }

    #[test]
    fn setting_one_forgets_those_that_ended() {
        let mut overrides = Overrides::default();
        let noon = at("2026-11-20T12:00:00Z");
        overrides.set(
            sold_out(MenuEntry::Item, "tiramisu", Some("2026-11-20T12:30:00Z")),
            noon,
        );
        overrides.set(
            sold_out(MenuEntry::Item, "margherita", None),
            at("2026-11-20T13:00:00Z"),
        );
        assert_eq!(overrides.len(), 1);
    }
}
