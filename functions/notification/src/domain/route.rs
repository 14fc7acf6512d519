//! Which ways a notice takes to a person.

use kernel::{TimeZone, Timestamp};

use super::{Preferences, Rule, Urgency};

/// How a person can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// An address is known.
    pub email: bool,
    /// A number is known.
    pub phone: bool,
}

impl Reach {
    /// Only in the app.
    pub const NONE: Self = Self {
        email: false,
        phone: false,
    };
}

/// The ways that a notice takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// To the in-app inbox.
    pub in_app: bool,
    /// By e-mail.
    pub email: bool,
    /// By text message.
    pub sms: bool,
}

/// Chooses the ways: the table's, less what the person does not want, less what cannot be reached. Essential notices go
/// whatever the preferences are. In quiet hours a text message that is not urgent is left out rather than put off: what
/// it says is stale by morning, and the inbox has it. An urgent text message to a person without a number becomes a
/// mail.
#[must_use]
pub fn route(rule: &Rule, preferences: &Preferences, reach: Reach, zone: &TimeZone, at: Timestamp) -> Route {
    let wanted = preferences.channels(rule.category);
    let urgent = rule.urgency == Urgency::Urgent;
    let quiet = preferences.quiet_hours().is_some_and(|hours| hours.hold(zone, at));
    let instead = urgent && rule.sms && !reach.phone;
    Route {
        in_app: rule.essential || wanted.in_app,
        email: (rule.email || instead) && reach.email && (rule.essential || wanted.email),
        sms: rule.sms && reach.phone && (rule.essential || wanted.sms) && (urgent || !quiet),
    }
}
