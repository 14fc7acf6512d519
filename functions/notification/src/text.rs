//! What messages say: from a notice to words, in the person's language, time zone and way of writing money.
//!
//! A language is a function from notices to [`Text`]; English is the first and the fallback.

mod en;
mod format;
mod mail;

use kernel::{TimeZone, Timestamp};

pub use mail::{expired_page, mail, unsubscribe_page, unsubscribed_page};

use crate::domain::Notice;

/// The brand that mails and text messages begin with.
const BRAND: &str = "Tiffin";

/// Characters of a title, at most: a name of a restaurant is cut before it would be longer.
pub const TITLE_CHARACTERS_MAX: usize = 100;
/// Characters of a body, at most.
pub const BODY_CHARACTERS_MAX: usize = 400;

/// A language that texts are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// English.
    En,
}

impl Locale {
    /// The best language for a BCP 47 tag.
    #[must_use]
    pub const fn of(_tag: &str) -> Self {
        Self::En
    }
}

/// How the reader's clock and calendar stand.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The language.
    pub locale: Locale,
    /// The reader's time zone.
    pub zone: &'a TimeZone,
    /// When it is written: times of the same day need no date.
    pub now: Timestamp,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The subject of the mail, the headline in the inbox.
    pub title: String,
    /// A sentence or two.
    pub body: String,
    /// What the mail lists besides, as label and value.
    pub facts: Vec<(&'static str, String)>,
}

impl Text {
    /// The whole as a text message.
    #[must_use]
    pub fn sms(&self) -> String {
        format!("{BRAND}: {} {}", with_stop(&self.title), self.body)
    }
}

/// Writes a notice.
#[must_use]
pub fn write(notice: &Notice, reader: Reader<'_>) -> Text {
    match reader.locale {
        Locale::En => en::write(notice, reader),
    }
}

fn with_stop(title: &str) -> String {
    if title.ends_with(['.', '!', '?']) {
        title.to_owned()
    } else {
        format!("{title}.")
    }
}

#[cfg(test)]
mod tests;
