//! What a person likes, must avoid, and wants to be told.

use std::collections::{BTreeMap, BTreeSet};

use contracts::user::Channels;
use kernel::Currency;
use kernel::hours::Interval;

/// The longest tag.
const TAG_CHARACTERS_MAX: usize = 32;
/// Diets, at most: more than any menu knows.
pub const DIETS_MAX: usize = 10;
/// Allergens, at most: European law names 14.
pub const ALLERGENS_MAX: usize = 20;
/// Favourite cuisines, at most: with more, none is a favourite.
pub const CUISINES_MAX: usize = 20;
/// Categories of messages, at most.
pub const CATEGORIES_MAX: usize = 20;

/// A word of a vocabulary, such as `vegan` or `order_updates`: 1 to 32 lower-case letters, digits, `_` and `-`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

/// A text that is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {TAG_CHARACTERS_MAX} lower-case letters, digits, `_` or `-`")]
pub struct InvalidTag;

impl TryFrom<String> for Tag {
    type Error = InvalidTag;
    fn try_from(raw: String) -> Result<Self, InvalidTag> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let valid = (1..=TAG_CHARACTERS_MAX).contains(&raw.len()) && raw.bytes().all(allowed);
        valid.then_some(Self(raw)).ok_or(InvalidTag)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

/// A person's preferences. A category of messages that is missing keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences {
    /// How the person eats.
    pub diets: BTreeSet<Tag>,
    /// What the person must not eat.
    pub allergens: BTreeSet<Tag>,
    /// What the person likes.
    pub cuisines: BTreeSet<Tag>,
    /// What prices are shown in.
    pub currency: Option<Currency>,
    /// How to tell what.
    pub notifications: BTreeMap<Tag, Channels>,
    /// When only urgent messages may make a sound, in the person's time zone.
    pub quiet_hours: Option<Interval>,
    /// Whether the person asked for advertising.
    pub marketing: bool,
}

/// Why preferences are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPreferences {
    /// More entries than a list may have.
    #[error("must have at most {max} entries")]
    TooMany {
        /// The list's name.
        list: &'static str,
        /// What it may have.
        max: usize,
    },
    /// Quiet hours without a length: never, or all day?
    #[error("must begin and end at different times")]
    QuietHours,
}

/// The tags of a list, each once. Repetitions count as they were sent, since a description can only bound what is sent.
///
/// # Errors
/// When the list is longer than `max`.
pub fn distinct(list: &'static str, sent: Vec<Tag>, max: usize) -> Result<BTreeSet<Tag>, InvalidPreferences> {
    fits(list, sent.len(), max)?;
    Ok(sent.into_iter().collect())
}

const fn fits(list: &'static str, length: usize, max: usize) -> Result<(), InvalidPreferences> {
    if length > max {
        return Err(InvalidPreferences::TooMany { list, max });
    }
    Ok(())
}

impl Preferences {
    /// Checks what no single value can know: how many categories there are, and the length of the quiet hours. The lists of
    /// tags come from [`distinct`].
    ///
    /// # Errors
    /// When there are too many categories or the quiet hours have no length.
    pub fn check(self) -> Result<Self, InvalidPreferences> {
        fits("notifications", self.notifications.len(), CATEGORIES_MAX)?;
        if self.quiet_hours.is_some_and(|hours| hours.from == hours.to) {
            return Err(InvalidPreferences::QuietHours);
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(count: usize) -> Vec<Tag> {
        (0..count).map(|index| Tag(format!("tag-{index}"))).collect()
    }

    #[test]
    fn tags_are_words() {
        let longest = "a".repeat(TAG_CHARACTERS_MAX);
        let too_long = format!("{longest}a");
        for (raw, valid) in [
            ("vegan", true),
            ("gluten_free", true),
            ("tree-nuts-2", true),
            (longest.as_str(), true),
            (too_long.as_str(), false),
            ("", false),
            ("Vegan", false),
            ("a b", false),
            ("naïve", false),
        ] {
            assert_eq!(Tag::try_from(raw.to_owned()).is_ok(), valid, "{raw:?}");
        }
    }

    #[test]
    fn every_list_has_a_limit() {
        let channels = Channels {
            email: true,
            sms: false,
            push: true,
            in_app: true,
        };
        for over in [0, 1] {
            let fits = over == 0;
            for max in [DIETS_MAX, ALLERGENS_MAX, CUISINES_MAX] {
                assert_eq!(distinct("tags", tags(max + over), max).is_ok(), fits);
            }
            let categories = tags(CATEGORIES_MAX + over).into_iter();
            let preferences = Preferences {
                notifications: categories.map(|tag| (tag, channels)).collect(),
                ..Preferences::default()
            };
            assert_eq!(preferences.check().is_ok(), fits);
        }
    }

    #[test]
    fn repetitions_count_and_are_kept_once() {
        let repeated = |count| vec![Tag("thai".to_owned()); count];
        let kept = distinct("cuisines", repeated(CUISINES_MAX), CUISINES_MAX).unwrap();
        assert_eq!(kept, BTreeSet::from([Tag("thai".to_owned())]));
        let refused = distinct("cuisines", repeated(CUISINES_MAX + 1), CUISINES_MAX);
        let (list, max) = ("cuisines", CUISINES_MAX);
        assert_eq!(refused, Err(InvalidPreferences::TooMany { list, max }));
    }

    #[test]
    fn quiet_hours_have_a_length() {
        let quiet = |from: &str, to: &str| {
            let hours = Interval {
                from: from.parse().unwrap(),
                to: to.parse().unwrap(),
            };
            Preferences {
                quiet_hours: Some(hours),
                ..Preferences::default()
            }
            .check()
            .is_ok()
        };
        assert!(quiet("22:00", "07:00"));
        assert!(quiet("13:00", "14:00"));
        assert!(!quiet("22:00", "22:00"));
    }
}
