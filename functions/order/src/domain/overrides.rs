//! What sold out or came back since the menu was published.

use std::collections::BTreeMap;

use contracts::restaurant::{ItemAvailabilityChanged, MenuEntry};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// One item's or option's latest word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Whether it can be ordered.
    pub available: bool,
    /// Sold out until then; nothing: until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The event that said so: an earlier one does not count any more.
    pub sequence: u32,
}

/// The latest word on every item and option of a restaurant that was ever sold out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Overrides(BTreeMap<String, Override>);

fn key(kind: MenuEntry, id: &str) -> String {
    match kind {
        MenuEntry::Item => format!("item:{id}"),
        MenuEntry::Option => format!("option:{id}"),
    }
}

impl Overrides {
    /// Notes a change; false if it was noted before, or a later one was.
    pub fn note(&mut self, change: &ItemAvailabilityChanged, sequence: u32) -> bool {
        let key = key(change.kind, &change.id);
        if self.0.get(&key).is_some_and(|known| known.sequence >= sequence) {
            return false;
        }
        let word = Override {
            available: change.available,
            until: change.until,
            sequence,
        };
        self.0.insert(key, word);
        true
    }

    /// Whether something can be ordered at a moment; `on_menu` is what the menu said when it was published.
    #[must_use]
    pub fn available(&self, kind: MenuEntry, id: &str, on_menu: bool, at: Timestamp) -> bool {
        match self.0.get(&key(kind, id)) {
            None => on_menu,
            Some(word) => word.available || word.until.is_some_and(|until| until <= at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{after, bellini, now};

    fn change(available: bool, until: Option<Timestamp>) -> ItemAvailabilityChanged {
        ItemAvailabilityChanged {
            restaurant_id: bellini(),
            id: "tofu".to_owned(),
            kind: MenuEntry::Option,
            available,
            until,
        }
    }

    #[test]
    fn the_latest_word_counts_whatever_comes_last() {
        let mut overrides = Overrides::default();
        let tofu = |overrides: &Overrides| overrides.available(MenuEntry::Option, "tofu", true, now());
        assert!(tofu(&overrides));
        assert!(overrides.note(&change(false, None), 5));
        assert!(!tofu(&overrides));
        assert!(!overrides.note(&change(true, None), 4), "it came too late");
        assert!(!overrides.note(&change(false, None), 5), "it came twice");
        assert!(!tofu(&overrides));
        assert!(
            overrides.available(MenuEntry::Item, "tofu", true, now()),
            "an item is not an option"
        );
        assert!(overrides.note(&change(true, None), 6));
        assert!(
            overrides.available(MenuEntry::Option, "tofu", false, now()),
            "it came back"
        );
    }

    #[test]
    fn what_is_sold_out_comes_back_by_itself() {
        let mut overrides = Overrides::default();
        overrides.note(&change(false, Some(after(30))), 1);
        let at = |at| overrides.available(MenuEntry::Option, "tofu", true, at);
        assert!(!at(now()));
        assert!(!at(after(29)));
        assert!(at(after(30)));
    }
}
