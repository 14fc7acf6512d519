//! What sold out or came back since the menu was published.

use std::collections::BTreeMap;

use contracts::restaurant::{AvailabilityOverride, ItemAvailabilityChanged, MenuEntry};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// An item or an option whose availability differs from the menu's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Whether it can be ordered.
    pub available: bool,
    /// It holds until then, and the menu afterwards; `None` means until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Everything at a restaurant whose availability differs from its menu's.
///
/// Each event states the whole of it, so the newest is right whatever was missed, came twice or came late, and what is no
/// longer on the menu goes with the next statement.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Overrides {
    entries: BTreeMap<String, Override>,
    /// The sequence of the event that stated it.
    stated_by: u32,
}

fn key(kind: MenuEntry, id: &str) -> String {
    match kind {
        MenuEntry::Item => format!("item:{id}"),
        MenuEntry::Option => format!("option:{id}"),
    }
}

impl Overrides {
    /// Takes what an event states; false if a later one, or this one, was taken before.
    pub fn state(&mut self, whole: &[AvailabilityOverride], sequence: u32) -> bool {
        if self.stated_by >= sequence {
            return false;
        }
        let entry = |one: &AvailabilityOverride| {
            let held = Override {
                available: one.available,
                until: one.until,
            };
            (key(one.kind, &one.id), held)
        };
        *self = Self {
            entries: whole.iter().map(entry).collect(),
            stated_by: sequence,
        };
        true
    }

    /// Takes a change from an event that states nothing more; false if a later one, or this one, was taken before.
    pub fn note(&mut self, change: &ItemAvailabilityChanged, sequence: u32) -> bool {
        if let Some(whole) = &change.overrides {
            return self.state(whole, sequence);
        }
        if self.stated_by >= sequence {
            return false;
        }
        let held = Override {
            available: change.available,
            until: change.until,
        };
        self.entries.insert(key(change.kind, &change.id), held);
        self.stated_by = sequence;
        true
    }

    /// Whether something can be ordered at a moment; `on_menu` is what the menu said when it was published.
    #[must_use]
    pub fn available(&self, kind: MenuEntry, id: &str, on_menu: bool, at: Timestamp) -> bool {
        let held = self.entries.get(&key(kind, id));
        let held = held.filter(|held| held.until.is_none_or(|until| at < until));
        held.map_or(on_menu, |held| held.available)
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
            overrides: None,
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

    /// The example that used to stay sold out for ever: sold out, published without it, published with it again.
    #[test]
    fn what_a_new_menu_dropped_is_not_sold_out_on_the_next_one() {
        let sold_out = AvailabilityOverride {
            id: "tofu".to_owned(),
            kind: MenuEntry::Option,
            available: false,
            until: None,
        };
        let mut overrides = Overrides::default();
        assert!(overrides.state(&[sold_out], 5));
        assert!(!overrides.available(MenuEntry::Option, "tofu", true, now()));
        assert!(overrides.state(&[], 6), "published without it");
        assert!(overrides.available(MenuEntry::Option, "tofu", true, now()));
        assert_eq!(overrides.entries.len(), 0, "nothing is kept of it");
    }
}
