//! What and how a person wants to be told.

use std::collections::{BTreeMap, BTreeSet};

use contracts::user::{Channels, PreferencesChanged};
use contracts::vocabulary::MessageCategory;
use kernel::hours::{InvalidHours, LocalTime};
use kernel::{TimeZone, Timestamp};

/// A span of local time in which only urgent messages make a sound; `to` at or before `from` runs over midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: LocalTime,
    to: LocalTime,
}

impl QuietHours {
    /// A span of local time.
    #[must_use]
    pub const fn new(from: LocalTime, to: LocalTime) -> Self {
        Self { from, to }
    }

    /// Whether they hold at an instant, by the clock on the person's wall: an hour that a clock change repeats is quiet
    /// twice, and one that it skips is not there.
    #[must_use]
    pub fn hold(self, zone: &TimeZone, at: Timestamp) -> bool {
        let wall = zone.local(at);
        let minute = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
        let (from, to) = (i32::from(self.from.minutes()), i32::from(self.to.minutes()));
        if from < to {
            (from..to).contains(&minute)
        } else {
            minute >= from || minute < to
        }
    }
}

/// A person's preferences. Without any, everything but marketing is on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences {
    channels: BTreeMap<MessageCategory, Channels>,
    quiet_hours: Option<QuietHours>,
    marketing: bool,
    unsubscribed: BTreeSet<MessageCategory>,
}

const ALL: Channels = Channels {
    email: true,
    sms: true,
    push: true,
    in_app: true,
};
const NONE: Channels = Channels {
    email: false,
    sms: false,
    push: false,
    in_app: false,
};

impl Preferences {
    /// The preferences that a person has set, and the categories whose mails were unsubscribed by a link since.
    /// Categories that no message has are left out.
    ///
    /// # Errors
    /// When the quiet hours are no times of day.
    pub fn new(
        set: Option<&PreferencesChanged>,
        unsubscribed: BTreeSet<MessageCategory>,
    ) -> Result<Self, InvalidHours> {
        let Some(set) = set else {
            return Ok(Self {
                unsubscribed,
                ..Self::default()
            });
        };
        let channels = set.notifications.iter();
        let channels = channels
            .filter_map(|(name, channels)| Some((name.parse().ok()?, *channels)))
            .collect();
        let quiet_hours = set
            .quiet_hours
            .as_ref()
            .map(|hours| Ok(QuietHours::new(hours.from.parse()?, hours.to.parse()?)))
            .transpose()?;
        Ok(Self {
            channels,
            quiet_hours,
            marketing: set.marketing,
            unsubscribed,
        })
    }

    /// The channels that are on for a category.
    #[must_use]
    pub fn channels(&self, category: MessageCategory) -> Channels {
        if category == MessageCategory::Marketing && !self.marketing {
            return NONE;
        }
        let mut channels = self.channels.get(&category).copied().unwrap_or(ALL);
        channels.email &= !self.unsubscribed.contains(&category);
        channels
    }

    /// When only urgent messages may make a sound.
    #[must_use]
    pub const fn quiet_hours(&self) -> Option<QuietHours> {
        self.quiet_hours
    }
}
